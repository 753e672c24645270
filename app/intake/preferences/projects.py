"""The use case of a project's administrator: what a whole project shares."""

from app.access.workspaces.models import INTAKE, AuditKind, SharingLevel
from app.access.workspaces.services import record_audit
from app.core.connections import Transaction
from app.intake.comparisons.queries import MARK_PROJECT_LEAVING_UNSHARED, MARK_PROJECT_UNSHARED
from app.intake.feedback.queries import MARK_PROJECT_UNSHARED as MARK_PROJECT_FEEDBACK_UNSHARED
from app.intake.persons.queries import DELETE_PROJECT_LEVEL, FIND_PROJECT_LEVEL, PUT_PROJECT_LEVEL
from app.intake.persons.services import Subject, hold_projects
from app.intake.preferences.errors import ProjectNeeded


def set_project_level(
    tx: Transaction, *, workspace_id: bytes, subject: Subject, level: SharingLevel, actor: str, at: int
) -> None:
    """Stores the most that a project shares, for every call that names it from the commit on. ProjectNeeded.

    It is stored under each pseudonym that the project may be known by, for an open comparison keeps the one of its
    registration. The widest level restricts nothing and is not stored. With `off`, votes and feedback that are under
    way are marked, each under its own lock, so that none is recorded after this is committed; the job
    `close_unshared` deletes the content. What has not changed is not audited.
    """
    if subject.project is None:
        raise ProjectNeeded
    hold_projects(tx, subject=subject, for_change=True)
    has_changed = False
    for project in subject.projects:
        place = {"workspace_id": workspace_id, "project": project}
        if level is SharingLevel.OFF:
            # Before the level, for a vote that holds its comparison may be waiting for nothing else.
            tx.run(MARK_PROJECT_UNSHARED, **place)
            tx.run(MARK_PROJECT_LEAVING_UNSHARED, **place)
            tx.run(MARK_PROJECT_FEEDBACK_UNSHARED, **place)
        held = tx.find(FIND_PROJECT_LEVEL, **place)
        if level is SharingLevel.VOTE_AND_CONTENT:
            has_changed |= bool(tx.run(DELETE_PROJECT_LEVEL, **place))
        elif held != level:
            tx.run(PUT_PROJECT_LEVEL, **place, sharing=level.value)
            has_changed = True
    if has_changed:
        record_audit(
            tx,
            INTAKE,
            kind=AuditKind.PROJECT_SHARING_CHANGED,
            workspace_id=workspace_id,
            actor=actor,
            # The pseudonym of a customer's project, which is no end user.
            subject=f"{level.value} {subject.project.hex()}",
            at=at,
        )

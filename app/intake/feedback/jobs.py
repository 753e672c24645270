"""The sweeps of feedback: what nobody rated in time is deleted with its text, and so is what is not shared any more."""

from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, bindparam, delete, or_, select, union_all

from app.access.workspaces.models import INTAKE, SharingLevel
from app.access.workspaces.queries import access_queries
from app.core.connections import Transaction
from app.core.statements import query, statement
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.doomed_keys.services import doom_keys
from app.intake.feedback.models import FeedbackState, feedback, feedback_key
from app.intake.feedback.queries import DELETE_THIS_OFFERED, IS_OFFERED, MARK_UNSHARED, THIS
from app.intake.persons.models import project_sharing
from app.intake.zone import Intake

_BATCH: Final = 200
# A rating that was on its way when the time ran out is refused by its row; the sweep need not hurry.
_GRACE_MS: Final = 60_000
_F: Final = feedback.c
_P: Final = project_sharing.c
_NO_WORKSPACE: Final = b""
_IS_DUE: Final = (
    *IS_OFFERED,
    _F.expires_at < bindparam("before"),
)


class _Due(NamedTuple):
    workspace_id: bytes
    id: bytes
    person: bytes

    @property
    def key(self) -> dict[str, Any]:
        return feedback_key(self.workspace_id, self.id)


_LIST_DUE: Final = query(
    select(_F.workspace_id, _F.id, _F.person).where(*_IS_DUE).order_by(_F.expires_at).limit(_BATCH), _Due
)
_OFF: Final = SharingLevel.OFF.value
_IS_SWITCHED_OFF: Final = or_(
    _P.sharing == _OFF,
    _F.workspace_id == bindparam("unshared_workspace", type_=_F.workspace_id.type),
)
_WITH_PROJECT: Final = select(_F.workspace_id, _F.day, _F.id, _F.person).select_from(
    feedback.outerjoin(project_sharing, (_P.workspace_id == _F.workspace_id) & (_P.project == _F.project))
)
# Offers that stand though nothing is shared any more, and ratings whose rows do not say so yet. Asked apart: each has
# an index of its own, and most rows, which have left, are in neither.
_UNSHARED: Final = union_all(
    _WITH_PROJECT.where(*IS_OFFERED, or_(_F.sharing == _OFF, _IS_SWITCHED_OFF)),
    _WITH_PROJECT.where(
        _F.state == FeedbackState.OPEN.value,
        _F.undo_until.is_not(None),
        _F.sharing != _OFF,
        _IS_SWITCHED_OFF,
    ),
).subquery()
_LIST_UNSHARED: Final = query(
    select(_UNSHARED.c.workspace_id, _UNSHARED.c.id, _UNSHARED.c.person)
    .order_by(_UNSHARED.c.workspace_id, _UNSHARED.c.day, _UNSHARED.c.id)
    .limit(bindparam("most", type_=Integer)),
    _Due,
)
_DELETE_DUE: Final = statement(delete(feedback).where(*THIS, *_IS_DUE))


def expire_feedback(intake: Intake, *, at: int) -> int:
    """Deletes what was offered and not rated; how much of it."""
    before = at - _GRACE_MS
    total = 0
    while due := intake.db.fetch(lambda tx: tx.list(_LIST_DUE, before=before)):
        total += intake.db.write(lambda tx, due=due: _delete(tx, due, before))  # type: ignore[misc]
        destroy_doomed_keys(intake)
        if len(due) < _BATCH:
            break
    return total


def _delete(tx: Transaction, due: list[_Due], before: int) -> int:
    deleted = 0
    for entry in due:
        # A rating may have come since the list was read.
        if tx.run(_DELETE_DUE, **entry.key, before=before):
            doom_keys(tx, key_ids=[] if entry.person else [entry.id])
            deleted += 1
    return deleted


def close_unshared_feedback(intake: Intake) -> int:
    """Deletes offers, and marks ratings for the door, that a project's or a workspace's level has switched off.

    How many of both. Every call refuses them at once; here their text goes.
    """
    listed = intake.db.fetch(lambda tx: tx.list(access_queries(INTAKE).list_workspaces))
    unshared = [workspace.id for workspace in listed if workspace.options.sharing is SharingLevel.OFF]
    total = sum(_close_unshared(intake, workspace_id) for workspace_id in (*unshared, _NO_WORKSPACE))
    if total:
        destroy_doomed_keys(intake)
    return total


def _close_unshared(intake: Intake, workspace_id: bytes) -> int:
    total, asked = 0, {"unshared_workspace": workspace_id, "most": _BATCH}
    while found := intake.db.fetch(lambda tx: tx.list(_LIST_UNSHARED, **asked)):
        total += intake.db.write(lambda tx, found=found: _close_some(tx, found))  # type: ignore[misc]
        if len(found) < _BATCH:
            break
    return total


def _close_some(tx: Transaction, found: list[_Due]) -> int:
    for entry in found:
        tx.run(MARK_UNSHARED, **entry.key)
        if tx.run(DELETE_THIS_OFFERED, **entry.key):
            doom_keys(tx, key_ids=[] if entry.person else [entry.id])
    return len(found)

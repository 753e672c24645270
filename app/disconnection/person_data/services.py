"""The use case of access: note that somebody reads what is held on a person, without saying whom."""

from app.access.workspaces.models import INTAKE, AuditKind, Workspace
from app.access.workspaces.services import record_audit
from app.core.connections import Transaction


def note_read(tx: Transaction, *, workspace: Workspace, actor: str, at: int) -> None:
    """Adds it to the audit trail."""
    record_audit(
        tx,
        INTAKE,
        kind=AuditKind.PERSON_DATA_READ,
        workspace_id=workspace.id,
        actor=actor,
        subject=workspace.id,
        at=at,
    )

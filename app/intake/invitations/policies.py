"""Policies of workspaces: versioned, the newest one holds."""

from typing import Final, NamedTuple

from app.access.workspaces.models import INTAKE, AuditKind
from app.access.workspaces.services import record_audit
from app.core.connections import Transaction
from app.intake.invitations.errors import PolicyChanged
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.policy_document import read_policy
from app.intake.invitations.queries import FIND_NEWEST_POLICY, INSERT_POLICY, LIST_POLICIES, PolicyRow


class StoredPolicy(NamedTuple):
    """A policy with its version; version 0 is what holds before anything was decided, set by nobody."""

    version: int
    policy: InvitationPolicy
    created_at: int | None
    actor: str | None

    @classmethod
    def from_row(cls, row: PolicyRow) -> "StoredPolicy":
        """A policy as stored."""
        return cls(row.version, read_policy(row.document), row.created_at, row.actor)


UNDECIDED: Final = StoredPolicy(0, InvitationPolicy(), None, None)


def get_policy(tx: Transaction, *, workspace_id: bytes) -> StoredPolicy:
    """The policy that holds."""
    row = tx.find(FIND_NEWEST_POLICY, workspace_id=workspace_id)
    return UNDECIDED if row is None else StoredPolicy.from_row(row)


def list_policies(tx: Transaction, *, workspace_id: bytes, before: int, most: int) -> list[StoredPolicy]:
    """Stored versions below `before`, newest first."""
    rows = tx.list(LIST_POLICIES, workspace_id=workspace_id, before=before, most=most)
    return [StoredPolicy.from_row(row) for row in rows]


def set_policy(
    tx: Transaction, *, workspace_id: bytes, document: str, expected_version: int | None, actor: str, at: int
) -> PolicyRow:
    """Stores a document of `write_policy` as the next version; what holds already is not stored again.

    PolicyChanged when the version that holds is not the expected one, or somebody else sets one just now.
    """
    newest = tx.find(FIND_NEWEST_POLICY, workspace_id=workspace_id)
    held = newest.version if newest is not None else 0
    if expected_version is not None and expected_version != held:
        raise PolicyChanged
    if newest is not None and newest.document == document:
        return newest
    row = PolicyRow(held + 1, document, at, actor)
    if not tx.run(INSERT_POLICY, workspace_id=workspace_id, **row._asdict()):
        raise PolicyChanged
    record_audit(
        tx,
        INTAKE,
        kind=AuditKind.POLICY_CHANGED,
        workspace_id=workspace_id,
        actor=actor,
        subject=f"version {row.version}",
        at=at,
    )
    return row

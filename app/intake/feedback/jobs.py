"""The sweep of offered feedback: what nobody rated in time is deleted with its text."""

from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, select

from app.core.connections import Transaction
from app.core.statements import query, statement
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.doomed_keys.services import doom_keys
from app.intake.feedback.models import FeedbackState, feedback, feedback_key
from app.intake.feedback.queries import THIS
from app.intake.zone import Intake

_BATCH: Final = 200
# A rating that was on its way when the time ran out is refused by its row; the sweep need not hurry.
_GRACE_MS: Final = 60_000
_F: Final = feedback.c
_IS_DUE: Final = (
    _F.state == FeedbackState.OPEN.value,
    _F.undo_until.is_(None),
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

"""The expiry sweep: what nobody answered in time is closed and its content deleted."""

from typing import Final, NamedTuple

from sqlalchemy import bindparam, exists, select, update

from app.core.connections import Transaction
from app.core.statements import query, statement
from app.intake.comparisons.forgetting import delete_content
from app.intake.comparisons.models import ComparisonState, comparison_key, comparisons
from app.intake.comparisons.queries import LOCK_COMPARISON
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.votes.models import votes
from app.intake.zone import Intake

_BATCH: Final = 200
# A vote that was on its way when the time ran out is refused by its row; the sweep need not hurry.
_GRACE_MS: Final = 60_000
_C: Final = comparisons.c


class _Due(NamedTuple):
    workspace_id: bytes
    day: int
    comparison_id: bytes
    person: bytes


_HAS_VOTE: Final = exists().where(
    votes.c.workspace_id == _C.workspace_id, votes.c.day == _C.day, votes.c.comparison_id == _C.id
)
_LIST_DUE: Final = query(
    select(_C.workspace_id, _C.day, _C.id, _C.person)
    .where(_C.state == ComparisonState.OPEN.value, _C.expires_at < bindparam("before"), ~_HAS_VOTE)
    .order_by(_C.expires_at)
    .limit(_BATCH),
    _Due,
)
_EXPIRE: Final = statement(
    update(comparisons)
    .where(
        _C.workspace_id == bindparam("workspace_id"),
        _C.day == bindparam("day"),
        _C.id == bindparam("comparison_id"),
        _C.state == ComparisonState.OPEN.value,
        _C.expires_at < bindparam("before"),
        ~_HAS_VOTE,
    )
    .values(state=ComparisonState.EXPIRED.value, closed_at=bindparam("at"))
)


def expire_comparisons(intake: Intake, *, at: int) -> int:
    """Closes comparisons whose time is over; how many it closed."""
    before = at - _GRACE_MS
    total = 0
    while due := intake.db.fetch(lambda tx: tx.list(_LIST_DUE, before=before)):
        total += intake.db.write(lambda tx, due=due: _expire(tx, due, before, at))  # type: ignore[misc]
        destroy_doomed_keys(intake)
        if len(due) < _BATCH:
            break
    return total


def _expire(tx: Transaction, due: list[_Due], before: int, at: int) -> int:
    closed = 0
    for entry in due:
        key = comparison_key(entry.workspace_id, entry.day, entry.comparison_id)
        tx.lock(LOCK_COMPARISON, **key)
        # Asked again under the lock: a vote may have come since the list was read.
        if tx.run(_EXPIRE, **key, before=before, at=at):
            delete_content(tx, key=key, person=entry.person)
            closed += 1
    return closed

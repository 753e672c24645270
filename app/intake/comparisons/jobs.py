"""The sweeps that close comparisons and delete their content: nobody answered in time, or nothing is shared."""

from typing import Final, NamedTuple

from sqlalchemy import bindparam, exists, select, update

from app.access.workspaces.models import INTAKE, SharingLevel
from app.access.workspaces.queries import access_queries
from app.core.connections import Transaction
from app.core.statements import query, statement
from app.intake.comparisons.closing import close_open
from app.intake.comparisons.forgetting import delete_content
from app.intake.comparisons.models import ComparisonState, comparison_key, comparisons
from app.intake.comparisons.queries import LIST_OPEN_UNSHARED, LOCK_COMPARISON, OpenComparison
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.votes.models import votes
from app.intake.zone import Intake

_BATCH: Final = 200
# A vote that was on its way when the time ran out is refused by its row; the sweep need not hurry.
_GRACE_MS: Final = 60_000
_NO_WORKSPACE: Final = b""
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


def close_unshared(intake: Intake, *, at: int) -> int:
    """Closes what a project's or a workspace's level has switched off; how many it closed.

    Every call refuses them at once; here their content goes, and their votes are marked for the door.
    """
    listed = intake.db.fetch(lambda tx: tx.list(access_queries(INTAKE).list_workspaces))
    unshared = [workspace.id for workspace in listed if workspace.options.sharing is SharingLevel.OFF]
    total = sum(_close_unshared(intake, workspace_id, at) for workspace_id in (*unshared, _NO_WORKSPACE))
    if total:
        destroy_doomed_keys(intake)
    return total


def _close_unshared(intake: Intake, workspace_id: bytes, at: int) -> int:
    total, asked = 0, {"unshared_workspace": workspace_id, "most": _BATCH}
    while found := intake.db.fetch(lambda tx: tx.list(LIST_OPEN_UNSHARED, **asked)):
        total += intake.db.write(lambda tx, found=found: _close_some(tx, found, at))  # type: ignore[misc]
        if len(found) < _BATCH:
            break
    return total


def _close_some(tx: Transaction, found: list[OpenComparison], at: int) -> int:
    for comparison in found:
        tx.lock(LOCK_COMPARISON, **comparison.key)
        close_open(tx, comparison=comparison, at=at)
    return len(found)

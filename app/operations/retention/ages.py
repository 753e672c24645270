"""The sweep of a table whose rows end by age alone; it is made from what the table declares."""

from collections import Counter
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, select, tuple_
from sqlalchemy.sql import ColumnElement

from app.core.connections import Transaction
from app.core.retention import NOBODY, RetentionClass, Span
from app.core.statements import Query, query

BATCH: Final = 500


class _Statements(NamedTuple):
    count_rows: Query[tuple[bytes, int]]
    delete_some: Query[bytes]


@lru_cache
def _statements(which: RetentionClass, is_whole: bool) -> _Statements:
    table = which.table
    assert table is not None
    retention = which.retention
    assert retention.clock_column is not None
    clock, key = table.c[retention.clock_column], tuple(table.primary_key)
    due: list[ColumnElement[bool]] = [clock < bindparam("before")]
    # For all workspaces none is named: a planner would take the range for a short one, and read the table in its order.
    if not is_whole:
        owner = table.c.workspace_id
        due += [owner >= bindparam("first"), owner <= bindparam("last")]
    if retention.only is not None:
        due.append(retention.only(table.c))
    oldest = select(*key).where(*due).order_by(clock).limit(BATCH)
    # Bare columns: with others SQLite (3.40) mixes up what RETURNING says.
    returned = table.c.workspace_id if which.is_by_workspace else key[0]
    return _Statements(
        count_rows=query(
            select(table.c.workspace_id, func.count()).where(*due).group_by(table.c.workspace_id)
            if which.is_by_workspace
            else select(func.count()).select_from(table).where(*due),
            _of_workspace if which.is_by_workspace else _of_nobody,
        ),
        delete_some=query(delete(table).where(tuple_(*key).in_(oldest)).returning(returned), bytes),
    )


def _of_workspace(workspace_id: bytes, count: int) -> tuple[bytes, int]:
    return bytes(workspace_id), count


def _of_nobody(count: int) -> tuple[bytes, int]:
    return NOBODY, count


def _bounds(which: RetentionClass, span: Span, at: int) -> dict[str, Any]:
    before = which.retention.due_before(at, span.days)
    return {"first": span.first, "last": span.last, "before": before, "at": at}


def count_due(tx: Transaction, which: RetentionClass, *, span: Span, at: int) -> Counter[bytes]:
    """How many rows are due, by workspace."""
    return Counter(dict(tx.list(_statements(which, span.is_whole).count_rows, **_bounds(which, span, at))))


def delete_due(tx: Transaction, which: RetentionClass, *, span: Span, at: int) -> Counter[bytes]:
    """Deletes some of them, the oldest first; how many, by workspace. Call it again until there are none."""
    gone = tx.list(_statements(which, span.is_whole).delete_some, **_bounds(which, span, at))
    return Counter(gone) if which.is_by_workspace else Counter({NOBODY: len(gone)})

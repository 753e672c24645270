"""The sweep that ends reports, and the data keys under which they are sealed."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select

from app.core.connections import Transaction
from app.core.database import Database
from app.core.retention import Note, Span, note_nothing, spans
from app.core.statements import query
from app.privacy.data_keys import DataKeys
from app.trust.reports.models import RETENTION, RETENTION_DAYS, reports
from app.trust.reports.queries import DELETE_REPORT

_BATCH: Final = 500


class _Due(NamedTuple):
    workspace_id: bytes
    report_id: bytes
    key_id: bytes


_DUE: Final = (
    select(reports.c.workspace_id, reports.c.id, reports.c.key_id)
    .where(reports.c.day < bindparam("before"))
    # In one order, so that two sweeps at a time wait for each other instead of deadlocking.
    .order_by(reports.c.day, reports.c.workspace_id, reports.c.id)
    .limit(_BATCH)
)
# For all workspaces none is named: a planner would take the range for a short one, and read the table in its order.
_LIST_DUE: Final = query(_DUE, _Due)
_LIST_DUE_OF: Final = query(
    _DUE.where(reports.c.workspace_id >= bindparam("first"), reports.c.workspace_id <= bindparam("last")),
    _Due,
)


def delete_old_reports(
    database: Database,
    data_keys: DataKeys,
    *,
    at: int,
    own_days: Mapping[bytes, int] = MappingProxyType({}),
    note: Note = note_nothing,
) -> int:
    """Deletes the reports that are as old as they may get; how many. Can be killed and run again at any point.

    A report knows its day alone, and must not be kept longer than its period: it goes as that day begins. The keys go
    first, as long as the rows say which they are: no crash between the two can save a key. `own_days` are the periods
    of workspaces that have chosen one.
    """
    total = 0
    for span in spans(RETENTION_DAYS, own_days):
        while due := database.fetch(partial(_list_due, span, RETENTION.due_before(at, span.days))):
            data_keys.destroy(each.key_id for each in due)
            total += database.write(partial(_delete, due, note))
            if len(due) < _BATCH:
                break
    return total


def _list_due(span: Span, before: int, tx: Transaction) -> list[_Due]:
    if span.is_whole:
        return tx.list(_LIST_DUE, before=before)
    return tx.list(_LIST_DUE_OF, first=span.first, last=span.last, before=before)


def _delete(due: list[_Due], note: Note, tx: Transaction) -> int:
    deleted = Counter(
        each.workspace_id
        for each in due
        if tx.run(DELETE_REPORT, workspace_id=each.workspace_id, report_id=each.report_id)
    )
    note(tx, deleted)
    return deleted.total()

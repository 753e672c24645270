"""The sweep that ends reports, and the data keys under which they are sealed."""

from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select

from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.database import Database
from app.core.statements import query
from app.privacy.data_keys import DataKeys
from app.trust.reports.models import RETENTION_DAYS, reports
from app.trust.reports.queries import DELETE_REPORT

_BATCH: Final = 500


class _Due(NamedTuple):
    workspace_id: bytes
    report_id: bytes
    key_id: bytes


_LIST_DUE: Final = query(
    select(reports.c.workspace_id, reports.c.id, reports.c.key_id)
    .where(reports.c.day <= bindparam("last_day"))
    # In one order, so that two sweeps at a time wait for each other instead of deadlocking.
    .order_by(reports.c.workspace_id, reports.c.id)
    .limit(_BATCH),
    _Due,
)


def delete_old_reports(database: Database, data_keys: DataKeys, *, at: int) -> int:
    """Deletes the reports that are as old as they may get; how many. Can be killed and run again at any point.

    A report knows its day alone, and must not be kept longer than its period: it goes as that day begins. The keys go
    first, as long as the rows say which they are: no crash between the two can save a key.
    """
    last_day = day_of(at) - RETENTION_DAYS
    total = 0
    while due := database.fetch(lambda tx: tx.list(_LIST_DUE, last_day=last_day)):
        data_keys.destroy(each.key_id for each in due)
        total += database.write(partial(_delete, due))
        if len(due) < _BATCH:
            break
    return total


def _delete(due: list[_Due], tx: Transaction) -> int:
    return sum(
        tx.run(DELETE_REPORT, workspace_id=each.workspace_id, report_id=each.report_id) for each in due
    )

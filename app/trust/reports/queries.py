"""Statements over reports."""

from typing import Final

from sqlalchemy import bindparam, delete, func, select, update

from app.core.statements import Query, insert_row, query, scalar_query, statement
from app.trust.reports.models import ReportHead, ReportState, StoredReport, reports

_R: Final = reports.c
_HEAD: Final = (_R.workspace_id, _R.id, _R.day, _R.side, _R.category, _R.state)
_THIS: Final = (_R.workspace_id == bindparam("workspace_id"), _R.id == bindparam("report_id"))

INSERT_REPORT: Final = insert_row(reports)
FIND_FILED: Final = scalar_query(select(_R.day).where(*_THIS))
COUNT_OF_TICKET: Final = scalar_query(
    select(func.count()).where(
        _R.workspace_id == bindparam("workspace_id"), _R.ticket_mark == bindparam("ticket_mark")
    )
)
# A reference names a report without its workspace.
FIND_REPORT: Final = query(
    select(_R.key_id, _R.content_sealed, *_HEAD).where(_R.id == bindparam("report_id")), StoredReport.from_row
)
NOTE_SEEN: Final = statement(update(reports).where(*_THIS).values(state=ReportState.SEEN.value))
DELETE_REPORT: Final = statement(delete(reports).where(*_THIS))


def reports_listed(workspace_id: bytes | None, state: ReportState | None) -> Query[ReportHead]:
    """The query for the reports of a workspace, in a state, or of all; the oldest first."""
    wanted = select(*_HEAD).order_by(_R.day, _R.workspace_id, _R.id)
    if workspace_id is not None:
        wanted = wanted.where(_R.workspace_id == workspace_id)
    if state is not None:
        wanted = wanted.where(_R.state == state.value)
    return query(wanted, ReportHead)

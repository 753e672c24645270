"""Use cases of reports: file one, read one."""

import json
from typing import Any, Final, NamedTuple

from app.access.workspaces.models import INTAKE, AuditKind
from app.access.workspaces.services import record_audit
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.http.strict_json import write_json
from app.core.ids import to_text
from app.privacy.data_keys import DataKeys
from app.privacy.sealing import bind, compress_and_seal, unseal_and_expand
from app.privacy.secrets import random_id
from app.trust.reports.errors import TooManyReports
from app.trust.reports.models import ReportCategory, ReportHead, ReportSide, ReportState, StoredReport
from app.trust.reports.queries import COUNT_OF_TICKET, FIND_FILED, INSERT_REPORT, NOTE_SEEN

REPORT_PREFIX: Final = "rpt"
MOST_OF_TICKET: Final = 5


class SealedReport(NamedTuple):
    """A report ready to be filed, its content sealed under a data key that nothing else uses."""

    workspace_id: bytes
    id: bytes
    ticket_mark: bytes
    side: ReportSide
    category: ReportCategory
    key_id: bytes
    content_sealed: bytes


def seal_report(
    data_keys: DataKeys,
    *,
    workspace_id: bytes,
    report_id: bytes,
    ticket_mark: bytes,
    side: ReportSide,
    category: ReportCategory,
    content: dict[str, Any],
    at: int,
) -> SealedReport:
    """Seals what is reported; nothing is stored but the data key, whose id is random.

    What stands beside it in the clear is bound to it: a row whose side or category was changed does not open.
    """
    key_id = random_id()
    key = data_keys.get_or_create(key_id, day=day_of(at))
    sealed = compress_and_seal(
        key, write_json(content), bound_to=_place(workspace_id, report_id, side, category)
    )
    return SealedReport(workspace_id, report_id, ticket_mark, side, category, key_id, sealed)


def _place(workspace_id: bytes, report_id: bytes, side: str, category: str) -> bytes:
    return bind("report", workspace_id, report_id, side, category)


def file_report(tx: Transaction, *, report: SealedReport, at: int) -> bool:
    """Stores a report; False where it is stored already. TooManyReports.

    Whoever calls it holds a lock that no other report of the same ticket gets.
    """
    if tx.find(FIND_FILED, workspace_id=report.workspace_id, report_id=report.id) is not None:
        return False
    filed = tx.one(COUNT_OF_TICKET, workspace_id=report.workspace_id, ticket_mark=report.ticket_mark)
    if filed >= MOST_OF_TICKET:
        raise TooManyReports
    tx.run(
        INSERT_REPORT,
        workspace_id=report.workspace_id,
        id=report.id,
        ticket_mark=report.ticket_mark,
        day=day_of(at),
        side=report.side.value,
        category=report.category.value,
        state=ReportState.NEW.value,
        key_id=report.key_id,
        content_sealed=report.content_sealed,
    )
    return True


def open_report(data_keys: DataKeys, *, report: StoredReport) -> dict[str, Any] | None:
    """What was reported: prompt, responses with their models, comment. None where its key is destroyed.

    SealBroken when the row is not as it was filed.
    """
    key = data_keys.find(report.key_id)
    if key is None:
        return None
    head = report.head
    place = _place(head.workspace_id, head.id, head.side, head.category)
    content: dict[str, Any] = json.loads(unseal_and_expand(key, report.content_sealed, bound_to=place))
    return content


def note_read(tx: Transaction, *, report: ReportHead, actor: str, at: int) -> None:
    """Notes that somebody reads a report: on the report, and in the audit trail for good."""
    tx.run(NOTE_SEEN, workspace_id=report.workspace_id, report_id=report.id)
    record_audit(
        tx,
        INTAKE,
        kind=AuditKind.REPORT_READ,
        workspace_id=report.workspace_id,
        actor=actor,
        subject=report_text(report.id),
        at=at,
    )


def report_text(report_id: bytes) -> str:
    """A report's external id, the reference."""
    return to_text(REPORT_PREFIX, report_id)

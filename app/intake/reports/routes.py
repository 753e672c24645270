"""The call of a ticket's holder who reports a response."""

from typing import Final

from app.core.connections import Transaction
from app.core.errors import OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.errors import ComparisonClosed, TicketExpired, TicketInvalid
from app.intake.reports import services
from app.intake.reports.schemas import NewReport, NewReportSchema, ReportedSchema
from app.intake.zone import Intake
from app.trust.reports.errors import TooManyReports
from app.trust.reports.services import SealedReport, report_text

operations: Final[Operations[Intake]] = Operations("reports")


@operations.operation(
    "POST",
    "/v1/ticket/report",
    access=TicketAccess(),
    body=NewReportSchema,
    answer=ReportedSchema,
    status=201,
    errors=[TicketInvalid, TicketExpired, OriginNotAllowed, ComparisonClosed, TooManyReports],
    example={"side": "left", "category": "harmful", "comment": "It names a dose that is dangerous."},
    answer_example={"reference": "rpt_5x0mq7v3c2t9e4h8jkb6w1dzsa"},
)
def report_response(intake: Intake, call: Call[NewReport, TicketHolder]) -> Answer:
    """Report a response.

    It goes to trust and safety and changes nothing about the vote. The prompt, what is reported and the comment are
    kept encrypted for at most 55 days, also when the comparison is skipped or leaves; who reports is not kept. Sending
    the same report again answers the same reference.
    """
    holder = call.caller
    report = services.prepare_report(intake, holder=holder, new=call.body, at=call.at)
    if report is not None:
        _file(intake, call, report)
    reference = report_text(services.report_id(intake, holder=holder, new=call.body))
    return Answer({"reference": reference}, status=201)


def _file(intake: Intake, call: Call[NewReport, TicketHolder], report: SealedReport) -> None:
    """Files a report; its key is destroyed where it is not needed."""

    def file(tx: Transaction) -> bool:
        return services.file_report(tx, holder=call.caller, report=report, tickets=intake.tickets, at=call.at)

    is_new = False
    try:
        is_new = intake.db.write(file)
    except (TicketExpired, ComparisonClosed, TooManyReports):
        intake.data_keys.destroy([report.key_id])
        raise
    if not is_new:
        intake.data_keys.destroy([report.key_id])

"""The use case of a ticket's holder who reports a response."""

import json
from typing import Any, Final

from app.core.connections import Transaction
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.content import content_key_id, open_private, open_shown
from app.intake.comparisons.errors import ComparisonClosed, TicketExpired
from app.intake.comparisons.models import TicketedComparison
from app.intake.comparisons.queries import FIND_PRIVATE, FIND_SHOWN, lock_ticketed
from app.intake.messages import UPLOAD_SCHEME, Content
from app.intake.reports.schemas import NewReport
from app.intake.zone import Intake
from app.privacy.tickets import Tickets
from app.trust.reports import services as trust
from app.trust.reports.models import ReportSide
from app.trust.reports.queries import FIND_FILED
from app.trust.reports.services import SealedReport, seal_report

_SHOWN: Final = ("open", "voted")


def report_id(intake: Intake, *, holder: TicketHolder, new: NewReport) -> bytes:
    """The report's id: the same for the same report of the same ticket, and random to everybody else."""
    said = (new.side.value, new.category.value, new.comment or "")
    return intake.tickets.report_digest(holder.claims, *said)


def prepare_report(intake: Intake, *, holder: TicketHolder, new: NewReport, at: int) -> SealedReport | None:
    """Copies what is reported and seals it under a key of its own; None where the same report is filed already.

    TicketInvalid, TicketExpired, ComparisonClosed: there is nothing (any more) that could be reported.
    """
    claims, identifier = holder.claims, report_id(intake, holder=holder, new=new)
    found = intake.db.fetch(lambda tx: tx.find(FIND_SHOWN, **holder.key))
    comparison = holder.check(found.comparison if found else None, intake.tickets)
    filed = {"workspace_id": claims.workspace_id, "report_id": identifier}
    if intake.db.fetch(lambda tx: tx.find(FIND_FILED, **filed)) is not None:
        return None
    _check_shown(comparison, at)
    return seal_report(
        intake.data_keys,
        workspace_id=claims.workspace_id,
        report_id=identifier,
        ticket_mark=intake.tickets.report_digest(claims),
        side=new.side,
        category=new.category,
        content=_reported(intake, holder, comparison, found.shown_sealed if found else None, new),
        at=at,
    )


def _check_shown(comparison: TicketedComparison, at: int) -> None:
    """Raises unless its holder can see the comparison at this moment: TicketExpired, ComparisonClosed."""
    state = comparison.public_state(at)
    if state == "expired":
        raise TicketExpired
    if state not in _SHOWN:
        raise ComparisonClosed


def _reported(
    intake: Intake,
    holder: TicketHolder,
    comparison: TicketedComparison,
    shown_sealed: bytes | None,
    new: NewReport,
) -> dict[str, Any]:
    """The prompt, the reported responses with their models, the comment: nothing else of the conversation."""
    claims = holder.claims
    where = {"workspace_id": claims.workspace_id, "comparison_id": claims.comparison_id}
    private_sealed = intake.db.fetch(lambda tx: tx.find(FIND_PRIVATE, **holder.key))
    key = intake.data_keys.find(content_key_id(person=comparison.person, **where))
    if shown_sealed is None or private_sealed is None or key is None:
        raise ComparisonClosed  # deleted since the state was read
    shown = json.loads(open_shown(key, shown_sealed, **where))
    private = open_private(key, private_sealed, **where)
    indexes = {"left": comparison.first_left, "right": 1 - comparison.first_left}
    sides = tuple(indexes) if new.side is ReportSide.BOTH else (new.side.value,)
    return {
        "prompt": _without_uploads(shown["prompt"]),
        "responses": [
            {
                "side": side,
                "model": private["responses"][indexes[side]]["model"],
                "content": _without_uploads(shown[side]["content"]),
            }
            for side in sides
        ],
        "comment": new.comment,
    }


def _without_uploads(content: Content) -> Content:
    """The content without the ids of its uploads: they carry a time, and lead to the comparison while it lasts."""
    return content if isinstance(content, str) else [_without_upload(part) for part in content]


def _without_upload(part: dict[str, Any]) -> dict[str, Any]:
    kind = part["type"]
    if kind == "image_url" and part[kind]["url"].startswith(UPLOAD_SCHEME):
        return {"type": kind, kind: {"url": UPLOAD_SCHEME}}
    if kind == "file" and "file_id" in part[kind]:
        return {"type": kind, kind: {name: value for name, value in part[kind].items() if name != "file_id"}}
    return part


def file_report(
    tx: Transaction, *, holder: TicketHolder, report: SealedReport, tickets: Tickets, at: int
) -> bool:
    """Stores a report, as long as the comparison can be seen; False where the same one is stored already.

    TicketInvalid, TicketExpired, ComparisonClosed, TooManyReports: nothing is stored.
    """
    # The lock keeps two reports of the comparison from being counted at the same moment.
    comparison = holder.check(lock_ticketed(tx, holder.key), tickets)
    _check_shown(comparison, at)
    return trust.file_report(tx, report=report, at=at)

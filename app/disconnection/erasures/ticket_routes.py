"""The call by which the widget withdraws what a person gave earlier, when they say that they are not to be asked.

A ticket shows its holder one question, and nothing of what was given before. What this takes back cannot be read,
changed or chosen from by whoever holds one: they can end all of it, for the ticket's own person, as an opt-out through
the same ticket ends what is still to come. A stolen ticket can destroy votes, then, and reveals none.
"""

from collections.abc import Callable
from typing import Final

from app.core.connections import Transaction
from app.core.errors import OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.disconnection.erasures import services
from app.disconnection.erasures.routes import destroy_keys
from app.disconnection.erasures.schemas import WithdrawalSchema
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.errors import TicketExpired, TicketInvalid
from app.intake.comparisons.queries import FIND_TICKETED
from app.intake.feedback.ticket_services import find_ticketed
from app.intake.preferences.errors import AccountNeeded
from app.intake.zone import Intake
from app.privacy.tickets import TicketPurpose

operations: Final[Operations[Intake]] = Operations("erasures")

_ACTOR: Final = "person"
_REFUSALS: Final = (TicketInvalid, TicketExpired, OriginNotAllowed, AccountNeeded)
_EXAMPLE: Final = {"id": "era_01kaq2m0qvf3x8v2c5t7e9h1jm", "state": "running"}


@operations.operation(
    "POST",
    "/v1/ticket/withdrawal",
    access=TicketAccess(),
    answer=WithdrawalSchema,
    status=202,
    errors=_REFUSALS,
    answer_example=_EXAMPLE,
)
def withdraw_earlier_votes(intake: Intake, call: Call[None, TicketHolder]) -> Answer:
    """Withdraw every vote and rating of the ticket's person, wherever it is.

    It cannot be undone. What they share and whether they are asked stays as it is. Repeated while nothing new was
    given, it is the same withdrawal. Offer it after an opt-out, whose answer has `withdrawable_votes`.
    """
    holder = call.caller
    return _withdraw(
        intake, call, lambda tx: holder.check(tx.find(FIND_TICKETED, **holder.key), intake.tickets).person
    )


@operations.operation(
    "POST",
    "/v1/feedback-ticket/withdrawal",
    access=TicketAccess(TicketPurpose.FEEDBACK),
    answer=WithdrawalSchema,
    status=202,
    errors=_REFUSALS,
    answer_example=_EXAMPLE,
)
def withdraw_earlier_ratings(intake: Intake, call: Call[None, TicketHolder]) -> Answer:
    """Withdraw every vote and rating of the feedback ticket's person, wherever it is.

    As `POST /v1/ticket/withdrawal` does with the ticket of a comparison.
    """
    return _withdraw(
        intake, call, lambda tx: find_ticketed(tx, holder=call.caller, tickets=intake.tickets).person
    )


def _withdraw(
    intake: Intake, call: Call[None, TicketHolder], find_person: Callable[[Transaction], bytes]
) -> Answer:
    def begin(tx: Transaction) -> services.Asked:
        return services.withdraw_votes(
            tx,
            workspace=call.caller.workspace,
            person=find_person(tx),
            idempotency=intake.idempotency,
            actor=_ACTOR,
            at=call.at,
        )

    asked = intake.db.write(begin)
    destroy_keys(intake, asked, at=call.at)
    return Answer({"id": services.erasure_text(asked.erasure.id), "state": asked.erasure.state}, status=202)

"""Calls of whoever holds a receipt: is the vote recorded; withdraw it."""

from typing import Final

from app.core.clock import iso_date, rfc3339
from app.core.http import Answer, Call, Operations, PublicAccess
from app.disconnection.receipts import services
from app.disconnection.receipts.errors import ReceiptUnknown
from app.disconnection.receipts.models import ReceiptState, Standing
from app.disconnection.receipts.schemas import Receipt, ReceiptSchema, StandingSchema, WithdrawnSchema
from app.intake.zone import Intake

operations: Final[Operations[Intake]] = Operations("receipts")

_EXAMPLE: Final = {"receipt": "pvr_…"}


# Possession is the right: 184 pseudo-random bits, which no list of guesses comes near. Neither call is open to pages of
# other origins: the only page that needs them is our own.
@operations.operation(
    "POST",
    "/v1/receipts/lookup",
    access=PublicAccess(),
    body=ReceiptSchema,
    answer=StandingSchema,
    errors=[ReceiptUnknown],
    example=_EXAMPLE,
    answer_example={"state": "recorded", "undo_until": "2026-11-22T10:15:21.000Z"},
)
def look_up_receipt(intake: Intake, call: Call[Receipt, None]) -> Answer:
    """Ask how a vote stands.

    Whoever holds the receipt may ask, without an account. The answer never says what was chosen.
    """
    standing = look_up(intake, call.body.text, at=call.at)
    answer = {"state": standing.state.value}
    if standing.undo_until is not None:
        answer["undo_until"] = rfc3339(standing.undo_until)
    if standing.week is not None:
        answer["week"] = iso_date(standing.week)
    return Answer(answer)


@operations.operation(
    "POST",
    "/v1/receipts/withdraw",
    access=PublicAccess(),
    body=ReceiptSchema,
    answer=WithdrawnSchema,
    errors=[ReceiptUnknown],
    example=_EXAMPLE,
    answer_example={"state": "withdrawn"},
)
def withdraw_vote(intake: Intake, call: Call[Receipt, None]) -> Answer:
    """Withdraw a vote, with its content.

    Whoever holds the receipt may do so, at any time. It cannot be undone; repeating it changes nothing. A vote on its
    way to research, or there already, is taken out by a job, within seconds as a rule: `withdrawing` until then.
    """
    return Answer({"state": withdraw(intake, call.body.text, at=call.at).value})


def look_up(intake: Intake, receipt: str, *, at: int) -> Standing:
    """How a receipt's vote stands. ReceiptUnknown."""
    receipt_digest = services.digest_of(receipt)
    return intake.db.fetch(lambda tx: services.get_standing(tx, receipt_digest=receipt_digest, at=at))


def withdraw(intake: Intake, receipt: str, *, at: int) -> ReceiptState:
    """Withdraws a receipt's vote, durably. ReceiptUnknown."""
    receipt_digest = services.digest_of(receipt)
    done = intake.db.write(lambda tx: services.withdraw_vote(tx, receipt_digest=receipt_digest, at=at))
    if done.useless_keys:
        intake.data_keys.destroy(done.useless_keys)
    return done.state

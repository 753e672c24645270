"""Calls of whoever holds a receipt: is the vote recorded; withdraw it."""

from typing import Final, NamedTuple

from app.core.clock import iso_date, rfc3339
from app.core.http import Answer, Call, Operations, PublicAccess
from app.disconnection.receipts import services
from app.disconnection.receipts.errors import ReceiptUnknown
from app.disconnection.receipts.exports import find_exports
from app.disconnection.receipts.models import ReceiptState, Standing
from app.disconnection.receipts.schemas import Receipt, ReceiptSchema, StandingSchema, WithdrawnSchema
from app.disconnection.zone import Doorstep
from app.intake.zone import Intake
from app.research.exports.holding import Holding

operations: Final[Operations[Doorstep]] = Operations("receipts")

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
def look_up_receipt(doorstep: Doorstep, call: Call[Receipt, None]) -> Answer:
    """Ask how a vote stands, and in which exports it is.

    Whoever holds the receipt may ask, without an account. The answer never says what was chosen.
    """
    found = look_up(doorstep, call.body.text, at=call.at)
    standing, holding = found
    answer: dict[str, object] = {"state": standing.state.value}
    if standing.undo_until is not None:
        answer["undo_until"] = rfc3339(standing.undo_until)
    if standing.week is not None:
        answer["week"] = iso_date(standing.week)
    if standing.link is not None:
        answer["exports"] = [export._asdict() for export in holding.exports] if holding else []
        answer["exports_known"] = holding is not None and holding.is_whole
    if standing.is_tombstoned is not None:
        answer["tombstoned"] = standing.is_tombstoned
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
def withdraw_vote(doorstep: Doorstep, call: Call[Receipt, None]) -> Answer:
    """Withdraw a vote, with its content.

    Whoever holds the receipt may do so, at any time. It cannot be undone; repeating it changes nothing. A vote on its
    way to research, or there already, is taken out by a job, within seconds as a rule: `withdrawing` until then.
    """
    return Answer({"state": withdraw(doorstep.intake, call.body.text, at=call.at).value})


class LookedUp(NamedTuple):
    """How a vote stands, and in which exports its record is; None where nobody can tell here, or there is none."""

    standing: Standing
    holding: Holding | None


def look_up(doorstep: Doorstep, receipt: str, *, at: int) -> LookedUp:
    """How a receipt's vote stands, on both sides of the door. ReceiptUnknown."""
    receipt_digest = services.digest_of(receipt)
    standing = doorstep.intake.db.fetch(
        lambda tx: services.get_standing(tx, receipt_digest=receipt_digest, at=at)
    )
    return LookedUp(standing, find_exports(doorstep, standing.link) if standing.link is not None else None)


def withdraw(intake: Intake, receipt: str, *, at: int) -> ReceiptState:
    """Withdraws a receipt's vote, durably. ReceiptUnknown."""
    receipt_digest = services.digest_of(receipt)
    done = intake.db.write(lambda tx: services.withdraw_vote(tx, receipt_digest=receipt_digest, at=at))
    if done.useless_keys:
        intake.data_keys.destroy(done.useless_keys)
    return done.state

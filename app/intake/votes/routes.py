"""Calls of a ticket's holder: vote, undo, skip."""

from typing import Final

from app.core.clock import rfc3339
from app.core.connections import Transaction
from app.core.errors import OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.content import content_key_id, open_private
from app.intake.comparisons.errors import (
    ComparisonClosed,
    PersonOptedOut,
    TicketExpired,
    TicketInvalid,
    VoteFinal,
    VoteStands,
)
from app.intake.comparisons.queries import FIND_PRIVATE, FIND_TICKETED
from app.intake.comparisons.signals import close_for_signal, counts_as_opt_out
from app.intake.votes import services
from app.intake.votes.errors import StrengthWithoutSide, UnknownReason
from app.intake.votes.schemas import (
    CastVote,
    CastVoteSchema,
    Skip,
    SkippedSchema,
    SkipSchema,
    VoteAnswerSchema,
    VoteUndoneSchema,
)
from app.intake.zone import Intake

operations: Final[Operations[Intake]] = Operations("votes")

_REFUSALS: Final = (TicketInvalid, TicketExpired, OriginNotAllowed, ComparisonClosed, VoteFinal)


@operations.operation(
    "PUT",
    "/v1/ticket/vote",
    access=TicketAccess(),
    body=CastVoteSchema,
    answer=VoteAnswerSchema,
    errors=[*_REFUSALS, PersonOptedOut, UnknownReason, StrengthWithoutSide],
    example={"choice": "left", "strength": 2, "reasons": ["useful"], "shown_ms": 8200},
    answer_example={
        "receipt": "pvr_…",
        "undo_until": "2026-11-22T10:15:21.000Z",
        "revealed": {"left": "model-b", "right": "model-a"},
    },
)
def cast_vote(intake: Intake, call: Call[CastVote, TicketHolder]) -> Answer:
    """Cast the vote, or change it.

    There is one vote for a comparison: sending it again changes nothing, sending another one replaces it,
    until `undo_until`. After that: 409. Nothing is recorded where nothing is shared any more, or where the browser
    sends `Sec-GPC: 1`: an open question is closed by that, and its content deleted.
    """
    if counts_as_opt_out(intake, call.caller.workspace.id, call.request):
        close_for_signal(intake, holder=call.caller, at=call.at)
        raise PersonOptedOut("The browser asks by Global Privacy Control that nothing be shared.")
    ballot = services.prepare_ballot(intake, holder=call.caller, vote=call.body)

    def cast(tx: Transaction) -> int:
        return services.cast_vote(tx, ballot=ballot, tickets=intake.tickets, at=call.at)

    undo_until = intake.db.write(cast, touches=[call.caller.claims.comparison_id])
    answer: dict[str, object] = {"receipt": ballot.receipt, "undo_until": rfc3339(undo_until)}
    if ballot.reveals:
        answer["revealed"] = _models(intake, call.caller)
    return Answer(answer)


def _models(intake: Intake, holder: TicketHolder) -> dict[str, str]:
    """Which model stood where; only ever read after a vote is durable."""
    comparison = intake.db.fetch(lambda tx: tx.find(FIND_TICKETED, **holder.key))
    sealed = intake.db.fetch(lambda tx: tx.find(FIND_PRIVATE, **holder.key))
    claims = holder.claims
    key = comparison and intake.data_keys.find(
        content_key_id(claims.workspace_id, comparison.person, claims.comparison_id)
    )
    if comparison is None or sealed is None or not key:
        raise ComparisonClosed
    private = open_private(key, sealed, workspace_id=claims.workspace_id, comparison_id=claims.comparison_id)
    first = comparison.first_left
    responses = private["responses"]
    return {"left": responses[first]["model"], "right": responses[1 - first]["model"]}


@operations.operation(
    "DELETE",
    "/v1/ticket/vote",
    access=TicketAccess(),
    answer=VoteUndoneSchema,
    errors=_REFUSALS,
    answer_example={"state": "open", "expires_at": "2026-11-22T11:00:02.000Z"},
)
def undo_vote(intake: Intake, call: Call[None, TicketHolder]) -> Answer:
    """Undo the vote.

    The comparison is open again, unless the time to answer has run out meanwhile.
    """

    def undo(tx: Transaction) -> Answer:
        comparison = services.undo_vote(tx, holder=call.caller, tickets=intake.tickets, at=call.at)
        return Answer(
            {"state": comparison.public_state(call.at), "expires_at": rfc3339(comparison.expires_at)}
        )

    return intake.db.write(undo)


@operations.operation(
    "POST",
    "/v1/ticket/skip",
    access=TicketAccess(),
    body=SkipSchema,
    answer=SkippedSchema,
    errors=[*_REFUSALS, VoteStands],
    example={"reason": "not_now"},
)
def skip(intake: Intake, call: Call[Skip, TicketHolder]) -> Answer:
    """Skip the comparison.

    Its content is deleted at once; only a count remains. Sending it again with another reason records that one.
    """

    def close(tx: Transaction) -> list[bytes]:
        return services.skip_comparison(
            tx, holder=call.caller, skip=call.body, tickets=intake.tickets, at=call.at
        )

    useless_keys = intake.db.write(close)
    if useless_keys:
        intake.data_keys.destroy(useless_keys)
    return Answer({"state": "skipped"})

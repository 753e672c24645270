"""Use cases of a ticket's holder: vote, change the vote, undo it, skip."""

import json
from typing import NamedTuple

from app.core.connections import Transaction
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.closing import withhold
from app.intake.comparisons.content import content_key_id, seal_comment
from app.intake.comparisons.errors import ComparisonClosed, PersonOptedOut, VoteStands
from app.intake.comparisons.forgetting import delete_content
from app.intake.comparisons.models import (
    Choice,
    ComparisonState,
    SkipReason,
    TicketedComparison,
    WithheldReason,
)
from app.intake.comparisons.queries import (
    CLOSE,
    FIND_TICKETED,
    NOTE_REVEALED,
    NOTE_SKIP_REASON,
    lock_ticketed,
)
from app.intake.persons.queries import NOTE_SKIP, NOTE_VOTE
from app.intake.votes.errors import StrengthWithoutSide, UnknownReason
from app.intake.votes.queries import DELETE_VOTE, PUT_VOTE
from app.intake.votes.schemas import CastVote, Skip
from app.intake.zone import Intake
from app.privacy.tickets import Tickets


class Ballot(NamedTuple):
    """A vote ready to be recorded: checked, its comment sealed, its receipt drawn."""

    holder: TicketHolder
    vote: CastVote
    reasons: str
    comment_sealed: bytes | None
    receipt: str
    receipt_digest: bytes
    undo_ms: int
    reveals: bool


def prepare_ballot(intake: Intake, *, holder: TicketHolder, vote: CastVote) -> Ballot:
    """Checks a vote against what its workspace offers and seals the comment. UnknownReason, StrengthWithoutSide."""
    if vote.strength is not None and vote.choice not in (Choice.LEFT, Choice.RIGHT):
        raise StrengthWithoutSide
    if vote.reasons and not set(vote.reasons) <= set(holder.workspace.options.reasons):
        raise UnknownReason
    receipt = intake.tickets.receipt(holder.claims)
    return Ballot(
        holder=holder,
        vote=vote,
        reasons=json.dumps(vote.reasons) if vote.reasons else "[]",
        comment_sealed=_seal_comment(intake, holder, vote.comment) if vote.comment else None,
        receipt=receipt,
        receipt_digest=intake.tickets.receipt_digest(receipt),
        undo_ms=intake.undo_ms(holder.workspace),
        reveals=holder.workspace.options.reveals_models,
    )


def _seal_comment(intake: Intake, holder: TicketHolder, comment: str) -> bytes:
    comparison = intake.db.fetch(lambda tx: tx.find(FIND_TICKETED, **holder.key))
    person = holder.check(comparison, intake.tickets).person
    claims = holder.claims
    key = intake.data_keys.find(content_key_id(claims.workspace_id, person, claims.comparison_id))
    if key is None:
        raise ComparisonClosed  # the key was destroyed: the person is erased
    return seal_comment(key, comment, **holder.place)


def cast_vote(tx: Transaction, *, ballot: Ballot, tickets: Tickets, at: int) -> int:
    """Records a vote, or puts it in the place of the earlier one; returns until when it can be undone (ms).

    TicketInvalid, TicketExpired, ComparisonClosed, VoteFinal, PersonOptedOut: nothing is recorded.
    """
    holder, vote = ballot.holder, ballot.vote
    comparison = holder.check(lock_ticketed(tx, holder.key), tickets)
    comparison.check_votable(at)
    if not comparison.has_vote and comparison.person:
        claims = holder.claims
        if not tx.run(NOTE_VOTE, workspace_id=claims.workspace_id, person=comparison.person, at=at):
            raise PersonOptedOut
    undo_until = at + ballot.undo_ms if comparison.undo_until is None else comparison.undo_until
    if ballot.reveals and comparison.revealed_at is None:
        tx.run(NOTE_REVEALED, **holder.key, at=at)
    tx.run(
        PUT_VOTE,
        **holder.key,
        choice=vote.choice.value,
        strength=vote.strength,
        reasons=ballot.reasons,
        comment_sealed=ballot.comment_sealed,
        shown_ms=vote.shown_ms,
        cast_at=at,
        changed_at=at,
        undo_until=undo_until,
        changes=(comparison.changes or 0) + _is_change(comparison, vote),
        is_changed_after_reveal=_is_changed_after_reveal(comparison, vote),
        receipt_digest=ballot.receipt_digest,
    )
    return undo_until


def _is_change(comparison: TicketedComparison, vote: CastVote) -> int:
    """1 when another choice stood before; repeating a vote is not changing it."""
    return int(comparison.choice is not None and comparison.choice != vote.choice)


def _is_changed_after_reveal(comparison: TicketedComparison, vote: CastVote) -> bool:
    """Whether the voter knew the models when choosing; undoing the vote first does not hide it."""
    if comparison.revealed_at is None:
        return False
    return bool(comparison.is_changed_after_reveal) or comparison.choice != vote.choice


def undo_vote(tx: Transaction, *, holder: TicketHolder, tickets: Tickets, at: int) -> TicketedComparison:
    """Takes a vote back; the comparison without it. Repeating it changes nothing.

    TicketInvalid, VoteFinal, ComparisonClosed.
    """
    comparison = holder.check(lock_ticketed(tx, holder.key), tickets)
    if comparison.has_vote or comparison.state != ComparisonState.OPEN:
        comparison.check_answerable(at)
        tx.run(DELETE_VOTE, **holder.key)
        if comparison.levels.is_off:
            # Who shares nothing any more is asked nothing again. The keys are doomed, the job destroys them.
            reason = WithheldReason.OPTED_OUT
            withhold(tx, key=holder.key, person=comparison.person, reason=reason, at=at)
            return comparison._replace(choice=None, undo_until=None, state=ComparisonState.WITHHELD)
    return comparison._replace(choice=None, undo_until=None)


def skip_comparison(
    tx: Transaction, *, holder: TicketHolder, skip: Skip, tickets: Tickets, at: int
) -> list[bytes]:
    """Closes a comparison without a vote and deletes its content at once.

    Repeating it changes nothing but the reason, where another one is given: one skips first and may say why then.
    What an opt-out has closed before stays as it is: a card that says "never" and skips says the same twice.
    Returns the ids of the data keys to destroy at once when that is committed; should that fail, they are doomed.
    TicketInvalid, TicketExpired, VoteStands (undo first), VoteFinal, ComparisonClosed.
    """
    comparison = holder.check(lock_ticketed(tx, holder.key), tickets)
    if comparison.state == ComparisonState.SKIPPED:
        if skip.reason is not None:
            tx.run(NOTE_SKIP_REASON, **holder.key, new_skip_reason=skip.reason.value)
        return []
    if comparison.state == ComparisonState.WITHHELD:
        return []
    comparison.check_answerable(at)
    if comparison.has_vote:
        raise VoteStands
    reason = skip.reason or SkipReason.NOT_NOW
    tx.run(CLOSE, **holder.key, new_state=ComparisonState.SKIPPED, at=at, new_skip_reason=reason)
    if comparison.person:
        tx.run(NOTE_SKIP, workspace_id=holder.claims.workspace_id, person=comparison.person, at=at)
    return delete_content(tx, key=holder.key, person=comparison.person)

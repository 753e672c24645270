"""Use cases of a feedback ticket's holder: rate, change, undo."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.clock import day_of
from app.core.connections import Transaction
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.errors import PersonOptedOut, TicketExpired
from app.intake.documents.fresh_choice import level_under_notice
from app.intake.documents.models import Edition
from app.intake.feedback.closing import forget_offered
from app.intake.feedback.errors import FeedbackFinal
from app.intake.feedback.models import StoredFeedback, feedback_key
from app.intake.feedback.queries import FIND_FEEDBACK, LOCK_FEEDBACK, UNRATE
from app.intake.feedback.schemas import Rating
from app.intake.feedback.services import rate
from app.intake.persons.levels import find_levels, find_person_and_levels
from app.intake.persons.services import Subject, lock_person
from app.privacy.tickets import Tickets


class Thumbed(NamedTuple):
    """A rating by a ticket's holder, ready to be recorded."""

    holder: TicketHolder
    rating: Rating
    subject: Subject
    comment_sealed: bytes | None
    receipt_digest: bytes
    undo_ms: int
    editions: Sequence[Edition]
    """What the workspace has published itself."""


def rate_by_ticket(tx: Transaction, *, thumbed: Thumbed, tickets: Tickets, at: int) -> int:
    """Records the rating of a ticket's holder; until when it can be undone (ms).

    TicketInvalid, TicketExpired, FeedbackFinal, PersonOptedOut: nothing is recorded.
    """
    workspace, subject, person = thumbed.holder.workspace, thumbed.subject, None
    if subject.person:
        # The person before the feedback, here and everywhere: two who want both cannot wait for each other.
        person = lock_person(tx, workspace_id=workspace.id, person=subject.person, day=day_of(at))
    found = lock_ticketed(tx, holder=thumbed.holder, tickets=tickets)
    # A project is switched off beside the person's lock: its rows first, and then its level.
    levels = find_levels(tx, workspace=workspace, subject=subject, person=person)
    check_rateable(found, at)
    if levels.is_off or found.is_unshared:
        raise PersonOptedOut
    sharing = levels.sharing
    if person is not None:
        sharing = level_under_notice(sharing, thumbed.editions, person.acquaintance, at=at)
    undo_until = at + thumbed.undo_ms if found.undo_until is None else found.undo_until
    rate(
        tx,
        workspace=workspace,
        found=found,
        rating=thumbed.rating,
        comment_sealed=thumbed.comment_sealed,
        sharing=sharing,
        receipt_digest=thumbed.receipt_digest,
        undo_until=undo_until,
        at=at,
    )
    return undo_until


def check_rateable(found: StoredFeedback, at: int) -> None:
    """Raises unless a rating may be given or changed now: FeedbackFinal, TicketExpired."""
    if found.is_final(at):
        raise FeedbackFinal
    if found.rating is None and at >= found.expires_at:
        raise TicketExpired


def find_ticketed(tx: Transaction, *, holder: TicketHolder, tickets: Tickets) -> StoredFeedback:
    """The feedback that a ticket was issued for. TicketInvalid."""
    key = feedback_key(holder.claims.workspace_id, holder.claims.comparison_id)
    return holder.check(tx.find(FIND_FEEDBACK, **key), tickets)


def lock_ticketed(tx: Transaction, *, holder: TicketHolder, tickets: Tickets) -> StoredFeedback:
    """Like `find_ticketed`; nobody else can change it until this transaction ends."""
    key = feedback_key(holder.claims.workspace_id, holder.claims.comparison_id)
    return holder.check(tx.find(LOCK_FEEDBACK, **key), tickets)


def is_shared(tx: Transaction, *, holder: TicketHolder, found: StoredFeedback) -> bool:
    """Whether anything of the feedback may be kept at this moment."""
    _, levels = find_person_and_levels(tx, workspace=holder.workspace, subject=found.subject)
    return not (levels.is_off or found.is_unshared)


def forget_for_signal(tx: Transaction, *, holder: TicketHolder, tickets: Tickets) -> list[bytes]:
    """Deletes what is offered, as `Sec-GPC: 1` asks; a rating stays. The data keys to destroy. TicketInvalid."""
    found = lock_ticketed(tx, holder=holder, tickets=tickets)
    return forget_offered(tx, workspace_id=holder.workspace.id, found=found)


def undo_by_ticket(tx: Transaction, *, holder: TicketHolder, tickets: Tickets, at: int) -> StoredFeedback:
    """Takes a rating back; the feedback without it. Repeating it changes nothing. TicketInvalid, FeedbackFinal.

    Where a no has overtaken it, nothing of it stays, and it has expired.
    """
    found = lock_ticketed(tx, holder=holder, tickets=tickets)
    if found.is_final(at):
        raise FeedbackFinal
    tx.run(UNRATE, **feedback_key(holder.workspace.id, found.id))
    if found.is_unshared:
        forget_offered(tx, workspace_id=holder.workspace.id, found=found)
        found = found._replace(expires_at=min(at, found.expires_at))
    return found._replace(rating=None, undo_until=None)

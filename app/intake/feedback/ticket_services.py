"""Use cases of a feedback ticket's holder: rate, change, undo."""

from collections.abc import Sequence
from typing import NamedTuple

from app.access.workspaces.models import SharingLevel
from app.core.clock import day_of
from app.core.connections import Transaction
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.errors import PersonOptedOut, TicketExpired
from app.intake.documents.fresh_choice import level_under_notice
from app.intake.documents.models import Edition
from app.intake.feedback.errors import FeedbackFinal
from app.intake.feedback.models import StoredFeedback, feedback_key
from app.intake.feedback.queries import FIND_FEEDBACK, LOCK_FEEDBACK, UNRATE
from app.intake.feedback.schemas import Rating
from app.intake.feedback.services import rate
from app.intake.persons.services import lock_person
from app.intake.preferences.services import sharing_of
from app.privacy.tickets import Tickets


class Thumbed(NamedTuple):
    """A rating by a ticket's holder, ready to be recorded."""

    holder: TicketHolder
    rating: Rating
    person: bytes
    comment_sealed: bytes | None
    receipt_digest: bytes
    undo_ms: int
    editions: Sequence[Edition]
    """What the workspace has published itself."""


def rate_by_ticket(tx: Transaction, *, thumbed: Thumbed, tickets: Tickets, at: int) -> int:
    """Records the rating of a ticket's holder; until when it can be undone (ms).

    TicketInvalid, TicketExpired, FeedbackFinal, PersonOptedOut: nothing is recorded.
    """
    workspace = thumbed.holder.workspace
    sharing = workspace.options.sharing
    if thumbed.person:
        # The person before the feedback, here and everywhere: two who want both cannot wait for each other.
        person = lock_person(tx, workspace_id=workspace.id, person=thumbed.person, day=day_of(at))
        sharing = level_under_notice(
            sharing_of(person, workspace), thumbed.editions, person.acquaintance, at=at
        )
    if sharing is SharingLevel.OFF:
        raise PersonOptedOut
    found = lock_ticketed(tx, holder=thumbed.holder, tickets=tickets)
    check_rateable(found, at)
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


def undo_by_ticket(tx: Transaction, *, holder: TicketHolder, tickets: Tickets, at: int) -> StoredFeedback:
    """Takes a rating back; the feedback without it. Repeating it changes nothing. TicketInvalid, FeedbackFinal."""
    found = lock_ticketed(tx, holder=holder, tickets=tickets)
    if found.is_final(at):
        raise FeedbackFinal
    tx.run(UNRATE, **feedback_key(holder.workspace.id, found.id))
    return found._replace(rating=None, undo_until=None)

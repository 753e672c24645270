"""Calls of the feedback element: see what to offer, rate, undo, choose not to be asked."""

import json
from typing import Any, Final

from app.core.clock import rfc3339
from app.core.connections import Transaction
from app.core.errors import OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.core.ids import to_text, uuid7_time
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.content import asks_of, content_key_id
from app.intake.comparisons.errors import PersonOptedOut, TicketExpired, TicketInvalid
from app.intake.comparisons.signals import counts_as_opt_out
from app.intake.consents.models import ConsentSource
from app.intake.feedback import services, ticket_services
from app.intake.feedback.content import FEEDBACK_PREFIX, open_word, seal_word
from app.intake.feedback.errors import FeedbackFinal, FeedbackReasonUnknown
from app.intake.feedback.models import StoredFeedback
from app.intake.feedback.schemas import (
    Rating,
    RatingAnswerSchema,
    RatingSchema,
    RatingUndoneSchema,
    ShownFeedbackSchema,
)
from app.intake.preferences.changes import Occasion
from app.intake.preferences.errors import AccountNeeded, ConversationNeeded
from app.intake.preferences.routes import store_preferences
from app.intake.preferences.schemas import NewPreferences, PreferencesSchema, TicketPreferencesSchema
from app.intake.preferences.services import Preferences, set_preferences
from app.intake.preferences.under_notice import note_choice
from app.intake.zone import Intake
from app.privacy.sealing import DataKey
from app.privacy.tickets import TicketPurpose

operations: Final[Operations[Intake]] = Operations("feedback tickets")

_REFUSALS: Final = (TicketInvalid, TicketExpired, OriginNotAllowed)
_ACCESS: Final = TicketAccess(TicketPurpose.FEEDBACK)


@operations.operation(
    "GET",
    "/v1/feedback-ticket",
    access=_ACCESS,
    answer=ShownFeedbackSchema,
    errors=_REFUSALS,
    answer_example={
        "id": "fbk_01kaq2m0qvf3x8v2c5t7e9h1jm",
        "target": "response",
        "state": "open",
        "reasons": {"up": ["solved_my_problem"], "down": ["out_of_date", "other"]},
        "asks": ["week", "never"],
        "notice": {"version": "2026-11-23", "text": "Your vote is kept …", "lang": "en"},
        "locale": "en",
        "rating": None,
        "undo_until": None,
        "expires_at": "2026-11-22T11:00:00.000Z",
    },
)
def show_feedback(intake: Intake, call: Call[None, TicketHolder]) -> Answer:
    """See what may be said with a ticket, and how it stands. Nothing of what is rated is in it."""
    holder, options = call.caller, call.caller.workspace.options
    found, is_shared = intake.db.fetch(lambda tx: _look(intake, tx, holder))
    state = found.public_state(call.at)
    if state == "open" and counts_as_opt_out(intake, holder.workspace.id, call.request):
        _forget_for_signal(intake, holder)
        state = "expired"
    if state == "expired" or (state == "open" and not is_shared):
        raise TicketExpired
    answer: dict[str, Any] = {
        "id": to_text(FEEDBACK_PREFIX, found.id),
        "target": found.target_kind,
        "state": state,
        "reasons": {"up": options.feedback_up, "down": options.feedback_down},
        "asks": asks_of(found.subject),
        # The one that held when it was offered: its version is stored with it.
        "notice": intake.library.notice(holder.workspace, found.locale, at=uuid7_time(found.id))._asdict(),
        "locale": found.locale,
        "rating": None,
        "undo_until": None,
        "expires_at": rfc3339(found.expires_at),
    }
    if options.feedback_labels:
        answer["reason_labels"] = options.feedback_labels
    if found.rating is not None:
        answer |= _standing(found, _key(intake, holder, found), holder)
    return Answer(answer)


def _look(intake: Intake, tx: Transaction, holder: TicketHolder) -> tuple[StoredFeedback, bool]:
    found = ticket_services.find_ticketed(tx, holder=holder, tickets=intake.tickets)
    return found, ticket_services.is_shared(tx, holder=holder, found=found)


def _forget_for_signal(intake: Intake, holder: TicketHolder) -> None:
    useless = intake.db.write(
        lambda tx: ticket_services.forget_for_signal(tx, holder=holder, tickets=intake.tickets)
    )
    if useless:
        intake.data_keys.destroy(useless)


def _standing(found: StoredFeedback, key: DataKey | None, holder: TicketHolder) -> dict[str, Any]:
    """How the rating stands; whoever comes back to it finds it whole, and can go on from there."""
    place = {"workspace_id": holder.workspace.id, "feedback_id": found.id}
    rating: dict[str, Any] = {"rating": found.rating, "reasons": json.loads(found.reasons or "[]")}
    told: dict[str, Any] = {"rating": rating}
    if found.undo_until is not None:
        told["undo_until"] = rfc3339(found.undo_until)
    if key is not None:
        sealed = found.comment_sealed
        rating["comment"] = None if sealed is None else open_word(key, sealed, what="comment", **place)
        told["receipt"] = open_word(key, found.receipt_sealed, what="receipt", **place)
    return told


def _key(intake: Intake, holder: TicketHolder, found: StoredFeedback) -> DataKey | None:
    return intake.data_keys.find(content_key_id(holder.workspace.id, found.person, found.id))


@operations.operation(
    "PUT",
    "/v1/feedback-ticket/rating",
    access=_ACCESS,
    body=RatingSchema,
    answer=RatingAnswerSchema,
    errors=[*_REFUSALS, FeedbackFinal, FeedbackReasonUnknown, PersonOptedOut],
    example={"rating": "up", "reasons": ["solved_my_problem"]},
    answer_example={"receipt": "pvr_…", "undo_until": "2026-11-22T10:15:21.000Z"},
)
def rate(intake: Intake, call: Call[Rating, TicketHolder]) -> Answer:
    """Rate what the ticket is for, or change the rating.

    There is one: sending it again changes nothing, sending another one replaces it, until `undo_until`. After that:
    409. Nothing is recorded where nothing is shared any more, or where the browser sends `Sec-GPC: 1`: what is offered
    is deleted by that.
    """
    holder, rating = call.caller, call.body
    if counts_as_opt_out(intake, holder.workspace.id, call.request):
        _forget_for_signal(intake, holder)
        raise PersonOptedOut("The browser asks by Global Privacy Control that nothing be shared.")
    services.check_reasons(holder.workspace, rating)
    found = intake.db.fetch(
        lambda tx: ticket_services.find_ticketed(tx, holder=holder, tickets=intake.tickets)
    )
    ticket_services.check_rateable(found, call.at)
    key = _key(intake, holder, found)
    if key is None:
        raise TicketInvalid  # the key was destroyed: the person is erased
    place = {"workspace_id": holder.workspace.id, "feedback_id": found.id}
    receipt = open_word(key, found.receipt_sealed, what="receipt", **place)
    comment = rating.comment
    thumbed = ticket_services.Thumbed(
        holder=holder,
        rating=rating,
        subject=found.subject,
        comment_sealed=None if comment is None else seal_word(key, comment, what="comment", **place),
        receipt_digest=intake.tickets.receipt_digest(receipt),
        undo_ms=intake.undo_ms(holder.workspace),
        editions=intake.library.published(holder.workspace.id),
    )
    undo_until = intake.db.write(
        lambda tx: ticket_services.rate_by_ticket(tx, thumbed=thumbed, tickets=intake.tickets, at=call.at),
        touches=[holder.workspace.id + found.person if found.person else found.id],
    )
    return Answer({"receipt": receipt, "undo_until": rfc3339(undo_until)})


@operations.operation(
    "DELETE",
    "/v1/feedback-ticket/rating",
    access=_ACCESS,
    answer=RatingUndoneSchema,
    errors=[*_REFUSALS, FeedbackFinal],
    answer_example={"state": "open", "expires_at": "2026-11-22T11:00:00.000Z"},
)
def undo_rating(intake: Intake, call: Call[None, TicketHolder]) -> Answer:
    """Take the rating back.

    Another one may be given, unless the ticket's time has run out, or nothing is shared any more.
    """

    def undo(tx: Transaction) -> Answer:
        found = ticket_services.undo_by_ticket(tx, holder=call.caller, tickets=intake.tickets, at=call.at)
        return Answer({"state": found.public_state(call.at), "expires_at": rfc3339(found.expires_at)})

    return intake.db.write(undo)


@operations.operation(
    "PUT",
    "/v1/feedback-ticket/preferences",
    access=_ACCESS,
    body=TicketPreferencesSchema,
    answer=PreferencesSchema,
    errors=[*_REFUSALS, AccountNeeded, ConversationNeeded],
    example={"ask": "never"},
    answer_example={
        "sharing": "vote_and_content",
        "ask": "never",
        "levels": {"workspace": "vote_and_content", "project": None, "person": None, "conversation": None},
        "decided_by": "workspace",
        "withdrawable_votes": 2,
    },
)
def set_feedback_preferences(intake: Intake, call: Call[NewPreferences, TicketHolder]) -> Answer:
    """Say "don't ask me again", snooze, or choose what is shared; like PUT /v1/ticket/preferences."""
    holder = call.caller

    def change(tx: Transaction) -> Preferences:
        found = ticket_services.find_ticketed(tx, holder=holder, tickets=intake.tickets)
        held = set_preferences(
            tx,
            workspace=holder.workspace,
            subject=found.subject,
            wishes=call.body,
            occasion=Occasion(
                ConsentSource.TICKET,
                found.notice_version,
                intake.library.published(holder.workspace.id),
            ),
            at=call.at,
        )
        # The notice beside it is that of the moment when it was offered.
        return note_choice(tx, held=held, wishes=call.body, at=uuid7_time(found.id))

    return store_preferences(intake, holder.workspace, change, call.at)

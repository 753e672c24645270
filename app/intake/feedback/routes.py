"""A host's calls around feedback: pass a rating on, offer one to a browser, take one back."""

from collections.abc import Callable
from typing import Any, Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.core.clock import rfc3339
from app.core.connections import Transaction
from app.core.errors import InvalidBody, NotFound
from app.core.http import Answer, Call, Operations
from app.core.ids import from_text, to_text
from app.intake.comparisons.models import WithheldReason
from app.intake.comparisons.signals import counts_as_opt_out
from app.intake.feedback import services
from app.intake.feedback.content import FEEDBACK_PREFIX, open_word
from app.intake.feedback.errors import FeedbackFinal, FeedbackReasonUnknown
from app.intake.feedback.schemas import (
    FeedbackDeletedSchema,
    GivenSchema,
    NewFeedback,
    NewFeedbackSchema,
    OfferedSchema,
    Rated,
    RatedSchema,
    Rating,
)
from app.intake.persons.services import resolve_subject
from app.intake.zone import Intake

operations: Final[Operations[Intake]] = Operations("feedback")

_EXAMPLE: Final[dict[str, Any]] = {
    "identifiers": {"account": "user-1042", "conversation": "talk-77"},
    "target": {"type": "response", "id": "msg-9"},
    "conversation": [
        {"role": "user", "content": "Why is the sky blue?"},
        {"role": "assistant", "content": "Because of Rayleigh scattering."},
    ],
    "model": "model-a",
    "locale": "en",
}


@operations.operation(
    "POST",
    "/v1/feedback",
    access=HostKey(Scope.COMPARISONS_WRITE),
    body=NewFeedbackSchema,
    answer=GivenSchema,
    status=201,
    errors=[FeedbackFinal, FeedbackReasonUnknown, InvalidBody],
    is_idempotent=True,
    example=_EXAMPLE | {"rating": "down", "reasons": ["too_complicated"], "comment": "What is scattering?"},
    answer_example={
        "status": "recorded",
        "id": "fbk_01kaq2m0qvf3x8v2c5t7e9h1jm",
        "receipt": "pvr_…",
        "undo_until": "2026-11-22T10:15:21.000Z",
    },
)
def give_feedback(intake: Intake, call: Call[NewFeedback, HostCaller]) -> Answer:
    """Pass on a thumb up or down on one response or page.

    A person rates a target once: sending it again replaces the rating until `undo_until`, and is refused after. Says
    why where it is withheld: nothing is stored then.
    """

    def give(tx: Transaction, feedback: services.Feedback) -> Answer | WithheldReason:
        given = services.give_feedback(tx, feedback=feedback, at=call.at)
        if isinstance(given, WithheldReason):
            return given
        place = {"workspace_id": feedback.workspace.id, "feedback_id": given.feedback_id}
        return Answer(
            {
                "status": "recorded",
                "id": to_text(FEEDBACK_PREFIX, given.feedback_id),
                "receipt": open_word(feedback.key, given.receipt_sealed, what="receipt", **place),
                "undo_until": rfc3339(given.undo_until),
            },
            status=201,
        )

    return _written(intake, call, _prepare(intake, call, call.body.rated, call.body.rating), give)


@operations.operation(
    "POST",
    "/v1/feedback-tickets",
    access=HostKey(Scope.COMPARISONS_WRITE),
    body=RatedSchema,
    answer=OfferedSchema,
    status=201,
    errors=[InvalidBody],
    is_idempotent=True,
    example=_EXAMPLE,
    answer_example={
        "status": "open",
        "id": "fbk_01kaq2m0qvf3x8v2c5t7e9h1jm",
        "ticket": "pvt_…",
        "expires_at": "2026-11-22T11:00:00.000Z",
    },
)
def offer_feedback(intake: Intake, call: Call[Rated, HostCaller]) -> Answer:
    """Make a ticket with which the `<pairvote-feedback>` element takes a rating.

    What is rated is handed over here and never reaches the browser again. It is deleted when nobody has rated it by
    `expires_at`. Another ticket for the same person and target ends the earlier one.
    """

    def offer(tx: Transaction, feedback: services.Feedback) -> Answer | WithheldReason:
        offered = services.offer_feedback(tx, feedback=feedback, tickets=intake.tickets, at=call.at)
        if isinstance(offered, WithheldReason):
            return offered
        return Answer(
            {
                "status": "open",
                "id": to_text(FEEDBACK_PREFIX, offered.feedback_id),
                "ticket": offered.ticket,
                "expires_at": rfc3339(feedback.expires_at),
            },
            status=201,
        )

    return _written(intake, call, _prepare(intake, call, call.body, None), offer)


@operations.operation(
    "DELETE",
    "/v1/feedback/{id}",
    access=HostKey(Scope.COMPARISONS_WRITE),
    answer=FeedbackDeletedSchema,
    errors=[NotFound, FeedbackFinal],
    answer_example={"status": "deleted"},
)
def delete_feedback(intake: Intake, call: Call[None, HostCaller]) -> Answer:
    """Take feedback back, with its text.

    Until `undo_until`; after that its receipt withdraws it. What is deleted is not found any more.
    """
    feedback_id = from_text(FEEDBACK_PREFIX, call.path["id"])
    if feedback_id is None:
        raise NotFound
    useless = intake.db.write(
        lambda tx: services.delete_feedback(
            tx, workspace=call.caller.workspace, feedback_id=feedback_id, at=call.at
        )
    )
    if useless:
        intake.data_keys.destroy(useless)
    return Answer({"status": "deleted"})


def _prepare(
    intake: Intake, call: Call[Any, HostCaller], rated: Rated, rating: Rating | None
) -> services.Feedback | WithheldReason:
    workspace = call.caller.workspace
    return services.prepare_feedback(
        intake,
        workspace=workspace,
        rated=rated,
        rating=rating,
        subject=resolve_subject(
            intake.db, intake.pseudonyms, workspace=workspace, identifiers=rated.identifiers
        ),
        has_gpc=counts_as_opt_out(intake, workspace.id, call.request, told=rated.signals.gpc),
        at=call.at,
    )


def _written(
    intake: Intake,
    call: Call[Any, HostCaller],
    feedback: services.Feedback | WithheldReason,
    work: Callable[[Transaction, services.Feedback], Answer | WithheldReason],
) -> Answer:
    """Runs it; a key that sealed nothing, because it is withheld or was answered before, goes at once."""
    if isinstance(feedback, WithheldReason):
        return call.write(intake.db, lambda _tx: _withheld(feedback))
    prepared = feedback

    def run(tx: Transaction) -> Answer:
        done = work(tx, prepared)
        return _withheld(done) if isinstance(done, WithheldReason) else done

    answer = call.write(intake.db, run, touches=prepared.touches)
    own_id = prepared.sealed.feedback_id
    if not prepared.subject.person and answer.body.get("id") != to_text(FEEDBACK_PREFIX, own_id):
        intake.data_keys.destroy([own_id])
    return answer


def _withheld(reason: WithheldReason) -> Answer:
    return Answer({"status": "withheld", "reason": reason.value}, status=201)

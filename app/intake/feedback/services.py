"""Use cases of feedback: give it, offer it, rate, change, undo."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.core.statements import Query
from app.intake.comparisons.content import content_key_id
from app.intake.comparisons.models import WithheldReason
from app.intake.documents.fresh_choice import level_under_notice
from app.intake.documents.models import Edition
from app.intake.doomed_keys.services import doom_keys
from app.intake.feedback.content import open_word, seal_text, seal_word, text_to_keep
from app.intake.feedback.errors import FeedbackFinal, FeedbackReasonUnknown
from app.intake.feedback.models import FeedbackState, StoredFeedback, Thumb, feedback_key
from app.intake.feedback.queries import (
    DELETE_FEEDBACK,
    FIND_OF_TARGET,
    INSERT_FEEDBACK,
    LOCK_FEEDBACK,
    LOCK_OF_TARGET,
    RATE,
    RENEW_TICKET,
)
from app.intake.feedback.schemas import Rated, Rating
from app.intake.persons.levels import find_levels
from app.intake.persons.models import Person
from app.intake.persons.services import Subject, hold_projects, is_leaving, is_quiet, lock_person
from app.intake.zone import Intake
from app.privacy.sealing import DataKey
from app.privacy.secrets import new_reference
from app.privacy.tickets import IssuedTicket, TicketPurpose, Tickets


@dataclass(frozen=True)
class Sealed:
    """What is stored sealed, of one feedback."""

    feedback_id: bytes
    content: bytes | None
    comment: bytes | None
    receipt: bytes


@dataclass(frozen=True)
class Feedback:
    """Feedback, or the offer of it, ready to be stored: everything slow has been done."""

    workspace: Workspace
    rated: Rated
    rating: Rating | None
    """None where it is offered only."""
    subject: Subject
    targets: tuple[bytes, ...]
    """Every pseudonym that the target may be stored under, the newest first; none without a reference."""
    key: DataKey
    sealed: Sealed
    seal: Callable[[bytes], Sealed]
    receipt_digest: bytes
    undo_ms: int
    expires_at: int
    notice_version: str
    """The notice that holds now, and so the one that the element shows."""
    editions: Sequence[Edition]
    """What the workspace has published itself."""

    @property
    def touches(self) -> tuple[bytes, ...]:
        """What stands for the rows that it acts on."""
        person = self.subject.person
        return (self.workspace.id + person,) if person else (self.sealed.feedback_id,)

    def sealed_for(self, feedback_id: bytes) -> Sealed:
        """What to store in a row. Sealed already, unless somebody has rated the same target just now."""
        return self.sealed if feedback_id == self.sealed.feedback_id else self.seal(feedback_id)


class Given(NamedTuple):
    """How feedback stands after it was given."""

    feedback_id: bytes
    receipt_sealed: bytes
    undo_until: int


class Offered(NamedTuple):
    """What a ticket may be used for."""

    feedback_id: bytes
    ticket: str


def prepare_feedback(
    intake: Intake,
    *,
    workspace: Workspace,
    rated: Rated,
    rating: Rating | None,
    subject: Subject,
    has_gpc: bool,
    at: int,
) -> Feedback | WithheldReason:
    """Checks the reasons and seals; only the data key is stored. FeedbackReasonUnknown.

    Where it is to be withheld in any case, the reason; then not even a key is made.
    """
    if rating is not None:
        check_reasons(workspace, rating)
    withheld = _withheld_at_once(workspace, has_gpc=has_gpc)
    if withheld is None and intake.db.fetch(
        lambda tx: is_leaving(tx, workspace_id=workspace.id, person=subject.person, at=at)
    ):
        withheld = WithheldReason.OPTED_OUT
    if withheld is not None:
        return withheld
    reference = rated.target.reference
    targets = intake.pseudonyms.all(workspace.id, reference) if reference is not None else ()
    found = intake.db.fetch(lambda tx: _find_of_target(tx, FIND_OF_TARGET, workspace, subject, targets))
    feedback_id = found.id if found is not None else uuid7(at)
    key = intake.data_keys.get_or_create(
        content_key_id(workspace.id, subject.person, feedback_id), day=day_of(at)
    )
    receipt = intake.tickets.new_receipt(new_reference())
    text = text_to_keep(rated)

    def seal(for_id: bytes) -> Sealed:
        place = {"workspace_id": workspace.id, "feedback_id": for_id}
        comment = rating.comment if rating is not None else None
        return Sealed(
            for_id,
            None if text is None else seal_text(key, text, **place),
            None if comment is None else seal_word(key, comment, what="comment", **place),
            seal_word(key, receipt, what="receipt", **place),
        )

    return Feedback(
        workspace=workspace,
        rated=rated,
        rating=rating,
        subject=subject,
        targets=targets,
        key=key,
        sealed=seal(feedback_id),
        seal=seal,
        receipt_digest=intake.tickets.receipt_digest(receipt),
        undo_ms=intake.undo_ms(workspace),
        expires_at=at + intake.answer_ms(workspace),
        notice_version=intake.library.notice(workspace, rated.locale, at=at).version,
        editions=intake.library.published(workspace.id),
    )


def check_reasons(workspace: Workspace, rating: Rating) -> None:
    """Raises FeedbackReasonUnknown unless the workspace offers all of a rating's reasons with its thumb."""
    options = workspace.options
    offered = options.feedback_up if rating.thumb is Thumb.UP else options.feedback_down
    if not set(rating.reasons) <= set(offered):
        raise FeedbackReasonUnknown


def _withheld_at_once(workspace: Workspace, *, has_gpc: bool) -> WithheldReason | None:
    if workspace.options.is_paused:
        return WithheldReason.PAUSED
    if has_gpc:
        return WithheldReason.GPC
    return WithheldReason.OPTED_OUT if workspace.options.sharing is SharingLevel.OFF else None


def _find_of_target(
    tx: Transaction,
    how: Query[StoredFeedback],
    workspace: Workspace,
    subject: Subject,
    targets: tuple[bytes, ...],
) -> StoredFeedback | None:
    """The person's feedback on the target, if there is any; nobody is asked about who is not known."""
    if not subject.person:
        return None
    for target in targets:
        found = tx.find(how, workspace_id=workspace.id, person=subject.person, target=target)
        if found is not None:
            return found
    return None


def _consent(tx: Transaction, f: Feedback, at: int) -> SharingLevel | WithheldReason:
    """What the person shares at this moment, with their row locked: whoever opts out meanwhile waits, or was first."""
    person = None
    if f.subject.person:
        person = lock_person(tx, workspace_id=f.workspace.id, person=f.subject.person, day=day_of(at))
    hold_projects(tx, subject=f.subject)
    levels = find_levels(tx, workspace=f.workspace, subject=f.subject, person=person)
    if person is not None and person.is_restricted:
        return WithheldReason.RESTRICTED
    if levels.is_off:
        return WithheldReason.OPTED_OUT
    if person is None:
        return levels.sharing
    # What is sealed for somebody who is being erased could be lost with their key.
    if person.may_be_leaving(at) or (f.rating is None and _wants_quiet(tx, person, f.subject, at)):
        return WithheldReason.OPTED_OUT
    return level_under_notice(levels.sharing, f.editions, person.acquaintance, at=at)


def _wants_quiet(tx: Transaction, person: Person, subject: Subject, at: int) -> bool:
    """Whether the person does not want to be asked, which an offer does and a thumb by themselves does not."""
    return not person.may_be_asked(at) or is_quiet(tx, person=person, subject=subject)


def give_feedback(tx: Transaction, *, feedback: Feedback, at: int) -> Given | WithheldReason:
    """Records a rating, or puts it in the place of the person's earlier one of the same target.

    Why it is withheld, and nothing stored, otherwise. FeedbackFinal.
    """
    f = feedback
    assert f.rating is not None
    sharing = _consent(tx, f, at)
    if isinstance(sharing, WithheldReason):
        return sharing
    found = _find_of_target(tx, LOCK_OF_TARGET, f.workspace, f.subject, f.targets)
    if found is None:
        sealed = f.sealed_for(f.sealed.feedback_id)
        row = _new_row(f, sealed, sharing=sharing, at=at)
        tx.run(
            INSERT_FEEDBACK,
            **row
            | {
                "rating": f.rating.thumb.value,
                "reasons": json.dumps(f.rating.reasons),
                "comment_sealed": sealed.comment if sharing is SharingLevel.VOTE_AND_CONTENT else None,
                "rated_at": at,
                "undo_until": at + f.undo_ms,
                "receipt_digest": f.receipt_digest,
            },
        )
        return Given(sealed.feedback_id, sealed.receipt, at + f.undo_ms)
    if found.is_final(at):
        raise FeedbackFinal
    if found.is_unshared:
        return WithheldReason.OPTED_OUT  # a no has overtaken it, and is not taken back by the next tap
    return _change(tx, f, found, f.rating, sharing=sharing, at=at)


def _change(
    tx: Transaction, f: Feedback, found: StoredFeedback, rating: Rating, *, sharing: SharingLevel, at: int
) -> Given:
    sealed = f.sealed_for(found.id)
    rate(
        tx,
        workspace=f.workspace,
        found=found,
        rating=rating,
        comment_sealed=sealed.comment,
        sharing=sharing,
        receipt_digest=Tickets.receipt_digest(_receipt(f, found)),
        undo_until=at + f.undo_ms,
        content_sealed=sealed.content,
        model=f.rated.model,
        at=at,
    )
    return Given(found.id, found.receipt_sealed, found.undo_until or at + f.undo_ms)


def _receipt(f: Feedback, found: StoredFeedback) -> str:
    place = {"workspace_id": f.workspace.id, "feedback_id": found.id}
    return open_word(f.key, found.receipt_sealed, what="receipt", **place)


def rate(
    tx: Transaction,
    *,
    workspace: Workspace,
    found: StoredFeedback,
    rating: Rating,
    comment_sealed: bytes | None,
    sharing: SharingLevel,
    receipt_digest: bytes | None,
    undo_until: int,
    content_sealed: bytes | None = None,
    model: str | None = None,
    at: int,
) -> None:
    """Stores a rating in a row that is there. No more of it than is shared now, and was when it was offered."""
    level = sharing.stricter(SharingLevel(found.sharing))
    tx.run(
        RATE,
        **feedback_key(workspace.id, found.id),
        new_rating=rating.thumb.value,
        new_reasons=json.dumps(rating.reasons),
        new_comment_sealed=comment_sealed if level is SharingLevel.VOTE_AND_CONTENT else None,
        new_content_sealed=content_sealed,
        new_model=model,
        new_sharing=level.value,
        new_undo_until=undo_until,
        new_receipt_digest=receipt_digest,
        at=at,
    )


def offer_feedback(
    tx: Transaction, *, feedback: Feedback, tickets: Tickets, at: int
) -> Offered | WithheldReason:
    """Makes a ticket for the person's rating of a target; an earlier ticket for the same target ends."""
    f = feedback
    sharing = _consent(tx, f, at)
    if isinstance(sharing, WithheldReason):
        return sharing
    found = _find_of_target(tx, LOCK_OF_TARGET, f.workspace, f.subject, f.targets)
    if found is not None and found.is_unshared and not found.is_final(at):
        return WithheldReason.OPTED_OUT
    feedback_id = found.id if found is not None else f.sealed.feedback_id
    ticket = _issue_ticket(tickets, f, feedback_id)
    if found is None:
        row = _new_row(f, f.sealed, sharing=sharing, at=at)
        tx.run(INSERT_FEEDBACK, **row | {"ticket_digest": ticket.digest})
    else:
        tx.run(
            RENEW_TICKET,
            **feedback_key(f.workspace.id, found.id),
            new_ticket_digest=ticket.digest,
            new_expires_at=f.expires_at,
        )
    return Offered(feedback_id, ticket.text)


def _issue_ticket(tickets: Tickets, f: Feedback, feedback_id: bytes) -> IssuedTicket:
    return tickets.issue(
        purpose=TicketPurpose.FEEDBACK,
        workspace_id=f.workspace.id,
        comparison_id=feedback_id,
        person=f.subject.person,
        not_after=f.expires_at + f.undo_ms,
        reference=new_reference(),
    )


def _new_row(f: Feedback, sealed: Sealed, *, sharing: SharingLevel, at: int) -> dict[str, Any]:
    """A row without a rating or a ticket. Text is stored where it is shared, and nowhere else."""
    return {
        "workspace_id": f.workspace.id,
        "day": day_of(at),
        "id": sealed.feedback_id,
        "person": f.subject.person,
        "project": f.subject.project,
        "conversation": f.subject.conversation,
        "target_kind": f.rated.target.kind.value,
        "target": f.targets[0] if f.targets else None,
        "surface": f.rated.surface,
        "locale": f.rated.locale,
        "model": f.rated.model,
        "sharing": sharing.value,
        "notice_version": f.notice_version,
        "state": FeedbackState.OPEN.value,
        "rating": None,
        "reasons": None,
        "comment_sealed": None,
        "content_sealed": sealed.content if sharing is SharingLevel.VOTE_AND_CONTENT else None,
        "receipt_sealed": sealed.receipt,
        "created_at": at,
        "expires_at": f.expires_at,
        "rated_at": None,
        "undo_until": None,
        "ticket_digest": None,
        "receipt_digest": None,
    }


def delete_feedback(tx: Transaction, *, workspace: Workspace, feedback_id: bytes, at: int) -> list[bytes]:
    """Takes feedback back, with everything that came along; the data keys to destroy at once after the commit.

    NotFound, FeedbackFinal.
    """
    key = feedback_key(workspace.id, feedback_id)
    found = tx.find(LOCK_FEEDBACK, **key)
    if found is None:
        raise NotFound
    if found.is_final(at):
        raise FeedbackFinal
    return forget_feedback(tx, key=key, person=found.person)


def forget_feedback(tx: Transaction, *, key: dict[str, Any], person: bytes) -> list[bytes]:
    """Deletes feedback and dooms the key that sealed it alone; that key's id, to be destroyed after the commit."""
    useless = [] if person else [key["feedback_id"]]
    tx.run(DELETE_FEEDBACK, **key)
    doom_keys(tx, key_ids=useless)
    return useless

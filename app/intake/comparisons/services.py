"""Use cases of comparisons: register one, note that it was shown."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.ids import to_text, uuid7
from app.intake.comparisons.blinding import blinded
from app.intake.comparisons.content import COMPARISON_PREFIX, SealedContent, content_key_id, seal_content
from app.intake.comparisons.errors import UploadUnusable
from app.intake.comparisons.models import ComparisonState, WithheldReason
from app.intake.comparisons.queries import INSERT_COMPARISON, INSERT_CONTENT, NOTE_SHOWN
from app.intake.comparisons.schemas import NewComparison
from app.intake.documents.fresh_choice import level_under_notice
from app.intake.documents.models import Edition
from app.intake.invitations.services import RedeemedInvitation, redeem_invitation
from app.intake.messages import upload_ids
from app.intake.persons.levels import find_levels
from app.intake.persons.services import Subject, is_leaving, is_quiet, lock_person
from app.intake.uploads.queries import ATTACH_UPLOAD
from app.intake.uploads.services import upload_key
from app.intake.zone import Intake
from app.privacy.sealing import DataKey
from app.privacy.secrets import new_reference
from app.privacy.tickets import IssuedTicket, TicketPurpose
from app.trust.safety import is_blocked


class Registration(NamedTuple):
    """A comparison ready to be stored: everything slow has been done."""

    workspace: Workspace
    comparison_id: bytes
    identifier: str
    new: NewComparison
    uploads: frozenset[str]
    subject: Subject
    invitation: RedeemedInvitation | None
    first_left: int
    expires_at: int
    withheld: WithheldReason | None
    blocked: tuple[int, ...]
    ticket: str | None
    ticket_digest: bytes | None
    content: SealedContent | None
    identity_leak: tuple[int, ...]
    """Responses that name their own model."""
    notice_version: str
    """The notice that is sealed with the comparison, and so the one that is shown with it."""
    editions: Sequence[Edition]
    """What the workspace has published itself."""

    @property
    def touches(self) -> Sequence[bytes]:
        """The comparison's id: nothing else is acted on. An upload may refuse late, which others must not pay for."""
        return () if self.uploads else (self.comparison_id,)


def prepare_registration(
    intake: Intake,
    *,
    workspace: Workspace,
    new: NewComparison,
    subject: Subject,
    invitation: RedeemedInvitation | None,
    has_gpc: bool = False,
    at: int,
) -> Registration:
    """Draws the sides unless an invitation did, seals the content, signs the ticket; only the data key is stored."""
    comparison_id = uuid7(at)
    identifier = to_text(COMPARISON_PREFIX, comparison_id)
    if invitation is not None:
        new = new._replace(surface=new.surface or invitation.surface, locale=new.locale or invitation.locale)
    first_left = _first_left(invitation)
    blocked = tuple(
        i for i, r in enumerate(new.responses) if r.ratings and is_blocked(r.ratings, new.safety_settings)
    )
    withheld = _withheld_at_once(workspace, has_gpc=has_gpc, blocked=blocked)
    key = None if withheld else _key(intake, workspace, comparison_id, subject.person, at)
    withheld = withheld or (WithheldReason.OPTED_OUT if key is None else None)
    notice = intake.library.notice(workspace, new.locale, at=at)
    if withheld is WithheldReason.GPC:
        subject = Subject()  # who sends the signal is not noted
    ticket = content = None
    identity_leak: tuple[int, ...] = ()
    if key is not None:
        new, identity_leak = blinded(new, masks=workspace.options.masks_identity)
        ticket = _issue_ticket(intake, workspace, comparison_id, person=subject.person, at=at)
        content = seal_content(
            key,
            workspace=workspace,
            comparison_id=comparison_id,
            identifier=identifier,
            new=new,
            subject=subject,
            first_left=first_left,
            notice=notice,
        )
    return Registration(
        workspace=workspace,
        comparison_id=comparison_id,
        identifier=identifier,
        new=new,
        uploads=_uploads(new),
        subject=subject,
        invitation=invitation,
        first_left=first_left,
        expires_at=at + intake.show_ms(workspace),
        withheld=withheld,
        blocked=blocked,
        ticket=ticket.text if ticket else None,
        ticket_digest=ticket.digest if ticket else None,
        content=content,
        identity_leak=identity_leak,
        notice_version=notice.version,
        editions=intake.library.published(workspace.id),
    )


def _key(
    intake: Intake, workspace: Workspace, comparison_id: bytes, person: bytes, at: int
) -> DataKey | None:
    """The key to seal under. None where one would have to be made for somebody who is being erased."""
    key_id = content_key_id(workspace.id, person, comparison_id)
    found = intake.data_keys.find(key_id)
    if (
        found is None
        and person
        and intake.db.fetch(lambda tx: is_leaving(tx, workspace_id=workspace.id, person=person, at=at))
    ):
        return None
    return found or intake.data_keys.create_many([key_id], day=day_of(at))[key_id]


def _first_left(invitation: RedeemedInvitation | None) -> int:
    """The side that the invitation has announced; drawn now where there is none."""
    if invitation is not None and invitation.first_left is not None:
        return invitation.first_left
    return secrets.randbelow(2)


def _uploads(new: NewComparison) -> frozenset[str]:
    """The ids of the uploads that the messages and responses hold."""
    contents = [message["content"] for message in new.conversation]
    contents += [response.content for response in new.responses]
    return frozenset(text for content in contents for text in upload_ids(content))


def _issue_ticket(
    intake: Intake, workspace: Workspace, comparison_id: bytes, *, person: bytes, at: int
) -> IssuedTicket:
    lasts_ms = intake.show_ms(workspace) + intake.answer_ms(workspace) + intake.undo_ms(workspace)
    return intake.tickets.issue(
        purpose=TicketPurpose.COMPARISON,
        workspace_id=workspace.id,
        comparison_id=comparison_id,
        person=person,
        not_after=at + lasts_ms,
        reference=new_reference(),
    )


def _withheld_at_once(
    workspace: Workspace, *, has_gpc: bool, blocked: Sequence[int]
) -> WithheldReason | None:
    if workspace.options.is_paused:
        return WithheldReason.PAUSED
    if has_gpc:
        return WithheldReason.GPC
    if workspace.options.sharing is SharingLevel.OFF:
        return WithheldReason.OPTED_OUT
    return WithheldReason.SAFETY if blocked else None


def register_comparison(tx: Transaction, *, registration: Registration, at: int) -> WithheldReason | None:
    """Stores a comparison; the reason when it is withheld (then without any content).

    InvitationUnusable, UploadUnusable: nothing is stored.
    """
    r = registration
    if r.invitation is not None:
        redeem_invitation(
            tx, workspace_id=r.workspace.id, invitation=r.invitation, comparison_id=r.comparison_id, at=at
        )
    sharing, withheld = _consent(tx, r, at)
    tx.run(INSERT_COMPARISON, **_comparison_row(r, sharing=sharing, withheld=withheld, at=at))
    if withheld is None and r.content is not None:
        tx.run(
            INSERT_CONTENT,
            workspace_id=r.workspace.id,
            day=day_of(at),
            comparison_id=r.comparison_id,
            shown_sealed=r.content.shown_sealed,
            private_sealed=r.content.private_sealed,
        )
        _attach_uploads(tx, r)
    return withheld


def _consent(tx: Transaction, r: Registration, at: int) -> tuple[SharingLevel, WithheldReason | None]:
    """What the person shares at this moment, read in the transaction that acts on it."""
    person = None
    if r.subject.person:
        person = lock_person(tx, workspace_id=r.workspace.id, person=r.subject.person, day=day_of(at))
    levels = find_levels(tx, workspace=r.workspace, subject=r.subject, person=person)
    sharing = levels.sharing
    if person is not None:
        sharing = level_under_notice(sharing, r.editions, person.acquaintance, at=at)
    if r.withheld is not None:
        return sharing, r.withheld
    if person is not None and person.is_restricted:
        return sharing, WithheldReason.RESTRICTED
    if levels.is_off or (person is not None and not person.may_be_asked(at)):
        return sharing, WithheldReason.OPTED_OUT
    if is_quiet(tx, person=person, subject=r.subject):
        return sharing, WithheldReason.OPTED_OUT
    return sharing, None


def _comparison_row(
    r: Registration, *, sharing: SharingLevel, withheld: WithheldReason | None, at: int
) -> Mapping[str, Any]:
    first, second = r.new.responses
    return {
        "workspace_id": r.workspace.id,
        "day": day_of(at),
        "id": r.comparison_id,
        "person": r.subject.person,
        "api_key": r.subject.api_key,
        "project": r.subject.project,
        "conversation": r.subject.conversation,
        "invitation_id": r.invitation.id if r.invitation else None,
        "surface": r.new.surface,
        "locale": r.new.locale,
        "model_0": first.model,
        "model_1": second.model,
        "first_left": r.first_left,
        "propensity": _propensity(r),
        "sharing": sharing,
        "notice_version": r.notice_version,
        "state": ComparisonState.WITHHELD if withheld else ComparisonState.OPEN,
        "withheld_reason": withheld,
        "skip_reason": None,
        "created_at": at,
        "shown_at": None,
        "expires_at": r.expires_at,
        "closed_at": at if withheld else None,
        "revealed_at": None,
        "ticket_digest": None if withheld else r.ticket_digest,
    }


def _propensity(r: Registration) -> float | None:
    """The invitation's, as long as the host registers the pair that was drawn."""
    if r.invitation is None:
        return None
    drawn = r.invitation.models
    same = drawn is None or set(drawn) == {response.model for response in r.new.responses}
    return r.invitation.propensity if same else None


def _attach_uploads(tx: Transaction, r: Registration) -> None:
    for text in r.uploads:
        key = upload_key(text)
        if key is None or not tx.run(
            ATTACH_UPLOAD, workspace_id=r.workspace.id, new_comparison_id=r.comparison_id, **key
        ):
            raise UploadUnusable


def write_shown(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Notes that comparisons were shown (the first time counts)."""
    # In one order everywhere, so that two processes wait for each other instead of deadlocking.
    tx.run_many(NOTE_SHOWN, sorted(rows, key=lambda row: row["comparison_id"]))

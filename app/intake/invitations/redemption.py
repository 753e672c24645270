"""Registering a comparison with an invitation: what it stands for, and that it is used once."""

from typing import Final, NamedTuple

from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.database import Database
from app.core.ids import from_text, uuid7_time
from app.intake.comparisons.errors import InvitationUnusable
from app.intake.invitations.lottery import Pair
from app.intake.invitations.queries import FIND_INVITATION, REDEEM_INVITATION
from app.intake.persons.services import Subject

INVITATION_PREFIX: Final = "inv"


class RedeemedInvitation(NamedTuple):
    """What a comparison takes over from the invitation it is registered with."""

    id: bytes
    subject: Subject
    surface: str | None
    locale: str | None
    models: Pair | None
    propensity: float
    first_left: int | None


def find_invitation(db: Database, *, workspace_id: bytes, text: str, at: int) -> RedeemedInvitation:
    """The invitation of an external id. InvitationUnusable: unknown, another workspace's, expired or used."""
    invitation_id = from_text(INVITATION_PREFIX, text)
    if invitation_id is None:
        raise InvitationUnusable
    key = {"workspace_id": workspace_id, "day": _day_of(invitation_id), "invitation_id": invitation_id}
    found = db.fetch(lambda tx: tx.find(FIND_INVITATION, **key))
    if found is None or not found.is_usable(at):
        raise InvitationUnusable
    return RedeemedInvitation(
        id=invitation_id,
        subject=Subject(found.person, found.api_key, found.project, found.conversation),
        surface=found.surface,
        locale=found.locale,
        models=found.models,
        propensity=found.propensity,
        first_left=found.first_left,
    )


def redeem_invitation(
    tx: Transaction, *, workspace_id: bytes, invitation: RedeemedInvitation, comparison_id: bytes, at: int
) -> None:
    """Uses an invitation up. InvitationUnusable when it has been used or has expired since it was looked at."""
    redeemed = tx.run(
        REDEEM_INVITATION,
        workspace_id=workspace_id,
        day=_day_of(invitation.id),
        invitation_id=invitation.id,
        new_comparison_id=comparison_id,
        at=at,
    )
    if not redeemed:
        raise InvitationUnusable


def _day_of(invitation_id: bytes) -> int:
    # A stranger's id may carry any time of 48 bits; all of them fit the column.
    return day_of(uuid7_time(invitation_id))

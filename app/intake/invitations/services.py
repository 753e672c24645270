"""Use cases of invitations: give one to a person who may still be asked, and redeem it."""

from dataclasses import dataclass

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.clock import MS_PER_SECOND, day_of, week_of
from app.core.connections import Transaction
from app.intake.invitations.decision import Asked, DayCounts, Decision, NotAsked, PersonState, reason_against
from app.intake.invitations.policies import StoredPolicy
from app.intake.invitations.queries import COUNT_INVITATIONS_OF_DAY, INSERT_INVITATION
from app.intake.invitations.redemption import RedeemedInvitation, find_invitation, redeem_invitation
from app.intake.persons.levels import find_levels, repeat_levels
from app.intake.persons.models import Person
from app.intake.persons.queries import NOTE_ASKED
from app.intake.persons.services import Subject, is_quiet, lock_person

__all__ = [
    "Proposal",
    "RedeemedInvitation",
    "find_invitation",
    "give_invitation",
    "person_state",
    "redeem_invitation",
]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An invitation that is decided and not given yet."""

    id: bytes
    workspace: Workspace
    policy: StoredPolicy
    subject: Subject
    sampling_value: bytes
    surface: str | None
    locale: str | None
    asked: Asked
    first_left: int
    """Which response of the comparison to come stands left."""
    at: int

    @property
    def expires_at(self) -> int:
        """Until when a comparison may be registered with it, in milliseconds."""
        return self.at + self.policy.policy.invitation_seconds * MS_PER_SECOND


def person_state(person: Person | None, sharing: SharingLevel, *, is_quiet: bool = False) -> PersonState:
    """What bears on asking a person, with the level that holds for them; of somebody never met, that alone."""
    if person is None:
        return PersonState(sharing=sharing.value)
    return PersonState(
        ask=person.ask,
        ask_after=person.ask_after,
        sharing=sharing.value,
        restricted=person.is_restricted,
        last_vote_at=person.last_vote_at,
        last_skip_at=person.last_skip_at,
        consecutive_skips=person.consecutive_skips,
        asked_day=person.asked_day,
        asked_in_day=person.asked_in_day,
        asked_week=person.asked_week,
        asked_in_week=person.asked_in_week,
        is_quiet=is_quiet,
    )


def give_invitation(tx: Transaction, *, proposal: Proposal) -> Decision:
    """Stores an invitation, unless what the person or the workspace may be asked was used up meanwhile.

    Of two tabs that ask at the same moment, the second sees here what the first has left.
    """
    p, workspace_id, today = proposal, proposal.workspace.id, day_of(proposal.at)
    person = None
    if p.subject.person:
        person = lock_person(tx, workspace_id=workspace_id, person=p.subject.person, day=today)
    given = None
    if p.policy.policy.workspace_budget_per_day is not None:
        given = DayCounts(today, tx.one(COUNT_INVITATIONS_OF_DAY, workspace_id=workspace_id, day=today))
    quiet = is_quiet(tx, person=person, subject=p.subject)
    levels = find_levels(tx, workspace=p.workspace, subject=p.subject, person=person)
    state = person_state(person, levels.sharing, is_quiet=quiet)
    reason = reason_against(p.policy.policy, state, given, at=p.at)
    if reason is not None:
        return NotAsked(reason)
    repeat_levels(tx, workspace_id=workspace_id, subject=p.subject, levels=levels)
    if person is not None:
        _note_asked(tx, person, today)
    models = p.asked.models or (None, None)
    tx.run(
        INSERT_INVITATION,
        workspace_id=workspace_id,
        day=today,
        id=p.id,
        person=p.subject.person,
        sampling_value=p.sampling_value,
        api_key=p.subject.api_key,
        project=p.subject.project,
        conversation=p.subject.conversation,
        surface=p.surface,
        locale=p.locale,
        model_0=models[0],
        model_1=models[1],
        propensity=p.asked.propensity,
        policy_version=p.policy.version,
        created_at=p.at,
        expires_at=p.expires_at,
        comparison_id=None,
        redeemed_at=None,
        first_left=p.first_left,
    )
    return p.asked


def _note_asked(tx: Transaction, person: Person, today: int) -> None:
    week = week_of(today)
    tx.run(
        NOTE_ASKED,
        workspace_id=person.workspace_id,
        person=person.person,
        new_day=today,
        new_in_day=person.asked_in_day + 1 if person.asked_day == today else 1,
        new_week=week,
        new_in_week=person.asked_in_week + 1 if person.asked_week == week else 1,
    )

"""Decides whether a person is asked: first from memory alone, then with what is stored about the person."""

import secrets
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from app.access.workspaces.directory import TimedCache
from app.access.workspaces.models import Workspace
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.database import Database
from app.core.ids import uuid7
from app.intake.invitations.decision import (
    DayCounts,
    InvitationRequest,
    NotAsked,
    PersonState,
    Reason,
    decide_person,
    screen,
)
from app.intake.invitations.lottery import Pair
from app.intake.invitations.pair_counts import PairCounts
from app.intake.invitations.policies import StoredPolicy, get_policy
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.queries import COUNT_INVITATIONS_OF_DAY
from app.intake.invitations.services import Proposal, person_state
from app.intake.persons.levels import find_person_and_levels
from app.intake.persons.services import Identifiers, Subject, is_quiet, resolve_subject
from app.privacy.identifiers import Identifier
from app.privacy.pseudonyms import Pseudonyms

# A pseudonym begins with its key's version, which says nothing of the person. 64 bits are plenty for 10,000 buckets.
_SAMPLED_BYTES: Final = slice(2, 10)

_SYSTEM_CHANCE: Final = secrets.SystemRandom().random


class _Day(NamedTuple):
    workspace_id: bytes
    day: int


class Inviter:
    """Proposes invitations. What it knows of policies and counts is at most `cache_seconds` old."""

    def __init__(
        self,
        database: Database,
        pseudonyms: Pseudonyms,
        *,
        cache_seconds: float,
        chance: Callable[[], float] = _SYSTEM_CHANCE,
    ) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._chance = chance
        self._policies: TimedCache[bytes, StoredPolicy] = TimedCache(cache_seconds)
        self._given: TimedCache[_Day, int] = TimedCache(cache_seconds)
        self._pair_counts = PairCounts(database, cache_seconds=cache_seconds)

    def propose(
        self, workspace: Workspace, identifiers: Identifiers, request: InvitationRequest, *, at: int
    ) -> Proposal | NotAsked:
        """An invitation to be given, or why there is none. Who is not sampled costs no read and no write."""
        if workspace.options.is_paused:
            return NotAsked(Reason.PAUSED)
        stored = self._policies.get(workspace.id, self._read_policy)
        sampled = self._pseudonyms.sticky(workspace.id, sampled_identifier(identifiers))[_SAMPLED_BYTES]
        reason = screen(stored.policy, sampled.hex(), workspace.id.hex(), request.signals)
        if reason is not None:
            return NotAsked(reason)
        subject = resolve_subject(
            self._database, self._pseudonyms, workspace=workspace, identifiers=identifiers
        )
        decision = decide_person(
            stored.policy,
            person=self._state_of(workspace, subject),
            pair_counts=self._pairs(stored.policy, workspace.id, at),
            day_counts=self._day_counts(stored.policy, workspace.id, at),
            models=request.models,
            at=at,
            chance=self._chance,
        )
        if isinstance(decision, NotAsked):
            return decision
        signals = request.signals
        return Proposal(
            id=uuid7(at),
            workspace=workspace,
            policy=stored,
            subject=subject,
            sampling_value=sampled,
            surface=signals.surface,
            locale=signals.locale,
            asked=decision,
            # Not from `chance`: which response stands left must not follow from which models were drawn.
            first_left=secrets.randbelow(2),
            at=at,
        )

    def note_registered(self, workspace_id: bytes, models: Pair) -> None:
        """Counts a comparison that this process has registered, and not withheld, towards its pair's quota."""
        self._pair_counts.note_registered(workspace_id, models)

    def forget_policies(self) -> None:
        """Makes a policy that this process has changed hold from the next decision on."""
        self._policies.clear()

    def honours_gpc(self, workspace_id: bytes) -> bool:
        """Whether a Global Privacy Control signal counts as an opt-out: the policy's own switch."""
        return self._policies.get(workspace_id, self._read_policy).policy.gpc_counts_as_opt_out

    def _read_policy(self, workspace_id: bytes) -> StoredPolicy:
        return self._database.fetch(lambda tx: get_policy(tx, workspace_id=workspace_id))

    def _state_of(self, workspace: Workspace, subject: Subject) -> PersonState:
        if not subject.person and subject.project is None:
            return person_state(None, workspace.options.sharing)

        def read(tx: Transaction) -> PersonState:
            found, levels = find_person_and_levels(tx, workspace=workspace, subject=subject)
            return person_state(found, levels.sharing, is_quiet=is_quiet(tx, person=found, subject=subject))

        return self._database.fetch(read)

    def _pairs(self, policy: InvitationPolicy, workspace_id: bytes, at: int) -> Mapping[Pair, int]:
        return self._pair_counts.get(workspace_id, at=at) if policy.counts_pairs else {}

    def _day_counts(self, policy: InvitationPolicy, workspace_id: bytes, at: int) -> DayCounts | None:
        if policy.workspace_budget_per_day is None:
            return None
        today = day_of(at)
        # Only ever too low, since a day's count does not fall; giving the invitation counts exactly.
        return DayCounts(today, self._given.get(_Day(workspace_id, today), self._read_given))

    def _read_given(self, of: _Day) -> int:
        counted: int = self._database.fetch(lambda tx: tx.one(COUNT_INVITATIONS_OF_DAY, **of._asdict()))
        return counted


def sampled_identifier(identifiers: Identifiers) -> Identifier:
    """What a call is sampled by: the account, or else the narrowest reference there is.

    Without an account nobody is known again; the same conversation, project or key still gets the same answer.
    """
    return next(
        identifier
        for identifier in (
            identifiers.account,
            identifiers.conversation,
            identifiers.project,
            identifiers.api_key,
        )
        if identifier is not None
    )

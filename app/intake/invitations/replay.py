"""Replays what happened under another policy: each person's own history, as it would have gone."""

import heapq
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from app.core.clock import day_of, week_of
from app.intake.invitations.decision import (
    Asked,
    DayCounts,
    Decision,
    InvitationRequest,
    PersonState,
    Signals,
    Subject,
    decide,
)
from app.intake.invitations.dry_run_queries import AskedBefore, OtherComparison, ReplayedInvitation
from app.intake.invitations.lottery import Pair, pair_of
from app.intake.invitations.policy import InvitationPolicy

# The same question gets the same answer: the models of a replay are drawn from one fixed stream.
_SEED: Final = 20261122


class ReplayedDecision(NamedTuple):
    """What the policy says of one recorded invitation; `pair` is what would have been registered then."""

    invitation: ReplayedInvitation
    decision: Decision
    pair: Pair | None


class _Answer(NamedTuple):
    person: bytes
    kind: str
    at: int


def _having_been_asked(state: PersonState, at: int) -> PersonState:
    today = day_of(at)
    week = week_of(today)
    return state._replace(
        asked_day=today,
        asked_in_day=state.asked_in_day + 1 if state.asked_day == today else 1,
        asked_week=week,
        asked_in_week=state.asked_in_week + 1 if state.asked_week == week else 1,
    )


def _having_answered(state: PersonState, answer: _Answer) -> PersonState:
    if answer.kind == "vote":
        return state._replace(last_vote_at=answer.at, consecutive_skips=0)
    return state._replace(last_skip_at=answer.at, consecutive_skips=state.consecutive_skips + 1)


class Replay:
    """Goes through the recorded invitations in order and decides each by a policy."""

    def __init__(
        self,
        policy: InvitationPolicy,
        *,
        workspace_id: bytes,
        pair_counts: Mapping[Pair, int],
        asked_before: Iterable[AskedBefore],
        first_day: int,
    ) -> None:
        self._policy = policy
        self._workspace = workspace_id.hex()
        self._pairs: Counter[Pair] = Counter(pair_counts)
        self._first_day = first_day
        self._people: defaultdict[bytes, PersonState] = defaultdict(PersonState)
        for each in asked_before:
            asked = PersonState(asked_week=week_of(first_day), asked_in_week=each.times)
            self._people[each.person] = asked
        self._asked_on: Counter[int] = Counter()
        self._chance = random.Random(_SEED).random  # noqa: S311  # a replay, not a secret
        # Answers yet to come, earliest first; the number keeps equal times in order.
        self._coming: list[tuple[int, int, _Answer]] = []
        self._numbers = itertools.count()

    def run(
        self, invitations: Sequence[ReplayedInvitation], others: Sequence[OtherComparison]
    ) -> Iterator[ReplayedDecision]:
        """Decides every invitation. `others` happened whatever the policy: they were not invited, or are older."""
        self._expect_answers(others)
        uninvited = sorted(
            (other for other in others if day_of(other.created_at) >= self._first_day),
            key=lambda other: other.created_at,
            reverse=True,
        )
        for invitation in invitations:
            at = invitation.created_at
            while uninvited and uninvited[-1].created_at <= at:
                other = uninvited.pop()
                self._pairs[pair_of(other.model_0, other.model_1)] += 1
            self._answers_until(at)
            yield self._decide(invitation)

    def _expect_answers(self, others: Sequence[OtherComparison]) -> None:
        for other in others:
            self._expect(other.person, other.answer, other.answered_at)

    def _expect(self, person: bytes, kind: str | None, at: int | None) -> None:
        if person and kind is not None and at is not None:
            heapq.heappush(self._coming, (at, next(self._numbers), _Answer(person, kind, at)))

    def _answers_until(self, at: int) -> None:
        while self._coming and self._coming[0][0] <= at:
            answer = heapq.heappop(self._coming)[2]
            self._people[answer.person] = _having_answered(self._people[answer.person], answer)

    def _decide(self, invitation: ReplayedInvitation) -> ReplayedDecision:
        at, person = invitation.created_at, invitation.person
        decision = decide(
            self._policy,
            subject=Subject(invitation.sampling_value.hex(), self._workspace),
            person=self._people[person] if person else None,
            pair_counts=self._pairs,
            day_counts=DayCounts(day_of(at), self._asked_on[day_of(at)]),
            request=InvitationRequest(
                Signals(invitation.surface, invitation.locale), self._models_on_offer(invitation)
            ),
            at=at,
            chance=self._chance,
        )
        pair = None
        if isinstance(decision, Asked):
            pair = self._note_asked(invitation, decision)
        return ReplayedDecision(invitation, decision, pair)

    def _models_on_offer(self, invitation: ReplayedInvitation) -> tuple[str, ...]:
        """What a host offers is not on record: all candidates if the policy has any, else the pair of then."""
        if self._policy.models or invitation.model_0 is None or invitation.model_1 is None:
            return ()
        return (invitation.model_0, invitation.model_1)

    def _note_asked(self, invitation: ReplayedInvitation, asked: Asked) -> Pair | None:
        self._asked_on[day_of(invitation.created_at)] += 1
        if invitation.person:
            state = self._people[invitation.person]
            self._people[invitation.person] = _having_been_asked(state, invitation.created_at)
        self._expect(invitation.person, invitation.answer, invitation.answered_at)
        if invitation.registered_0 is None or invitation.registered_1 is None:
            return None
        pair = pair_of(*(asked.models or (invitation.registered_0, invitation.registered_1)))
        self._pairs[pair] += 1
        return pair

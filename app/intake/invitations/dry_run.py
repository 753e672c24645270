"""What a policy would have done to last week, told from the invitations that are on record."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.core.clock import day_of, week_of
from app.core.connections import Transaction
from app.intake.invitations.bucketing import share_below
from app.intake.invitations.decision import NotAsked, Reason
from app.intake.invitations.dry_run_queries import (
    LIST_ASKED_BEFORE,
    LIST_OTHERS,
    LIST_REPLAYED,
    ReplayedInvitation,
)
from app.intake.invitations.lottery import Pair
from app.intake.invitations.pair_counts import added_up
from app.intake.invitations.policies import UNDECIDED, StoredPolicy
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.queries import COUNT_PAIRS_UNTIL, LIST_POLICIES_FROM
from app.intake.invitations.replay import Replay, ReplayedDecision

DAYS: Final = 7
MOST_INVITATIONS: Final = 200_000
_SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True)
class DryRun:
    """What a policy says of recorded invitations. Pairs are of comparisons that would have been registered.

    `extrapolated_invitations` counts each of its invitations as many times as there are people whom the policy
    samples for each such person who is on record.
    """

    first_day: int
    last_day: int
    is_complete: bool
    decisions: tuple[ReplayedDecision, ...]
    invitations: int
    people: int
    people_asked: int
    not_asked: Mapping[Reason, int]
    pairs: Mapping[Pair, int]
    extrapolated_invitations: float

    @property
    def asked(self) -> int:
        """How many of the recorded invitations the policy would have given."""
        return self.invitations - sum(self.not_asked.values())


def dry_run(tx: Transaction, *, workspace_id: bytes, policy: InvitationPolicy, at: int) -> DryRun:
    """Replays the last seven days up to `at`; `tx` shows one moment. Nothing is changed.

    What was never asked left no trace: who the policies of then did not sample, or left alone, is not replayed.
    """
    first_day = day_of(at) - DAYS + 1
    window = {"workspace_id": workspace_id, "first_day": first_day}
    invitations = tx.list(LIST_REPLAYED, **window, until=at, most=MOST_INVITATIONS)
    earliest_day = first_day - _days_remembered(policy)
    others = tx.list(LIST_OTHERS, **window, earliest_day=earliest_day, until=at)
    asked_before = tx.list(LIST_ASKED_BEFORE, **window, first_week=week_of(first_day))
    counts = added_up(tx.list(COUNT_PAIRS_UNTIL, workspace_id=workspace_id, through=first_day - 1))
    policies = _recorded_policies(tx, workspace_id, invitations)
    replay = Replay(
        policy,
        workspace_id=workspace_id,
        pair_counts=counts,
        asked_before=asked_before,
        first_day=first_day,
    )
    decisions = tuple(replay.run(invitations, others))
    return _summary(policy, policies, decisions, first_day=first_day, last_day=day_of(at))


def _recorded_policies(
    tx: Transaction, workspace_id: bytes, invitations: Iterable[ReplayedInvitation]
) -> dict[int, InvitationPolicy]:
    oldest = min((invitation.policy_version for invitation in invitations), default=0)
    rows = tx.list(LIST_POLICIES_FROM, workspace_id=workspace_id, oldest=oldest)
    return {0: UNDECIDED.policy} | {row.version: StoredPolicy.from_row(row).policy for row in rows}


def _days_remembered(policy: InvitationPolicy) -> int:
    """How far back an answer can bear on whether a person is left alone."""
    longest = max(policy.cooldown_after_vote_seconds, policy.cooldown_max_seconds)
    return math.ceil(longest / _SECONDS_PER_DAY)


def _summary(
    policy: InvitationPolicy,
    policies: Mapping[int, InvitationPolicy],
    decisions: tuple[ReplayedDecision, ...],
    *,
    first_day: int,
    last_day: int,
) -> DryRun:
    @lru_cache
    def people_behind_one(version: int) -> float:
        return _people_behind_one(policy, policies[version])

    asked = [each for each in decisions if not isinstance(each.decision, NotAsked)]
    return DryRun(
        first_day=first_day,
        last_day=last_day,
        is_complete=len(decisions) < MOST_INVITATIONS,
        decisions=decisions,
        invitations=len(decisions),
        people=len({each.invitation.sampling_value for each in decisions}),
        people_asked=len({each.invitation.sampling_value for each in asked}),
        not_asked=Counter(each.decision.reason for each in decisions if isinstance(each.decision, NotAsked)),
        pairs=Counter(each.pair for each in asked if each.pair is not None),
        extrapolated_invitations=math.fsum(
            people_behind_one(each.invitation.policy_version) for each in asked
        ),
    )


def _people_behind_one(policy: InvitationPolicy, recorded: InvitationPolicy) -> float:
    """How many people the policy samples for each one whom both it and the recorded policy sample.

    Under one seed the samples lie inside each other, under two they are independent; the hold-outs always lie
    inside each other.
    """
    if policy.seed == recorded.seed:
        sampled = share_below(min(policy.sampling_rate, recorded.sampling_rate))
    else:
        sampled = share_below(policy.sampling_rate) * share_below(recorded.sampling_rate)
    not_held_out = 1 - share_below(max(policy.holdout_rate, recorded.holdout_rate))
    return policy.share_of_people / (sampled * not_held_out)

"""Decides whether a person is asked for a comparison now, about which models, and how probable that was."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.clock import MS_PER_SECOND, day_of, week_of
from app.intake.invitations.bucketing import sampling_bucket
from app.intake.invitations.lottery import Pair, PairLottery, candidate_weights, pairs_at_quota
from app.intake.invitations.policy import InvitationPolicy


class Reason(StrEnum):
    """Why a person is not asked; where several hold, the first of this order is given."""

    PAUSED = "paused"
    GPC = "gpc"
    NOT_SAMPLED = "not_sampled"
    RESTRICTED = "restricted"
    OPTED_OUT = "opted_out"
    COOLDOWN = "cooldown"
    BUDGET = "budget"
    QUOTA_MET = "quota_met"


class Subject(NamedTuple):
    """Whom a decision is about.

    `sampling_value` is lower-case hex, derived from the person's sticky pseudonym, the same after a rotation
    of its key. 16 characters are plenty for 10,000 buckets, and each of them costs time.
    """

    sampling_value: str
    workspace: str


class Signals(NamedTuple):
    """What the host says about the moment of asking."""

    surface: str | None = None
    locale: str | None = None
    gpc: bool = False


class InvitationRequest(NamedTuple):
    """What the host asks for: the moment, and the models it could choose from (none: it leaves that open)."""

    signals: Signals = Signals()
    models: tuple[str, ...] = ()


class PersonState(NamedTuple):
    """What is stored about a person that bears on asking; `ask` and `sharing` are the person's own choice."""

    ask: str = "yes"
    ask_after: int | None = None
    sharing: str = "vote_and_content"
    restricted: bool = False
    last_vote_at: int | None = None
    last_skip_at: int | None = None
    consecutive_skips: int = 0
    asked_day: int | None = None
    asked_in_day: int = 0
    asked_week: int | None = None
    asked_in_week: int = 0
    is_quiet: bool = False
    """Not in this conversation, the person said."""

    def has_opted_out(self) -> bool:
        """Whether the person refused; a choice this version does not know counts as a refusal."""
        return self.ask != "yes" or self.is_quiet or self.sharing not in ("vote_only", "vote_and_content")

    def is_left_alone(self, policy: InvitationPolicy, *, at: int) -> bool:
        """Whether a snooze, or the cool-down after the last vote or skip, still runs."""
        if self.ask_after is not None and at < self.ask_after:
            return True
        wait_after_vote = policy.cooldown_after_vote_seconds * MS_PER_SECOND
        # Without a cool-down, a vote that came a moment after `at` must not count as one that still runs.
        if wait_after_vote and self.last_vote_at is not None and at < self.last_vote_at + wait_after_vote:
            return True
        wait_after_skip = policy.wait_after_skips_seconds(self.consecutive_skips) * MS_PER_SECOND
        return (
            bool(wait_after_skip)
            and self.last_skip_at is not None
            and at < self.last_skip_at + wait_after_skip
        )

    def has_used_budget(self, policy: InvitationPolicy, *, at: int) -> bool:
        """Whether the person was invited as often as the policy permits, today or this week (UTC)."""
        today = day_of(at)
        if self.asked_day == today and self.asked_in_day >= policy.person_budget_per_day:
            return True
        return (
            policy.person_budget_per_week is not None
            and self.asked_week == week_of(today)
            and self.asked_in_week >= policy.person_budget_per_week
        )


class DayCounts(NamedTuple):
    """How many invitations the workspace gave on a day (days since 1970-01-01 UTC)."""

    day: int
    asked: int


class Asked(NamedTuple):
    """The person is asked.

    `models` are in the order in which they were drawn, and None where neither policy nor host names any.
    `propensity` is the probability of what was decided: that a person is sampled and not held out, times that
    this unordered pair was drawn out of the pairs that were open at the time. Whoever weights by 1/propensity
    undoes the sampling, the weights and the boost.
    """

    models: Pair | None
    propensity: float


class NotAsked(NamedTuple):
    """The person is not asked."""

    reason: Reason


Decision = Asked | NotAsked


def decide(
    policy: InvitationPolicy,
    *,
    subject: Subject,
    person: PersonState | None,
    pair_counts: Mapping[Pair, int],
    day_counts: DayCounts | None,
    request: InvitationRequest,
    at: int,
    chance: Callable[[], float],
) -> Decision:
    """The whole decision: `screen`, then `decide_person`, with their arguments."""
    reason = screen(policy, subject.sampling_value, subject.workspace, request.signals)
    if reason is not None:
        return NotAsked(reason)
    return decide_person(
        policy,
        person=person,
        pair_counts=pair_counts,
        day_counts=day_counts,
        models=request.models,
        at=at,
        chance=chance,
    )


def screen(policy: InvitationPolicy, sampling_value: str, workspace: str, signals: Signals) -> Reason | None:
    """The reasons that can be told without reading anything that is stored; None if there is none.

    The same person gets the same answer however often the host asks. Who is sampled depends on the workspace,
    the policy's seed and the sampling value; who is held out not even on the seed, for that is meant to last.
    A rate of 0 lets nobody in, for buckets are compared strictly.
    """
    if not policy.enabled:
        return Reason.PAUSED
    if signals.gpc and policy.gpc_counts_as_opt_out:
        return Reason.GPC
    if not policy.is_meant_for(signals.surface, signals.locale):
        return Reason.NOT_SAMPLED
    if not _is_below(policy.sampling_rate, f"sampling:{workspace}:{policy.seed}", sampling_value):
        return Reason.NOT_SAMPLED
    if _is_below(policy.holdout_rate, f"holdout:{workspace}", sampling_value):
        return Reason.NOT_SAMPLED
    return None


def decide_person(
    policy: InvitationPolicy,
    *,
    person: PersonState | None,
    pair_counts: Mapping[Pair, int],
    day_counts: DayCounts | None,
    models: Sequence[str],
    at: int,
    chance: Callable[[], float],
) -> Decision:
    """What remains to be decided about a person whom `screen` let through.

    `person` is None for somebody never met. `pair_counts` holds the comparisons ever registered in the
    workspace for each pair, as `pair_of` orders it; models that are no candidates any more count too.
    `chance` gives numbers in [0, 1), and is called twice if models are drawn.
    """
    reason = reason_against(policy, person, day_counts, at=at)
    if reason is not None:
        return NotAsked(reason)
    if not policy.models and not models:
        return Asked(None, policy.share_of_people)
    lottery = PairLottery(
        candidate_weights(policy, models, pair_counts, at=at), closed=pairs_at_quota(policy, pair_counts)
    )
    if not lottery.has_open_pairs:
        return NotAsked(Reason.QUOTA_MET)
    first, second = lottery.draw(chance)
    return Asked((first, second), policy.share_of_people * lottery.probability(first, second))


def reason_against(
    policy: InvitationPolicy, person: PersonState | None, day_counts: DayCounts | None, *, at: int
) -> Reason | None:
    """The first reason that lies in the person's or the workspace's own state; None if there is none."""
    if person is not None:
        if person.restricted:
            return Reason.RESTRICTED
        if person.has_opted_out():
            return Reason.OPTED_OUT
        if person.is_left_alone(policy, at=at):
            return Reason.COOLDOWN
        if person.has_used_budget(policy, at=at):
            return Reason.BUDGET
    limit = policy.workspace_budget_per_day
    if limit is not None and day_counts is not None and day_counts.day == day_of(at):
        return Reason.BUDGET if day_counts.asked >= limit else None
    return None


def _is_below(rate: float, seed: str, value: str) -> bool:
    # The ends need no hash: every bucket is below 1, none below 0. Most policies have no hold-out.
    if rate <= 0 or rate >= 1:
        return rate >= 1
    return sampling_bucket(seed, value) < rate

"""Which two models are drawn, and how probable that was."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

from app.intake.invitations.policy import InvitationPolicy

Pair = tuple[str, str]


def pair_of(one: str, other: str) -> Pair:
    """The unordered pair of two models: its names in code point order."""
    return (one, other) if one <= other else (other, one)


def candidate_weights(
    policy: InvitationPolicy, models: Sequence[str], pair_counts: Mapping[Pair, int], *, at: int
) -> dict[str, float]:
    """The models that may be drawn, with their weights, boosted where a model is new.

    The policy's candidates, restricted to the host's `models` if it names any. Where the policy has no
    candidates, the host's, all with the same weight.
    """
    if not policy.models:
        return dict.fromkeys(models, 1.0)
    named = frozenset(models)
    candidates = [
        model
        for model in policy.models
        if (not named or model.name in named) and (model.added_at is None or model.added_at <= at)
    ]
    compared = dict.fromkeys((model.name for model in candidates), 0)
    for pair, count in pair_counts.items():
        for name in pair:
            if name in compared:
                compared[name] += count
    until = policy.new_model_until_comparisons
    return {
        model.name: model.weight * (policy.new_model_boost if compared[model.name] < until else 1.0)
        for model in candidates
    }


def pairs_at_quota(policy: InvitationPolicy, pair_counts: Mapping[Pair, int]) -> frozenset[Pair]:
    """The pairs that have all the comparisons the policy wants of them."""
    quota = policy.pair_quota
    if quota is None:
        return frozenset()
    return frozenset(pair for pair, count in pair_counts.items() if count >= quota)


class PairLottery:
    """Draws two different models: the first by weight, the second by weight among those it may still meet.

    A model all of whose pairs are closed takes no part. The probability of the unordered pair {a, b} is
    therefore w(a)/W · w(b)/W(a) + w(b)/W · w(a)/W(b), where W(x) adds up the weights of those that x may
    meet, and W those of all models that may meet somebody. Over all open pairs these add up to 1.
    """

    def __init__(self, weights: Mapping[str, float], closed: Collection[Pair] = ()) -> None:
        self._weights = weights
        self._barred: dict[str, set[str]] = {name: {name} for name in weights}
        for one, other in closed:
            if one in weights and other in weights:
                self._barred[one].add(other)
                self._barred[other].add(one)
        self._firsts = {
            name: weights[name] for name, barred in self._barred.items() if barred != weights.keys()
        }

    @property
    def has_open_pairs(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self._firsts)

    def draw(self, chance: Callable[[], float]) -> Pair:
        """Two models in the order in which they were drawn; needs an open pair."""
        first = _draw(self._firsts, chance())
        return first, _draw(self._partners(first), chance())

    def probability(self, one: str, other: str) -> float:
        """How probable it is that a draw gives these two, in whichever order; 0 if the pair is not open."""
        if one not in self._weights or other not in self._weights or other in self._barred[one]:
            return 0.0
        both = self._weights[one] * self._weights[other]
        one_first = both / math.fsum(self._partners(one).values())
        other_first = both / math.fsum(self._partners(other).values())
        # Rounding may add up to a little more than 1 where there is only one pair.
        return min((one_first + other_first) / math.fsum(self._firsts.values()), 1.0)

    def _partners(self, name: str) -> dict[str, float]:
        return {other: self._weights[other] for other in self._weights if other not in self._barred[name]}


def _draw(weights: Mapping[str, float], chance: float) -> str:
    """The name into whose part of the summed weights the number in [0, 1) falls."""
    target = chance * math.fsum(weights.values())
    for name, weight in weights.items():
        if target < weight:
            return name
        target -= weight
    # Rounding can leave a sliver behind the last part; it belongs to the last name.
    return name

"""Models are drawn by weight, quotas hold, and every propensity is the true probability."""

import math
import random
from collections import Counter
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.invitations.decision import (
    Asked,
    Decision,
    InvitationRequest,
    Reason,
    Subject,
    decide,
)
from app.intake.invitations.lottery import Pair, PairLottery, candidate_weights, pair_of
from app.intake.invitations.policy import CandidateModel, InvitationPolicy
from tests.intake.invitations.deciding import AT, WORKSPACE, decision, reason_for_no


def test_two_models_the_host_names_are_the_pair() -> None:
    for seed in range(20):
        decided = decision(InvitationPolicy(), models=("b", "a"), chance=random.Random(seed).random)
        assert isinstance(decided, Asked)
        assert decided.models is not None
        assert pair_of(*decided.models) == ("a", "b")
        assert decided.propensity == 1.0


def test_the_propensity_holds_the_sampling_and_the_hold_out() -> None:
    policy = InvitationPolicy(sampling_rate=0.1, holdout_rate=0.05)
    decided = decision(policy)
    assert isinstance(decided, Asked)
    assert decided.models is None
    assert decided.propensity == pytest.approx(0.095, rel=1e-15)
    decided = decision(policy, models=("a", "b", "c"))
    assert isinstance(decided, Asked)
    assert decided.propensity == pytest.approx(0.095 / 3)


def test_models_the_host_names_without_candidates_are_drawn_evenly_and_never_boosted() -> None:
    counts = {("a", "b"): 10_000, ("a", "c"): 3}
    assert candidate_weights(InvitationPolicy(), ("a", "b", "c", "a"), counts, at=AT) == {
        "a": 1,
        "b": 1,
        "c": 1,
    }


def test_the_host_narrows_the_candidates() -> None:
    policy = InvitationPolicy(models=tuple(map(CandidateModel, "abcd")))
    for seed in range(20):
        decided = decision(policy, models=("d", "x", "b"), chance=random.Random(seed).random)
        assert isinstance(decided, Asked)
        assert decided.models is not None
        assert pair_of(*decided.models) == ("b", "d")
        assert decided.propensity == 1.0


@pytest.mark.parametrize("models", [("a",), ("a", "a"), ("x", "y"), ("a", "x")])
def test_without_two_candidates_no_pair_is_possible(models: tuple[str, ...]) -> None:
    policy = InvitationPolicy(models=tuple(map(CandidateModel, "ab")))
    assert reason_for_no(policy, models=models) is Reason.QUOTA_MET


def test_a_model_takes_part_from_when_it_is_added() -> None:
    policy = InvitationPolicy(models=(CandidateModel("a"), CandidateModel("b", added_at=AT)))
    assert reason_for_no(policy, at=AT - 1) is Reason.QUOTA_MET
    assert reason_for_no(policy, at=AT) is None


def test_a_new_model_is_boosted_until_it_has_its_comparisons() -> None:
    policy = InvitationPolicy(
        models=(CandidateModel("a", 2.0), CandidateModel("b", 2.0), CandidateModel("c", 0.5))
    )
    counts = {("a", "b"): 300, ("a", "gone"): 200, ("b", "gone"): 199}
    assert candidate_weights(policy, (), counts, at=AT) == {"a": 2.0, "b": 6.0, "c": 1.5}


def test_a_pair_at_its_quota_is_not_drawn() -> None:
    policy = InvitationPolicy(models=tuple(map(CandidateModel, "abc")), pair_quota=10)
    counts = {("a", "b"): 10, ("a", "c"): 9, ("b", "c"): 12}
    for seed in range(50):
        decided = decision(policy, pair_counts=counts, chance=random.Random(seed).random)
        assert isinstance(decided, Asked)
        assert decided.models is not None
        assert pair_of(*decided.models) == ("a", "c")
        assert decided.propensity == 1.0
    assert reason_for_no(policy, pair_counts=counts | {("a", "c"): 10}) is Reason.QUOTA_MET


def test_a_quota_holds_for_a_pair_that_the_host_names() -> None:
    policy = InvitationPolicy(pair_quota=10)
    assert reason_for_no(policy, pair_counts={("a", "b"): 10}, models=("b", "a")) is Reason.QUOTA_MET
    assert reason_for_no(policy, pair_counts={("a", "b"): 9}, models=("b", "a")) is None


def test_probabilities_of_pairs_are_those_worked_out_by_hand() -> None:
    # Weights 1, 2, 3, all pairs open: P(ab) = 1/6 · 2/5 + 2/6 · 1/4, and so on.
    lottery = PairLottery({"a": 1.0, "b": 2.0, "c": 3.0})
    assert lottery.probability("a", "b") == pytest.approx(1 / 6 * 2 / 5 + 2 / 6 * 1 / 4)
    assert lottery.probability("c", "a") == pytest.approx(1 / 6 * 3 / 5 + 3 / 6 * 1 / 3)
    assert lottery.probability("b", "c") == pytest.approx(2 / 6 * 3 / 4 + 3 / 6 * 2 / 3)
    # With a-b closed: a and b can only meet c.
    lottery = PairLottery({"a": 1.0, "b": 2.0, "c": 3.0}, closed=[("a", "b")])
    assert lottery.probability("a", "b") == 0
    assert lottery.probability("a", "c") == pytest.approx(1 / 6 + 3 / 6 * 1 / 3)
    assert lottery.probability("b", "c") == pytest.approx(2 / 6 + 3 / 6 * 2 / 3)
    assert lottery.probability("a", "a") == 0
    assert lottery.probability("a", "unknown") == 0


_lotteries = st.dictionaries(st.text(max_size=3), st.floats(0.001, 100_000), min_size=2, max_size=8).flatmap(
    lambda weights: st.tuples(
        st.just(weights), st.sets(st.sampled_from([pair_of(*pair) for pair in combinations(weights, 2)]))
    )
)


@given(_lotteries)
def test_probabilities_of_all_pairs_add_up_to_one(drawn: tuple[dict[str, float], set[Pair]]) -> None:
    weights, closed = drawn
    lottery = PairLottery(weights, closed)
    total = math.fsum(lottery.probability(*pair) for pair in combinations(weights, 2))
    open_pairs = math.comb(len(weights), 2) - len(closed)
    assert lottery.has_open_pairs is (open_pairs > 0)
    assert total == pytest.approx(1.0 if open_pairs else 0.0)


@given(_lotteries, st.integers(0, 10_000), st.integers(0, 10_000))
def test_propensities_of_all_pairs_add_up_to_the_share_of_people(
    drawn: tuple[dict[str, float], set[Pair]], sampling: int, holdout: int
) -> None:
    weights, closed = drawn
    policy = InvitationPolicy(
        sampling_rate=sampling / 10_000,
        holdout_rate=holdout / 10_000,
        models=tuple(CandidateModel(name, weight) for name, weight in weights.items()),
        pair_quota=7,
    )
    counts = dict.fromkeys(closed, 7)
    lottery = PairLottery(candidate_weights(policy, (), counts, at=AT), closed)
    propensities = {}
    for one, other in combinations(weights, 2):
        share = lottery.probability(one, other)
        propensities[pair_of(one, other)] = policy.share_of_people * share
    decided = decision(policy, pair_counts=counts)
    if isinstance(decided, Asked):
        assert decided.models is not None
        assert decided.propensity == pytest.approx(propensities[pair_of(*decided.models)])
        assert math.fsum(propensities.values()) == pytest.approx(sampling * (10_000 - holdout) / 10**8)
    else:
        assert decided.reason is Reason.QUOTA_MET
        assert set(propensities) == closed


@given(_lotteries, st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_what_is_drawn_was_open_and_possible(
    drawn: tuple[dict[str, float], set[Pair]], first: float, second: float
) -> None:
    weights, closed = drawn
    lottery = PairLottery(weights, closed)
    if lottery.has_open_pairs:
        pair = lottery.draw(iter((first, second)).__next__)
        assert pair_of(*pair) not in closed
        assert 0 < lottery.probability(*pair) <= 1
        assert lottery.probability(*pair) == pytest.approx(lottery.probability(*pair[::-1]))


def test_propensities_are_the_frequencies_of_200_000_decisions() -> None:
    policy = InvitationPolicy(
        sampling_rate=0.6,
        holdout_rate=0.1,
        models=(
            CandidateModel("a", 1.0),
            CandidateModel("b", 2.5),
            CandidateModel("c", 4.0),
            CandidateModel("d", 0.3),
        ),
        pair_quota=1_000,
    )
    counts = {("a", "b"): 400, ("a", "c"): 1_000, ("b", "c"): 120, ("a", "d"): 3}
    trials = 200_000
    source = random.Random(20261122)
    seen: Counter[Pair] = Counter()
    told: dict[Pair, float] = {}
    for decided in _decisions(policy, counts, source.random, trials, source):
        if isinstance(decided, Asked):
            assert decided.models is not None
            pair = pair_of(*decided.models)
            seen[pair] += 1
            assert told.setdefault(pair, decided.propensity) == pytest.approx(decided.propensity)
    assert set(told) == {("a", "b"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")}
    assert math.fsum(told.values()) == pytest.approx(0.54)
    for pair, probability in told.items():
        sigma = math.sqrt(trials * probability * (1 - probability))
        assert abs(seen[pair] - trials * probability) < 5 * sigma, pair


def _decisions(
    policy: InvitationPolicy,
    counts: dict[Pair, int],
    chance: Callable[[], float],
    trials: int,
    people: random.Random,
) -> list[Decision]:
    return [
        decide(
            policy,
            subject=Subject(f"{people.getrandbits(64):016x}", WORKSPACE),
            person=None,
            pair_counts=counts,
            day_counts=None,
            request=InvitationRequest(),
            at=AT,
            chance=chance,
        )
        for _ in range(trials)
    ]

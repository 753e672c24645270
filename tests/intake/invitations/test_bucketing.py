"""Buckets equal GrowthBook's, are even, and are cut without an off-by-one at either end."""

import json
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from app.intake.invitations.bucketing import (
    BUCKETS,
    Namespace,
    Range,
    bucket_ranges,
    choose_variation,
    equal_weights,
    hash_bucket,
    in_namespace,
    in_range,
    sampling_bucket,
    share_below,
)

_ROOT = Path(__file__).parents[3]
_CASES = (
    Path(os.environ.get("PAIRVOTE_TEST_DATA", _ROOT / "../shared/data")) / "bucketing/growthbook-cases.json"
)
# What an experiment of the `run` section may hold to be a matter of buckets alone: no targeting, no forcing.
_BUCKETING_KEYS = {"key", "variations", "weights", "coverage", "namespace", "seed", "hashVersion", "ranges"}
# The published figures are rounded to 8 digits.
_ROUNDED = 1e-8


@cache
def _published() -> dict[str, list[list[Any]]]:
    document: dict[str, list[list[Any]]] = json.loads(_CASES.read_text(encoding="utf-8"))
    return document


def _section(name: str) -> list[Any]:
    """The published cases of a section as pytest parameters, or one that is skipped and says why."""
    if not _CASES.exists():
        reason = f"GrowthBook's cases are not at {_CASES}; set PAIRVOTE_TEST_DATA"
        return [pytest.param(None, id=f"{name} absent", marks=pytest.mark.skip(reason=reason))]
    cases = _published()[name]
    if name == "run":
        cases = [case for case in cases if _is_about_buckets(case)]
    return [pytest.param(case, id=f"{number} {case[0]}") for number, case in enumerate(cases)]


def _is_about_buckets(case: list[Any]) -> bool:
    _, context, experiment, *_ = case
    return (
        set(context) == {"attributes"}
        and bool(context["attributes"].get("id"))
        and set(experiment) <= _BUCKETING_KEYS
        and len(experiment["variations"]) > 1
    )


@pytest.mark.parametrize("case", _section("hash"))
def test_a_hash_equals_the_published_one(case: list[Any]) -> None:
    seed, value, version, expected = case
    assert hash_bucket(seed, value, version) == expected


@pytest.mark.parametrize("case", _section("getBucketRange"))
def test_ranges_equal_the_published_ones(case: list[Any]) -> None:
    _, (n, coverage, weights), expected = case
    ranges = bucket_ranges(n, coverage, weights)
    assert len(ranges) == len(expected)
    for found, wanted in zip(ranges, expected, strict=True):
        assert found == pytest.approx(wanted, abs=_ROUNDED)


@pytest.mark.parametrize("case", _section("chooseVariation"))
def test_a_variation_is_chosen_as_published(case: list[Any]) -> None:
    _, bucket, ranges, expected = case
    assert choose_variation(bucket, [Range(*each) for each in ranges]) == expected


@pytest.mark.parametrize("case", _section("inNamespace"))
def test_a_namespace_holds_whom_it_should(case: list[Any]) -> None:
    _, value, namespace, expected = case
    assert in_namespace(value, Namespace(*namespace)) is expected


@pytest.mark.parametrize("case", _section("getEqualWeights"))
def test_weights_are_equal_as_published(case: list[Any]) -> None:
    n, expected = case
    assert equal_weights(n) == pytest.approx(expected, abs=_ROUNDED)


@pytest.mark.parametrize("case", _section("run"))
def test_an_experiment_gives_the_published_variation(case: list[Any]) -> None:
    _, context, experiment, expected, is_in, _ = case
    value = context["attributes"]["id"]
    variations = experiment["variations"]
    namespace = experiment.get("namespace")
    chosen = -1
    if namespace is None or in_namespace(value, Namespace(*namespace)):
        bucket = hash_bucket(
            experiment.get("seed", experiment["key"]), value, experiment.get("hashVersion", 1)
        )
        assert bucket is not None
        weights, coverage = experiment.get("weights"), experiment.get("coverage", 1.0)
        given_ranges = [Range(*each) for each in experiment.get("ranges", [])]
        chosen = choose_variation(bucket, given_ranges or bucket_ranges(len(variations), coverage, weights))
    assert (chosen >= 0) is is_in
    assert variations[max(chosen, 0)] == expected


@pytest.mark.skipif(
    not _CASES.exists(), reason=f"GrowthBook's cases are not at {_CASES}; set PAIRVOTE_TEST_DATA"
)
def test_most_published_experiments_are_about_buckets_and_are_run() -> None:
    assert sum(map(_is_about_buckets, _published()["run"])) >= 47


def test_buckets_are_even_for_sampling_values() -> None:
    counts = Counter(int(sampling_bucket("sampling:ws:seed", f"{n:016x}") * 100) for n in range(100_000))
    assert stats.chisquare([counts[share] for share in range(100)]).pvalue > 1e-4


def test_buckets_of_two_seeds_do_not_depend_on_each_other() -> None:
    table = [[0] * 10 for _ in range(10)]
    for n in range(100_000):
        value = f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}"
        table[int(sampling_bucket("sampling:ws:x", value) * 10)][
            int(sampling_bucket("holdout:ws:x", value) * 10)
        ] += 1
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_a_range_holds_its_start_and_not_its_end() -> None:
    assert in_range(0.25, Range(0.25, 0.5))
    assert not in_range(0.5, Range(0.25, 0.5))
    assert not in_range(0.0, Range(0.0, 0.0))


@given(st.text(), st.text())
@example("\ud800", "\udfff")
def test_every_text_has_a_bucket_and_keeps_it(seed: str, value: str) -> None:
    bucket = sampling_bucket(seed, value)
    assert 0 <= bucket < 1
    assert sampling_bucket(seed, value) == bucket
    assert hash_bucket(seed, value) == bucket


def test_a_seed_and_a_value_are_hashed_as_one_text() -> None:
    assert sampling_bucket("ab", "cd") == sampling_bucket("", "abcd")


def test_a_rate_in_whole_steps_is_exact() -> None:
    rates = [step / BUCKETS for step in range(BUCKETS + 1)]
    assert [share_below(rate) for rate in rates] == rates


@given(st.floats(-0.5, 1.5))
@example(0.07)
@example(0.29)
@example(0.00001)
@example(1 - 2**-53)
def test_the_share_below_a_rate_is_counted_not_estimated(rate: float) -> None:
    assert share_below(rate) == sum(bucket / BUCKETS < rate for bucket in range(BUCKETS)) / BUCKETS

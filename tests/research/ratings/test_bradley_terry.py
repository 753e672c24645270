"""Bradley-Terry strengths against published rankings."""

import csv
import json
import math
import os
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.research.ratings.bradley_terry import NoComparisons, NotConnected, PairCount, fit

DATA = Path(os.environ.get("PAIRVOTE_TEST_DATA", Path(__file__).parents[4] / "shared/data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no test data at {DATA}")

SETS = {
    "llmfao": ("llmfao/crowd-comparisons.csv", "llmfao/llmfao-golden.csv", "ratings/oracle_llmfao.csv"),
    "food": ("ratings/food.csv", "ratings/food-golden.csv", "ratings/oracle_food.csv"),
    "simple": ("ratings/simple.csv", "ratings/simple-golden.csv", "ratings/oracle_simple.csv"),
}


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted(name: str) -> list[PairCount]:
    counts = Counter((row["left"], row["right"], row["winner"]) for row in read(name))
    sides = {"left": "a_wins", "right": "b_wins", "tie": "ties"}
    return [
        PairCount(left, right, **{sides[winner]: count}) for (left, right, winner), count in counts.items()
    ]


@needs_data
@pytest.mark.parametrize("name", SETS)
def test_scores_equal_the_published_ranking(name: str) -> None:
    """Golden scores of evalica (see the data's README)."""
    battles, golden, _ = SETS[name]
    published = {
        row["item"]: float(row["score"]) for row in read(golden) if row["algorithm"] == "bradley_terry"
    }
    total = sum(published.values())
    scores = fit(counted(battles)).scores
    assert scores.keys() == published.keys()
    for model, score in published.items():
        assert scores[model] == pytest.approx(score / total, abs=1e-9)


@needs_data
@pytest.mark.parametrize("name", SETS)
def test_strengths_and_standard_errors_equal_the_reference_computation(name: str) -> None:
    """Columns `bt_own` and `se_sandw`, cross-checked with statsmodels (see the data's README)."""
    battles, _, oracle = SETS[name]
    expected = {row[""]: row for row in read(oracle)}
    fitted = fit(counted(battles))
    for model, theta, error in zip(fitted.models, fitted.theta, fitted.standard_errors, strict=True):
        assert theta == pytest.approx(float(expected[model]["bt_own"]), abs=1e-8)
        assert error == pytest.approx(float(expected[model]["se_sandw"]), abs=1e-8)


@needs_data
def test_statistics_journals_cite_each_other_as_r_says() -> None:
    """Stigler 1994, fitted by R's BradleyTerry2 (reference.json)."""
    reference = json.loads((DATA / "ratings/reference.json").read_text(encoding="utf-8"))["citations"]
    names, matrix = reference["names"], reference["matrix_cited_rows_citing_cols"]
    pairs = [PairCount(names[a], names[b], a_wins=matrix[a][b]) for a in range(4) for b in range(4) if a != b]
    fitted = fit(pairs)
    theta = dict(zip(fitted.models, fitted.theta, strict=True))
    found = [theta[name] - theta["Biometrika"] for name in names]
    assert found == pytest.approx(reference["bt_vs_Biometrika"], abs=1e-8)


def test_two_models_have_the_odds_of_their_wins() -> None:
    fitted = fit([PairCount("x", "y", a_wins=3, b_wins=1)])
    assert fitted.theta.tolist() == pytest.approx([math.log(3) / 2, -math.log(3) / 2])
    assert fitted.scores == pytest.approx({"x": 0.75, "y": 0.25})


def test_a_tie_is_half_a_win_for_each() -> None:
    ties = fit([PairCount("x", "y", a_wins=2, ties=2)])
    wins = fit([PairCount("x", "y", a_wins=3, b_wins=1)])
    assert ties.theta == pytest.approx(wins.theta)


def test_ten_million_votes_with_one_upset_converge() -> None:
    fitted = fit([PairCount("x", "y", a_wins=10_000_000, b_wins=1)])
    assert fitted.theta[0] - fitted.theta[1] == pytest.approx(math.log(10_000_000))


def test_a_long_chain_of_upsets_converges() -> None:
    pairs = [PairCount(f"m{i:02}", f"m{i + 1:02}", a_wins=1_000, b_wins=1) for i in range(30)]
    fitted = fit(pairs)
    assert np.diff(fitted.theta) == pytest.approx([-math.log(1_000)] * 30)


@given(st.integers(0, 2**32), st.integers(2, 8))
def test_at_the_maximum_expected_wins_are_the_wins(seed: int, count: int) -> None:
    draw = random.Random(seed)
    models = [f"m{number}" for number in range(count)]
    pairs = [
        PairCount(a, b, draw.randrange(9), draw.randrange(9), 1) for a in models for b in models if a < b
    ]
    fitted = fit(pairs)
    theta = dict(zip(fitted.models, fitted.theta, strict=True))
    surplus = dict.fromkeys(models, 0.0)
    for pair in pairs:
        games = pair.a_wins + pair.b_wins + pair.ties
        expected = games / (1 + math.exp(theta[pair.model_b] - theta[pair.model_a]))
        surplus[pair.model_a] += pair.a_wins + pair.ties / 2 - expected
        surplus[pair.model_b] += pair.b_wins + pair.ties / 2 - (games - expected)
    assert list(surplus.values()) == pytest.approx([0] * count, abs=1e-8)
    assert fitted.theta.sum() == pytest.approx(0, abs=1e-9)
    assert sum(fitted.scores.values()) == pytest.approx(1)


def test_order_and_grouping_of_counts_do_not_matter() -> None:
    together = fit([PairCount("x", "y", 5, 3, 2), PairCount("y", "z", 4, 4), PairCount("z", "x", 1, 6)])
    apart = fit(
        [
            PairCount("x", "z", 6, 1),
            PairCount("y", "x", 3, 2, 1),
            PairCount("z", "y", 4, 4),
            PairCount("x", "y", 3, 0, 1),
        ]
    )
    assert together.theta == pytest.approx(apart.theta)


@pytest.mark.parametrize(
    ("pairs", "components"),
    [
        ([PairCount("x", "y", 1, 1), PairCount("p", "q", 1, 1)], {("x", "y"), ("p", "q")}),
        ([PairCount("x", "y", 5)], {("x",), ("y",)}),
        ([PairCount("x", "y", 1, 1), PairCount("x", "z", 4), PairCount("y", "z", 4)], {("x", "y"), ("z",)}),
    ],
    ids=["never met", "never lost", "always lost"],
)
def test_models_that_cannot_be_compared_are_named(
    pairs: list[PairCount], components: set[tuple[str, ...]]
) -> None:
    with pytest.raises(NotConnected) as refused:
        fit(pairs)
    assert set(refused.value.components) == components
    assert all(model in str(refused.value) for component in components for model in component)


def test_one_tie_connects() -> None:
    assert fit([PairCount("x", "y", a_wins=5, ties=1)]).scores["x"] == pytest.approx(5.5 / 6)


@pytest.mark.parametrize("pairs", [[], [PairCount("x", "x", 3, 2)], [PairCount("x", "y")]])
def test_without_a_judged_comparison_there_is_nothing_to_rank(pairs: list[PairCount]) -> None:
    with pytest.raises(NoComparisons):
        fit(pairs)


def test_a_comparison_of_a_model_with_itself_changes_nothing() -> None:
    pairs = [PairCount("x", "y", 3, 1)]
    assert fit([*pairs, PairCount("x", "x", 9, 1)]).theta == pytest.approx(fit(pairs).theta)

"""Compares the battles of an export with the study: pair by pair, and by the ranking that was published."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from app.research.ratings.bradley_terry import NoComparisons, NotConnected, PairCount, fit
from tests.replay.llmfao import GOLDEN, read_rows

BATTLES: Final = "csv/battles.csv"
_WINNERS: Final = {"model_a": 0, "model_b": 1, "tie": None}
_VERDICTS: Final = {"left": 0, "right": 1, "tie": None}
_PUBLISHED: Final = "bradley_terry"


class RankingUnusable(Exception):
    """There is nothing to compare; the message is a sentence."""


class Battle(NamedTuple):
    """Two models in alphabetical order, and which of them won (None: a tie)."""

    first: str
    second: str
    winner: str | None

    @classmethod
    def between(cls, models: tuple[str, str], winner: int | None) -> "Battle":
        """A battle of two models in any order, won by the one at an index."""
        first, second = sorted(models)
        return cls(first, second, None if winner is None else models[winner])


Battles = Counter[Battle]


def exported_battles(export: Path) -> Battles:
    """The battles of an export. RankingUnusable where there are none, or one that no replay can have sent."""
    path = export / BATTLES
    if not path.is_file():
        raise RankingUnusable(f"There is no {BATTLES} in {export}: this is not an export.")
    battles: Battles = Counter()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["winner"] not in _WINNERS:
                raise RankingUnusable(f"The battles hold a winner that no replay sends: {row['winner']}.")
            models = (_plain(row["model_a"]), _plain(row["model_b"]))
            battles[Battle.between(models, _WINNERS[row["winner"]])] += 1
    return battles


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from running it."""
    return cell.removeprefix("'")


def study_battles(study: Path) -> Battles:
    """The battles as the study published them."""
    return Counter(
        Battle.between((row["left"], row["right"]), _VERDICTS[row["winner"]]) for row in read_rows(study)
    )


def scores(battles: Battles) -> Mapping[str, float]:
    """Bradley-Terry strengths divided by their sum, a tie counting as half a win. RankingUnusable without a fit."""
    try:
        return fit(_pair_counts(battles)).scores
    except (NoComparisons, NotConnected) as error:
        raise RankingUnusable(str(error)) from error


def _pair_counts(battles: Battles) -> Iterable[PairCount]:
    for (first, second, winner), count in battles.items():
        wins = {first: 0, second: 0} | ({winner: count} if winner is not None else {})
        yield PairCount(first, second, wins[first], wins[second], 0 if winner is not None else count)


def published_scores(study: Path) -> Mapping[str, float]:
    """The published Bradley-Terry scores divided by their sum."""
    path = study / GOLDEN
    if not path.is_file():
        raise RankingUnusable(f"There is no {GOLDEN} in {study}.")
    with path.open(encoding="utf-8", newline="") as file:
        found = {
            row["item"]: float(row["score"]) for row in csv.DictReader(file) if row["algorithm"] == _PUBLISHED
        }
    total = sum(found.values())
    return {model: score / total for model, score in found.items()}


class Difference(NamedTuple):
    """How far two rankings are apart, and at which model."""

    largest: float
    model: str


def difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> Difference:
    """The largest difference of two models' scores. RankingUnusable where they do not rank the same models."""
    if ours.keys() != theirs.keys():
        odd = ", ".join(sorted(ours.keys() ^ theirs.keys()))
        raise RankingUnusable(f"The rankings are not of the same models: {odd}.")
    return max(Difference(abs(ours[model] - theirs[model]), model) for model in ours)

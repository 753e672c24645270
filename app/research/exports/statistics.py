"""Counts what an export holds, part by part; the counts of parts add up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Self

import pyarrow as pa

from app.core.clock import iso_date
from app.research.exports.rows import Row

# What an outcome means for the model shown left and for the one shown right.
_RESULTS: Final = {
    "model_a": ("won", "lost"),
    "model_b": ("lost", "won"),
    "tie": ("tied", "tied"),
    "both_bad": ("both_bad", "both_bad"),
    "skip": ("skipped", "skipped"),
    "expired": ("expired", "expired"),
}

# By how many rows share a week and a language: few of them stand out.
_CELL_SIZES: Final = (("1", 1), ("2-4", 2), ("5-9", 5), ("10-49", 10), ("50 and more", 50))

_MODEL_COUNTS: Final = ("shown", "shown_left", "shown_right", *dict.fromkeys(chain(*_RESULTS.values())))

# How many rows have the same values in these columns.
_TALLIES: Final[Mapping[str, tuple[str, ...]]] = {
    "outcomes": ("outcome",),
    "winners": ("winner",),
    "left": ("model_a", "outcome"),
    "right": ("model_b", "outcome"),
    "cells": ("voted_week", "language"),
}

Stored = Mapping[str, Sequence[tuple[Sequence[Any], int]]]
"""Counts as JSON has them: by name a list of what was counted, with how often."""


class Statistics:
    """Rows by outcome, by model and by level of de-identification; its size grows with the models only."""

    def __init__(self, stored: Iterable[Stored] = ()) -> None:
        names = (*_TALLIES, "levels", "kinds")
        self._tallies: dict[str, Counter[tuple[Any, ...]]] = {name: Counter() for name in names}
        for each in stored:
            for name, counted in each.items():
                self._tallies[name].update({tuple(values): count for values, count in counted})

    def add(self, votes: pa.RecordBatch) -> Self:
        """Counts rows of `votes`."""
        for name, columns in _TALLIES.items():
            self._tallies[name].update(zip(*(_values(votes, column) for column in columns), strict=True))
        levels, counts = _values(votes, "deid_level"), _values(votes, "redaction_count")
        has_text = votes["response_a"].is_valid().to_pylist()
        self._tallies["levels"].update(zip(levels, has_text, counts, strict=True))
        kinds = zip(levels, _values(votes, "redaction_types"), strict=True)
        self._tallies["kinds"].update([(level, kind) for level, found in kinds for kind in found])
        return self

    def stored(self) -> Stored:
        """The counts for storage."""
        return {name: [*counted.items()] for name, counted in self._tallies.items()}

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return self._tallies["outcomes"].total()

    @property
    def battles(self) -> int:
        """How many of them have a winner."""
        return self.rows - self._tallies["winners"][None,]

    def summary(self) -> dict[str, Any]:
        """The rows by outcome and by model, and the battles among them."""
        outcomes = Counter({outcome: count for (outcome,), count in self._tallies["outcomes"].items()})
        return {
            "battles": self.battles,
            "weeks": self._weeks(),
            "by_outcome": _sorted(outcomes),
            "cells": self._small_cells(),
            "by_model": {model: _sorted(counts) for model, counts in sorted(self._by_model().items())},
        }

    def _by_model(self) -> dict[str, Counter[str]]:
        models: dict[str, Counter[str]] = {}
        for side, side_name in enumerate(("left", "right")):
            for (model, outcome), count in self._tallies[side_name].items():
                counts = models.setdefault(model, Counter())
                for name in ("shown", f"shown_{side_name}", _RESULTS[outcome][side]):
                    counts[name] += count
        return models

    def _weeks(self) -> dict[str, str | None]:
        weeks = sorted({week for week, _ in self._tallies["cells"]})
        ends = (iso_date(weeks[0]), iso_date(weeks[-1])) if weeks else (None, None)
        return dict(zip(("first", "last"), ends, strict=True))

    def _small_cells(self) -> dict[str, dict[str, int]]:
        """How many cells of week and language hold so many rows, and how many rows those are together."""
        sizes = {name: Counter(cells=0, rows=0) for name, _ in _CELL_SIZES}
        for count in self._tallies["cells"].values():
            name = next(name for name, least in reversed(_CELL_SIZES) if count >= least)
            sizes[name].update(cells=1, rows=count)
        return {name: dict(counts) for name, counts in sizes.items()}

    def models(self) -> Iterator[Row]:
        """The rows of `models`, by name."""
        for model, counts in sorted(self._by_model().items()):
            yield {"model": model, **{name: counts[name] for name in _MODEL_COUNTS}}

    def deidentification(self) -> dict[str, Any]:
        """By level: its rows, those with text, those where something was replaced, and what."""
        levels: dict[str, Counter[str]] = {}
        for (level, has_text, redactions), count in self._tallies["levels"].items():
            levels.setdefault(level, Counter()).update(
                rows=count,
                rows_with_text=count * has_text,
                rows_redacted=count * (redactions > 0),
                redactions=count * redactions,
            )
        kinds: dict[str, Counter[str]] = {level: Counter() for level in levels}
        for (level, kind), count in self._tallies["kinds"].items():
            kinds[level][kind] += count
        return {
            level: {**_sorted(counts), "rows_by_redaction_type": _sorted(kinds[level])}
            for level, counts in sorted(levels.items())
        }


def _values(votes: pa.RecordBatch, column: str) -> list[Any]:
    values = votes[column]
    # Days since 1970-01-01: quicker than dates, and numbers to JSON.
    return (values.cast(pa.int32()) if pa.types.is_date32(values.type) else values).to_pylist()


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))

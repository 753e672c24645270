"""Counts what an export holds while its rows pass by."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

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


class Statistics:
    """Rows by outcome, by model and by level of de-identification; its size grows with the models only."""

    def __init__(self) -> None:
        self.rows = 0
        self._cells: Counter[tuple[dt.date, str | None]] = Counter()
        self.battles = 0
        self._outcomes: Counter[str] = Counter()
        self._models: dict[str, Counter[str]] = {}
        self._levels: dict[str, Counter[str]] = {}
        self._redactions: dict[str, Counter[str]] = {}

    def add(self, row: Row) -> None:
        """Counts a row."""
        self.rows += 1
        self.battles += row["winner"] is not None
        self._outcomes[row["outcome"]] += 1
        self._cells[row["voted_week"], row["language"]] += 1
        result_a, result_b = _RESULTS[row["outcome"]]
        self._add_model(row["model_a"], "shown_left", result_a)
        self._add_model(row["model_b"], "shown_right", result_b)
        self._add_deidentification(row)

    def _add_model(self, model: str, side: str, result: str) -> None:
        counts = self._models.get(model)
        if counts is None:
            counts = self._models[model] = Counter()
        counts["shown"] += 1
        counts[side] += 1
        counts[result] += 1

    def _add_deidentification(self, row: Row) -> None:
        name = row["deid_level"]
        if name not in self._levels:
            self._levels[name] = Counter(rows_with_text=0, rows_redacted=0, redactions=0)
            self._redactions[name] = Counter()
        level = self._levels[name]
        level["rows"] += 1
        level["rows_with_text"] += row["response_a"] is not None
        level["rows_redacted"] += row["redaction_count"] > 0
        level["redactions"] += row["redaction_count"]
        for kind in row["redaction_types"]:
            self._redactions[name][kind] += 1

    def summary(self) -> dict[str, Any]:
        """The rows by outcome and by model, and the battles among them."""
        return {
            "battles": self.battles,
            "weeks": self._weeks(),
            "by_outcome": _sorted(self._outcomes),
            "cells": self._small_cells(),
            "by_model": {model: _sorted(counts) for model, counts in sorted(self._models.items())},
        }

    def _weeks(self) -> dict[str, str | None]:
        weeks = sorted({week.isoformat() for week, _ in self._cells})
        return {"first": weeks[0], "last": weeks[-1]} if weeks else {"first": None, "last": None}

    def _small_cells(self) -> dict[str, dict[str, int]]:
        """How many cells of week and language hold so many rows, and how many rows those are together."""
        sizes = {name: Counter(cells=0, rows=0) for name, _ in _CELL_SIZES}
        for count in self._cells.values():
            name = next(name for name, least in reversed(_CELL_SIZES) if count >= least)
            sizes[name].update(cells=1, rows=count)
        return {name: dict(counts) for name, counts in sizes.items()}

    def models(self) -> Iterator[Row]:
        """The rows of `models`, by name."""
        for model, counts in sorted(self._models.items()):
            yield {"model": model, **{name: counts[name] for name in _MODEL_COUNTS}}

    def deidentification(self) -> dict[str, Any]:
        """By level: its rows, those with text, those where something was replaced, and what."""
        return {
            level: {**_sorted(counts), "rows_by_redaction_type": _sorted(self._redactions[level])}
            for level, counts in sorted(self._levels.items())
        }


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))

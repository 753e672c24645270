"""Counts the feedback that an export holds, part by part; the counts of parts add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

import pyarrow as pa

Stored = Mapping[str, Mapping[str, int]]
"""Counts as JSON has them: by group, by what was counted."""
_BY_COLUMN: Final = {"by_rating": "rating", "by_target": "target"}
_GROUPS: Final = (*_BY_COLUMN, "rows", "rows_by_redaction_type", "left_out", "dropped")


class FeedbackCounts:
    """Rows by rating and target, what was replaced in them, and what is missing."""

    def __init__(self, stored: Iterable[Stored] = ()) -> None:
        self._groups: dict[str, Counter[str]] = {name: Counter() for name in _GROUPS}
        for each in stored:
            for name, counts in each.items():
                self._groups[name].update(counts)

    def add(self, feedback: pa.RecordBatch) -> Self:
        """Counts rows of `feedback`."""
        for group, column in _BY_COLUMN.items():
            self._groups[group].update(_values(feedback, column))
        texts = zip(*(_values(feedback, name) for name in ("prompt", "response", "comment")), strict=True)
        replaced = _values(feedback, "redaction_count")
        self._groups["rows"].update(
            rows=feedback.num_rows,
            rows_with_text=sum(any(text is not None for text in said) for said in texts),
            rows_redacted=sum(count > 0 for count in replaced),
            redactions=sum(replaced),
        )
        kinds = _values(feedback, "redaction_types")
        self._groups["rows_by_redaction_type"].update([kind for found in kinds for kind in found])
        return self

    def add_left_out(self, reasons: Mapping[str, int]) -> None:
        """Counts rows that gave none of `trl_unpaired`, by reason."""
        self._groups["left_out"].update(reasons)

    def stored(self, *, dropped: Mapping[str, int] | None = None) -> Stored:
        """The counts for storage, with records that could not be read any more."""
        groups = {**self._groups, "dropped": self._groups["dropped"] + Counter(dropped or {})}
        return {name: dict(counts) for name, counts in groups.items() if counts}

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return self._groups["rows"]["rows"]

    @property
    def left_out(self) -> dict[str, int]:
        """Rows that gave none of `trl_unpaired`, by reason."""
        return _sorted(self._groups["left_out"])

    @property
    def dropped(self) -> Counter[str]:
        """Records that could not be read any more, by reason."""
        return self._groups["dropped"]

    def summary(self) -> dict[str, Any]:
        """What the manifest says of the rows."""
        rows = self._groups["rows"]
        counted = {name: rows[name] for name in ("rows_with_text", "rows_redacted", "redactions")}
        groups = (*_BY_COLUMN, "rows_by_redaction_type")
        return {**counted, **{name: _sorted(self._groups[name]) for name in groups}}


def _values(feedback: pa.RecordBatch, column: str) -> list[Any]:
    return feedback[column].to_pylist()


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted((+counts).items()))

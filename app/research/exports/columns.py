"""What a column of `votes` or `feedback` is, and how its values are made from records."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from app.core.clock import week_of
from app.research.exports.arrays import Array, messages_array, style_array
from app.research.exports.identities import ExportIdentities
from app.research.exports.style import style_measures
from app.research.records.record import Outcome, Record

Values = Callable[[Sequence[Any], ExportIdentities], Sequence[object] | Array]

# Arena's words; an outcome that is no judgement has no winner, so that nobody counts a skip as half a win.
WINNERS: Final[Mapping[Outcome, str]] = {
    Outcome.MODEL_A: "model_a",
    Outcome.MODEL_B: "model_b",
    Outcome.TIE: "tie",
    Outcome.BOTH_BAD: "tie (bothbad)",
}


@dataclass(frozen=True)
class Column:
    """A column of `votes` or `feedback`: its type, what it means, which fields of a record its values may look at."""

    name: str
    type: pa.DataType
    description: str
    reads: tuple[str, ...]
    values: Values
    nullable: bool = False


def of_content(name: str) -> Values:
    """What the records' text has under a name; None without text."""
    part = operator.attrgetter(name)
    return lambda records, _: [
        None if (content := record.content) is None else part(content) for record in records
    ]


def rater_ids(records: Sequence[Any], identities: ExportIdentities) -> Sequence[str | None]:
    """Names the raters as far as the export's scope lets them be recognised."""
    return identities.rater_ids([(record.conversation, record.voter) for record in records])


def prompts(records: Sequence[Record], _: ExportIdentities) -> Array:
    """The conversations; empty without text."""
    return messages_array(
        [None if (content := record.content) is None else content.prompt for record in records]
    )


def styles(records: Sequence[Record], _: ExportIdentities) -> Array:
    """Arena's style-control measures; empty without text."""
    contents = [record.content for record in records]
    return style_array(
        style_measures([content for content in contents if content is not None]),
        turns=[record.n_turns for record in records],
        contexts=(
            [record.input_tokens_a for record in records],
            [record.input_tokens_b for record in records],
        ),
        # Not zeros: a vote without text says nothing about style.
        has_text=[content is not None for content in contents],
    )


def voted_weeks(records: Sequence[Record], _: ExportIdentities) -> Sequence[int]:
    """The Mondays of the votes' weeks, in days since 1970-01-01."""
    # The record's day is a Monday already; a finer one would not get past here.
    return [week_of(record.voted_week) for record in records]


def selection_probabilities(records: Sequence[Record], _: ExportIdentities) -> Sequence[float | None]:
    """The probabilities as recorded. ValueError where one is none."""
    found = [record.selection_probability for record in records]
    if not all(probability is None or 0 <= probability <= 1 for probability in found):
        # NaN is among them: Parquet would take it as it is, and JSON has no word for it.
        raise ValueError("A selection probability is between 0 and 1.")
    return found


def as_it_is(
    name: str, kind: pa.DataType, description: str, *, field: str | None = None, nullable: bool = False
) -> Column:
    """A column that shows one field of a record, by default of its own name, unchanged."""
    source = field or name
    value = operator.attrgetter(source)
    return Column(name, kind, description, (source,), lambda records, _: [*map(value, records)], nullable)

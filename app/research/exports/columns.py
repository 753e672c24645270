"""What a column of `votes` is, and how its value is made from a record."""

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from app.core.clock import week_of
from app.research.exports.identities import ExportIdentities
from app.research.exports.style import conv_metadata
from app.research.records.record import Outcome, Record

Value = Callable[[Record, ExportIdentities], object]

_EPOCH: Final = dt.date(1970, 1, 1)

# Arena's words; an outcome that is no judgement has no winner, so that nobody counts a skip as half a win.
WINNERS: Final[Mapping[Outcome, str]] = {
    Outcome.MODEL_A: "model_a",
    Outcome.MODEL_B: "model_b",
    Outcome.TIE: "tie",
    Outcome.BOTH_BAD: "tie (bothbad)",
}


@dataclass(frozen=True)
class Column:
    """A column of `votes`: its type, what it means, and which fields of a record its value may look at."""

    name: str
    type: pa.DataType
    description: str
    reads: tuple[str, ...]
    value: Value
    nullable: bool = False


def rater_id(record: Record, identities: ExportIdentities) -> str | None:
    """Names the rater as far as the export's scope lets them be recognised."""
    return identities.rater_id(conversation=record.conversation, voter=record.voter)


def prompt(record: Record, _: ExportIdentities) -> list[dict[str, str]] | None:
    """The conversation as JSON and Arrow take it; None without text."""
    if record.content is None:
        return None
    return [{"role": message.role, "content": message.content} for message in record.content.prompt]


def style(record: Record, _: ExportIdentities) -> dict[str, Any] | None:
    """Arena's style-control measures; None without text."""
    if record.content is None:
        # Not zeros: a vote without text says nothing about style.
        return None
    return dict(
        conv_metadata(
            record.content,
            turns=record.n_turns,
            context_a=record.input_tokens_a,
            context_b=record.input_tokens_b,
        )
    )


def voted_week(record: Record, _: ExportIdentities) -> dt.date:
    """The Monday of the vote's week."""
    # The record's day is a Monday already; a finer one would not get past here.
    return _EPOCH + dt.timedelta(days=week_of(record.voted_week))


def selection_probability(record: Record, _: ExportIdentities) -> float | None:
    """The probability as recorded. ValueError where it is none."""
    probability = record.selection_probability
    if probability is not None and not 0 <= probability <= 1:
        # NaN is among them: Parquet would take it as it is, and JSON has no word for it.
        raise ValueError("A selection probability is between 0 and 1.")
    return probability


def as_it_is(
    name: str, kind: pa.DataType, description: str, *, field: str | None = None, nullable: bool = False
) -> Column:
    """A column that shows one field of a record, by default of its own name, unchanged."""
    source = field or name
    value = operator.attrgetter(source)
    return Column(name, kind, description, (source,), lambda record, _: value(record), nullable)

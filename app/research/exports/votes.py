"""Makes rows of `votes` and of `feedback` from records, many at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa

from app.research.exports.columns import Column
from app.research.exports.feedback_columns import FEEDBACK_COLUMNS, FEEDBACK_SCHEMA
from app.research.exports.identities import ExportIdentities
from app.research.exports.projection import VOTE_COLUMNS
from app.research.exports.schema import VOTES_SCHEMA
from app.research.feedback.record import FeedbackRecord
from app.research.records.record import Record

# So many are in memory as Python objects; at either bound, for a message can have a megabyte.
_BATCH_ROWS: Final = 500
_BATCH_CHARACTERS: Final = 4 * 1024 * 1024


def project(records: Sequence[Record], identities: ExportIdentities) -> pa.RecordBatch:
    """The rows of `votes` for records: the listed columns and nothing else."""
    return _project(records, identities, VOTE_COLUMNS, VOTES_SCHEMA)


def projected(records: Iterable[Record], identities: ExportIdentities) -> Iterator[pa.RecordBatch]:
    """The rows of `votes` for any number of records, in batches of bounded size."""
    for batch in _batches(records, _answers):
        yield project(batch, identities)


def projected_feedback(
    records: Iterable[FeedbackRecord], identities: ExportIdentities
) -> Iterator[pa.RecordBatch]:
    """The rows of `feedback` for any number of records, in batches of bounded size."""
    for batch in _batches(records, _response):
        yield _project(batch, identities, FEEDBACK_COLUMNS, FEEDBACK_SCHEMA)


def _project(
    records: Sequence[Any], identities: ExportIdentities, columns: Sequence[Column], schema: pa.Schema
) -> pa.RecordBatch:
    arrays = []
    for column in columns:
        values = column.values(records, identities)
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values, column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _batches(records: Iterable[Any], characters_of: Callable[[Any], int]) -> Iterator[list[Any]]:
    waiting: list[Any] = []
    characters = 0
    for record in records:
        waiting.append(record)
        if record.content is not None:
            prompt = sum([len(message.content) for message in record.content.prompt])
            characters += prompt + characters_of(record.content)
        if len(waiting) >= _BATCH_ROWS or characters >= _BATCH_CHARACTERS:
            yield waiting
            waiting, characters = [], 0
    if waiting:
        yield waiting


def _answers(content: Any) -> int:
    return len(content.response_a) + len(content.response_b)


def _response(content: Any) -> int:
    return len(content.response or "") + len(content.comment or "")

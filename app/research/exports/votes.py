"""Makes rows of `votes` from records, many at a time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pyarrow as pa

from app.research.exports.identities import ExportIdentities
from app.research.exports.projection import VOTE_COLUMNS
from app.research.exports.schema import VOTES_SCHEMA
from app.research.records.record import Record, RecordContent

# So many are in memory as Python objects; at either bound, for a message can have a megabyte.
_BATCH_ROWS: Final = 500
_BATCH_CHARACTERS: Final = 4 * 1024 * 1024


def project(records: Sequence[Record], identities: ExportIdentities) -> pa.RecordBatch:
    """The rows of `votes` for records: the listed columns and nothing else."""
    arrays = []
    for column in VOTE_COLUMNS:
        values = column.values(records, identities)
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values, column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=VOTES_SCHEMA)


def projected(records: Iterable[Record], identities: ExportIdentities) -> Iterator[pa.RecordBatch]:
    """The rows of `votes` for any number of records, in batches of bounded size."""
    waiting: list[Record] = []
    characters = 0
    for record in records:
        waiting.append(record)
        if record.content is not None:
            characters += _characters(record.content)
        if len(waiting) >= _BATCH_ROWS or characters >= _BATCH_CHARACTERS:
            yield project(waiting, identities)
            waiting, characters = [], 0
    if waiting:
        yield project(waiting, identities)


def _characters(content: RecordContent) -> int:
    return (
        sum([len(message.content) for message in content.prompt])
        + len(content.response_a)
        + len(content.response_b)
    )

"""Makes the rows of `conversations` from those of `votes`, however many there are, in constant memory."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from app.research.exports.parquet_file import read_batches
from app.research.exports.scratch import scratch_database, write_at_once
from app.research.exports.tables import CONVERSATIONS

Standing = npt.NDArray[np.int64]
"""For each conversation the place of the vote that stands for it, how many votes it has, how many user messages."""

_CHUNK: Final = 50_000
_NO_TEXT: Final = -1
# Whether a vote has text is told by its messages' roles: the text itself need not be read for that.
_LOOKED_AT: Final = ("conversation_id", "n_turns", "turn_index", "prompt.list.element.role")
_SHOWN: Final = ("conversation_id", "prompt", "language", "deid_level")

_TABLE: Final = """
CREATE TABLE seen (id TEXT PRIMARY KEY, votes INTEGER, turns INTEGER, shown INTEGER, place INTEGER) WITHOUT ROWID
"""
# The vote that shows most of the conversation stands for its text; of equals the first.
_ADD: Final = """
INSERT INTO seen (id, votes, turns, shown, place) VALUES (?, 1, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    votes = votes + 1,
    turns = max(turns, excluded.turns),
    place = CASE WHEN excluded.shown > shown THEN excluded.place ELSE place END,
    shown = max(shown, excluded.shown)
"""


def standing_votes(
    parts: Sequence[Path], scratch: Path, *, tick: Callable[[int], None]
) -> Iterator[Standing]:
    """For each of the files of `votes` which of its votes stand for a conversation, in order, counted from 0.

    What is known of each conversation is kept in a file in `scratch`. `tick` is told the votes looked at, now and then.
    """
    with scratch_database(scratch, "conversations", _TABLE) as connection:
        ends = []
        waiting: list[tuple[Any, ...]] = []
        place = 0
        for part in parts:
            for batch in read_batches(part, _LOOKED_AT):
                waiting += _entries(batch, place)
                place += batch.num_rows
                if len(waiting) >= _CHUNK:
                    _store(connection, waiting)
                    waiting = []
                    tick(place)
            ends.append(place)
            tick(place)
        _store(connection, waiting)
        yield from _by_part(connection, ends)


def _entries(votes: pa.RecordBatch, place: int) -> list[tuple[Any, ...]]:
    shown = votes["turn_index"].to_pylist()
    if votes["prompt"].null_count:
        has_text = votes["prompt"].is_valid().to_pylist()
        shown = [turn if has else _NO_TEXT for turn, has in zip(shown, has_text, strict=True)]
    places = range(place, place + votes.num_rows)
    columns = (votes["conversation_id"].to_pylist(), votes["n_turns"].to_pylist(), shown, places)
    return [*zip(*columns, strict=True)]


def _store(connection: Any, entries: list[tuple[Any, ...]]) -> None:
    # Sorted, so that the tree's pages are touched in order; the places of one conversation stay in theirs.
    entries.sort(key=lambda entry: (entry[0], entry[3]))
    write_at_once(connection, _ADD, entries)


def _by_part(connection: Any, ends: Sequence[int]) -> Iterator[Standing]:
    found = connection.execute("SELECT place, votes, turns FROM seen ORDER BY place")
    following = next(found, None)
    begin = 0
    for end in ends:
        rows = []
        while following is not None and following[0] < end:
            rows.append(following)
            following = next(found, None)
        standing = np.array(rows, np.int64).reshape(-1, 3)
        standing[:, 0] -= begin
        yield standing
        begin = end


def conversation_rows(part: Path, standing: Standing) -> Iterator[pa.RecordBatch]:
    """The conversations that votes of a file stand for, in the order of those votes."""
    begin = 0
    for batch in read_batches(part, _SHOWN):
        end = begin + batch.num_rows
        first, last = np.searchsorted(standing[:, 0], (begin, end))
        chosen = standing[first:last]
        votes = batch.take(chosen[:, 0] - begin)
        columns = {
            "n_votes": pa.array(chosen[:, 1], pa.int32()),
            "n_turns": pa.array(chosen[:, 2], pa.int32()),
            "messages": votes["prompt"],
        }
        schema = CONVERSATIONS.schema
        arrays = [columns[name] if name in columns else votes[name] for name in schema.names]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        begin = end

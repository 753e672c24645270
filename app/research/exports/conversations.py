"""Makes the rows of `conversations` from those of `votes`, however many there are, in constant memory."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from app.research.exports.parquet_file import read_batches
from app.research.exports.rows import Row
from app.research.exports.scratch import scratch_database, write_at_once

_CHUNK: Final = 50_000
_NO_TEXT: Final = -1
_COLUMNS: Final = ("conversation_id", "prompt", "language", "deid_level")

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


class Conversations:
    """What is known of each conversation while the votes pass by; kept in a file in `scratch`."""

    def __init__(self, scratch: Path) -> None:
        self._open = contextlib.ExitStack()
        self._connection = self._open.enter_context(scratch_database(scratch, "conversations", _TABLE))
        self._waiting: list[tuple[str, int, int, int]] = []
        self._votes = 0

    def add(self, vote: Row) -> None:
        """Takes the next row of `votes`."""
        shown = _NO_TEXT if vote["prompt"] is None else vote["turn_index"]
        self._waiting.append((vote["conversation_id"], vote["n_turns"], shown, self._votes))
        self._votes += 1
        if len(self._waiting) >= _CHUNK:
            self._store()

    def rows(self, parts: Iterable[Path]) -> Iterator[Row]:
        """The conversations in the order of the votes that stand for them; `parts` are the files of `votes`."""
        self._store()
        chosen = self._connection.execute("SELECT place, votes, turns FROM seen ORDER BY place")
        place, votes, turns = next(chosen, (None, 0, 0))
        for number, vote in enumerate(_read(parts)):
            if number == place:
                yield {
                    "conversation_id": vote["conversation_id"].as_py(),
                    "n_votes": votes,
                    "n_turns": turns,
                    "messages": vote["prompt"].as_py(),
                    "language": vote["language"].as_py(),
                    "deid_level": vote["deid_level"].as_py(),
                }
                place, votes, turns = next(chosen, (None, 0, 0))

    def close(self) -> None:
        """Removes the file."""
        self._open.close()

    def _store(self) -> None:
        # Sorted, so that the tree's pages are touched in order; the places of one conversation stay in theirs.
        self._waiting.sort(key=lambda entry: (entry[0], entry[3]))
        write_at_once(self._connection, _ADD, self._waiting)
        self._waiting = []


def _read(parts: Iterable[Path]) -> Iterator[dict[str, "pa.Scalar[Any]"]]:
    for part in parts:
        for batch in read_batches(part, _COLUMNS):
            columns = [batch.column(name) for name in _COLUMNS]
            for values in zip(*columns, strict=True):
                yield dict(zip(_COLUMNS, values, strict=True))

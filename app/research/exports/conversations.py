"""Makes the rows of `conversations` from those of `votes`, however many there are, in constant memory."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from app.research.exports.rows import Row

_CHUNK: Final = 50_000
_BATCH_ROWS: Final = 500
_CACHE_KIB: Final = 16 * 1024
_NO_TEXT: Final = -1
_COLUMNS: Final = ("conversation_id", "prompt", "language", "deid_level")

_SETUP: Final = (
    # The file is scratch: after a crash the export starts anew, so nothing is journalled or synced.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    "CREATE TABLE seen (id TEXT PRIMARY KEY, votes INTEGER, turns INTEGER, shown INTEGER, place INTEGER) WITHOUT ROWID",
)
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
        handle, name = tempfile.mkstemp(prefix="conversations-", suffix=".sqlite", dir=scratch)
        os.close(handle)
        self._path = Path(name)
        self._connection = sqlite3.connect(name, isolation_level=None)
        for statement in _SETUP:
            self._connection.execute(statement)
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
        self._connection.close()
        self._path.unlink(missing_ok=True)

    def _store(self) -> None:
        # Sorted, so that the tree's pages are touched in order; the places of one conversation stay in theirs.
        self._waiting.sort(key=lambda entry: (entry[0], entry[3]))
        self._connection.execute("BEGIN")
        self._connection.executemany(_ADD, self._waiting)
        self._connection.execute("COMMIT")
        self._waiting = []


def _read(parts: Iterable[Path]) -> Iterator[dict[str, "pa.Scalar[Any]"]]:
    for part in parts:
        with contextlib.closing(pq.ParquetFile(part)) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=list(_COLUMNS)):
                columns = [batch.column(name) for name in _COLUMNS]
                for values in zip(*columns, strict=True):
                    yield dict(zip(_COLUMNS, values, strict=True))

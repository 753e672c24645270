"""Small SQLite files beside an export that is being written: what must be sorted or found and may not fit in memory."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

_CACHE_KIB: Final = 16 * 1024
_SETUP: Final = (
    # The file is scratch: after a crash the export starts anew, so nothing is journalled or synced.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
)


@contextlib.contextmanager
def scratch_database(folder: Path, name: str, table: str) -> Iterator[sqlite3.Connection]:
    """A database with one empty table, in a file in `folder` that is removed at the end."""
    handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".sqlite", dir=folder)
    os.close(handle)
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for statement in (*_SETUP, table):
                connection.execute(statement)
            yield connection
    finally:
        Path(path).unlink(missing_ok=True)


def write_at_once(connection: sqlite3.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Runs a statement for each row in one transaction, which costs a fraction of one for each."""
    connection.execute("BEGIN")
    connection.executemany(statement, rows)
    connection.execute("COMMIT")

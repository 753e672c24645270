"""Puts any number of record ids into an export's keyed order in constant memory."""

import contextlib
import itertools
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

_CHUNK: Final = 50_000
_CACHE_KIB: Final = 16 * 1024

_SETUP: Final = (
    # The file is scratch: after a crash the export starts anew, so nothing is journalled or synced.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    "CREATE TABLE ordered (position BLOB PRIMARY KEY, record_id BLOB NOT NULL) WITHOUT ROWID",
)


@contextlib.contextmanager
def keyed_order(
    record_ids: Iterable[bytes], *, order_key: Callable[[bytes], bytes], scratch: Path
) -> Iterator[Iterator[bytes]]:
    """The record ids by ascending order key, kept in a file in `scratch` that is removed at the end.

    A record id that comes twice raises ValueError: the same vote must not be exported twice.
    """
    handle, name = tempfile.mkstemp(prefix="order-", suffix=".sqlite", dir=scratch)
    os.close(handle)
    try:
        with contextlib.closing(sqlite3.connect(name, isolation_level=None)) as connection:
            for statement in _SETUP:
                connection.execute(statement)
            _fill(connection, record_ids, order_key)
            rows = connection.execute("SELECT record_id FROM ordered ORDER BY position")
            yield (row[0] for row in rows)
    finally:
        Path(name).unlink(missing_ok=True)


def _fill(
    connection: sqlite3.Connection, record_ids: Iterable[bytes], order_key: Callable[[bytes], bytes]
) -> None:
    pairs = ((order_key(record_id), record_id) for record_id in record_ids)
    connection.execute("BEGIN")
    while chunk := list(itertools.islice(pairs, _CHUNK)):
        # Sorted chunks touch the tree's pages in order, so that it need not fit into the cache.
        chunk.sort()
        try:
            connection.executemany("INSERT INTO ordered (position, record_id) VALUES (?, ?)", chunk)
        except sqlite3.IntegrityError as error:
            raise ValueError("A record id came twice.") from error
    connection.execute("COMMIT")

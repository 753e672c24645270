"""Puts any number of record ids into an export's keyed order in constant memory."""

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from app.research.exports.scratch import scratch_database, write_at_once

_CHUNK: Final = 50_000
_TABLE: Final = "CREATE TABLE ordered (position BLOB PRIMARY KEY, record_id BLOB NOT NULL) WITHOUT ROWID"
_INSERT: Final = "INSERT INTO ordered (position, record_id) VALUES (?, ?)"


@contextlib.contextmanager
def keyed_order(
    record_ids: Iterable[bytes], *, order_key: Callable[[bytes], bytes], scratch: Path
) -> Iterator[Iterator[bytes]]:
    """The record ids by ascending order key, kept in a file in `scratch` that is removed at the end.

    A record id that comes twice raises ValueError: the same vote must not be exported twice.
    """
    with scratch_database(scratch, "order", _TABLE) as connection:
        pairs = ((order_key(record_id), record_id) for record_id in record_ids)
        while chunk := list(itertools.islice(pairs, _CHUNK)):
            # Sorted chunks touch the tree's pages in order, so that it need not fit into the cache.
            chunk.sort()
            try:
                write_at_once(connection, _INSERT, chunk)
            except sqlite3.IntegrityError as error:
                raise ValueError("A record id came twice.") from error
        rows = connection.execute("SELECT record_id FROM ordered ORDER BY position")
        yield (row[0] for row in rows)

"""Reads records by their ids, in the order of the ids, in constant memory."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final, Protocol

from app.core.connections import Transaction
from app.core.database import Database
from app.privacy.data_keys import DataKeys
from app.research.exports.queries import LIST_RECORDS, RECORDS_AT_ONCE, ids_to_find
from app.research.records.content import read_record
from app.research.records.models import StoredRecord
from app.research.records.record import Record

# Neighbours in the table share its pages. More at once would hold on longer to what may be withdrawn.
_MOST_TOGETHER: Final = 500
_MOST_BYTES: Final = 16 * 1024 * 1024


class RecordSource(Protocol):
    """Where records and the keys of their text are."""

    @property
    def db(self) -> Database:
        """The research database."""

    @property
    def record_keys(self) -> DataKeys:
        """The data keys of records."""


def read_records(
    source: RecordSource, record_ids: Iterator[bytes], *, dropped: Counter[str]
) -> Iterator[Record]:
    """The records that can still be read; `dropped` counts the others by reason.

    A record that was withdrawn after it was chosen is gone, or its key is: neither reaches the export.
    """
    for chunk, rows in _windows(source, record_ids):
        with_text = [row.id for row in rows.values() if row.content_sealed is not None]
        keys = source.record_keys.find_many(with_text, keep=False)
        for record_id in chunk:
            row = rows.pop(record_id, None)
            if row is None:
                dropped["withdrawn"] += 1
            elif row.content_sealed is not None and record_id not in keys:
                dropped["content_key_destroyed"] += 1
            else:
                yield read_record(row, keys.get(record_id))


def _windows(
    source: RecordSource, record_ids: Iterator[bytes]
) -> Iterator[tuple[list[bytes], dict[bytes, StoredRecord]]]:
    """Ids, as many as are looked up together, with the rows that there are of them."""
    together = _MOST_TOGETHER
    while window := list(islice(record_ids, together)):
        rows = _found(source, window)
        if rows is not None:
            yield window, rows
            continue
        # Long texts: others beside them are likely.
        together = RECORDS_AT_ONCE
        for begin in range(0, len(window), together):
            chunk = window[begin : begin + together]
            yield chunk, {row.id: row for row in source.db.fetch(partial(_list_rows, chunk=chunk))}


def _found(source: RecordSource, window: list[bytes]) -> dict[bytes, StoredRecord] | None:
    """The rows of these ids, looked up by ascending id; None when they are too many bytes to hold."""
    ordered = sorted(window)
    rows: dict[bytes, StoredRecord] = {}
    size = 0
    for begin in range(0, len(ordered), RECORDS_AT_ONCE):
        chunk = ordered[begin : begin + RECORDS_AT_ONCE]
        for row in source.db.fetch(partial(_list_rows, chunk=chunk)):
            rows[row.id] = row
            size += len(row.content_sealed or b"")
        if size > _MOST_BYTES and len(ordered) > RECORDS_AT_ONCE:
            return None
    return rows


def _list_rows(tx: Transaction, chunk: list[bytes]) -> list[StoredRecord]:
    return tx.list(LIST_RECORDS, **ids_to_find(chunk))

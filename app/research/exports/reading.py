"""Reads records by their ids, in the order of the ids, in constant memory."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

from app.core.connections import Transaction
from app.core.database import Database
from app.core.statements import Query
from app.privacy.data_keys import DataKeys
from app.research.exports.queries import LIST_FEEDBACK, LIST_RECORDS, RECORDS_AT_ONCE, ids_to_find
from app.research.feedback.content import read_record as read_feedback_record
from app.research.feedback.record import FeedbackRecord
from app.research.records.content import read_record
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


class _Shelf(NamedTuple):
    """Where records of a kind are, and how they are opened."""

    rows: Query[Any]
    read: Callable[..., Any]


_VOTES: Final = _Shelf(LIST_RECORDS, read_record)
_FEEDBACK: Final = _Shelf(LIST_FEEDBACK, read_feedback_record)


def read_feedback(
    source: RecordSource, record_ids: Iterator[bytes], *, dropped: Counter[str]
) -> Iterator[FeedbackRecord]:
    """Like `read_records`, of feedback."""
    return _read(source, _FEEDBACK, record_ids, dropped)


def read_records(
    source: RecordSource, record_ids: Iterator[bytes], *, dropped: Counter[str]
) -> Iterator[Record]:
    """The records that can still be read; `dropped` counts the others by reason.

    A record that was withdrawn after it was chosen is gone, or its key is: neither reaches the export.
    """
    return _read(source, _VOTES, record_ids, dropped)


def _read(
    source: RecordSource, shelf: _Shelf, record_ids: Iterator[bytes], dropped: Counter[str]
) -> Iterator[Any]:
    for chunk, rows in _windows(source, shelf, record_ids):
        with_text = [row.id for row in rows.values() if row.content_sealed is not None]
        keys = source.record_keys.find_many(with_text, keep=False)
        for record_id in chunk:
            row = rows.pop(record_id, None)
            if row is None:
                dropped["withdrawn"] += 1
            elif row.content_sealed is not None and record_id not in keys:
                dropped["content_key_destroyed"] += 1
            else:
                yield shelf.read(row, keys.get(record_id))


def _windows(
    source: RecordSource, shelf: _Shelf, record_ids: Iterator[bytes]
) -> Iterator[tuple[list[bytes], dict[bytes, Any]]]:
    """Ids, as many as are looked up together, with the rows that there are of them."""
    together = _MOST_TOGETHER
    while window := list(islice(record_ids, together)):
        rows = _found(source, shelf, window)
        if rows is not None:
            yield window, rows
            continue
        # Long texts: others beside them are likely.
        together = RECORDS_AT_ONCE
        for begin in range(0, len(window), together):
            chunk = window[begin : begin + together]
            yield (
                chunk,
                {row.id: row for row in source.db.fetch(partial(_list_rows, rows=shelf.rows, chunk=chunk))},
            )


def _found(source: RecordSource, shelf: _Shelf, window: list[bytes]) -> dict[bytes, Any] | None:
    """The rows of these ids, looked up by ascending id; None when they are too many bytes to hold."""
    ordered = sorted(window)
    rows: dict[bytes, Any] = {}
    size = 0
    for begin in range(0, len(ordered), RECORDS_AT_ONCE):
        chunk = ordered[begin : begin + RECORDS_AT_ONCE]
        for row in source.db.fetch(partial(_list_rows, rows=shelf.rows, chunk=chunk)):
            rows[row.id] = row
            size += len(row.content_sealed or b"")
        if size > _MOST_BYTES and len(ordered) > RECORDS_AT_ONCE:
            return None
    return rows


def _list_rows(tx: Transaction, rows: Query[Any], chunk: list[bytes]) -> list[Any]:
    return tx.list(rows, **ids_to_find(chunk))

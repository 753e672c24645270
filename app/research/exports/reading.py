"""Reads records by their ids, in the order of the ids, in constant memory."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Protocol

from app.core.connections import Transaction
from app.core.database import Database
from app.privacy.data_keys import DataKeys
from app.research.exports.queries import LIST_RECORDS, RECORDS_AT_ONCE, ids_to_find
from app.research.records.content import read_record
from app.research.records.models import StoredRecord
from app.research.records.record import Record


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
    while chunk := list(islice(record_ids, RECORDS_AT_ONCE)):
        rows = {row.id: row for row in source.db.fetch(partial(_list_rows, chunk=chunk))}
        keys = source.record_keys.find_many(row.id for row in rows.values() if row.content_sealed is not None)
        for record_id in chunk:
            row = rows.get(record_id)
            if row is None:
                dropped["withdrawn"] += 1
            elif row.content_sealed is not None and record_id not in keys:
                dropped["content_key_destroyed"] += 1
            else:
                yield read_record(row, keys.get(record_id))


def _list_rows(tx: Transaction, chunk: list[bytes]) -> list[StoredRecord]:
    return tx.list(LIST_RECORDS, **ids_to_find(chunk))

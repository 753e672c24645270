"""Use cases of records: put one in, take one out, read many."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from app.core.connections import Transaction
from app.privacy.data_keys import DataKeys
from app.research.records.content import facts_text, read_record
from app.research.records.models import StoredRecord
from app.research.records.queries import (
    DELETE_RECORD,
    HAS_RECORD,
    INSERT_RECORD,
    RecordFilter,
    record_ids_query,
    records_query,
)
from app.research.records.record import Record

_EVERYTHING: Final = RecordFilter()
# As many as one statement of the key store asks for.
_CHUNK: Final = 100


def insert_record(
    tx: Transaction, *, record: Record, content_sealed: bytes | None, rules_version: str
) -> bool:
    """Stores a record unless its id is taken, so that doing it twice is doing it once; whether it was new."""
    touched = tx.run(
        INSERT_RECORD,
        id=record.record_id,
        workspace_id=record.workspace_id,
        voted_week=record.voted_week,
        conversation=record.conversation,
        voter=record.voter,
        outcome=record.outcome.value,
        model_a=record.model_a,
        model_b=record.model_b,
        surface=record.surface,
        language=record.language,
        strength=record.strength,
        facts=facts_text(record),
        selection_probability=record.selection_probability,
        content_sealed=content_sealed,
        sharing=record.sharing.value,
        deid_level=record.deid_level.value,
        rules_version=rules_version,
        review_status=record.review_status.value,
        notice_version=record.notice_version,
    )
    return bool(touched)


def has_record(tx: Transaction, *, record_id: bytes) -> bool:
    """Whether a record is there."""
    return tx.find(HAS_RECORD, record_id=record_id) is not None


def delete_record(tx: Transaction, *, record_id: bytes) -> bool:
    """Deletes a record; whether it was there. Its key is destroyed apart."""
    return bool(tx.run(DELETE_RECORD, record_id=record_id))


def stream_records(
    tx: Transaction,
    *,
    record_keys: DataKeys,
    workspace_id: bytes,
    wanted: RecordFilter = _EVERYTHING,
) -> Iterator[Record]:
    """The chosen records in constant memory; `tx` is a snapshot's and runs nothing else meanwhile.

    A record whose key was destroyed while the snapshot is read is withdrawn, and left out.
    """
    rows = tx.stream(records_query(workspace_id, wanted), chunk=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        yield from _opened(chunk, record_keys)


def _opened(chunk: list[StoredRecord], record_keys: DataKeys) -> Iterator[Record]:
    keys = record_keys.find_many(row.id for row in chunk if row.content_sealed is not None)
    for row in chunk:
        if row.content_sealed is None or row.id in keys:
            yield read_record(row, keys.get(row.id))


def list_record_ids(
    tx: Transaction, *, workspace_id: bytes, wanted: RecordFilter = _EVERYTHING
) -> list[bytes]:
    """The ids of the chosen records."""
    return tx.list(record_ids_query(workspace_id, wanted))

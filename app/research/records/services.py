"""Use cases of records: put one in, look whether it is there, take one out."""

from app.core.connections import Transaction
from app.research.records.content import facts_text
from app.research.records.queries import DELETE_RECORD, HAS_RECORD, INSERT_RECORD
from app.research.records.record import Record


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

"""Use cases of records: put one in, look whether it is there, take one out."""

from app.core.clock import day_of, week_of
from app.core.connections import Transaction
from app.research.records.content import facts_text
from app.research.records.queries import (
    DELETE_FEEDBACK_RECORD,
    DELETE_RECORD,
    FIND_WORKSPACE,
    FIND_WORKSPACE_OF_FEEDBACK,
    INSERT_RECORD,
    INSERT_WITHDRAWN_RECORD,
)
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
        review_sealed=None,
        sharing=record.sharing.value,
        deid_level=record.deid_level.value,
        rules_version=rules_version,
        review_status=record.review_status.value,
        notice_version=record.notice_version,
    )
    return bool(touched)


def has_record(tx: Transaction, *, record_id: bytes) -> bool:
    """Whether a record is there."""
    return tx.find(FIND_WORKSPACE, record_id=record_id) is not None


def withdraw_record(tx: Transaction, *, record_id: bytes, at: int) -> bool:
    """Takes a record, or feedback, out and notes its id for exports from before; whether it was there.

    Its key is destroyed apart.
    """
    for find_workspace, delete_record, is_feedback in (
        (FIND_WORKSPACE, DELETE_RECORD, False),
        (FIND_WORKSPACE_OF_FEEDBACK, DELETE_FEEDBACK_RECORD, True),
    ):
        workspace_id = tx.find(find_workspace, record_id=record_id)
        # Whoever deletes it notes it: of two at once, the other one touches nothing.
        if workspace_id is not None and tx.run(delete_record, record_id=record_id):
            tx.run(
                INSERT_WITHDRAWN_RECORD,
                id=record_id,
                workspace_id=workspace_id,
                withdrawn_week=week_of(day_of(at)),
                is_feedback=is_feedback,
            )
            return True
    return False

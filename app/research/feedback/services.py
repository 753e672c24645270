"""Use cases of feedback records: put one in, look whether it is there. Taking out is that of all records."""

from typing import Final

from sqlalchemy import bindparam, select

from app.core.connections import Transaction
from app.core.statements import insert_or_ignore, scalar_query
from app.research.feedback.content import facts_text
from app.research.feedback.models import feedback_records
from app.research.feedback.record import FeedbackRecord

_R: Final = feedback_records.c
_INSERT: Final = insert_or_ignore(feedback_records, keys=["id"])
_FIND: Final = scalar_query(select(_R.workspace_id).where(_R.id == bindparam("record_id")))


def insert_feedback(
    tx: Transaction, *, record: FeedbackRecord, content_sealed: bytes | None, rules_version: str
) -> bool:
    """Stores a record unless its id is taken, so that doing it twice is doing it once; whether it was new."""
    touched = tx.run(
        _INSERT,
        id=record.record_id,
        workspace_id=record.workspace_id,
        given_week=record.given_week,
        conversation=record.conversation,
        voter=record.voter,
        target=record.target.value,
        rating=record.rating.value,
        model=record.model,
        surface=record.surface,
        language=record.language,
        facts=facts_text(record),
        content_sealed=content_sealed,
        sharing=record.sharing.value,
        deid_level=record.deid_level.value,
        rules_version=rules_version,
        review_status=record.review_status.value,
        notice_version=record.notice_version,
    )
    return bool(touched)


def has_feedback(tx: Transaction, *, record_id: bytes) -> bool:
    """Whether a record is there."""
    return tx.find(_FIND, record_id=record_id) is not None

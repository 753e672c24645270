"""What a feedback record's row holds besides its columns: facts as JSON in clear, text sealed under its own key."""

from typing import Final

from app.privacy.sealing import DataKey, bind
from app.research.feedback.models import StoredFeedbackRecord
from app.research.feedback.record import FeedbackContent, FeedbackRating, FeedbackRecord, FeedbackTarget
from app.research.records.packing import pack_facts, pack_text, unpack_facts, unpack_text
from app.research.records.record import DeidLevel, Message, ReviewStatus, Sharing

_FACTS: Final = ("reasons", "input_tokens", "output_tokens", "quality_flags", "redaction_counts")


def facts_text(record: FeedbackRecord) -> str:
    """A record's facts for storage; what is empty is left out."""
    return pack_facts(record, _FACTS)


def seal_text(key: DataKey, record: FeedbackRecord) -> bytes | None:
    """A record's text for storage, bound to its row; None where there is none."""
    content = record.content
    if content is None:
        return None
    plain = {
        "prompt": [[message.role, message.content] for message in content.prompt],
        "response": content.response,
        "comment": content.comment,
    }
    return pack_text(key, plain, bound_to=_place(record.workspace_id, record.record_id))


def read_record(row: StoredFeedbackRecord, key: DataKey | None) -> FeedbackRecord:
    """The record of a row; `key` may be None only where the row has no text. SealBroken when its text was altered."""
    return FeedbackRecord(
        record_id=row.id,
        workspace_id=row.workspace_id,
        conversation=row.conversation,
        voter=row.voter,
        given_week=row.given_week,
        target=FeedbackTarget(row.target),
        rating=FeedbackRating(row.rating),
        sharing=Sharing(row.sharing),
        deid_level=DeidLevel(row.deid_level),
        review_status=ReviewStatus(row.review_status),
        model=row.model,
        surface=row.surface,
        language=row.language,
        notice_version=row.notice_version,
        content=_open_text(row, key),
        **unpack_facts(row.facts),
    )


def _open_text(row: StoredFeedbackRecord, key: DataKey | None) -> FeedbackContent | None:
    if row.content_sealed is None:
        return None
    plain = unpack_text(key, row.content_sealed, bound_to=_place(row.workspace_id, row.id))
    prompt = tuple(Message(role, text) for role, text in plain["prompt"])
    return FeedbackContent(prompt, plain["response"], plain["comment"])


def _place(workspace_id: bytes, record_id: bytes) -> bytes:
    return bind("feedback-record", workspace_id, record_id)

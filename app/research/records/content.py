"""What a record's row holds besides its columns: facts as JSON in clear, text sealed under the record's own key."""

from typing import Final

from app.privacy.sealing import DataKey, bind
from app.research.records.models import StoredRecord
from app.research.records.packing import pack_facts, pack_text, unpack_facts, unpack_text
from app.research.records.record import (
    DeidLevel,
    Message,
    Outcome,
    Record,
    RecordContent,
    ReviewStatus,
    Sharing,
)

# Everything of a record that no query looks at. Each is a count, a range, or a word from a list or a provider.
_FACTS: Final = (
    "turn_index",
    "n_turns",
    "reasons",
    "finish_reason_a",
    "finish_reason_b",
    "latency_ms_bucket_a",
    "latency_ms_bucket_b",
    "time_to_vote_bucket",
    "input_tokens_a",
    "input_tokens_b",
    "output_tokens_a",
    "output_tokens_b",
    "quality_flags",
    "redaction_counts",
)

# Calling an enum takes ten times as long as finding its member here.
_OF_OUTCOME: Final = {each.value: each for each in Outcome}
_OF_SHARING: Final = {each.value: each for each in Sharing}
_OF_DEID_LEVEL: Final = {each.value: each for each in DeidLevel}
_OF_REVIEW_STATUS: Final = {each.value: each for each in ReviewStatus}


def facts_text(record: Record) -> str:
    """A record's facts for storage; what is empty is left out."""
    return pack_facts(record, _FACTS)


def seal_text(key: DataKey, record: Record) -> bytes | None:
    """A record's text for storage, bound to its row; None where there is none."""
    content = record.content
    if content is None:
        return None
    plain = {
        "prompt": [[message.role, message.content] for message in content.prompt],
        "response_a": content.response_a,
        "response_b": content.response_b,
        "comment": content.comment,
    }
    return pack_text(key, plain, bound_to=_place(record.workspace_id, record.record_id))


def read_record(row: StoredRecord, key: DataKey | None) -> Record:
    """The record of a row; `key` may be None only where the row has no text. SealBroken when its text was altered."""
    return Record(
        record_id=row.id,
        workspace_id=row.workspace_id,
        conversation=row.conversation,
        voter=row.voter,
        voted_week=row.voted_week,
        outcome=_OF_OUTCOME[row.outcome],
        model_a=row.model_a,
        model_b=row.model_b,
        sharing=_OF_SHARING[row.sharing],
        deid_level=_OF_DEID_LEVEL[row.deid_level],
        review_status=_OF_REVIEW_STATUS[row.review_status],
        surface=row.surface,
        language=row.language,
        strength=row.strength,
        selection_probability=row.selection_probability,
        notice_version=row.notice_version,
        content=_open_text(row, key),
        **unpack_facts(row.facts),
    )


def _open_text(row: StoredRecord, key: DataKey | None) -> RecordContent | None:
    if row.content_sealed is None:
        return None
    plain = unpack_text(key, row.content_sealed, bound_to=_place(row.workspace_id, row.id))
    prompt = tuple(Message(role, content) for role, content in plain["prompt"])
    return RecordContent(prompt, plain["response_a"], plain["response_b"], plain["comment"])


def _place(workspace_id: bytes, record_id: bytes) -> bytes:
    return bind("record", workspace_id, record_id)

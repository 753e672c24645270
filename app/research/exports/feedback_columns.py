"""The one place that decides what of a feedback record an export shows, as `projection` does for votes."""

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from app.core.clock import week_of
from app.research.exports.arrays import messages_array
from app.research.exports.arrow_types import MESSAGES, TEXTS
from app.research.exports.columns import Column, as_it_is, of_content, rater_ids

FEEDBACK_COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "feedback_id",
        pa.string(),
        "Names the feedback within this export only.",
        ("record_id",),
        lambda records, ids: ids.feedback_ids([record.record_id for record in records]),
    ),
    Column(
        "conversation_id",
        pa.string(),
        "The conversation, as in `votes`.",
        ("conversation",),
        lambda records, ids: ids.conversation_ids([record.conversation for record in records]),
        nullable=True,
    ),
    Column(
        "rater_id",
        pa.string(),
        "The rater, within the export's rater scope.",
        ("conversation", "voter"),
        rater_ids,
        nullable=True,
    ),
    Column(
        "target",
        pa.string(),
        "What was rated: response or page.",
        ("target",),
        lambda records, _: [record.target.value for record in records],
    ),
    Column(
        "rating",
        pa.string(),
        "up or down.",
        ("rating",),
        lambda records, _: [record.rating.value for record in records],
    ),
    as_it_is("reasons", TEXTS, "The reasons the rater picked from those offered."),
    Column(
        "comment",
        pa.string(),
        "What the rater wrote, redacted.",
        ("content",),
        of_content("comment"),
        nullable=True,
    ),
    Column(
        "prompt",
        MESSAGES,
        "The conversation up to the rated response, redacted.",
        ("content",),
        lambda records, _: messages_array([_prompt(record) for record in records]),
        nullable=True,
    ),
    Column(
        "response",
        pa.string(),
        "The rated response, redacted.",
        ("content",),
        of_content("response"),
        nullable=True,
    ),
    as_it_is("model", pa.string(), "The model that gave the response.", nullable=True),
    Column(
        "given_week",
        pa.date32(),
        "The Monday of the ISO week (UTC) of the feedback.",
        ("given_week",),
        # The record's day is a Monday already; a finer one would not get past here.
        lambda records, _: [week_of(record.given_week) for record in records],
    ),
    as_it_is("language", pa.string(), "The language the host declared, as a BCP 47 tag.", nullable=True),
    Column(
        "redaction_count",
        pa.int32(),
        "How many passages of the text were replaced.",
        ("redaction_counts",),
        lambda records, _: [sum(record.redaction_counts.values()) for record in records],
    ),
    Column(
        "redaction_types",
        TEXTS,
        "The kinds of identifier that were replaced, in alphabetical order.",
        ("redaction_counts",),
        lambda records, _: [
            sorted([kind for kind, count in record.redaction_counts.items() if count]) for record in records
        ],
    ),
    as_it_is("quality_flags", TEXTS, "What looked odd about the feedback."),
    Column(
        "review_status",
        pa.string(),
        "Whether a person has checked the row's text.",
        ("review_status",),
        lambda records, _: [record.review_status.value for record in records],
    ),
    as_it_is("notice_version", pa.string(), "The version of the notice the rater was shown.", nullable=True),
    Column(
        "deid_level",
        pa.string(),
        "What looked for identifying text.",
        ("deid_level",),
        lambda records, _: [record.deid_level.value for record in records],
    ),
)

# Every other field of a record, with the reason why no column may read it.
WITHHELD: Final[Mapping[str, str]] = {
    "workspace_id": "An export is of one workspace; its identifier would tie exports together.",
    "surface": "A rarely used surface singles people out; exports are chosen by it, not told it.",
    "sharing": "Shows as rows without text.",
    "input_tokens": "Counts from vendors' tokenizers are a fingerprint of a text, also without it.",
    "output_tokens": "Counts from vendors' tokenizers are a fingerprint of a text, also without it.",
}

FEEDBACK_SCHEMA: Final = pa.schema(
    [
        pa.field(
            column.name, column.type, nullable=column.nullable, metadata={"description": column.description}
        )
        for column in FEEDBACK_COLUMNS
    ],
    metadata={"pairvote.table": "feedback", "pairvote.format_version": "1"},
)


def _prompt(record: Any) -> Any:
    """The messages; None where there are none, as where text was not shared."""
    return None if record.content is None else record.content.prompt or None

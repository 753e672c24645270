"""The one place that decides what of a record an export shows: a column that is not listed here is not exported."""

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from app.research.exports.arrow_types import MESSAGES, STYLE, TEXTS
from app.research.exports.columns import (
    WINNERS,
    Column,
    as_it_is,
    of_content,
    prompts,
    rater_ids,
    selection_probabilities,
    styles,
    voted_weeks,
)

VOTE_COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "vote_id",
        pa.string(),
        "Names the vote within this export only.",
        ("record_id",),
        lambda records, ids: ids.vote_ids([record.record_id for record in records]),
    ),
    Column(
        "conversation_id",
        pa.string(),
        "The same for the votes of one conversation; within this export only.",
        ("conversation",),
        lambda records, ids: ids.conversation_ids([record.conversation for record in records]),
    ),
    Column(
        "rater_id",
        pa.string(),
        "The same for the votes of one rater within the export's rater scope (see manifest.json); empty where the "
        "host named nobody or the scope is none.",
        ("conversation", "voter"),
        rater_ids,
        nullable=True,
    ),
    as_it_is(
        "turn_index",
        pa.int32(),
        "Which user message of the conversation both answers reply to, counted from 0.",
    ),
    as_it_is(
        "n_turns",
        pa.int32(),
        "How many user messages the conversation had.",
    ),
    Column(
        "prompt",
        MESSAGES,
        "The conversation up to the message both answers reply to, redacted; empty where the vote alone was shared.",
        ("content",),
        prompts,
        nullable=True,
    ),
    Column(
        "response_a",
        pa.string(),
        "The answer shown left, redacted; empty where only the vote was shared.",
        ("content",),
        of_content("response_a"),
        nullable=True,
    ),
    Column(
        "response_b",
        pa.string(),
        "The answer shown right, redacted; empty where only the vote was shared.",
        ("content",),
        of_content("response_b"),
        nullable=True,
    ),
    as_it_is(
        "model_a",
        pa.string(),
        "The model that gave the answer shown left.",
    ),
    as_it_is(
        "model_b",
        pa.string(),
        "The model that gave the answer shown right.",
    ),
    Column(
        "outcome",
        pa.string(),
        "How the comparison ended: model_a, model_b, tie, both_bad, skip (shown, not judged) or expired (shown, not "
        "answered).",
        ("outcome",),
        lambda records, _: [str(record.outcome) for record in records],
    ),
    Column(
        "winner",
        pa.string(),
        "The judgement in Arena's words: model_a, model_b, tie or tie (bothbad); empty where there was none. Leave "
        "empty ones out of a fit: some tools count an unknown word as a tie.",
        ("outcome",),
        lambda records, _: [WINNERS.get(record.outcome) for record in records],
        nullable=True,
    ),
    as_it_is(
        "strength",
        pa.int32(),
        "How much better, from -3 (a) to 3 (b), where the rater said.",
        nullable=True,
    ),
    Column(
        "reasons",
        TEXTS,
        "The reasons the rater picked from those offered.",
        ("reasons",),
        lambda records, _: [record.reasons for record in records],
    ),
    Column(
        "comment",
        pa.string(),
        "What the rater wrote, redacted.",
        ("content",),
        of_content("comment"),
        nullable=True,
    ),
    Column(
        "conv_metadata",
        STYLE,
        "Arena's style-control measures: tokens (a quarter of the UTF-8 bytes, one rule for all models) and Markdown "
        "headers, list items and bold passages outside fenced code, over the assistant's messages as each side saw "
        "them; context_*_tokens are the host's own input counts; empty where only the vote was shared.",
        ("content", "n_turns", "input_tokens_a", "input_tokens_b"),
        styles,
        nullable=True,
    ),
    as_it_is(
        "finish_reason_a",
        pa.string(),
        "Why the left answer ended, as its provider said.",
        nullable=True,
    ),
    as_it_is(
        "finish_reason_b",
        pa.string(),
        "Why the right answer ended, as its provider said.",
        nullable=True,
    ),
    as_it_is(
        "latency_bucket_a",
        pa.string(),
        "How long the left answer took, as a range.",
        field="latency_ms_bucket_a",
        nullable=True,
    ),
    as_it_is(
        "latency_bucket_b",
        pa.string(),
        "How long the right answer took, as a range.",
        field="latency_ms_bucket_b",
        nullable=True,
    ),
    as_it_is(
        "time_to_vote_bucket",
        pa.string(),
        "How long the rater took, as a range, measured by the server.",
        nullable=True,
    ),
    Column(
        "selection_probability",
        pa.float64(),
        "The probability with which this comparison was asked for; weight by its inverse to undo the sampling.",
        ("selection_probability",),
        selection_probabilities,
        nullable=True,
    ),
    Column(
        "voted_week",
        pa.date32(),
        "The Monday of the ISO week (UTC) of the vote.",
        ("voted_week",),
        voted_weeks,
    ),
    as_it_is(
        "language",
        pa.string(),
        "The language the host declared, as a BCP 47 tag.",
        nullable=True,
    ),
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
    Column(
        "quality_flags",
        TEXTS,
        "What looked odd about the vote; nothing was left out because of it.",
        ("quality_flags",),
        lambda records, _: [record.quality_flags for record in records],
    ),
    Column(
        "review_status",
        pa.string(),
        "Whether a person has checked the row's text.",
        ("review_status",),
        lambda records, _: [str(record.review_status) for record in records],
    ),
    as_it_is(
        "notice_version",
        pa.string(),
        "The version of the notice the rater was shown.",
        nullable=True,
    ),
    Column(
        "deid_level",
        pa.string(),
        "What looked for identifying text: patterns_only finds what has a form, patterns_and_ner names of persons too.",
        ("deid_level",),
        lambda records, _: [str(record.deid_level) for record in records],
    ),
)

# Every other field of a record, with the reason why no column may read it.
WITHHELD: Final[Mapping[str, str]] = {
    "workspace_id": "An export is of one workspace; its identifier would tie exports together.",
    "surface": "A rarely used surface singles people out; exports are chosen by it, not told it.",
    "sharing": "Shows as rows without text.",
    "output_tokens_a": "Exact counts from vendors' tokenizers are a fingerprint of an answer, also without its text.",
    "output_tokens_b": "Exact counts from vendors' tokenizers are a fingerprint of an answer, also without its text.",
}

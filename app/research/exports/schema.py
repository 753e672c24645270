"""The Arrow schema of `votes`, made from the projection's columns."""

from typing import Final

import pyarrow as pa

from app.research.exports.projection import VOTE_COLUMNS

VOTES_SCHEMA: Final = pa.schema(
    [
        pa.field(
            column.name, column.type, nullable=column.nullable, metadata={"description": column.description}
        )
        for column in VOTE_COLUMNS
    ],
    metadata={"pairvote.table": "votes", "pairvote.format_version": "1"},
)
"""Column order, types, nullability and, as field metadata, what each column means."""

# Columns whose values repeat: these alone get dictionaries and minimum and maximum, which text would only pay for.
REPEATING_COLUMNS: Final = (
    "model_a",
    "model_b",
    "outcome",
    "winner",
    "finish_reason_a",
    "finish_reason_b",
    "latency_bucket_a",
    "latency_bucket_b",
    "time_to_vote_bucket",
    "voted_week",
    "language",
    "review_status",
    "notice_version",
    "deid_level",
)
FEEDBACK_REPEATING_COLUMNS: Final = (
    "target",
    "rating",
    "model",
    "given_week",
    "language",
    "review_status",
    "notice_version",
    "deid_level",
)

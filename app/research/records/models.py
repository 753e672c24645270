"""The table of records: coarse facts in clear, everything a person or a model wrote under the record's own key."""

from typing import Final, NamedTuple

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    false,
)

from app.core.tables import Privacy, Retention, column, enum_check, research, table
from app.research.records.record import DeidLevel, Outcome, ReviewStatus, Sharing


class StoredRecord(NamedTuple):
    """A record as stored; `facts` and `content_sealed` are opened by `content.py`."""

    id: bytes
    workspace_id: bytes
    voted_week: int
    conversation: bytes
    voter: bytes
    outcome: str
    model_a: str
    model_b: str
    surface: str | None
    language: str | None
    strength: int | None
    facts: str
    selection_probability: float | None
    content_sealed: bytes | None
    sharing: str
    deid_level: str
    rules_version: str
    review_status: str
    notice_version: str | None


# Without a rowid, SQLite keeps rows in the order of their random ids: nothing tells which came first.
records: Final = table(
    "records",
    research,
    column("id", LargeBinary(16), privacy=Privacy.DEIDENTIFIED, primary_key=True),
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL),
    column("voted_week", Integer, privacy=Privacy.DEIDENTIFIED),
    column("conversation", LargeBinary(16), privacy=Privacy.DEIDENTIFIED),
    column("voter", LargeBinary(8), privacy=Privacy.DEIDENTIFIED),
    column("outcome", String(8), privacy=Privacy.DEIDENTIFIED),
    column("model_a", String(200), privacy=Privacy.DEIDENTIFIED),
    column("model_b", String(200), privacy=Privacy.DEIDENTIFIED),
    column("surface", String(64), privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("language", String(8), privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("strength", SmallInteger, privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("facts", Text, privacy=Privacy.DEIDENTIFIED),
    column("selection_probability", Float, privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("content_sealed", LargeBinary, privacy=Privacy.SEALED, nullable=True),
    column("sharing", String(20), privacy=Privacy.DEIDENTIFIED),
    column("deid_level", String(20), privacy=Privacy.OPERATIONAL),
    column("rules_version", String(60), privacy=Privacy.OPERATIONAL),
    column("review_status", String(16), privacy=Privacy.OPERATIONAL),
    column("notice_version", String(20), privacy=Privacy.OPERATIONAL, nullable=True),
    # What reviewers decided, with the passages that they took out; a `StoredRecord` does not have it, so that whatever
    # makes exports cannot come by it.
    column("review_sealed", LargeBinary, privacy=Privacy.SEALED, nullable=True),
    enum_check("outcome", Outcome),
    enum_check("sharing", Sharing),
    enum_check("deid_level", DeidLevel),
    enum_check("review_status", ReviewStatus),
    CheckConstraint("sharing = 'vote_and_content' OR content_sealed IS NULL", name="only_shared_text"),
    retention=Retention("Until its voter withdraws it or is erased, or the workspace is closed."),
    sqlite_with_rowid=False,
)
# An export's choice reads the index alone: in the row, the status lies behind the text.
Index(
    "ix_records_workspace_id_voted_week_review_status",
    records.c.workspace_id,
    records.c.voted_week,
    records.c.review_status,
)
# Erasure finds what a voter has in research, whose comparisons are long gone from intake.
Index("ix_records_voter", records.c.voter)

# An export from before still has the row, under a name that only its own key makes of the id. A week and no day:
# research tells no time finer than that.
withdrawn_records: Final = table(
    "withdrawn_records",
    research,
    column("id", LargeBinary(16), privacy=Privacy.DEIDENTIFIED, primary_key=True),
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL),
    column("withdrawn_week", Integer, privacy=Privacy.DEIDENTIFIED),
    column(
        "is_feedback",
        Boolean(create_constraint=False),
        privacy=Privacy.OPERATIONAL,
        server_default=false(),
    ),
    retention=Retention("As long as an export lives that was asked for before the record was taken out."),
    sqlite_with_rowid=False,
)

"""The table of disconnected feedback: coarse facts in clear, all text under the record's own key."""

from typing import Final, NamedTuple

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, String, Text

from app.core.tables import Privacy, Retention, column, enum_check, research, table
from app.research.feedback.record import FeedbackRating, FeedbackTarget
from app.research.records.record import DeidLevel, ReviewStatus, Sharing


class StoredFeedbackRecord(NamedTuple):
    """Feedback as stored; `facts` and `content_sealed` are opened by `content.py`."""

    id: bytes
    workspace_id: bytes
    given_week: int
    conversation: bytes
    voter: bytes
    target: str
    rating: str
    model: str | None
    surface: str | None
    language: str | None
    facts: str
    content_sealed: bytes | None
    sharing: str
    deid_level: str
    rules_version: str
    review_status: str
    notice_version: str | None


# Without a rowid, SQLite keeps rows in the order of their random ids: nothing tells which came first.
feedback_records: Final = table(
    "feedback_records",
    research,
    column("id", LargeBinary(16), privacy=Privacy.DEIDENTIFIED, primary_key=True),
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL),
    column("given_week", Integer, privacy=Privacy.DEIDENTIFIED),
    column("conversation", LargeBinary(16), privacy=Privacy.DEIDENTIFIED),
    column("voter", LargeBinary(8), privacy=Privacy.DEIDENTIFIED, index=True),
    column("target", String(8), privacy=Privacy.DEIDENTIFIED),
    column("rating", String(4), privacy=Privacy.DEIDENTIFIED),
    column("model", String(200), privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("surface", String(64), privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("language", String(8), privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("facts", Text, privacy=Privacy.DEIDENTIFIED),
    column("content_sealed", LargeBinary, privacy=Privacy.SEALED, nullable=True),
    column("sharing", String(20), privacy=Privacy.DEIDENTIFIED),
    column("deid_level", String(20), privacy=Privacy.OPERATIONAL),
    column("rules_version", String(60), privacy=Privacy.OPERATIONAL),
    column("review_status", String(16), privacy=Privacy.OPERATIONAL),
    column("notice_version", String(20), privacy=Privacy.OPERATIONAL, nullable=True),
    enum_check("target", FeedbackTarget),
    enum_check("rating", FeedbackRating),
    enum_check("sharing", Sharing),
    enum_check("deid_level", DeidLevel),
    enum_check("review_status", ReviewStatus),
    CheckConstraint("sharing = 'vote_and_content' OR content_sealed IS NULL", name="only_shared_text"),
    retention=Retention("Until its giver withdraws it or is erased, or the workspace is closed."),
    sqlite_with_rowid=False,
)
Index(
    "ix_feedback_records_workspace_id_given_week_review_status",
    feedback_records.c.workspace_id,
    feedback_records.c.given_week,
    feedback_records.c.review_status,
)

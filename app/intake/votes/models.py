"""The table of votes that can still be changed. A final vote leaves through disconnection."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, SmallInteger, String, Text

from app.core.tables import Privacy, Retention, column, enum_check, intake, table
from app.intake.comparisons.models import Choice

votes = table(
    "votes",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("choice", String(8), privacy=Privacy.CHOICE),
    column("strength", SmallInteger, privacy=Privacy.CHOICE, nullable=True),
    column("reasons", Text, privacy=Privacy.CHOICE),
    column("comment_sealed", LargeBinary, privacy=Privacy.SEALED, nullable=True),
    column("shown_ms", Integer, privacy=Privacy.TIMED, nullable=True),
    column("cast_at", BigInteger, privacy=Privacy.TIMED),
    column("changed_at", BigInteger, privacy=Privacy.TIMED),
    column("undo_until", BigInteger, privacy=Privacy.TIMED),
    column("changes", Integer, privacy=Privacy.OPERATIONAL),
    column("is_changed_after_reveal", Boolean(create_constraint=False), privacy=Privacy.OPERATIONAL),
    column("receipt_digest", LargeBinary(32), privacy=Privacy.DIGEST),
    enum_check("choice", Choice),
    retention=Retention("Until disconnection, undo or withdrawal: the undo window and one sweep."),
    sqlite_with_rowid=False,
)
Index("ix_votes_undo_until", votes.c.undo_until)
Index("ix_votes_receipt_digest", votes.c.receipt_digest)

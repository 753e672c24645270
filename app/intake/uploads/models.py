"""The table of uploads: images and files of a conversation, each under a data key of its own."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String

from app.core.tables import Privacy, Retention, column, intake, table

uploads = table(
    "uploads",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, nullable=True),
    column("media_type", String(40), privacy=Privacy.OPERATIONAL),
    column("size_bytes", Integer, privacy=Privacy.OPERATIONAL),
    column("sealed", LargeBinary, privacy=Privacy.SEALED),
    column("created_at", BigInteger, privacy=Privacy.TIMED),
    retention=Retention(
        "With its comparison's content; a day if no comparison uses it.",
        days=1,
        clock_column="created_at",
        only=lambda c: c.comparison_id.is_(None),
    ),
)
Index("ix_uploads_comparison_id", uploads.c.comparison_id)

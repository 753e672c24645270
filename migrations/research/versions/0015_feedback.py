"""Creates disconnected feedback, and notes of what kind a record was that is taken out."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "feedback_records",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("given_week", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.LargeBinary(length=16), nullable=False),
        sa.Column("voter", sa.LargeBinary(length=8), nullable=False),
        sa.Column("target", sa.String(length=8), nullable=False),
        sa.Column("rating", sa.String(length=4), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("surface", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("deid_level", sa.String(length=20), nullable=False),
        sa.Column("rules_version", sa.String(length=60), nullable=False),
        sa.Column("review_status", sa.String(length=16), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "deid_level IN ('patterns_only', 'patterns_and_ner')", name=op.f("ck_feedback_records_deid_level")
        ),
        sa.CheckConstraint("rating IN ('up', 'down')", name=op.f("ck_feedback_records_rating")),
        sa.CheckConstraint(
            "review_status IN ('unreviewed', 'reviewed')", name=op.f("ck_feedback_records_review_status")
        ),
        sa.CheckConstraint(
            "sharing = 'vote_and_content' OR content_sealed IS NULL",
            name=op.f("ck_feedback_records_only_shared_text"),
        ),
        sa.CheckConstraint(
            "sharing IN ('vote_only', 'vote_and_content')", name=op.f("ck_feedback_records_sharing")
        ),
        sa.CheckConstraint("target IN ('response', 'page')", name=op.f("ck_feedback_records_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_records")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_feedback_records_workspace_id_given_week_review_status",
        "feedback_records",
        ["workspace_id", "given_week", "review_status"],
        unique=False,
    )
    op.create_index(op.f("ix_feedback_records_voter"), "feedback_records", ["voter"], unique=False)
    op.add_column(
        "withdrawn_records",
        sa.Column("is_feedback", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Back."""
    op.drop_column("withdrawn_records", "is_feedback")
    op.drop_index(op.f("ix_feedback_records_voter"), table_name="feedback_records")
    op.drop_index("ix_feedback_records_workspace_id_given_week_review_status", table_name="feedback_records")
    op.drop_table("feedback_records")

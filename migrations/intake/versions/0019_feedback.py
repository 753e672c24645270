"""Creates feedback on single responses and pages."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "feedback",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("project", sa.LargeBinary(length=18), nullable=True),
        sa.Column("conversation", sa.LargeBinary(length=18), nullable=True),
        sa.Column("target_kind", sa.String(length=8), nullable=False),
        sa.Column("target", sa.LargeBinary(length=18), nullable=True),
        sa.Column("surface", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rating", sa.String(length=4), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("rated_at", sa.BigInteger(), nullable=True),
        sa.Column("undo_until", sa.BigInteger(), nullable=True),
        sa.Column("ticket_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("receipt_digest", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("rating IN ('up', 'down')", name=op.f("ck_feedback_rating")),
        sa.CheckConstraint(
            "sharing IN ('off', 'vote_only', 'vote_and_content')", name=op.f("ck_feedback_sharing")
        ),
        sa.CheckConstraint("state IN ('open', 'leaving', 'disconnected')", name=op.f("ck_feedback_state")),
        sa.CheckConstraint("target_kind IN ('response', 'page')", name=op.f("ck_feedback_target_kind")),
        sa.PrimaryKeyConstraint("workspace_id", "day", "id", name=op.f("pk_feedback")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_feedback_workspace_id_person_target",
        "feedback",
        ["workspace_id", "person", "target"],
        unique=False,
    )
    op.create_index("ix_feedback_receipt_digest", "feedback", ["receipt_digest"], unique=False)
    op.create_index(
        "ix_feedback_undo_until",
        "feedback",
        ["undo_until"],
        unique=False,
        sqlite_where=sa.text("undo_until IS NOT NULL"),
        postgresql_where=sa.text("undo_until IS NOT NULL"),
    )
    op.create_index(
        "ix_feedback_unrated",
        "feedback",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("undo_until IS NULL AND state = 'open'"),
        postgresql_where=sa.text("undo_until IS NULL AND state = 'open'"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_feedback_unrated", table_name="feedback")
    op.drop_index("ix_feedback_undo_until", table_name="feedback")
    op.drop_index("ix_feedback_receipt_digest", table_name="feedback")
    op.drop_index("ix_feedback_workspace_id_person_target", table_name="feedback")
    op.drop_table("feedback")

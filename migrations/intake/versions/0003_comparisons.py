"""Creates comparisons, their content, uploads and votes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "comparison_contents",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("shown_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "comparison_id", name=op.f("pk_comparison_contents")),
    )
    op.create_table(
        "comparisons",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("api_key", sa.LargeBinary(length=18), nullable=True),
        sa.Column("project", sa.LargeBinary(length=18), nullable=True),
        sa.Column("conversation", sa.LargeBinary(length=18), nullable=True),
        sa.Column("invitation_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("surface", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("model_0", sa.String(length=200), nullable=False),
        sa.Column("model_1", sa.String(length=200), nullable=False),
        sa.Column("first_left", sa.SmallInteger(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=True),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("withheld_reason", sa.String(length=16), nullable=True),
        sa.Column("skip_reason", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("revealed_at", sa.BigInteger(), nullable=True),
        sa.Column("ticket_digest", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint(
            "sharing IN ('off', 'vote_only', 'vote_and_content')", name=op.f("ck_comparisons_sharing")
        ),
        sa.CheckConstraint(
            "skip_reason IN ('not_now', 'too_long', 'cannot_tell', 'other')",
            name=op.f("ck_comparisons_skip_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'skipped', 'expired', 'withheld', 'leaving', 'disconnected')",
            name=op.f("ck_comparisons_state"),
        ),
        sa.CheckConstraint(
            "withheld_reason IN ('opted_out', 'restricted', 'paused', 'safety', 'gpc')",
            name=op.f("ck_comparisons_withheld_reason"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "day", "id", name=op.f("pk_comparisons")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_comparisons_open",
        "comparisons",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "uploads",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_comparison_id", "uploads", ["comparison_id"], unique=False)
    op.create_table(
        "votes",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.Column("strength", sa.SmallInteger(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("shown_ms", sa.Integer(), nullable=True),
        sa.Column("cast_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("undo_until", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("is_changed_after_reveal", sa.Boolean(), nullable=False),
        sa.Column("receipt_digest", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("choice IN ('left', 'right', 'tie', 'both_bad')", name=op.f("ck_votes_choice")),
        sa.PrimaryKeyConstraint("workspace_id", "day", "comparison_id", name=op.f("pk_votes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_votes_undo_until", "votes", ["undo_until"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_votes_undo_until", table_name="votes")
    op.drop_table("votes")
    op.drop_index("ix_uploads_comparison_id", table_name="uploads")
    op.drop_table("uploads")
    op.drop_index(
        "ix_comparisons_open",
        table_name="comparisons",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("comparisons")
    op.drop_table("comparison_contents")

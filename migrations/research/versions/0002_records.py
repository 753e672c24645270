"""Creates disconnected comparisons."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "records",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("voted_week", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.LargeBinary(length=16), nullable=False),
        sa.Column("voter", sa.LargeBinary(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("model_a", sa.String(length=200), nullable=False),
        sa.Column("model_b", sa.String(length=200), nullable=False),
        sa.Column("surface", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("strength", sa.SmallInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("selection_probability", sa.Float(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("deid_level", sa.String(length=20), nullable=False),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("review_status", sa.String(length=16), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=True),
        sa.CheckConstraint("deid_level IN ('patterns_only')", name=op.f("ck_records_deid_level")),
        sa.CheckConstraint(
            "outcome IN ('model_a', 'model_b', 'tie', 'both_bad', 'skip', 'expired')",
            name=op.f("ck_records_outcome"),
        ),
        sa.CheckConstraint("review_status IN ('unreviewed')", name=op.f("ck_records_review_status")),
        sa.CheckConstraint(
            "sharing = 'vote_and_content' OR content_sealed IS NULL", name=op.f("ck_records_only_shared_text")
        ),
        sa.CheckConstraint("sharing IN ('vote_only', 'vote_and_content')", name=op.f("ck_records_sharing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_records_workspace_id_voted_week", "records", ["workspace_id", "voted_week"], unique=False
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_records_workspace_id_voted_week", table_name="records")
    op.drop_table("records")

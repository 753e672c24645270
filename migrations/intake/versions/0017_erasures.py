"""Erasures, and the links that they have to follow."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "erasures",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=True),
        sa.Column("conversations_pseudonyms", sa.LargeBinary(), nullable=True),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("quiet_until", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.CheckConstraint("scope IN ('person', 'conversation', 'votes')", name=op.f("ck_erasures_scope")),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_erasures_state")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_erasures")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_erasures_running",
        "erasures",
        ["requested_at"],
        unique=False,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "erasure_links",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("erasure_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "erasure_id", "day", "comparison_id", name=op.f("pk_erasure_links")
        ),
        sqlite_with_rowid=False,
    )

    op.add_column("withdrawn_receipts", sa.Column("is_tombstoned", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("withdrawn_receipts", "is_tombstoned")
    op.drop_table("erasure_links")
    op.drop_index(
        "ix_erasures_running",
        table_name="erasures",
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_table("erasures")

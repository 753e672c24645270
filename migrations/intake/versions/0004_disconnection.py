"""Creates links and aliases of the one-way door."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "aliases",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=18), nullable=False),
        sa.Column("alias_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('voter', 'conversation')", name=op.f("ck_aliases_kind")),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "quarter", "pseudonym", name=op.f("pk_aliases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "links",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "comparison_id", name=op.f("pk_links")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_links_receipt_digest", "links", ["receipt_digest"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_links_receipt_digest", table_name="links")
    op.drop_table("links")
    op.drop_table("aliases")

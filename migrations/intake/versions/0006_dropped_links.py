"""Creates the links of dropped votes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "dropped_links",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("dropped_at", sa.BigInteger(), nullable=False),
        sa.Column("is_taken_back", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "comparison_id", name=op.f("pk_dropped_links")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("dropped_links")

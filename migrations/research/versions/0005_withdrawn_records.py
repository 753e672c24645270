"""Creates the notes of records that were taken out, which exports from before have to be told of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "withdrawn_records",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("withdrawn_week", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawn_records")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("withdrawn_records")

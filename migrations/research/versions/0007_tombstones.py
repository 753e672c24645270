"""Creates the notices that tell holders of an export which rows to delete."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "tombstones",
        sa.Column("export_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("vote_id", sa.String(length=26), nullable=True),
        sa.Column("withdrawn_week", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(number IS NULL) = (vote_id IS NULL)", name=op.f("ck_tombstones_numbered_or_not_held")
        ),
        sa.PrimaryKeyConstraint("export_id", "record_id", name=op.f("pk_tombstones")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_tombstones_export_id_number", "tombstones", ["export_id", "number"], unique=True)


def downgrade() -> None:
    """Back."""
    op.drop_table("tombstones")

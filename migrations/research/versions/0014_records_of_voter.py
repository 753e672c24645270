"""The way from a voter's number to their records, for erasures and for what a person may see of what is held."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Forward."""
    op.create_index(op.f("ix_records_voter"), "records", ["voter"], unique=False)
    op.create_index(op.f("ix_tombstones_record_id"), "tombstones", ["record_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_tombstones_record_id"), table_name="tombstones")
    op.drop_index(op.f("ix_records_voter"), table_name="records")

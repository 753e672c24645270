"""Tells how far a build has come, and finds an export's records without opening one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_BEFORE = "ix_records_workspace_id_voted_week"
_NOW = "ix_records_workspace_id_voted_week_review_status"


def upgrade() -> None:
    """Forward."""
    op.add_column("exports", sa.Column("progress", sa.Integer(), nullable=True))
    op.create_index(_NOW, "records", ["workspace_id", "voted_week", "review_status"])
    op.drop_index(_BEFORE, table_name="records")


def downgrade() -> None:
    """Back."""
    op.create_index(_BEFORE, "records", ["workspace_id", "voted_week"])
    op.drop_index(_NOW, table_name="records")
    op.drop_column("exports", "progress")

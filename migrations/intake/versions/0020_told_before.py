"""Adds what a person was told of documents before the last time, so that a reloaded page tells the same again."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Forward."""
    op.add_column("persons", sa.Column("told_before_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("persons", "told_before_at")

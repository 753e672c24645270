"""Creates data keys and key checks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "data_keys",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("created_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_data_keys_purpose_key_version", "data_keys", ["purpose", "key_version"], unique=False)
    op.create_table(
        "heartbeats",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "key_checks",
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("check_value", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "version", name=op.f("pk_key_checks")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("key_checks")
    op.drop_table("heartbeats")
    op.drop_index("ix_data_keys_purpose_key_version", table_name="data_keys")
    op.drop_table("data_keys")

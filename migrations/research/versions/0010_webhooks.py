"""Creates the addresses that tombstones are posted to, and how far each recipient has come."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("export_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("last_failure", sa.String(length=24), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("claim", sa.LargeBinary(length=16), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'failing', 'given_up')", name=op.f("ck_webhooks_state")),
        sa.CheckConstraint(
            "last_failure IN ('address_refused', 'not_resolved', 'not_connected', 'tls_failed', 'timed_out', 'connection_broken', 'redirected', 'status_refused', 'gone')",
            name=op.f("ck_webhooks_last_failure"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_workspace_id"), "webhooks", ["workspace_id"])
    op.create_table(
        "webhook_positions",
        sa.Column("webhook_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("export_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", "export_id", name=op.f("pk_webhook_positions")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("webhook_positions")
    op.drop_table("webhooks")

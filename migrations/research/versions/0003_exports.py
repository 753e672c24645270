"""Creates exports and who downloaded them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "export_downloads",
        sa.Column("export_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("api_key_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("downloaded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("export_id", "path", "api_key_id", "day", name=op.f("pk_export_downloads")),
    )
    op.create_table(
        "export_files",
        sa.Column("export_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("export_id", "path", name=op.f("pk_export_files")),
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("export_key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.LargeBinary(length=16), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("rows_in", sa.BigInteger(), nullable=True),
        sa.Column("rows_out", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("failure", sa.String(length=16), nullable=True),
        sa.CheckConstraint("failure IN ('disk_full', 'crashed', 'gave_up')", name=op.f("ck_exports_failure")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'ready', 'failed', 'expired', 'cancelled')",
            name=op.f("ck_exports_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(
        "ix_exports_workspace_id_created_at", "exports", ["workspace_id", "created_at", "id"], unique=False
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_exports_workspace_id_created_at", table_name="exports")
    op.drop_table("exports")
    op.drop_table("export_files")
    op.drop_table("export_downloads")

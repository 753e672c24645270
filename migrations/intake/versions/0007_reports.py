"""Creates reports, and admits their reading into the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_KINDS_BEFORE = (
    "kind IN ('workspace_created', 'workspace_changed', 'api_key_created', 'api_key_revoked', 'policy_changed', "
    "'keyring_changed', 'export_requested', 'export_downloaded')"
)
_KINDS = _KINDS_BEFORE.replace(")", ", 'report_read')")


def upgrade() -> None:
    """Forward."""
    _admit(_KINDS)
    op.create_table(
        "reports",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ticket_mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("key_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("side IN ('left', 'right', 'both')", name=op.f("ck_reports_side")),
        sa.CheckConstraint(
            "category IN ('harmful', 'illegal', 'hateful', 'sexual', 'personal_data', 'spam', 'other')",
            name=op.f("ck_reports_category"),
        ),
        sa.CheckConstraint("state IN ('new', 'seen')", name=op.f("ck_reports_state")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_reports")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reports_id", "reports", ["id"], unique=False)
    op.create_index(
        "ix_reports_workspace_id_ticket_mark", "reports", ["workspace_id", "ticket_mark"], unique=False
    )
    op.create_index("ix_reports_day", "reports", ["day"], unique=False)


def downgrade() -> None:
    """Back. The keys of the reports stay in the key store and seal nothing any more."""
    op.drop_index("ix_reports_day", table_name="reports")
    op.drop_index("ix_reports_workspace_id_ticket_mark", table_name="reports")
    op.drop_index("ix_reports_id", table_name="reports")
    op.drop_table("reports")
    # The earlier release's table has no word for these.
    op.execute("DELETE FROM audit_events WHERE kind = 'report_read'")
    _admit(_KINDS_BEFORE)


def _admit(kinds: str) -> None:
    """Changes what the audit trail takes. SQLite builds the table anew, and finds no CHECK by itself."""
    table = sa.Table(
        "audit_events",
        sa.MetaData(),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_audit_events_kind"), "audit_events", type_="check")
    with op.batch_alter_table("audit_events", copy_from=table) as batch:
        batch.create_check_constraint(op.f("ck_audit_events_kind"), kinds)

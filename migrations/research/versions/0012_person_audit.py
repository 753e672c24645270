"""Admits what is done with a person's data, and with what persons are told, into the audit trail of both zones."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_KINDS_BEFORE = (
    "kind IN ('workspace_created', 'workspace_changed', 'api_key_created', 'api_key_revoked', 'policy_changed', "
    "'keyring_changed', 'export_requested', 'export_downloaded', 'report_read', 'texts_redacted', 'passage_redacted', "
    "'passage_restored', 'redaction_disputed', 'webhook_created', 'webhook_deleted')"
)
_NEW_KINDS = "'erasure_requested', 'person_data_read', 'project_sharing_changed', 'document_published'"
_KINDS = _KINDS_BEFORE.replace(")", f", {_NEW_KINDS})")


def upgrade() -> None:
    """Forward."""
    _admit(_KINDS)


def downgrade() -> None:
    """Back."""
    # The earlier release has no word for them, and who did something to what must stay known.
    op.execute(f"UPDATE audit_events SET kind = 'workspace_changed' WHERE kind IN ({_NEW_KINDS})")  # noqa: S608 - constants
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

"""Admits reviewed records, with a place for what reviewers decided, and their changes into the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_KINDS_BEFORE = (
    "kind IN ('workspace_created', 'workspace_changed', 'api_key_created', 'api_key_revoked', 'policy_changed', "
    "'keyring_changed', 'export_requested', 'export_downloaded', 'report_read')"
)
_NEW_KINDS = "'texts_redacted', 'passage_redacted', 'passage_restored', 'redaction_disputed'"
_KINDS = _KINDS_BEFORE.replace(")", f", {_NEW_KINDS})")
_STATUSES_BEFORE = "review_status IN ('unreviewed')"
_STATUSES = "review_status IN ('unreviewed', 'reviewed')"


def upgrade() -> None:
    """Forward."""
    _admit(_KINDS)
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_records_review_status"), "records", type_="check")
        op.create_check_constraint(op.f("ck_records_review_status"), "records", _STATUSES)
        op.add_column("records", sa.Column("review_sealed", sa.LargeBinary(), nullable=True))
        return
    with op.batch_alter_table("records", copy_from=_records(_STATUSES), recreate="always") as batch:
        batch.add_column(sa.Column("review_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back. What reviewers took out stays out; that they did, and what it was, is forgotten."""
    # The earlier release has no word for them, and who did something to what must stay known.
    op.execute(f"UPDATE audit_events SET kind = 'workspace_changed' WHERE kind IN ({_NEW_KINDS})")  # noqa: S608 - constants
    _admit(_KINDS_BEFORE)
    op.execute("UPDATE records SET review_status = 'unreviewed'")
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_records_review_status"), "records", type_="check")
        op.create_check_constraint(op.f("ck_records_review_status"), "records", _STATUSES_BEFORE)
        op.drop_column("records", "review_sealed")
        return
    table = _records(_STATUSES_BEFORE)
    table.append_column(sa.Column("review_sealed", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("records", copy_from=table, recreate="always") as batch:
        batch.drop_column("review_sealed")


def _records(statuses: str) -> sa.Table:
    """SQLite builds the table anew, and loses what it is not told of."""
    table = sa.Table(
        "records",
        sa.MetaData(),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("voted_week", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.LargeBinary(length=16), nullable=False),
        sa.Column("voter", sa.LargeBinary(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("model_a", sa.String(length=200), nullable=False),
        sa.Column("model_b", sa.String(length=200), nullable=False),
        sa.Column("surface", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("strength", sa.SmallInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("selection_probability", sa.Float(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("deid_level", sa.String(length=20), nullable=False),
        sa.Column("rules_version", sa.String(length=60), nullable=False),
        sa.Column("review_status", sa.String(length=16), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "deid_level IN ('patterns_only', 'patterns_and_ner')", name=op.f("ck_records_deid_level")
        ),
        sa.CheckConstraint(
            "outcome IN ('model_a', 'model_b', 'tie', 'both_bad', 'skip', 'expired')",
            name=op.f("ck_records_outcome"),
        ),
        sa.CheckConstraint(statuses, name=op.f("ck_records_review_status")),
        sa.CheckConstraint(
            "sharing = 'vote_and_content' OR content_sealed IS NULL", name=op.f("ck_records_only_shared_text")
        ),
        sa.CheckConstraint("sharing IN ('vote_only', 'vote_and_content')", name=op.f("ck_records_sharing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sqlite_with_rowid=False,
    )
    sa.Index("ix_records_workspace_id_voted_week", table.c.workspace_id, table.c.voted_week)
    return table


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

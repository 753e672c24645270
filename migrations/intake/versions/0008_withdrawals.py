"""Admits withdrawn comparisons, finds votes by their receipts, and remembers receipts of withdrawn votes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_BEFORE = "state IN ('open', 'skipped', 'expired', 'withheld', 'leaving', 'disconnected')"
_AFTER = "state IN ('open', 'skipped', 'expired', 'withheld', 'leaving', 'disconnected', 'withdrawn')"
_STATE = "ck_comparisons_state"


def _comparisons(states: str) -> sa.Table:
    """The whole table: SQLite changes a CHECK by writing the table anew, and cannot tell its other ones."""
    table = sa.Table(
        "comparisons",
        sa.MetaData(),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("api_key", sa.LargeBinary(length=18), nullable=True),
        sa.Column("project", sa.LargeBinary(length=18), nullable=True),
        sa.Column("conversation", sa.LargeBinary(length=18), nullable=True),
        sa.Column("invitation_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("surface", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("model_0", sa.String(length=200), nullable=False),
        sa.Column("model_1", sa.String(length=200), nullable=False),
        sa.Column("first_left", sa.SmallInteger(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=True),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("withheld_reason", sa.String(length=16), nullable=True),
        sa.Column("skip_reason", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("revealed_at", sa.BigInteger(), nullable=True),
        sa.Column("ticket_digest", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint(
            "sharing IN ('off', 'vote_only', 'vote_and_content')", name="ck_comparisons_sharing"
        ),
        sa.CheckConstraint(
            "skip_reason IN ('not_now', 'too_long', 'cannot_tell', 'other')",
            name="ck_comparisons_skip_reason",
        ),
        sa.CheckConstraint(states, name=_STATE),
        sa.CheckConstraint(
            "withheld_reason IN ('opted_out', 'restricted', 'paused', 'safety', 'gpc')",
            name="ck_comparisons_withheld_reason",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "day", "id", name="pk_comparisons"),
        sqlite_with_rowid=False,
    )
    sa.Index("ix_comparisons_open", table.c.expires_at, sqlite_where=sa.text("state = 'open'"))
    return table


def _admit(before: str, after: str) -> None:
    with op.batch_alter_table("comparisons", copy_from=_comparisons(before)) as batch:
        batch.drop_constraint(_STATE, type_="check")
        batch.create_check_constraint(_STATE, sa.text(after))


def upgrade() -> None:
    """Forward."""
    _admit(_BEFORE, _AFTER)
    op.create_index("ix_votes_receipt_digest", "votes", ["receipt_digest"], unique=False)
    op.create_table(
        "withdrawn_receipts",
        sa.Column("receipt_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=True),
        sa.PrimaryKeyConstraint("receipt_digest", name=op.f("pk_withdrawn_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_withdrawn_receipts_comparison_id",
        "withdrawn_receipts",
        ["comparison_id"],
        unique=False,
        sqlite_where=sa.text("comparison_id IS NOT NULL"),
        postgresql_where=sa.text("comparison_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_index(
        "ix_withdrawn_receipts_comparison_id",
        table_name="withdrawn_receipts",
        sqlite_where=sa.text("comparison_id IS NOT NULL"),
        postgresql_where=sa.text("comparison_id IS NOT NULL"),
    )
    op.drop_table("withdrawn_receipts")
    op.drop_index("ix_votes_receipt_digest", table_name="votes")
    # The earlier release knows no withdrawal; it too takes no more answers for a disconnected comparison.
    op.execute("UPDATE comparisons SET state = 'disconnected' WHERE state = 'withdrawn'")
    _admit(_AFTER, _BEFORE)

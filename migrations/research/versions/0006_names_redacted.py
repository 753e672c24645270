"""Admits records in which a model has looked for names, and the name of that model beside the rules' version."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_LEVELS_BEFORE = "deid_level IN ('patterns_only')"
_LEVELS = "deid_level IN ('patterns_only', 'patterns_and_ner')"
_VERSION_BEFORE, _VERSION = 20, 60


def upgrade() -> None:
    """Forward."""
    _change(_LEVELS, _VERSION_BEFORE, _VERSION)


def downgrade() -> None:
    """Back. What the earlier release has no word for is told in its words."""
    op.execute("UPDATE records SET deid_level = 'patterns_only'")
    op.execute(f"UPDATE records SET rules_version = substr(rules_version, 1, {_VERSION_BEFORE})")  # noqa: S608 - a number
    _change(_LEVELS_BEFORE, _VERSION, _VERSION_BEFORE)


def _change(levels: str, length_before: int, length: int) -> None:
    """SQLite builds the table anew, and loses what it is not told of."""
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_records_deid_level"), "records", type_="check")
        op.alter_column("records", "rules_version", type_=sa.String(length=length))
        op.create_check_constraint(op.f("ck_records_deid_level"), "records", levels)
        return
    with op.batch_alter_table("records", copy_from=_records(levels, length_before)) as batch:
        batch.alter_column("rules_version", type_=sa.String(length=length))


def _records(levels: str, length: int) -> sa.Table:
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
        sa.Column("rules_version", sa.String(length=length), nullable=False),
        sa.Column("review_status", sa.String(length=16), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=True),
        sa.CheckConstraint(levels, name=op.f("ck_records_deid_level")),
        sa.CheckConstraint(
            "outcome IN ('model_a', 'model_b', 'tie', 'both_bad', 'skip', 'expired')",
            name=op.f("ck_records_outcome"),
        ),
        sa.CheckConstraint("review_status IN ('unreviewed')", name=op.f("ck_records_review_status")),
        sa.CheckConstraint(
            "sharing = 'vote_and_content' OR content_sealed IS NULL", name=op.f("ck_records_only_shared_text")
        ),
        sa.CheckConstraint("sharing IN ('vote_only', 'vote_and_content')", name=op.f("ck_records_sharing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sqlite_with_rowid=False,
    )
    sa.Index("ix_records_workspace_id_voted_week", table.c.workspace_id, table.c.voted_week)
    return table

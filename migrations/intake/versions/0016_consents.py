"""Creates the sharing levels of conversations and projects, and the history of consents."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_LEVELS = "sharing IN ('off', 'vote_only', 'vote_and_content')"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "conversation_sharing",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("conversation", sa.LargeBinary(length=18), nullable=False),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.CheckConstraint(_LEVELS, name=op.f("ck_conversation_sharing_sharing")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "person", "conversation", name=op.f("pk_conversation_sharing")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "project_sharing",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("project", sa.LargeBinary(length=18), nullable=False),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.CheckConstraint(_LEVELS, name=op.f("ck_project_sharing_sharing")),
        sa.PrimaryKeyConstraint("workspace_id", "project", name=op.f("pk_project_sharing")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consents",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("sharing", sa.String(length=20), nullable=True),
        sa.Column("ask", sa.String(length=20), nullable=True),
        sa.Column("ask_after", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("conversation", sa.LargeBinary(length=18), nullable=True),
        sa.CheckConstraint("scope IN ('person', 'conversation')", name=op.f("ck_consents_scope")),
        sa.CheckConstraint(_LEVELS, name=op.f("ck_consents_sharing")),
        sa.CheckConstraint(
            "ask IN ('yes', 'later', 'never', 'not_in_conversation')", name=op.f("ck_consents_ask")
        ),
        sa.CheckConstraint("source IN ('ticket', 'host', 'settings_page')", name=op.f("ck_consents_source")),
        sa.PrimaryKeyConstraint("workspace_id", "person", "id", name=op.f("pk_consents")),
        sqlite_with_rowid=False,
    )
    # With a default, for the previous release still adds persons without it.
    op.add_column(
        "persons",
        sa.Column(
            "has_conversation_levels",
            sa.Boolean(create_constraint=False),
            server_default=sa.false(),
            nullable=False,
        ),
    )


def downgrade() -> None:
    """Back."""
    op.drop_column("persons", "has_conversation_levels")
    op.drop_table("consents")
    op.drop_table("project_sharing")
    op.drop_table("conversation_sharing")

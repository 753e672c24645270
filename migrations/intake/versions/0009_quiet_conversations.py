"""Creates the conversations in which a person is not asked; an invitation tells which response will stand left."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "quiet_conversations",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("conversation", sa.LargeBinary(length=18), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "person", "conversation", name=op.f("pk_quiet_conversations")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_quiet_conversations_day", "quiet_conversations", ["day"])
    # With a default, for the previous release still adds persons without it.
    op.add_column(
        "persons",
        sa.Column(
            "has_quiet_conversations",
            sa.Boolean(create_constraint=False),
            server_default=sa.false(),
            nullable=False,
        ),
    )
    op.add_column("invitations", sa.Column("first_left", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("invitations", "first_left")
    op.drop_column("persons", "has_quiet_conversations")
    op.drop_index("ix_quiet_conversations_day", "quiet_conversations")
    op.drop_table("quiet_conversations")

"""Short-lived links to a person's settings page, and the sessions that they open."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "preference_links",
        sa.Column("link_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("session_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("projects", sa.LargeBinary(), nullable=False),
        sa.Column("conversations", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("return_url_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("last_change", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("link_digest", name=op.f("pk_preference_links")),
        sa.UniqueConstraint("session_digest", name=op.f("uq_preference_links_session_digest")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_preference_links_ends_at", "preference_links", ["ends_at"], unique=False)
    op.create_index(
        "ix_preference_links_workspace_id_person",
        "preference_links",
        ["workspace_id", "person"],
        unique=False,
    )


def downgrade() -> None:
    """Back: links are minutes old, and their hosts make new ones."""
    op.drop_table("preference_links")

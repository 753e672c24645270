"""Published versions of notices and policies, and what persons know of them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_KINDS = "kind IN ('voting_notice', 'privacy_notice', 'usage_policy')"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "documents",
        sa.Column("workspace_id", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("requires_choice", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_documents_kind")),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "version", name=op.f("pk_documents")),
    )
    op.create_table(
        "document_texts",
        sa.Column("workspace_id", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_document_texts_kind")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "kind", "version", "language", name=op.f("pk_document_texts")
        ),
    )
    op.add_column("persons", sa.Column("told_of_documents_at", sa.BigInteger(), nullable=True))
    op.add_column("persons", sa.Column("sharing_chosen_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("persons", "sharing_chosen_at")
    op.drop_column("persons", "told_of_documents_at")
    op.drop_table("document_texts")
    op.drop_table("documents")

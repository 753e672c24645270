"""The way from a person to their comparisons: an opt-out closes them, an erasure deletes them."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Forward."""
    op.create_index(
        op.f("ix_comparisons_workspace_id_person"), "comparisons", ["workspace_id", "person"], unique=False
    )


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_comparisons_workspace_id_person"), table_name="comparisons")

"""Creates persons, invitations and their policies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "exposure_totals",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("surface", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('invitation_redeemed', 'invitation_unredeemed', "
            "'invitation_pending', 'comparison_withheld', 'comparison_voted', "
            "'comparison_skipped', 'comparison_expired', 'comparison_not_shown', "
            "'comparison_open')",
            name=op.f("ck_exposure_totals_outcome"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "day", "surface", "outcome", name=op.f("pk_exposure_totals")),
    )
    op.create_table(
        "invitation_policies",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_invitation_policies")),
    )
    op.create_table(
        "invitations",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("sampling_value", sa.LargeBinary(length=8), nullable=False),
        sa.Column("api_key", sa.LargeBinary(length=18), nullable=True),
        sa.Column("project", sa.LargeBinary(length=18), nullable=True),
        sa.Column("conversation", sa.LargeBinary(length=18), nullable=True),
        sa.Column("surface", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("model_0", sa.String(length=200), nullable=True),
        sa.Column("model_1", sa.String(length=200), nullable=True),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("comparison_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "day", "id", name=op.f("pk_invitations")),
    )
    op.create_table(
        "pair_totals",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model_0", sa.String(length=200), nullable=False),
        sa.Column("model_1", sa.String(length=200), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "model_0", "model_1", name=op.f("pk_pair_totals")),
    )
    op.create_table(
        "persons",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=18), nullable=False),
        sa.Column("created_day", sa.Integer(), nullable=False),
        sa.Column("ask", sa.String(length=8), nullable=False),
        sa.Column("ask_after", sa.BigInteger(), nullable=True),
        sa.Column("sharing", sa.String(length=20), nullable=True),
        sa.Column("is_restricted", sa.Boolean(), nullable=False),
        sa.Column("last_vote_at", sa.BigInteger(), nullable=True),
        sa.Column("last_skip_at", sa.BigInteger(), nullable=True),
        sa.Column("consecutive_skips", sa.Integer(), nullable=False),
        sa.Column("asked_day", sa.Integer(), nullable=False),
        sa.Column("asked_in_day", sa.Integer(), nullable=False),
        sa.Column("asked_week", sa.Integer(), nullable=False),
        sa.Column("asked_in_week", sa.Integer(), nullable=False),
        sa.CheckConstraint("ask IN ('yes', 'never')", name=op.f("ck_persons_ask")),
        sa.CheckConstraint(
            "sharing IN ('off', 'vote_only', 'vote_and_content')", name=op.f("ck_persons_sharing")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "person", name=op.f("pk_persons")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("persons")
    op.drop_table("pair_totals")
    op.drop_table("invitations")
    op.drop_table("invitation_policies")
    op.drop_table("exposure_totals")

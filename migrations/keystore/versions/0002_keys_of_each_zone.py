"""Gives the keys of content and of records a table each, so that a database user can be given one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOVED = ("id", "wrapped", "key_version", "created_day")
_TABLES = {"content_keys": "content", "record_keys": "record"}


def _named(table: str, *columns: str) -> sa.TableClause:
    return sa.table(table, *(sa.column(name) for name in columns))


def upgrade() -> None:
    """Forward."""
    both = _named("data_keys", *_MOVED, "purpose")
    for name, purpose in _TABLES.items():
        op.create_table(
            name,
            sa.Column("id", sa.LargeBinary(length=16), nullable=False),
            sa.Column("wrapped", sa.LargeBinary(), nullable=False),
            sa.Column("key_version", sa.Integer(), nullable=False),
            sa.Column("created_day", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{name}_key_version", name, ["key_version"], unique=False)
        own = sa.select(*(both.c[column] for column in _MOVED)).where(both.c.purpose == purpose)
        op.execute(sa.insert(_named(name, *_MOVED)).from_select(_MOVED, own))
    op.drop_index("ix_data_keys_purpose_key_version", table_name="data_keys")
    op.drop_table("data_keys")


def downgrade() -> None:
    """Back."""
    op.create_table(
        "data_keys",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("created_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_data_keys_purpose_key_version", "data_keys", ["purpose", "key_version"], unique=False)
    both = _named("data_keys", *_MOVED, "purpose")
    for name, purpose in _TABLES.items():
        own = _named(name, *_MOVED)
        moved = sa.select(*(own.c[column] for column in _MOVED), sa.literal(purpose))
        op.execute(sa.insert(both).from_select((*_MOVED, "purpose"), moved))
        op.drop_index(f"ix_{name}_key_version", table_name=name)
        op.drop_table(name)

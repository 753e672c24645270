"""A small table for tests of the database layer, which belongs to no zone."""

from typing import Final, NamedTuple

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, Table, bindparam, func, select, update

from app.core.database import Database
from app.core.statements import insert_or_ignore, insert_or_update, insert_row, query, scalar_query, statement

metadata: Final = MetaData()
notes: Final = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("text", LargeBinary),
    Column("is_read", Boolean(create_constraint=False), nullable=False),
)


class Note(NamedTuple):
    """One row."""

    id: int
    text: bytes | None
    is_read: bool


INSERT: Final = insert_row(notes)
IGNORE: Final = insert_or_ignore(notes, keys=["id"])
UPSERT: Final = insert_or_update(notes, keys=["id"], update=["text"])
MARK_READ: Final = statement(
    update(notes).where(notes.c.text == bindparam("text", type_=LargeBinary)).values(is_read=True)
)
FIND: Final = query(select(notes).where(notes.c.id == bindparam("id")), Note)
ALL: Final = query(select(notes).order_by(notes.c.id), Note)
COUNT: Final = scalar_query(select(func.count()).select_from(notes))


def notes_database(url: str) -> Database:
    """A database with the table."""
    database = Database(url)
    metadata.create_all(database.engine)
    return database


def count(database: Database) -> int:
    """How many rows are committed."""
    return int(database.fetch(lambda tx: tx.one(COUNT)))

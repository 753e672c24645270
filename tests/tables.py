"""Looks at stored rows as a test may and the code may not: whole tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, select

from app.core.database import Database


def rows_of(database: Database, table: Table) -> Sequence[Row[Any]]:
    """All rows of a table."""
    with database.engine.connect() as connection:
        return connection.execute(select(table)).all()

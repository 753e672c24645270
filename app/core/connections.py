"""A driver connection and the transaction that services are given."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy.engine import Dialect

from app.core.statements import Query, Statement

R = TypeVar("R")

DRIVER_ERRORS: Final = (sqlite3.Error, psycopg.Error)
# Mistakes of ours: running the statement again would only repeat them. Everything else a driver raises
# (connection lost, disk full, deadlock, lock time-out) is the weather.
DEFECTS: Final = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
    psycopg.IntegrityError,
    psycopg.ProgrammingError,
    psycopg.DataError,
    psycopg.NotSupportedError,
)


class Transaction:
    """What a service is given: runs prepared statements on one connection. It cannot commit."""

    __slots__ = ("_cursor", "_dialect")

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect

    def run(self, statement: Statement, **params: Any) -> int:
        """Runs a statement; returns how many rows it touched."""
        compiled = statement.compiled(self._dialect)
        self._cursor.execute(compiled.sql, compiled.arguments(params))
        return int(self._cursor.rowcount)

    def run_many(self, statement: Statement, many: Sequence[Mapping[str, Any]]) -> None:
        """Runs a statement once for each set of parameters."""
        if many:
            compiled = statement.compiled(self._dialect)
            self._cursor.executemany(compiled.sql, [compiled.arguments(params) for params in many])

    def find(self, query: Query[R], **params: Any) -> R | None:
        """The first row, or None."""
        compiled = query.compiled(self._dialect)
        self._cursor.execute(compiled.sql, compiled.arguments(params))
        row = self._cursor.fetchone()
        if row is None:
            return None
        return query.row(*(_with_booleans(row, compiled.booleans) if compiled.booleans else row))

    def one(self, query: Query[R], **params: Any) -> R:
        """The first row; LookupError when there is none."""
        found = self.find(query, **params)
        if found is None:
            raise LookupError("the query found no row")
        return found

    def lock(self, query: Query[Any], **params: Any) -> None:
        """Takes the row locks of a SELECT … FOR UPDATE, so that the next statement reads what others committed.

        A join read by the locking statement itself may be older than the lock. On SQLite a write transaction
        is alone from its beginning: nothing to do.
        """
        if self._dialect.name != "sqlite":
            self.find(query, **params)

    def list(self, query: Query[R], **params: Any) -> list[R]:
        """All rows."""
        return [*self.stream(query, **params)]

    def stream(self, query: Query[R], *, chunk: int = 1000, **params: Any) -> Iterator[R]:
        """All rows, fetched `chunk` at a time; no other statement may run until it is exhausted."""
        compiled = query.compiled(self._dialect)
        self._cursor.execute(compiled.sql, compiled.arguments(params))
        while rows := self._cursor.fetchmany(chunk):
            for row in rows:
                yield query.row(*(_with_booleans(row, compiled.booleans) if compiled.booleans else row))

    def raw(self, sql: str) -> None:
        """Runs SQL without parameters: for `core` itself (transaction control, health checks)."""
        self._cursor.execute(sql)


def _with_booleans(row: Sequence[Any], positions: tuple[int, ...]) -> list[Any]:
    values = list(row)
    for position in positions:
        if values[position] is not None:
            values[position] = bool(values[position])
    return values


class Connection:
    """One driver connection in autocommit mode; transactions are opened by SQL."""

    def __init__(self, driver: Any, dialect: Dialect) -> None:
        self.driver = driver
        self.transaction = Transaction(driver.cursor(), dialect)

    def close(self) -> None:
        """Closes quietly: a broken connection may refuse."""
        try:
            self.driver.close()
        except DRIVER_ERRORS:
            return

"""A driver connection and the transaction that services are given."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy.engine import Dialect

from app.core.statements import Compiled, Query, Statement
from app.core.turns import WAITING

R = TypeVar("R")
Params = Mapping[str, Any]

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

    __slots__ = ("_cursor", "_dialect", "has_written")

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self.has_written = False
        """Whether a row was touched since this was last set to False."""

    def run(self, statement: Statement, **params: Any) -> int:
        """Runs a statement; returns how many rows it touched."""
        compiled = statement.compiled(self._dialect)
        self._cursor.execute(compiled.sql, compiled.arguments(params))
        touched = int(self._cursor.rowcount)
        if touched:
            self.has_written = True
        return touched

    def run_many(self, statement: Statement, many: Sequence[Params]) -> None:
        """Runs a statement once for each set of parameters."""
        if many:
            compiled = statement.compiled(self._dialect)
            self._cursor.executemany(compiled.sql, [compiled.arguments(params) for params in many])
            self.has_written = True

    def find(self, query: Query[R], **params: Any) -> R | None:
        """The first row, or None."""
        compiled = query.compiled(self._dialect)
        self._cursor.execute(compiled.sql, compiled.arguments(params))
        return _read_row(query, compiled, self._cursor.fetchone())

    def one(self, query: Query[R], **params: Any) -> R:
        """The first row; LookupError when there is none."""
        found = self.find(query, **params)
        if found is None:
            raise LookupError("the query found no row")
        return found

    def lock(self, query: Query[Any], **params: Any) -> None:
        """Takes the row locks of a SELECT … FOR UPDATE, so that the next statement reads what others committed.

        A join read by the locking statement itself may be older than the lock. Here a write transaction is alone
        from its beginning: nothing to do.
        """

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


class RemoteTransaction(Transaction):
    """A transaction with a server: each statement is a wait, in which others compute."""

    __slots__ = ()

    def run(self, statement: Statement, **params: Any) -> int:
        """Runs a statement; returns how many rows it touched."""
        with WAITING:
            return super().run(statement, **params)

    def run_many(self, statement: Statement, many: Sequence[Params]) -> None:
        """Runs a statement once for each set of parameters, in one round trip."""
        with WAITING:
            super().run_many(statement, many)

    def find(self, query: Query[R], **params: Any) -> R | None:
        """The first row, or None."""
        with WAITING:
            return super().find(query, **params)

    def lock(self, query: Query[Any], **params: Any) -> None:
        """Takes the row locks of a SELECT … FOR UPDATE."""
        self.find(query, **params)

    def raw(self, sql: str) -> None:
        """Runs SQL without parameters."""
        with WAITING:
            super().raw(sql)

    def run_each(self, statement: Statement, many: Sequence[Params]) -> list[int]:
        """Runs a statement for each set of parameters, sent together; how many rows each touched."""
        compiled = statement.compiled_for_many(self._dialect)
        if len(many) == 1 or compiled is None:
            return [self.run(statement, **params) for params in many]
        touched = [0] * len(many)
        for places in _without_repeats(many):
            with WAITING:
                self._cursor.execute(compiled.sql, compiled.arguments(_as_arrays(many, places)))
                rows = self._cursor.fetchall() if self._cursor.description is not None else None
            for place in _touched_places(compiled, many, places, rows):
                touched[place] += 1
        return touched

    def find_each(self, query: Query[R], many: Sequence[Params]) -> list[R | None]:
        """The first row for each set of parameters, asked for together."""
        compiled = query.compiled_for_many(self._dialect)
        if len(many) == 1 or compiled is None:
            return [self.find(query, **params) for params in many]
        places = sorted(range(len(many)), key=lambda place: _keys(many[place]))
        with WAITING:
            self._cursor.execute(compiled.sql, compiled.arguments(_as_arrays(many, places)))
            rows = self._cursor.fetchall()
        found: list[R | None] = [None] * len(many)
        for number, *row in rows:
            place = places[number - 1]
            if found[place] is None:
                found[place] = query.row(*row)
        return found


def _keys(params: Params) -> tuple[bytes, ...]:
    """The keys by which parameters name their row."""
    return tuple([value for value in params.values() if isinstance(value, bytes)])


def _without_repeats(many: Sequence[Params]) -> Iterator[list[int]]:
    """The places in as few lists as can be in which no row is named twice.

    Each list is in the order of the keys: locks are taken in one order everywhere, so that two processes wait for
    each other without a deadlock.
    """
    remaining = sorted((_keys(params), place) for place, params in enumerate(many))
    while remaining:
        first: dict[tuple[bytes, ...], int] = {}
        repeated = []
        for keys, place in remaining:
            if first.setdefault(keys, place) != place:
                repeated.append((keys, place))
        yield [*first.values()]
        remaining = repeated


def _touched_places(
    compiled: Compiled, many: Sequence[Params], places: Sequence[int], rows: Sequence[Sequence[Any]] | None
) -> Iterable[int]:
    if rows is None:
        return places
    if not compiled.returned:
        return [places[number - 1] for number, *_ in rows]
    of_keys = {tuple([many[place][name] for name in compiled.returned]): place for place in places}
    return [of_keys[tuple(row)] for row in rows]


def _as_arrays(many: Sequence[Params], places: Sequence[int]) -> dict[str, list[Any]]:
    return {name: [many[place][name] for place in places] for name in many[0]}


def _read_row(query: Query[R], compiled: Compiled, row: Sequence[Any] | None) -> R | None:
    if row is None:
        return None
    return query.row(*(_with_booleans(row, compiled.booleans) if compiled.booleans else row))


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
        kind = Transaction if dialect.name == "sqlite" else RemoteTransaction
        self.transaction = kind(driver.cursor(), dialect)

    def close(self) -> None:
        """Undoes what is not committed and closes, quietly: a broken connection may refuse both."""
        for end in (self.driver.rollback, self.driver.close):
            # Closing alone is not enough: SQLite keeps the transaction while a failed statement is remembered.
            with contextlib.suppress(*DRIVER_ERRORS):
                end()

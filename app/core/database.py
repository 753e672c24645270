"""A database: short reads, snapshots for long ones, and writes that share their commit."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import sleep
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import NullPool

from app.core.clock import monotonic
from app.core.connections import DEFECTS, DRIVER_ERRORS, Connection, Transaction
from app.core.errors import AppError, StorageUnavailable
from app.core.group_commit import GroupCommit
from app.core.turns import WAITING

R = TypeVar("R")

_BUSY_TIMEOUT_SECONDS: Final = 10.0
_JOURNAL_PAUSE_SECONDS: Final = 0.01
_IDLE_CONNECTIONS: Final = 32
_SQLITE_PRAGMAS: Final = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-8000",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA temp_store=MEMORY",
)
# Each reader has a cache of its own, and the system has one for all of them: 32 of the writer's size would be 256 MB.
_READERS_CACHE: Final = "PRAGMA cache_size=-1000"
_POSTGRES_OPTIONS: Final = (
    "-c lock_timeout=8000 -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
)
# A round that many share does not wait long for a lock: two processes may wait for each other.
_POSTGRES_ROUND: Final = "BEGIN; SET LOCAL lock_timeout = 200"


class Database:
    """One of the stores, by its URL. Thread-safe; opens connections when first needed."""

    def __init__(self, url: str, *, rollback_journal: bool = False) -> None:
        self.url = make_url(url)
        if self.url.get_backend_name() == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self._rollback_journal = rollback_journal
        self.engine: Engine = create_engine(self.url, poolclass=NullPool, paramstyle=self._paramstyle)
        self.dialect: Dialect = self.engine.dialect
        self._idle: deque[Connection] = deque()
        begin, alone = ("BEGIN IMMEDIATE",) * 2 if self.is_sqlite else (_POSTGRES_ROUND, "BEGIN")
        self._commits = GroupCommit(self.connect, begin=begin, begin_alone=alone)
        # With a rollback journal a reader waits for the writer.
        self._reading: AbstractContextManager[None] = WAITING if rollback_journal else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def _paramstyle(self) -> Any:
        return "qmark" if self.is_sqlite else "format"

    def connect(self) -> Connection:
        """A new connection, set up; the caller closes it."""
        args, options = self.dialect.create_connect_args(self.url)
        try:
            with WAITING:
                if self.is_sqlite:
                    return self._connect_sqlite(args, options)
                options["options"] = f"{_POSTGRES_OPTIONS} {options.get('options', '')}".strip()
                driver = psycopg.connect(*args, autocommit=True, connect_timeout=10, **options)
                return Connection(driver, self.dialect)
        except DRIVER_ERRORS as error:
            raise StorageUnavailable() from error

    def _connect_sqlite(self, args: Any, options: MutableMapping[str, Any]) -> Connection:
        options.update(isolation_level=None, check_same_thread=False, timeout=_BUSY_TIMEOUT_SECONDS)
        options["cached_statements"] = 256
        driver = sqlite3.connect(*args, **options)
        try:
            for pragma in _SQLITE_PRAGMAS:
                driver.execute(pragma)
            if self._rollback_journal:
                # Deleted key material must not survive in a log: overwrite it in place and keep no history.
                _set_journal(driver, "DELETE")
                driver.execute("PRAGMA secure_delete=ON")
                driver.execute("PRAGMA synchronous=EXTRA")
            else:
                _set_journal(driver, "WAL")
                driver.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error:
            driver.close()
            raise
        return Connection(driver, self.dialect)

    def open(self) -> str:
        """Opens a first connection, for whoever reads next; which encoding the database has. StorageUnavailable."""
        connection = self.connect()
        # Told by the server when the connection opens: a query's answer could not be read in every encoding.
        info = None if self.is_sqlite else connection.driver.info
        encoding = "UTF8" if info is None else str(info.parameter_status("server_encoding"))
        self._give_back(connection)
        return encoding

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Single-statement reads, each of the newest committed state.

        The body must be repeatable: when an idle connection turns out to be dead (the server was
        restarted), the connection is dropped and StorageUnavailable is raised for the caller to retry.
        """
        connection = self._take()
        try:
            yield connection.transaction
        except BaseException as error:
            self._end_failed_read(connection, error)
            raise
        self._give_back(connection)

    def fetch(self, work: Callable[[Transaction], R]) -> R:
        """Runs a read; once more on a new connection where the first had died."""
        try:
            return self._read_once(work)
        except StorageUnavailable:
            return self._read_once(work)

    def _read_once(self, work: Callable[[Transaction], R]) -> R:
        """What `read` does around a body: a generator would cost as much as the query's own Python."""
        connection = self._take()
        try:
            with self._reading:
                result = work(connection.transaction)
        except BaseException as error:
            self._end_failed_read(connection, error)
            raise
        self._give_back(connection)
        return result

    def _end_failed_read(self, connection: Connection, error: BaseException) -> None:
        if isinstance(error, AppError):
            self._give_back(connection)
            return
        connection.close()
        if isinstance(error, DRIVER_ERRORS) and not isinstance(error, DEFECTS):
            self._drop_idle()
            raise StorageUnavailable() from error

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """A read-only transaction of one moment, for long reads; its own connection."""
        connection = self.connect()
        try:
            begin = "BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            with WAITING:
                connection.transaction.raw(begin)
                if self.is_sqlite:
                    yield connection.transaction
                else:
                    with connection.driver.cursor(name="snapshot") as cursor:
                        yield Transaction(cursor, self.dialect)
        except DEFECTS:
            raise
        except DRIVER_ERRORS as error:
            raise StorageUnavailable() from error
        finally:
            connection.close()

    def write(self, work: Callable[[Transaction], R], *, touches: Sequence[bytes] = ()) -> R:
        """Runs a use case and returns its result once it is durable.

        It may share the transaction with others waiting at the same moment and may be run again after a
        deadlock: it must do nothing but read and write through its Transaction. An exception undoes this use
        case alone and comes out here.

        `touches` are keys that stand for all rows whose state it acts on. With them it may run in step with use
        cases of other keys, statement by statement, which is what makes many of them cheap.
        """
        return self._commits.run(work, touches)

    def _take(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            connection = self.connect()
            if self.is_sqlite:
                connection.transaction.raw(_READERS_CACHE)
            return connection

    def _give_back(self, connection: Connection) -> None:
        if len(self._idle) < _IDLE_CONNECTIONS:
            self._idle.append(connection)
        else:
            connection.close()

    def _drop_idle(self) -> None:
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:
                return

    def close(self) -> None:
        """Closes what is open; the object can be used again afterwards."""
        self._drop_idle()
        self._commits.close()
        self.engine.dispose()


__all__ = ["Connection", "Database", "Transaction"]


def _set_journal(driver: sqlite3.Connection, mode: str) -> None:
    """Another journal needs the file for a moment to itself; SQLite does not wait for that as it does for a lock."""
    deadline = monotonic() + _BUSY_TIMEOUT_SECONDS
    while True:
        try:
            driver.execute(f"PRAGMA journal_mode={mode}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(_JOURNAL_PAUSE_SECONDS)
        else:
            return

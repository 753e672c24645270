"""Group commit: answered after the commit, undone alone, nothing lost when the connection is."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.connections import Connection, Transaction
from app.core.database import Database
from app.core.errors import AppError, StorageUnavailable
from app.core.metrics import GROUP_COMMIT_ROUNDS, GROUP_COMMIT_USE_CASES
from tests.core.notes import FIND, INSERT, UPSERT, count, notes_database


def _insert(number: int) -> Callable[[Transaction], int]:
    return lambda tx: tx.run(INSERT, id=number, text=b"", is_read=False)


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_what_was_answered_is_committed(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    assert database.write(_insert(1)) == 1
    assert count(other) == 1
    other.close()


def test_a_refusal_undoes_its_use_case_alone(database: Database) -> None:
    started, refused = threading.Barrier(8), []

    def refuse(tx: Transaction) -> None:
        tx.run(INSERT, id=1000, text=b"", is_read=False)
        raise AppError("refused")

    def work(number: int) -> None:
        started.wait()
        if number % 2:
            database.write(_insert(number))
            return
        with pytest.raises(AppError):
            database.write(refuse)
        refused.append(number)

    _together([lambda n=n: work(n) for n in range(8)])  # type: ignore[misc]
    assert len(refused) == 4
    assert count(database) == 4
    assert database.fetch(lambda tx: tx.find(FIND, id=1000)) is None


def test_a_defect_in_one_use_case_does_not_touch_the_others(database: Database) -> None:
    database.write(_insert(0))
    started, broken = threading.Barrier(6), []

    def work(number: int) -> None:
        started.wait()
        try:
            database.write(_insert(0 if number == 3 else number + 10))
        except Exception as error:  # noqa: BLE001  (each driver has its own)
            broken.append(type(error).__name__)

    _together([lambda n=n: work(n) for n in range(6)])  # type: ignore[misc]
    assert broken in (["IntegrityError"], ["UniqueViolation"])
    assert count(database) == 6


def test_use_cases_that_wait_share_a_commit(database: Database) -> None:
    inside, go_on = threading.Event(), threading.Event()
    rounds, cases = GROUP_COMMIT_ROUNDS._value.get(), GROUP_COMMIT_USE_CASES._value.get()

    def slow(tx: Transaction) -> int:
        inside.set()
        assert go_on.wait(30)
        return _insert(0)(tx)

    first = threading.Thread(target=lambda: database.write(slow))
    first.start()
    assert inside.wait(30)
    waiting = [threading.Thread(target=lambda n=n: database.write(_insert(n))) for n in range(1, 21)]
    for thread in waiting:
        thread.start()
    _until(lambda: len(database._commits._queue) == 20)
    go_on.set()
    for thread in [first, *waiting]:
        thread.join(30)
    assert count(database) == 21
    assert GROUP_COMMIT_USE_CASES._value.get() - cases == 21
    assert GROUP_COMMIT_ROUNDS._value.get() - rounds == 2


def _until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(3000):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("waited too long")


def test_many_threads_lose_and_double_nothing(database: Database) -> None:
    def work(thread: int) -> None:
        for number in range(50):
            assert database.write(_insert(thread * 1000 + number)) == 1

    _together([lambda t=t: work(t) for t in range(16)])  # type: ignore[misc]
    assert count(database) == 800


@pytest.mark.parametrize("backend", ["postgresql"])
def test_connections_that_the_server_ended_are_replaced(database: Database) -> None:
    database.write(_insert(1))
    assert count(database) == 1
    with database.engine.connect() as admin:
        ended = admin.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).scalar_one()
    assert ended >= 2
    assert database.write(_insert(2)) == 1
    assert count(database) == 2


def test_two_processes_do_not_lose_each_others_rows(database: Database) -> None:
    """Two Database objects stand for two processes: they share nothing but the database."""
    other = Database(database.url.render_as_string(hide_password=False))

    def work(store: Database, first: int) -> None:
        for number in range(100):
            store.write(_insert(first + number))

    _together([lambda: work(database, 0), lambda: work(other, 1000)])
    assert count(database) == 200
    other.close()


def test_a_deadlock_between_two_processes_is_run_again(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    for number in (1, 2):
        database.write(_insert(number))
    meet = threading.Barrier(2)
    tries = {"a": 0, "b": 0}

    def cross(name: str, store: Database, order: tuple[int, int]) -> None:
        def touch(tx: Transaction) -> None:
            tries[name] += 1
            tx.run(UPSERT, id=order[0], text=name.encode(), is_read=False)
            if tries[name] == 1 and not store.is_sqlite:
                meet.wait(30)
            tx.run(UPSERT, id=order[1], text=name.encode(), is_read=False)

        store.write(touch)

    _together([lambda: cross("a", database, (1, 2)), lambda: cross("b", other, (2, 1))])
    assert sum(tries.values()) == 2 if database.is_sqlite else sum(tries.values()) > 2
    other.close()


def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path_factory: pytest.TempPathFactory) -> None:
    missing = Database(f"sqlite:///{tmp_path_factory.mktemp('none') / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(StorageUnavailable):
        missing.write(_insert(1))
    with pytest.raises(StorageUnavailable):
        missing.fetch(lambda tx: tx.find(FIND, id=1))


class _FullDatabase(Database):
    """A database whose file may not grow."""

    def connect(self) -> Connection:
        """A connection that finds the disk full as soon as it needs another page."""
        connection = super().connect()
        pages = connection.driver.execute("PRAGMA page_count").fetchone()[0]
        connection.driver.execute(f"PRAGMA max_page_count={pages}")
        return connection


def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'full.db'}"
    notes_database(url).write(_insert(1))
    full = _FullDatabase(url)
    with pytest.raises(StorageUnavailable) as refused:
        full.write(lambda tx: tx.run(INSERT, id=2, text=b"x" * 100_000, is_read=False))
    assert isinstance(refused.value.__cause__, sqlite3.OperationalError)
    assert full.write(_insert(3)) == 1
    assert count(full) == 2

"""Use cases in step: their statements travel together, and what they see and leave is as if they had run alone."""

import threading
from collections.abc import Callable, Sequence

import pytest

from app.core.connections import RemoteTransaction, Transaction
from app.core.database import Database
from app.core.errors import AppError
from app.core.in_step import run_in_step
from tests.core.notes import ALL, FIND, IGNORE, INSERT, MARK_READ, UPSERT, Note, count


def _at_once(database: Database, works: Sequence[Callable[[Transaction], object]]) -> list[object]:
    """Runs use cases in one round, each with a key of its own; what each returned or raised."""
    inside, go_on = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        inside.set()
        assert go_on.wait(30)

    ended: dict[int, object] = {}

    def run(number: int) -> None:
        try:
            ended[number] = database.write(works[number], touches=[number.to_bytes(2, "big")])
        except Exception as error:  # noqa: BLE001  (looked at by the test)
            ended[number] = error

    threads = [threading.Thread(target=lambda: database.write(hold))]
    threads[0].start()
    assert inside.wait(30)
    threads += [threading.Thread(target=run, args=[number]) for number in range(len(works))]
    for thread in threads[1:]:
        thread.start()
    pause = threading.Event()
    for _ in range(3000):
        if len(database._commits._queue) == len(works):
            break
        pause.wait(0.01)
    go_on.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return [ended[number] for number in range(len(works))]


def _visit(number: int) -> Callable[[Transaction], object]:
    """Looks, writes, looks again."""

    def visit(tx: Transaction) -> object:
        before = tx.find(FIND, id=number)
        written = tx.run(UPSERT, id=number, text=bytes([number]), is_read=True)
        return before, written, tx.one(FIND, id=number)

    return visit


def test_each_sees_its_own_rows(database: Database) -> None:
    database.write(lambda tx: tx.run(INSERT, id=3, text=b"old", is_read=False))
    ended = _at_once(database, [_visit(number) for number in range(8)])
    assert ended == [
        (
            Note(3, b"old", False) if number == 3 else None,
            1,
            Note(number, bytes([number]), is_read=number != 3),
        )
        for number in range(8)
    ]
    assert count(database) == 8


def test_a_refusal_before_any_write_leaves_the_others_in_the_round(database: Database) -> None:
    def refuse(tx: Transaction) -> None:
        tx.find(FIND, id=1)
        raise AppError("refused")

    ended = _at_once(database, [_visit(1), refuse, _visit(2)])
    assert isinstance(ended[1], AppError)
    assert count(database) == 2


def test_a_refusal_after_a_write_undoes_itself_alone(database: Database) -> None:
    def refuse(tx: Transaction) -> None:
        tx.run(INSERT, id=99, text=b"", is_read=False)
        raise AppError("refused")

    ended = _at_once(database, [_visit(1), refuse, _visit(2)])
    assert isinstance(ended[1], AppError)
    assert [note.id for note in database.fetch(lambda tx: tx.list(ALL))] == [1, 2]


def test_a_defect_undoes_itself_alone(database: Database) -> None:
    database.write(lambda tx: tx.run(INSERT, id=5, text=b"", is_read=False))
    ended = _at_once(
        database, [_visit(1), lambda tx: tx.run(INSERT, id=5, text=b"", is_read=False), _visit(2)]
    )
    assert type(ended[1]).__name__ in ("IntegrityError", "UniqueViolation")
    assert count(database) == 3


def test_use_cases_of_the_same_key_see_each_other(database: Database) -> None:
    seen = []

    def add(tx: Transaction) -> None:
        found = tx.find(FIND, id=1)
        text = (found.text or b"" if found else b"") + b"x"
        tx.run(UPSERT, id=1, text=text, is_read=False)
        seen.append(text)

    threads = [threading.Thread(target=lambda: database.write(add, touches=[b"the same"])) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert database.fetch(lambda tx: tx.one(FIND, id=1)).text == b"x" * 24


class _Counting(RemoteTransaction):
    """Counts what goes to the database."""

    __slots__ = ("sent",)

    def __init__(self, shared: Transaction) -> None:
        super().__init__(_CountingCursor(self, shared._cursor), shared._dialect)
        self.sent = 0


class _CountingCursor:
    def __init__(self, counting: _Counting, cursor: object) -> None:
        self._counting = counting
        self._cursor = cursor

    def execute(self, *arguments: object) -> None:
        self._counting.sent += 1
        self._cursor.execute(*arguments)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)


@pytest.mark.parametrize("backend", ["postgresql"])
def test_the_same_statement_of_many_is_sent_once(database: Database) -> None:
    connection = database.connect()
    counting = _Counting(connection.transaction)
    ended = run_in_step(counting, [_visit(number) for number in range(10)])
    connection.close()
    assert [end.error for end in ended] == [None] * 10
    assert all(end.has_written for end in ended)
    assert counting.sent == 3


@pytest.mark.parametrize("backend", ["postgresql"])
def test_statements_for_many_count_the_rows_of_each(database: Database) -> None:
    database.write(lambda tx: tx.run(INSERT, id=1, text=b"1", is_read=False))
    connection = database.connect()
    tx = connection.transaction
    assert isinstance(tx, RemoteTransaction)
    sets = [{"id": number, "text": bytes([number]), "is_read": False} for number in (2, 1, 3)]
    assert tx.run_each(IGNORE, sets) == [1, 0, 1]
    keys = [{"text": text} for text in (b"\x03", b"nothing", b"1", b"\x03")]
    assert tx.run_each(MARK_READ, keys) == [1, 0, 1, 1]
    found = tx.find_each(FIND, [{"id": 3}, {"id": 4}, {"id": 1}])
    assert found == [Note(3, b"\x03", True), None, Note(1, b"1", True)]
    connection.close()

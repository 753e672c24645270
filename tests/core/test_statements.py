"""Statements compiled once: parameters, upserts, booleans, streams."""

import pytest

from app.core.connections import Transaction
from app.core.database import Database
from tests.core.notes import ALL, FIND, IGNORE, INSERT, UPSERT, Note, count


def test_a_row_comes_back_as_it_was_written(database: Database) -> None:
    database.write(lambda tx: tx.run(INSERT, id=1, text=b"\x00\xff", is_read=True))
    found = database.fetch(lambda tx: tx.find(FIND, id=1))
    assert found == Note(1, b"\x00\xff", True)
    assert found is not None
    assert isinstance(found.is_read, bool)


def test_a_row_that_is_not_there_is_none_and_one_raises(database: Database) -> None:
    assert database.fetch(lambda tx: tx.find(FIND, id=1)) is None
    with pytest.raises(LookupError):
        database.fetch(lambda tx: tx.one(FIND, id=1))


def test_insert_or_ignore_tells_whether_it_inserted(database: Database) -> None:
    def twice(tx: Transaction) -> list[int]:
        return [tx.run(IGNORE, id=1, text=text, is_read=False) for text in (b"first", b"second")]

    assert database.write(twice) == [1, 0]
    assert database.fetch(lambda tx: tx.one(FIND, id=1)).text == b"first"


def test_insert_or_update_changes_only_the_named_columns(database: Database) -> None:
    database.write(lambda tx: tx.run(UPSERT, id=1, text=b"first", is_read=False))
    database.write(lambda tx: tx.run(UPSERT, id=1, text=b"second", is_read=True))
    assert database.fetch(lambda tx: tx.one(FIND, id=1)) == Note(1, b"second", False)


def test_a_missing_parameter_is_named(database: Database) -> None:
    with pytest.raises(KeyError, match="is_read"):
        database.write(lambda tx: tx.run(INSERT, id=1, text=b""))
    assert count(database) == 0


def test_null_is_a_value(database: Database) -> None:
    database.write(lambda tx: tx.run(INSERT, id=1, text=None, is_read=False))
    assert database.fetch(lambda tx: tx.one(FIND, id=1)).text is None


def test_many_rows_are_streamed_in_order(database: Database) -> None:
    rows = [{"id": number, "text": b"", "is_read": False} for number in range(2500)]
    database.write(lambda tx: tx.run_many(INSERT, rows))
    with database.snapshot() as tx:
        assert [note.id for note in tx.stream(ALL, chunk=100)] == list(range(2500))
    assert len(database.fetch(lambda tx: tx.list(ALL))) == 2500


def test_a_snapshot_does_not_see_what_is_written_meanwhile(database: Database) -> None:
    database.write(lambda tx: tx.run(INSERT, id=1, text=b"", is_read=False))
    with database.snapshot() as tx:
        assert len([*tx.stream(ALL)]) == 1
        database.write(lambda other: other.run(INSERT, id=2, text=b"", is_read=False))
        assert len([*tx.stream(ALL)]) == 1
    assert count(database) == 2

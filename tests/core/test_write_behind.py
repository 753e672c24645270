"""What is written behind is written before its database is closed."""

import threading
from collections.abc import Sequence

from app.core.connections import Transaction
from app.core.database import Database
from app.core.write_behind import Row, WriteBehind
from tests.stores import Stores

_SECONDS = 10.0


def test_a_flush_waits_for_the_write_that_another_thread_is_at(stores: Stores) -> None:
    database = Database(stores.intake)
    began, may_end = threading.Event(), threading.Event()
    done: list[str] = []

    def write_rows(tx: Transaction, rows: Sequence[Row]) -> None:
        began.set()
        assert may_end.wait(_SECONDS)
        tx.raw("SELECT 1")
        done.append(f"{len(rows)} written")

    behind = WriteBehind(database, write_rows)
    behind.add({"id": 1})
    assert began.wait(_SECONDS)

    def flush_and_close() -> None:
        behind.flush()
        done.append("flushed")
        # A connection that is closed while another thread runs a statement on it takes the process along.
        database.close()

    closing = threading.Thread(target=flush_and_close)
    closing.start()
    closing.join(0.2)
    assert done == []
    may_end.set()
    closing.join(_SECONDS)
    assert done == ["1 written", "flushed"]


def test_a_close_writes_what_waits_and_ends_the_thread(stores: Stores) -> None:
    database = Database(stores.intake)
    written: list[Row] = []
    before = threading.active_count()

    def write_rows(tx: Transaction, rows: Sequence[Row]) -> None:
        tx.raw("SELECT 1")
        written.extend(rows)

    behind = WriteBehind(database, write_rows)
    for number in range(3):
        # What is closed can be used again.
        behind.add({"id": number})
        assert threading.active_count() == before + 1
        behind.close()
        assert threading.active_count() == before
        assert [row["id"] for row in written] == [*range(number + 1)]
    database.close()

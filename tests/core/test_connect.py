"""Opening a database that somebody else is opening as well."""

import sqlite3
import threading
from pathlib import Path

import pytest

from app.core.database import Database


@pytest.mark.parametrize("keeps_no_history", [False, True])
def test_a_new_file_that_another_process_writes_to_is_waited_for(
    tmp_path: Path, keeps_no_history: bool
) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    if keeps_no_history:
        other.execute("PRAGMA journal_mode=WAL")
    other.execute("CREATE TABLE t (x)")
    other.execute("BEGIN EXCLUSIVE")
    ending = threading.Timer(0.5, other.close)
    ending.start()
    database = Database(f"sqlite:///{path}", rollback_journal=keeps_no_history)
    connection = database.connect()
    ending.join()
    with sqlite3.connect(path) as look:
        assert look.execute("PRAGMA journal_mode").fetchone() == ("delete" if keeps_no_history else "wal",)
    look.close()
    connection.close()
    database.close()

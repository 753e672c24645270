"""Writes that nobody waits for: gathered for a moment, then written together.

Only for facts whose loss in a crash costs nothing that was promised (when a comparison was first shown).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog

from app.core.connections import Transaction
from app.core.database import Database
from app.core.errors import StorageUnavailable

_log: Final = structlog.get_logger("pairvote.write_behind")
_PAUSE_SECONDS: Final = 0.05
_MOST_WAITING: Final = 100_000

Row = Mapping[str, Any]


class WriteBehind:
    """One kind of rows, written through `write_rows` at most a moment after they were added."""

    def __init__(self, database: Database, write_rows: Callable[[Transaction, Sequence[Row]], None]) -> None:
        self._database = database
        self._write_rows = write_rows
        self._waiting: list[Row] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._writer: _Writer | None = None

    def add(self, row: Row) -> None:
        """Adds a row and returns at once."""
        with self._lock:
            if len(self._waiting) < _MOST_WAITING:
                self._waiting.append(row)
            if self._writer is None:
                self._writer = _Writer(self._loop)
                self._writer.start()
        if not self._wake.is_set():
            self._wake.set()

    def flush(self) -> None:
        """Writes what waits; rows that cannot be written now wait for the next time.

        What another thread is just writing is written too when this returns: who closes the database afterwards
        closes it under nobody.
        """
        with self._writing:
            self._flush()

    def close(self) -> None:
        """Writes what waits and ends the thread; what is added later starts another."""
        with self._lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.stop.set()
            self._wake.set()
            writer.join()
        self.flush()

    def _flush(self) -> None:
        with self._lock:
            rows, self._waiting = self._waiting, []
        if not rows:
            return
        try:
            self._database.write(lambda tx: self._write_rows(tx, rows))
        except StorageUnavailable:
            with self._lock:
                self._waiting = (rows + self._waiting)[:_MOST_WAITING]
            self._wake.set()

    def _loop(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._wake.wait()
            stop.wait(_PAUSE_SECONDS)
            self._wake.clear()
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001  (the thread must live on)
                _log.error("write_behind_failed", kind=type(error).__name__)


class _Writer(threading.Thread):
    """A thread that ends soon after `stop` is set and it is woken."""

    def __init__(self, loop: Callable[[threading.Event], None]) -> None:
        self.stop = threading.Event()
        super().__init__(target=loop, args=(self.stop,), name="write-behind", daemon=True)

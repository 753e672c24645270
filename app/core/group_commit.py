"""Group commit: use cases that wait at the same moment share one transaction and one sync.

The first thread to arrive leads: it runs every waiting use case in one transaction, each under its own
savepoint, commits once, and only then are they answered. Threads that arrive meanwhile queue up and one
of them leads the next round. Nobody waits for a timer: alone, a use case commits at once.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from app.core.connections import DEFECTS, DRIVER_ERRORS, Connection, Transaction
from app.core.errors import StorageUnavailable
from app.core.metrics import GROUP_COMMIT_ROUNDS, GROUP_COMMIT_USE_CASES

R = TypeVar("R")
Work = Callable[[Transaction], Any]

_MOST_PER_ROUND: Final = 256
_ATTEMPTS: Final = 4


class _Waiting:
    """A use case in the queue. `turn` is held until it is settled or made the leader."""

    __slots__ = ("error", "result", "settled", "turn", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.settled = False
        self.turn = threading.Lock()
        self.turn.acquire()

    def settle(self) -> None:
        self.settled = True
        self.turn.release()


class _RoundLost(Exception):
    """The shared transaction is gone before COMMIT was sent: nothing of the round happened."""


class GroupCommit:
    """Runs use cases of one process against one database, one round at a time."""

    def __init__(self, connect: Callable[[], Connection], *, begin: str) -> None:
        self._connect = connect
        self._begin = begin
        self._connection: Connection | None = None
        self._mutex = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._led = False

    def run(self, work: Callable[[Transaction], R]) -> R:
        """The result of a use case, durable; or what it raised, with nothing of it kept."""
        waiting = _Waiting(work)
        with self._mutex:
            self._queue.append(waiting)
            lead, self._led = not self._led, True
        if not lead:
            waiting.turn.acquire()
        if not waiting.settled:
            self._lead()
        if waiting.error is not None:
            raise waiting.error
        return cast(R, waiting.result)

    def _lead(self) -> None:
        """One round: everything queued so far, then the lead goes to whoever has queued up meanwhile."""
        with self._mutex:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), _MOST_PER_ROUND))]
        try:
            self._commit_round(batch)
        except BaseException as error:
            for waiting in batch:
                waiting.error = waiting.error or error
        finally:
            with self._mutex:
                self._led = bool(self._queue)
                next_leader = self._queue[0] if self._led else None
            if next_leader is not None:
                next_leader.turn.release()
            for waiting in batch:
                waiting.settle()

    def _commit_round(self, batch: list[_Waiting]) -> None:
        try:
            self._attempt(batch)
        except _RoundLost as lost:
            # Find out one by one: a use case that breaks the transaction must not take others with it.
            for waiting in batch:
                self._commit_alone(waiting, lost)

    def _commit_alone(self, waiting: _Waiting, lost: _RoundLost) -> None:
        for _ in range(_ATTEMPTS):
            try:
                self._attempt([waiting])
                return
            except _RoundLost as again:
                lost = again
            except StorageUnavailable as error:
                waiting.error = error
                return
        unavailable = StorageUnavailable()
        unavailable.__cause__ = lost.__cause__
        waiting.error = unavailable

    def _attempt(self, batch: list[_Waiting]) -> None:
        """Runs and commits a batch. _RoundLost: nothing happened. StorageUnavailable: COMMIT's fate is unknown."""
        connection = self._open_round()
        try:
            if len(batch) == 1:
                if not self._run_alone(connection, batch[0]):
                    return
            else:
                for waiting in batch:
                    self._run_in_savepoint(connection, waiting)
        except DRIVER_ERRORS as error:
            self._abandon(connection)
            raise _RoundLost from error
        self._commit(connection)
        GROUP_COMMIT_ROUNDS.inc()
        GROUP_COMMIT_USE_CASES.inc(len(batch))

    def _open_round(self) -> Connection:
        connection = self._connection or self._connect()
        try:
            connection.transaction.raw(self._begin)
        except DRIVER_ERRORS as error:
            # An idle connection may have died with its server: that is a lost round, tried again on a new one.
            self._abandon(connection)
            raise _RoundLost from error
        self._connection = connection
        return connection

    def _run_alone(self, connection: Connection, waiting: _Waiting) -> bool:
        """Runs the only use case of a round; False when it refused and the transaction is over."""
        if self._run(connection, waiting):
            return True
        connection.transaction.raw("ROLLBACK")
        return False

    def _run_in_savepoint(self, connection: Connection, waiting: _Waiting) -> None:
        connection.transaction.raw("SAVEPOINT use_case")
        if not self._run(connection, waiting):
            connection.transaction.raw("ROLLBACK TO SAVEPOINT use_case")
        connection.transaction.raw("RELEASE SAVEPOINT use_case")

    @staticmethod
    def _run(connection: Connection, waiting: _Waiting) -> bool:
        waiting.error = None
        try:
            waiting.result = waiting.work(connection.transaction)
        except DEFECTS as error:
            waiting.error = error
        except DRIVER_ERRORS:
            raise
        except Exception as error:
            waiting.error = error
        return waiting.error is None

    def _commit(self, connection: Connection) -> None:
        try:
            connection.transaction.raw("COMMIT")
        except DRIVER_ERRORS as error:
            self._abandon(connection)
            raise StorageUnavailable() from error

    def _abandon(self, connection: Connection) -> None:
        """Drops a connection whose transaction failed; closing it rolls back."""
        self._connection = None
        connection.close()

    def close(self) -> None:
        """Closes the writing connection; the next use case opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

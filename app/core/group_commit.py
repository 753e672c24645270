"""Group commit: use cases that wait at the same moment share one transaction and one sync.

The first thread to arrive leads: it runs every waiting use case in one transaction, commits once, and only then are
they answered. Threads that arrive meanwhile queue up and one of them leads the next round. Nobody waits for a
timer: alone, a use case commits at once.

What one use case raises undoes that use case alone. Those that say what they touch run without a savepoint, in step
where the database is remote; should one of them refuse after it has written, the round is undone and its use cases
are run one by one. All others run under a savepoint each.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

from app.core.connections import DEFECTS, DRIVER_ERRORS, Connection, RemoteTransaction, Transaction
from app.core.errors import StorageUnavailable
from app.core.in_step import Ended, run_alone, run_in_step
from app.core.metrics import GROUP_COMMIT_ROUNDS, GROUP_COMMIT_USE_CASES
from app.core.turns import COMPUTING, WAITING, Bell, ring_in_turn, wait_for

R = TypeVar("R")

_MOST_PER_ROUND: Final = 256
_ATTEMPTS: Final = 4


class _Waiting:
    """A use case in the queue; its bell rings when it is settled or made the leader."""

    __slots__ = ("bell", "error", "is_leader", "is_settled", "result", "touches", "work")

    def __init__(self, work: Callable[[Transaction], Any], touches: Sequence[bytes]) -> None:
        self.work = work
        self.touches = touches
        self.result: Any = None
        self.error: BaseException | None = None
        self.is_settled = False
        self.is_leader = False
        self.bell = Bell()

    def is_due(self) -> bool:
        """Whether its bell has been rung, or is just being rung."""
        return self.is_settled or self.is_leader

    def end(self, ended: Ended) -> None:
        """Notes how it ended; it is settled when that is durable."""
        self.result, self.error = ended.result, ended.error


class _RoundLost(Exception):
    """The shared transaction is gone before COMMIT was sent: nothing of the round happened."""


class GroupCommit:
    """Runs use cases of one process against one database, one round at a time.

    `begin` opens a round; `begin_alone` the transaction of a use case whose round was lost.
    """

    def __init__(self, connect: Callable[[], Connection], *, begin: str, begin_alone: str) -> None:
        self._connect = connect
        self._begin = begin
        self._begin_alone = begin_alone
        self._connection: Connection | None = None
        self._mutex = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._led = False

    def run(self, work: Callable[[Transaction], R], touches: Sequence[bytes] = ()) -> R:
        """The result of a use case, durable; or what it raised, with nothing of it kept."""
        waiting = _Waiting(work, touches)
        with COMPUTING:
            with self._mutex:
                self._queue.append(waiting)
                waiting.is_leader, self._led = not self._led, True
            if not waiting.is_leader:
                wait_for(waiting.bell, waiting.is_due)
            if not waiting.is_settled:
                self._lead(waiting)
        if waiting.error is not None:
            raise waiting.error
        return cast(R, waiting.result)

    def _lead(self, leader: _Waiting) -> None:
        """One round: everything queued so far, then the lead goes to whoever has queued up meanwhile."""
        batch: list[_Waiting] = []
        try:
            try:
                connection = self._open_round(self._begin)
                batch = self._take_batch()
                self._run_round(connection, batch)
            except _RoundLost as lost:
                # Find out one by one: a use case that breaks the transaction must not take others with it.
                batch = batch or self._take_batch()
                for waiting in batch:
                    self._commit_alone(waiting, lost)
        except BaseException as error:
            batch = batch or self._take_batch()
            for waiting in batch:
                waiting.error = waiting.error or error
        finally:
            self._hand_over(leader, batch)

    def _take_batch(self) -> list[_Waiting]:
        with self._mutex:
            return [self._queue.popleft() for _ in range(min(len(self._queue), _MOST_PER_ROUND))]

    def _hand_over(self, leader: _Waiting, batch: list[_Waiting]) -> None:
        with self._mutex:
            self._led = bool(self._queue)
            next_leader = self._queue[0] if self._led else None
        for waiting in batch:
            waiting.is_settled = True
            if waiting is not leader:
                ring_in_turn(waiting.bell)
        if next_leader is not None:
            next_leader.is_leader = True
            ring_in_turn(next_leader.bell, first=True)

    def _commit_alone(self, waiting: _Waiting, lost: _RoundLost) -> None:
        for _ in range(_ATTEMPTS):
            try:
                self._run_round(self._open_round(self._begin_alone), [waiting])
                return
            except _RoundLost as again:
                lost = again
            except StorageUnavailable as error:
                waiting.error = error
                return
        unavailable = StorageUnavailable()
        unavailable.__cause__ = lost.__cause__
        waiting.error = unavailable

    def _open_round(self, begin: str) -> Connection:
        connection = self._connection or self._connect()
        try:
            with WAITING:
                connection.transaction.raw(begin)
        except DRIVER_ERRORS as error:
            # An idle connection may have died with its server: that is a lost round, tried again on a new one.
            self._abandon(connection)
            raise _RoundLost from error
        self._connection = connection
        return connection

    def _run_round(self, connection: Connection, batch: list[_Waiting]) -> None:
        """Runs and commits a batch. _RoundLost: nothing happened. StorageUnavailable: COMMIT's fate is unknown."""
        try:
            if len(batch) == 1:
                if not self._run_only(connection, batch[0]):
                    return
            else:
                self._run_all(connection, batch)
        except DRIVER_ERRORS as error:
            self._abandon(connection)
            raise _RoundLost from error
        self._commit(connection)
        GROUP_COMMIT_ROUNDS.inc()
        GROUP_COMMIT_USE_CASES.inc(len(batch))

    def _run_only(self, connection: Connection, waiting: _Waiting) -> bool:
        """Runs the only use case of a round; False when it refused and the transaction is over."""
        waiting.end(_run(connection, waiting))
        if waiting.error is None:
            return True
        connection.transaction.raw("ROLLBACK")
        return False

    def _run_all(self, connection: Connection, batch: list[_Waiting]) -> None:
        apart, others = _split(batch)
        for waiting, ended in zip(apart, _run_apart(connection.transaction, apart), strict=True):
            waiting.end(ended)
            if ended.error is not None and ended.has_written:
                connection.transaction.raw("ROLLBACK")
                raise _RoundLost from ended.error
        for waiting in others:
            self._run_in_savepoint(connection, waiting)

    def _run_in_savepoint(self, connection: Connection, waiting: _Waiting) -> None:
        connection.transaction.raw("SAVEPOINT use_case")
        waiting.end(_run(connection, waiting))
        if waiting.error is not None:
            connection.transaction.raw("ROLLBACK TO SAVEPOINT use_case")
        connection.transaction.raw("RELEASE SAVEPOINT use_case")

    def _commit(self, connection: Connection) -> None:
        try:
            with WAITING:
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


def _split(batch: list[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
    """Those that touch nothing that another of them touches, and the rest."""
    touched: set[bytes] = set()
    apart, others = [], []
    for waiting in batch:
        if waiting.touches and touched.isdisjoint(waiting.touches):
            touched.update(waiting.touches)
            apart.append(waiting)
        else:
            others.append(waiting)
    return apart, others


def _run_apart(tx: Transaction, apart: list[_Waiting]) -> Sequence[Ended]:
    works = [waiting.work for waiting in apart]
    if isinstance(tx, RemoteTransaction) and len(works) > 1:
        return run_in_step(tx, works)
    return [run_alone(tx, work) for work in works]


def _run(connection: Connection, waiting: _Waiting) -> Ended:
    try:
        return run_alone(connection.transaction, waiting.work)
    except DEFECTS as error:
        return Ended(None, error, has_written=True)

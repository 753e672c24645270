"""Turns: of all threads that answer requests, one computes; whoever waits for something lets the next one in.

The interpreter lock allows one thread at a time anyway, but gives itself away at every call into a database, and
a thread that wants it back has to be woken: with sixteen threads, waking them costs more than the queries. A turn
is kept through such short calls and given up only for real waits: a sync, a remote database, another request.

A turn is a courtesy, not a lock: nothing is protected by it. Who has waited for one in vain goes ahead without.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

_PATIENCE_SECONDS: Final = 1.0


class Bell:
    """Rings once, for the one thread that waits for it."""

    __slots__ = ("_lock", "ring")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self.ring = self._lock.release

    def wait(self) -> bool:
        """Whether it rang before patience ran out."""
        return self._lock.acquire(timeout=_PATIENCE_SECONDS)


class _Turn:
    """The one turn of this process. It goes to those in the line first, then to whoever comes: fair is slower."""

    def __init__(self) -> None:
        self._taken = threading.Lock()
        self._line: deque[Bell] = deque()

    def take(self) -> bool:
        """Waits for the turn; False when it did not come."""
        return self._taken.acquire(timeout=_PATIENCE_SECONDS)

    def give(self) -> None:
        """Passes the turn on."""
        if not self._ring_next():
            self._taken.release()
            # A bell may have joined the line just before the release.
            if self._line and self._taken.acquire(blocking=False):
                self.give()

    def _ring_next(self) -> bool:
        try:
            bell = self._line.popleft()
        except IndexError:
            return False
        bell.ring()
        return True

    def line_up(self, bell: Bell, *, first: bool) -> None:
        """Rings the bell as soon as its thread can have the turn."""
        if first:
            self._line.appendleft(bell)
        else:
            self._line.append(bell)
        if self._taken.acquire(blocking=False):
            self.give()

    def leave(self, bell: Bell) -> bool:
        """Takes a bell out of the line; False when it is not there: it has just been rung, or not yet lined up."""
        try:
            self._line.remove(bell)
        except ValueError:
            return False
        return True


class _Mine(threading.local):
    """Whether this thread has the turn, and whether it had it before each `with` that it is in."""

    def __init__(self) -> None:
        self.has_turn = False
        self.before: list[bool] = []


_turn: Final = _Turn()
_mine: Final = _Mine()


class _Computing:
    def __enter__(self) -> None:
        mine = _mine
        mine.before.append(mine.has_turn)
        if not mine.has_turn:
            mine.has_turn = _turn.take()

    def __exit__(self, *_: object) -> None:
        mine = _mine
        if not mine.before.pop() and mine.has_turn:
            mine.has_turn = False
            _turn.give()


class _Waiting:
    def __enter__(self) -> None:
        mine = _mine
        mine.before.append(mine.has_turn)
        if mine.has_turn:
            mine.has_turn = False
            _turn.give()

    def __exit__(self, *_: object) -> None:
        mine = _mine
        if mine.before.pop() and not mine.has_turn:
            mine.has_turn = _turn.take()


COMPUTING: Final = _Computing()
"""`with COMPUTING:` the block runs in this thread's turn."""
WAITING: Final = _Waiting()
"""`with WAITING:` the block only waits: whoever comes next has the turn meanwhile."""


def wait_for(bell: Bell, is_due: Callable[[], bool]) -> None:
    """Gives up the turn until another thread calls `ring_in_turn`, and comes back with a turn.

    `is_due` tells whether that call has been made or is just being made: patience for the turn begins then.
    """
    mine = _mine
    if mine.has_turn:
        mine.has_turn = False
        _turn.give()
    while not bell.wait():
        if is_due() and _turn.leave(bell):
            return
    mine.has_turn = True


def ring_in_turn(bell: Bell, *, first: bool = False) -> None:
    """Wakes the thread that waits for this bell when its turn comes; `first` before all others in the line."""
    _turn.line_up(bell, first=first)

"""Sixty-four callers at the same moment: half of them threads of this process, half of another one."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Barrier
from time import sleep
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from tests.disconnection.killing import ended, started

CALLERS: Final = 64
SPREAD_SECONDS: Final = 0.02
_IN_EACH: Final = CALLERS // 2

P_contra = TypeVar("P_contra", contravariant=True)
P = TypeVar("P")


class Act(Protocol):
    """What one caller does; it goes to the other process as it is."""

    @property
    def delay(self) -> float:
        """How many seconds after the start."""


class Race(Protocol[P_contra]):
    """What both processes need to know."""

    def act(self, place: P_contra, act: Any) -> Any:
        """Does what one caller does; what that came to."""


class _Half(Generic[P]):
    """Half of the callers: threads of one process."""

    def __init__(self, place: P) -> None:
        self._place = place
        self._pool = ThreadPoolExecutor(_IN_EACH)

    def run(self, race: Race[P], acts: Sequence[Act]) -> list[Any]:
        """Does all at once; what each came to."""
        barrier = Barrier(len(acts))

        def start(act: Act) -> Any:
            barrier.wait()
            sleep(act.delay)
            return race.act(self._place, act)

        return [*self._pool.map(start, acts)]

    def close(self) -> None:
        """Ends its threads."""
        self._pool.shutdown()


def _serve(place: Any, asked: Connection) -> None:
    """The other process: does its half of each race until there is none."""
    half = _Half(place)
    while (told := asked.recv()) is not None:
        asked.send(half.run(*told))
    half.close()


class Callers(Generic[P]):
    """Runs races at one place, which both processes open for themselves: nothing of it may be open yet."""

    def __init__(self, place: P) -> None:
        self._asking, asked = Pipe()
        self._other = started(partial(_serve, place, asked))
        asked.close()  # so that the end of the other process is seen at once
        self._half = _Half(place)

    def run(self, race: Race[P], acts: Sequence[Act]) -> list[Any]:
        """Does all at once; what each came to, in no order."""
        self._asking.send((race, acts[_IN_EACH:]))
        return [*self._half.run(race, acts[:_IN_EACH]), *self._asking.recv()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._half.close()
        self._asking.send(None)
        assert ended(self._other) == 0

"""Runs use cases in step: where several wait for the same statement, it goes to the database once, for all of them.

Each use case is a plain function and runs in a coroutine of its own (a greenlet). Whenever it calls its transaction
it is put aside; when all have called, the calls are sent together. To a remote database ten use cases of three
statements are three round trips instead of thirty.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from greenlet import getcurrent, greenlet

from app.core.connections import DRIVER_ERRORS, Params, RemoteTransaction, Transaction
from app.core.statements import Query, Statement

R = TypeVar("R")
Work = Callable[[Transaction], Any]


class Ended(NamedTuple):
    """How a use case ended: with a result, or with what it raised."""

    result: Any
    error: Exception | None
    has_written: bool


class _Call(NamedTuple):
    """A statement that a use case waits for."""

    statement: Statement
    params: Params


class _InStep(RemoteTransaction):
    """The transaction of one use case among others: its statements wait until those of the others are there."""

    __slots__ = ("_leader",)

    def __init__(self, shared: RemoteTransaction, leader: greenlet) -> None:
        super().__init__(shared._cursor, shared._dialect)  # noqa: SLF001  (the same connection, used by turns)
        self._leader = leader

    def run(self, statement: Statement, **params: Any) -> int:
        """Runs a statement; returns how many rows it touched."""
        touched = cast(int, self._leader.switch(_Call(statement, params)))
        if touched:
            self.has_written = True
        return touched

    def find(self, query: Query[R], **params: Any) -> R | None:
        """The first row, or None."""
        return cast(R | None, self._leader.switch(_Call(query, params)))


def run_alone(tx: Transaction, work: Work) -> Ended:
    """Runs one use case to its end. A driver's error is not an end: it comes out."""
    tx.has_written = False
    try:
        return Ended(work(tx), None, tx.has_written)
    except DRIVER_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  (whatever a use case raises is its answer)
        return Ended(None, error, tx.has_written)


def run_in_step(shared: RemoteTransaction, works: Sequence[Work]) -> list[Ended]:
    """Runs use cases that touch no row in common, each to its end. A driver's error ends all of them.

    Statements other than `run`, `find` and `lock` go to the database at once, each alone.
    """
    leader = getcurrent()
    ended: dict[int, Ended] = {}

    def run(place: int) -> None:
        ended[place] = run_alone(_InStep(shared, leader), works[place])

    coroutines = [greenlet(run) for _ in works]
    try:
        calls: list[_Call] = [coroutine.switch(place) for place, coroutine in enumerate(coroutines)]
        while waiting := [place for place, coroutine in enumerate(coroutines) if not coroutine.dead]:
            statement = calls[waiting[0]].statement
            together = [place for place in waiting if calls[place].statement is statement]
            answers = _send(shared, statement, [calls[place].params for place in together])
            for place, answer in zip(together, answers, strict=True):
                calls[place] = coroutines[place].switch(answer)
    finally:
        for coroutine in coroutines:
            coroutine.throw()  # ends it where it stands; nothing for one that has ended
    return [ended[place] for place in range(len(works))]


def _send(shared: RemoteTransaction, statement: Statement, many: Sequence[Params]) -> Sequence[Any]:
    if isinstance(statement, Query):
        return shared.find_each(statement, many)
    return shared.run_each(statement, many)

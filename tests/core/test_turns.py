"""Turns: one thread computes, a wait lets the next one in, and nobody is stopped for good."""

import threading
from collections.abc import Callable

import pytest

from app.core import turns
from app.core.turns import COMPUTING, WAITING, Bell, ring_in_turn, wait_for


class _Thread(threading.Thread):
    """A thread that has ended, or is ended by the test's failure."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(target=work, daemon=True)
        self.start()

    def end(self) -> None:
        """Waits for its end."""
        self.join(30)
        assert not self.is_alive()


def test_one_thread_computes_at_a_time() -> None:
    inside, most = 0, 0

    def compute() -> None:
        nonlocal inside, most
        for _ in range(200):
            with COMPUTING:
                inside += 1
                most = max(most, inside)
                inside -= 1

    for thread in [_Thread(compute) for _ in range(8)]:
        thread.end()
    assert most == 1


def test_a_wait_lets_another_thread_compute() -> None:
    done = threading.Event()
    with COMPUTING:
        thread = _Thread(lambda: _compute(done.set))
        with WAITING:
            assert done.wait(30)
    thread.end()


def _compute(work: Callable[[], None]) -> None:
    with COMPUTING:
        work()


def test_a_turn_within_a_turn_is_the_same_turn() -> None:
    with COMPUTING:
        with COMPUTING:
            pass
        assert (turns._mine.has_turn, turns._mine.before) == (True, [False])
    assert (turns._mine.has_turn, turns._mine.before) == (False, [])


def test_an_error_gives_the_turn_back() -> None:
    with pytest.raises(ValueError, match="x"), COMPUTING:
        raise ValueError("x")
    _Thread(lambda: _compute(lambda: None)).end()
    assert not turns._turn._taken.locked()


def test_who_waits_in_vain_goes_ahead_without_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_PATIENCE_SECONDS", 0.05)
    done = threading.Event()
    with COMPUTING:
        thread = _Thread(lambda: _compute(done.set))
        assert done.wait(30)
        thread.end()
    assert not turns._turn._taken.locked()


def test_a_bell_brings_the_turn_along() -> None:
    bell, had = Bell(), []

    def sleep() -> None:
        with COMPUTING:
            wait_for(bell, lambda: False)
            had.append(turns._mine.has_turn)

    thread = _Thread(sleep)
    with COMPUTING:
        ring_in_turn(bell)
        assert had == []
    thread.end()
    assert had == [True]
    assert not turns._turn._taken.locked()


def test_a_bell_that_is_due_does_not_wait_for_a_turn_that_never_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_PATIENCE_SECONDS", 0.05)
    bell, woken, due = Bell(), threading.Event(), threading.Event()

    def sleep() -> None:
        with COMPUTING:
            wait_for(bell, due.is_set)
            woken.set()

    thread = _Thread(sleep)
    with COMPUTING:
        due.set()
        ring_in_turn(bell)
        assert woken.wait(30)
        thread.end()
    assert not turns._turn._taken.locked()


def test_many_threads_and_bells_leave_the_turn_free() -> None:
    """Sleepers are rung while others compute and wait; a lost bell would keep a thread alive."""
    bells = [Bell() for _ in range(50)]

    def sleep(bell: Bell) -> None:
        with COMPUTING:
            wait_for(bell, lambda: False)

    def compute() -> None:
        for _ in range(100):
            with COMPUTING, WAITING:
                pass

    threads = [_Thread(lambda bell=bell: sleep(bell)) for bell in bells]  # type: ignore[misc]
    threads += [_Thread(compute) for _ in range(4)]
    for bell in bells:
        ring_in_turn(bell)
    for thread in threads:
        thread.end()
    assert not turns._turn._taken.locked()

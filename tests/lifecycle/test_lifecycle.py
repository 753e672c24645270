"""No order of events leaves anything where it must not be, or loses what must stay; and the search finds mistakes."""

import os
import secrets
import time
from typing import Final, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycle.defects import DEFECTS, seeded
from tests.lifecycle.machine import Lifecycle
from tests.stores import Backend

_LENGTH: Final = 150
_LIVES_AT_ONCE: Final = 20
_MOST_STEPS: Final = 20_000
# A failure tells the seed of its run; this repeats it.
_SEED_VARIABLE: Final = "LIFECYCLE_SEED"


class _Ran(NamedTuple):
    steps: int
    failure: BaseException | None


def _run(number: int, *, backend: Backend, lives: int, length: int = _LENGTH) -> _Ran:
    """Some lives, the same for the same seed."""

    class Some(Lifecycle):
        pass

    Some.backend, Some.steps = backend, 0
    machine = seed(number)(Some)
    chosen = settings(
        max_examples=lives,
        stateful_step_count=length,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except Exception as failure:  # noqa: BLE001 - what a mistake raises is not known before
        failure.add_note(f"{_SEED_VARIABLE}={number}, {backend}, {lives} lives of {length} steps")
        return _Ran(Some.steps, failure)
    return _Ran(Some.steps, None)


def _must_pass(ran: _Ran) -> int:
    if ran.failure is not None:
        raise ran.failure
    return ran.steps


def _first_seed(otherwise: int) -> int:
    return int(os.environ.get(_SEED_VARIABLE, otherwise))


@pytest.mark.parametrize(("backend", "lives"), [("sqlite", 5), ("postgresql", 2)])
def test_whatever_happens_the_stores_hold_what_they_must(backend: Backend, lives: int) -> None:
    assert _must_pass(_run(_first_seed(1), backend=backend, lives=lives, length=60)) > 0


@pytest.mark.parametrize(
    "name",
    [
        "an erasure asks again at once",
        "an erasure forgets a refusal",
        "the door mixes up the sides",
    ],
)
def test_a_mistake_is_found(name: str) -> None:
    with seeded(name):
        assert _run(1, backend="sqlite", lives=20, length=60).failure is not None


@pytest.mark.drill
@pytest.mark.timeout(0)
@pytest.mark.parametrize(("backend", "least"), [("sqlite", 180_000), ("postgresql", 20_000)])
def test_two_hundred_thousand_steps(backend: Backend, least: int, capsys: pytest.CaptureFixture[str]) -> None:
    first, steps, runs, began = _first_seed(secrets.randbelow(10**9)), 0, 0, time.process_time()
    while steps < least:
        ran = _run(first + runs, backend=backend, lives=_LIVES_AT_ONCE)
        steps, runs = steps + ran.steps, runs + 1
        with capsys.disabled():
            spent = time.process_time() - began
            print(
                f"lifecycle {backend}: {steps} steps, seeds {first} to {first + runs - 1}, {spent:.0f} s of CPU",
                flush=True,
            )
        _must_pass(ran)
    assert steps >= least


@pytest.mark.drill
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", DEFECTS)
def test_every_mistake_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, steps, runs, is_found = _first_seed(secrets.randbelow(10**9)), 0, 0, False
    with seeded(name):
        while not is_found and steps < _MOST_STEPS:
            ran = _run(first + runs, backend="sqlite", lives=_LIVES_AT_ONCE, length=60)
            steps, runs, is_found = steps + ran.steps, runs + 1, ran.failure is not None
    with capsys.disabled():
        print(
            f"lifecycle: {name!r} {'found' if is_found else 'not found'} in {steps} steps, seed {first}",
            flush=True,
        )
    assert is_found

"""Pairs of models are counted for good: in any order, over days that are rolled up, and at once in one process."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.core.clock import MS_PER_DAY, day_of
from app.core.database import Database
from app.core.ids import uuid7
from app.intake.comparisons.models import ComparisonState, WithheldReason
from app.intake.comparisons.queries import INSERT_COMPARISON
from app.intake.invitations.exposures import roll_up_comparisons
from app.intake.invitations.lottery import Pair
from app.intake.invitations.pair_counts import PairCounts, last_settled_day
from tests.stores import Stores

AT = 1_795_600_800_000
WORKSPACE = bytes(range(16))
Register = Callable[..., None]


@pytest.fixture
def database(stores: Stores) -> Iterator[Database]:
    made = Database(stores.intake)
    yield made
    made.close()


@pytest.fixture
def register(database: Database) -> Register:
    def store(*models: str, at: int = AT, state: ComparisonState = ComparisonState.SKIPPED) -> None:
        row: dict[str, Any] = dict.fromkeys(INSERT_COMPARISON.compiled(database.dialect).names)
        row |= {
            "workspace_id": WORKSPACE,
            "day": day_of(at),
            "id": uuid7(at),
            "person": b"",
            "model_0": models[0],
            "model_1": models[1],
            "first_left": 0,
            "sharing": "vote_only",
            "notice_version": "1",
            "state": state.value,
            "withheld_reason": WithheldReason.GPC.value if state is ComparisonState.WITHHELD else None,
            "created_at": at,
            "expires_at": at + 1,
        }
        database.write(lambda tx: tx.run(INSERT_COMPARISON, **row))

    return store


def _counts(database: Database, at: int = AT) -> dict[Pair, int]:
    return dict(PairCounts(database, cache_seconds=0).get(WORKSPACE, at=at))


def _roll_up(database: Database, at: int, *, days_kept: int = 90, most: int = 9) -> int:
    bound = {"before_day": day_of(at) - days_kept, "most": most}
    return database.write(lambda tx: roll_up_comparisons(tx, workspace_id=WORKSPACE, **bound, at=at))


def test_a_pair_counts_in_either_order_and_withheld_ones_do_not(
    database: Database, register: Register
) -> None:
    register("b", "a")
    register("a", "b", at=AT - 5 * MS_PER_DAY)
    register("a", "c", state=ComparisonState.OPEN)
    register("a", "c", state=ComparisonState.WITHHELD)
    assert _counts(database) == {("a", "b"): 2, ("a", "c"): 1}


def test_names_are_ordered_by_code_point_whatever_the_databases_collation(
    database: Database, register: Register
) -> None:
    register("a", "B")
    register("B", "a", at=AT - 3 * MS_PER_DAY)
    assert _counts(database) == {("B", "a"): 2}


def test_other_workspaces_do_not_count(database: Database, register: Register) -> None:
    register("a", "b")
    assert PairCounts(database, cache_seconds=0).get(bytes(16), at=AT) == {}


def test_deleted_comparisons_still_count_once(database: Database, register: Register) -> None:
    for days in (0, 1, 2, 100, 200):
        register("a", "b", at=AT - days * MS_PER_DAY)
    before = _counts(database)
    for _ in range(3):
        database.write(
            lambda tx: roll_up_comparisons(
                tx, workspace_id=WORKSPACE, before_day=day_of(AT) - 90, most=1, at=AT
            )
        )
        assert _counts(database) == before == {("a", "b"): 5}
    for days in range(1, 5):
        later = AT + days * MS_PER_DAY
        register("b", "a", at=later)
        _roll_up(database, later)
        assert _counts(database, later) == {("a", "b"): 5 + days}


def test_an_early_bound_deletes_only_what_is_settled(database: Database, register: Register) -> None:
    register("a", "b")
    register("a", "b", at=AT - MS_PER_DAY)
    assert last_settled_day(AT) == day_of(AT) - 1
    assert _roll_up(database, AT, days_kept=-9) == 1
    midnight = (day_of(AT) + 1) * MS_PER_DAY
    assert _roll_up(database, midnight + 3_599_999, days_kept=-9) == 0
    assert _roll_up(database, midnight + 3_600_000, days_kept=-9) == 1
    assert _counts(database, midnight + 3_600_000) == {("a", "b"): 2}


def test_what_this_process_registers_counts_at_once(database: Database, register: Register) -> None:
    counts = PairCounts(database, cache_seconds=300)
    register("a", "b")
    assert counts.get(WORKSPACE, at=AT) == {("a", "b"): 1}
    register("b", "a")
    assert counts.get(WORKSPACE, at=AT) == {("a", "b"): 1}
    counts.note_registered(WORKSPACE, ("b", "a"))
    counts.note_registered(WORKSPACE, ("c", "a"))
    assert counts.get(WORKSPACE, at=AT) == {("a", "b"): 2, ("a", "c"): 1}


def test_a_decision_keeps_the_counts_it_was_given(database: Database) -> None:
    counts = PairCounts(database, cache_seconds=300)
    given = counts.get(WORKSPACE, at=AT)
    counts.note_registered(WORKSPACE, ("a", "b"))
    assert given == {}


def test_what_is_registered_while_the_database_is_read_is_never_lost(
    database: Database, register: Register
) -> None:
    counts = PairCounts(database, cache_seconds=0)
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            counts.get(WORKSPACE, at=AT)

    reader = threading.Thread(target=read)
    counts.get(WORKSPACE, at=AT)
    reader.start()
    try:
        for number in range(1, 60):
            register("a", "b")
            counts.note_registered(WORKSPACE, ("a", "b"))
            assert counts.get(WORKSPACE, at=AT)["a", "b"] >= number
    finally:
        stop.set()
        reader.join()
    assert counts.get(WORKSPACE, at=AT) == {("a", "b"): 59}

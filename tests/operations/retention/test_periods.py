"""A moved clock proves every period to the day, for every class that declares one."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import pytest
from flask import Flask

from app.access.workspaces.models import INTAKE, RESEARCH
from app.core.clock import MS_PER_DAY
from app.core.connections import Transaction
from app.core.database import Database
from app.core.ids import from_text
from app.core.retention import NOBODY, RetentionClass, all_classes, settable_classes, spans
from app.operations.installation import Installation
from app.operations.retention.running import (
    Deleted,
    count_retention,
    list_standing,
    run_retention,
    sweep_retention,
)
from app.operations.retention.sweeps import sweeps
from tests.clock import MovableClock
from tests.conftest import Host
from tests.invariants.source import import_everything
from tests.operations.retention.keeping import IsThere, gone_at, keep
from tests.tables import rows_of

import_everything()
R = TypeVar("R")
_CLASSES = [each for each in all_classes() if each.has_period]
# Their work is noted in the database after a file is gone: a process that dies between the two forgets the one.
_OF_FILES_ALONE = ("export_leftovers", "key_ring_copies")


class Killed(Exception):
    """The process died."""


class Kept(NamedTuple):
    """One thing, and when it has to go."""

    which: RetentionClass
    gone_at: int
    is_there: IsThere


@pytest.fixture
def workspace_id(workspace: Host) -> bytes:
    """The workspace's id as rows hold it."""
    raw = from_text("ws", workspace.workspace_id)
    assert raw is not None
    return raw


def _keep_all(here: Installation, workspace_id: bytes, at: int) -> list[Kept]:
    """One of each class."""
    return [
        Kept(
            which,
            gone_at(which, kept_at=at, days=which.days(here.settings)),
            keep(here, which, workspace_id=workspace_id, at=at),
        )
        for which in _CLASSES
    ]


def _named(kept: list[Kept]) -> Counter[tuple[str, str]]:
    return Counter((each.which.zone, each.which.name) for each in kept)


def _rows(told: Iterable[Deleted]) -> Counter[tuple[str, str]]:
    return Counter({(each.which.zone, each.which.name): each.rows for each in told if each.rows})


def test_every_period_is_enforced_by_one_sweep() -> None:
    enforced = Counter((sweep.which.zone, sweep.which.name) for sweep in sweeps())
    declared = {(each.zone, each.name) for each in _CLASSES}
    assert declared <= enforced.keys()
    assert set(enforced.values()) == {1}


def test_each_is_there_on_its_last_day_and_gone_after_it_and_nothing_else_is_touched(
    installation: Installation, workspace_id: bytes, clock: MovableClock
) -> None:
    first = _keep_all(installation, workspace_id, clock())
    later = _keep_all(installation, workspace_id, clock() + MS_PER_DAY)
    everything = [*first, *later]
    there, other_tables = everything, _untouchable(installation)
    moments = {each.gone_at for each in first} | {each.gone_at - 1 for each in first}
    for at in [*sorted(moments), max(each.gone_at for each in later)]:
        clock.at = at
        expected = [each for each in everything if each.gone_at > at]
        going = [each for each in there if each.gone_at <= at]
        if going:
            counted = _rows(count_retention(installation, at=at))
            assert all(each.is_there() for each in going), "a dry run deletes nothing"
        else:
            counted = Counter()
        assert _rows(run_retention(installation, at=at)) == counted == _named(going)
        there = [each for each in everything if each.is_there()]
        assert there == expected, at
    assert there == []
    assert _untouchable(installation) == other_tables


def _untouchable(here: Installation) -> dict[str, int]:
    """Rows of tables that retention has no business with, as far as this test has filled them."""
    names = ("workspaces", "api_keys")
    return {
        f"{zone}.{name}": len(rows_of(here.databases()[zone], getattr(tables, name)))
        for zone, tables in (("intake", INTAKE), ("research", RESEARCH))
        for name in names
    }


def test_a_run_that_dies_half_way_is_begun_again_and_counts_each_row_once(
    installation: Installation, workspace_id: bytes, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = _keep_all(installation, workspace_id, clock()) + _keep_all(installation, workspace_id, clock())
    clock.at = max(each.gone_at for each in kept)
    write, left = Database.write, 0

    def dying(database: Database, work: Callable[[Transaction], R], **options: Any) -> R:
        nonlocal left
        left -= 1
        if left:
            return write(database, work, **options)

        def work_and_die(tx: Transaction) -> R:
            work(tx)
            raise Killed

        return write(database, work_and_die, **options)

    monkeypatch.setattr(Database, "write", dying)
    for deaths in range(200):
        left = 4 + deaths * 5
        try:
            sweep_retention(installation, at=clock())
        except Killed:
            continue
        assert deaths > 5
        break
    assert not any(each.is_there() for each in kept)
    totals = {
        (s.which.zone, s.which.name): s.run.deleted_total
        for s in list_standing(installation)
        if s.run is not None and s.which.name not in _OF_FILES_ALONE
    }
    expected = Counter({k: n for k, n in _named(kept).items() if k[1] not in _OF_FILES_ALONE})
    assert +Counter(totals) == expected


def test_a_workspaces_own_period_holds_for_it_alone(
    installation: Installation, app: Flask, workspace_id: bytes, clock: MovableClock
) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["workspace", "create", "Other product"], catch_exceptions=False)
    other = from_text("ws", made.output.splitlines()[0].partition(": ")[2])
    assert other is not None
    own = {name: max(least, 2) for name, (least, _) in settable_classes().items()}
    chosen = [option for name, days in own.items() for option in ("--retention", f"{name}={days}")]
    assert runner.invoke(args=["workspace", "set", "Host product", *chosen]).exit_code == 0
    settable = [each for each in _CLASSES if each.name in own]
    kept = [
        Kept(which, gone_at(which, kept_at=clock(), days=days), there)
        for owner in (workspace_id, other)
        for which in settable
        for days in [own[which.name] if owner == workspace_id else which.days(installation.settings)]
        for there in [keep(installation, which, workspace_id=owner, at=clock(), days=days)]
    ]
    for at in sorted({each.gone_at + late for each in kept for late in (-1, 0)}):
        clock.at = at
        counted = [each.rows for each in count_retention(installation, at=at)]
        assert [each.rows for each in run_retention(installation, at=at)] == counted
        assert [each.is_there() for each in kept] == [each.gone_at > at for each in kept]


def test_spans_leave_no_id_out() -> None:
    lowest, highest, middle = bytes(16), b"\xff" * 16, b"m" * 16
    assert [*spans(9, {})] == [(lowest, highest, 9)]
    found = [*spans(9, {lowest: 1, middle: 2, highest: 3})]
    assert [each.days for each in found] == [1, 9, 2, 9, 3]
    numbers = [(int.from_bytes(each.first), int.from_bytes(each.last)) for each in found]
    assert numbers[0][0] == 0
    assert numbers[-1][1] == 2**128 - 1
    assert all(after[0] == before[1] + 1 for before, after in pairwise(numbers))


def test_rows_of_a_workspace_that_is_not_there_go_as_well(
    installation: Installation, workspace_id: bytes, app: Flask, clock: MovableClock
) -> None:
    chosen = [
        "workspace",
        "set",
        "Host product",
        "--retention",
        "reports=3",
        "--retention",
        "quiet_conversations=30",
    ]
    assert app.test_cli_runner().invoke(args=chosen).exit_code == 0
    owners = (bytes(16), workspace_id[:-1] + bytes([workspace_id[-1] ^ 1]), b"\xff" * 16)
    by_name = {each.name: each for each in _CLASSES}
    kept = [
        keep(installation, by_name[name], workspace_id=owner, at=clock())
        for name in ("reports", "quiet_conversations")
        for owner in owners
    ]
    clock.advance(days=31)
    assert sweep_retention(installation, at=clock()) == 0
    clock.advance(days=400)
    assert sweep_retention(installation, at=clock()) == len(kept)
    assert not any(is_there() for is_there in kept)
    assert NOBODY == b""

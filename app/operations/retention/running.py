"""Runs the sweeps of retention, counts what they would delete, and tells what they have done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from prometheus_client import Counter, Gauge

from app.access.workspaces import models as access_models
from app.access.workspaces.models import AccessTables, Workspace
from app.access.workspaces.periods import own_periods
from app.access.workspaces.queries import access_queries
from app.core.clock import MS_PER_SECOND
from app.core.connections import Transaction
from app.core.metrics import REGISTRY
from app.core.retention import NOBODY, RetentionClass, all_classes
from app.operations.installation import Installation
from app.operations.retention.runs import Notes, Run, list_runs
from app.operations.retention.sweeps import Round, Sweep, noting_place, sweeps

EVERY_SECONDS: Final = 3600
_ACCESS_TABLES: Final = {"intake": access_models.INTAKE, "research": access_models.RESEARCH}
RETENTION_DELETED: Final = Counter(
    "pairvote_retention_deleted",
    "Rows and files that retention has deleted.",
    ["zone", "kept"],
    registry=REGISTRY,
)
RETENTION_LAST_RUN: Final = Gauge(
    "pairvote_retention_last_run_timestamp_seconds",
    "When retention last went through a class to its end.",
    ["zone", "kept"],
    registry=REGISTRY,
)


class Deleted(NamedTuple):
    """What a run has deleted of a class, or would delete."""

    which: RetentionClass
    rows: int


class Standing(NamedTuple):
    """A class as it stands: its period in days, what was done last, and when that will be done again (ms)."""

    which: RetentionClass
    days: int | None
    run: Run | None
    own: Run | None
    """The workspace's part, where one was asked about."""

    @property
    def next_run_at(self) -> int | None:
        """When the next run is due; None where none has been."""
        return None if self.run is None else self.run.started_at + EVERY_SECONDS * MS_PER_SECOND


Progress = Callable[[RetentionClass, int], object]


def sweep_retention(here: Installation, *, at: int) -> int:
    """Deletes all that is due; how many rows and files went. Can be killed and run again at any point."""
    return sum(each.rows for each in run_retention(here, at=at))


def run_retention(
    here: Installation, *, at: int, name: str | None = None, progress: Progress | None = None
) -> Iterator[Deleted]:
    """Runs sweep after sweep, or those of one class, and tells what each has deleted.

    `progress` is told meanwhile how many more have gone; what a busy database had to do twice it is told twice.
    """
    chosen = [*_sweeps_of(here, at, name)]
    for place in {noting_place(here, sweep.which) for sweep, _ in chosen}:
        here.databases()[place].write(partial(_begin, place, chosen))
    for sweep, now in chosen:
        yield Deleted(sweep.which, _run(sweep, now, progress))


def count_retention(here: Installation, *, at: int, name: str | None = None) -> Iterator[Deleted]:
    """What a run at that time would delete, class by class. Deletes nothing."""
    for sweep, now in _sweeps_of(here, at, name):
        yield Deleted(sweep.which, sum(sweep.count(now).values()))


def list_standing(here: Installation, *, workspace: Workspace | None = None) -> list[Standing]:
    """Every class of this process's zones, with the period of the installation or of a workspace."""
    stores = here.databases()
    asked = workspace.id if workspace is not None else NOBODY
    noted = {
        place: stores[place].fetch(partial(list_runs, place=place, workspace_id=asked))
        for place in _ACCESS_TABLES
        if place in stores
    }
    periods = own_periods([workspace] if workspace is not None else [])
    found = []
    for which in all_classes():
        if which.zone not in stores:
            continue
        days = which.days(here.settings) if which.has_period else None
        run, own = noted[noting_place(here, which)].get(which.name, (None, None))
        found.append(Standing(which, periods.get(which.name, {}).get(asked, days), run, own))
    return found


def _sweeps_of(here: Installation, at: int, name: str | None) -> Iterator[tuple[Sweep, Round]]:
    stores = here.databases()
    periods = {
        zone: own_periods(stores[zone].fetch(partial(_list_workspaces, tables)))
        for zone, tables in _ACCESS_TABLES.items()
        if zone in stores
    }
    for sweep in sweeps():
        if sweep.is_for(here) and name in (None, sweep.which.name):
            yield sweep, Round(here, at, periods.get(sweep.which.zone, {}))


def _list_workspaces(tables: AccessTables, tx: Transaction) -> list[Workspace]:
    return tx.list(access_queries(tables).list_workspaces)


def _begin(place: str, chosen: Sequence[tuple[Sweep, Round]], tx: Transaction) -> None:
    # In one order everywhere: two of these at a time then wait for each other instead of deadlocking.
    for sweep, now in sorted(chosen, key=lambda each: each[0].which.name):
        if noting_place(now.here, sweep.which) == place:
            Notes(place, sweep.which, at=now.at).begin(tx)


def _run(sweep: Sweep, now: Round, progress: Progress | None) -> int:
    which, here = sweep.which, now.here
    place = noting_place(here, which)
    notes = Notes(place, which, at=now.at)

    def note(tx: Transaction, deleted: Mapping[bytes, int]) -> None:
        notes.add(tx, deleted)
        if progress is not None:
            progress(which, sum(deleted.values()))

    total = sweep.run(now, note)
    here.databases()[place].write(lambda tx: notes.end(tx, at=here.clock()))
    RETENTION_DELETED.labels(which.zone, which.name).inc(total)
    RETENTION_LAST_RUN.labels(which.zone, which.name).set(now.at / MS_PER_SECOND)
    return total

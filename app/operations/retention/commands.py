"""`flask retention`: what is kept for how long, what retention would delete now, and what it has deleted."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import click
from flask import current_app
from flask.cli import AppGroup

from app.core.clock import monotonic, rfc3339
from app.core.errors import AppError
from app.core.retention import RetentionClass
from app.operations.installation import Installation
from app.operations.retention.running import Standing, count_retention, list_standing, run_retention
from app.operations.retention.sweeps import sweeps
from app.operations.start import check_start

_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_TELL_SECONDS: Final = 5


def _installation() -> Installation:
    found: Installation = current_app.extensions["pairvote"]
    return found


@contextmanager
def _refusing() -> Iterator[None]:
    """What a database refuses becomes a sentence."""
    try:
        yield
    except AppError as error:
        raise click.ClickException(error.title) from None


def _checked_name(_context: click.Context, _parameter: click.Parameter, name: str | None) -> str | None:
    names = sorted({sweep.which.name for sweep in sweeps()})
    if name is not None and name not in names:
        raise click.BadParameter(f"There is no such class; there are {', '.join(names)}.")
    return name


@click.group("retention", cls=AppGroup)
def retention() -> None:
    """What is kept for how long, and the job that ends it."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only count what a run would delete now; delete nothing.")
@click.option(
    "--class", "name", callback=_checked_name, metavar="NAME", help="Only this class of what is kept."
)
@_AS_JSON
def run(dry_run: bool, name: str | None, as_json: bool) -> None:
    """Delete everything whose time is over, now, as the job does every hour.

    Classes, their periods and what a workspace may choose are listed in docs/retention.md. A run can be stopped at any
    point; the next one goes on from there.
    """
    here = _installation()
    check_start(here)
    at, progress = here.clock(), _Progress()
    with _refusing():
        told = (
            count_retention(here, at=at, name=name)
            if dry_run
            else run_retention(here, at=at, name=name, progress=progress.tell)
        )
        found = []
        for each in told:
            found.append({"zone": each.which.zone, "class": each.which.name, "deleted": each.rows})
            if not as_json:
                click.echo(f"{each.which.zone:10} {each.which.name:24} {each.rows}")
    if as_json:
        click.echo(json.dumps({"at": rfc3339(at), "dry_run": dry_run, "classes": found}))
        return
    total = sum(int(str(each["deleted"])) for each in found)
    click.echo(f"A run would delete {total}; nothing was deleted." if dry_run else f"Deleted {total}.")


class _Progress:
    """Says on standard error how far a long class is, every few seconds."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._told = monotonic()

    def tell(self, which: RetentionClass, rows: int) -> None:
        """So many more have gone."""
        self._counts[which.name] += rows
        if monotonic() - self._told >= _TELL_SECONDS:
            self._told = monotonic()
            click.echo(f"{which.name}: {self._counts[which.name]} so far", err=True)


@retention.command("status")
@_AS_JSON
def status(as_json: bool) -> None:
    """List every class with its period, its last run, its next run, and what was deleted.

    With --json also how each class ends, what a workspace may choose, and when the last run ended; one that has no end
    goes on still, or was killed.
    """
    here = _installation()
    check_start(here)
    with _refusing():
        found = list_standing(here)
    if as_json:
        click.echo(json.dumps([_told(each) for each in found]))
        return
    click.echo(
        f"{'zone':10} {'class':24} {'days':>5} {'last run':24} {'next run':24} {'deleted':>9} {'in all':>9}"
    )
    for each in found:
        ran = each.run
        times = f"{rfc3339(ran.started_at) if ran else '-':24} {_time(each.next_run_at) or '-':24}"
        counts = f"{ran.deleted if ran else '-':>9} {ran.deleted_total if ran else '-':>9}"
        days = each.days if each.days is not None else "-"
        click.echo(f"{each.which.zone:10} {each.which.name:24} {days:>5} {times} {counts}")


def _told(each: Standing) -> dict[str, Any]:
    ran = each.run
    return {
        "zone": each.which.zone,
        "class": each.which.name,
        "rule": each.which.retention.rule,
        "days": each.days,
        "bounds": each.which.retention.bounds,
        "last_run_at": _time(ran.started_at if ran else None),
        "ended_at": _time(ran.ended_at if ran else None),
        "next_run_at": _time(each.next_run_at),
        "deleted": ran.deleted if ran else None,
        "deleted_total": ran.deleted_total if ran else None,
    }


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)


commands: Final = (retention,)

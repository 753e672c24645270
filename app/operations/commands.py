"""Commands to run Pairvote: serve, migrate, jobs."""

import json
import sys
from typing import Final

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.core import migrations
from app.demo.host import Host, local_address
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.operations.server import become_server
from app.operations.start import check_reachable, check_start, migrate, prepare_data


def installation() -> Installation:
    """The installation of the running command."""
    found: Installation = current_app.extensions["pairvote"]
    return found


@click.command("serve")
@click.option(
    "--migrate", "with_migrations", is_flag=True, help="Bring the databases to the newest schema first."
)
@click.option("--demo", is_flag=True, help="Load the demo workspace first.")
@with_appcontext
def serve(with_migrations: bool, demo: bool) -> None:
    """Serve Pairvote in the foreground; stop it with Ctrl-C or SIGTERM."""
    here = installation()
    prepare_data(here)
    if with_migrations:
        migrate(here)
    check_start(here)
    if demo:
        click.echo("Loading the demo …")
        click.get_current_context().invoke(current_app.cli.commands["demo"].commands["load"])  # type: ignore[attr-defined]
    _print_addresses(here)
    here.close()
    become_server(here.settings)


def _print_addresses(here: Installation) -> None:
    click.echo(f"Pairvote ({here.settings.role}) serves on http://{here.settings.bind}")
    host, port = local_address(here.settings)
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    click.echo(f"  start page    {base}/")
    if here.settings.role.serves_intake and Host(here.settings).is_loaded:
        click.echo(f"  demo          {base}/demo")
    click.echo(f"  API reference {base}/docs")
    click.echo(f"  health        {base}/healthz")
    sys.stdout.flush()


@click.group("db", cls=AppGroup)
def db() -> None:
    """The databases' schema."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring every database of this role to the newest schema."""
    here = installation()
    prepare_data(here)
    migrate(here)
    click.echo("All databases are at the newest schema.")


@db.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """Which revision each database is at."""
    stores = installation().databases()
    for place, store in stores.items():
        check_reachable(place, store)
    found = {
        place: {"current": migrations.current(store), "newest": migrations.revisions(place)[-1]}
        for place, store in stores.items()
    }
    if as_json:
        click.echo(json.dumps(found))
        return
    for place, state in found.items():
        click.echo(f"{place:10} {state['current'] or 'empty':8} newest {state['newest']}")


@click.group("jobs", cls=AppGroup)
def jobs() -> None:
    """Background jobs: expiry, disconnection, exports, retention."""


@jobs.command("run")
@click.option("--once", is_flag=True, help="Run each job once and end.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows handled as JSON (with --once).")
def run_jobs(once: bool, as_json: bool) -> None:
    """Run the jobs of this role until stopped, or once."""
    here = installation()
    check_start(here)
    runner = job_runner(here)
    if not once:
        click.echo("Jobs run; stop with Ctrl-C or SIGTERM.")
        runner.run_forever()
        return
    handled = runner.run_once()
    if as_json:
        click.echo(json.dumps(handled))
        return
    for name, rows in handled.items():
        click.echo(f"{name:24} {rows}")


commands: Final = (serve, db, jobs)

"""The command that disconnects at once what is due."""

import json
from typing import Any, Final

import click
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from app.core.errors import AppError, StartRefused
from app.disconnection.crossing import Door
from app.disconnection.jobs import count_due, sweep
from app.privacy import key_checks
from app.privacy.links import Links


@click.command("disconnect")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@with_appcontext
def disconnect(as_json: bool) -> None:
    """Take every vote whose undo window has passed to research, now."""
    here: Any = current_app.extensions["pairvote"]
    at = here.clock()
    try:
        _check_keys(here)
        here.redaction.check_models()
        door = Door(here.intake, here.research, Links(here.keyring), here.redaction)
        # On standard error, and only where somebody looks at it.
        with tqdm(total=count_due(door, at=at), unit="vote", disable=None, leave=False) as bar:
            tally = sweep(door, at=at, progress=bar.update)
    except StartRefused as refused:
        raise click.ClickException(str(refused)) from None
    except AppError as error:
        raise click.ClickException(error.title) from None
    if as_json:
        dropped = {reason.value: votes for reason, votes in tally.dropped.items()}
        click.echo(
            json.dumps(
                {
                    "disconnected": tally.disconnected,
                    "withheld": {reason.value: votes for reason, votes in tally.withheld.items()},
                    "dropped": dropped,
                    "failed": tally.failed,
                }
            )
        )
    else:
        click.echo(
            f"{tally.disconnected} disconnected, {tally.dropped.total()} dropped, {tally.failed} failed."
        )
    if tally.withheld and not as_json:
        reasons = ", ".join(f"{votes} {reason.value}" for reason, votes in sorted(tally.withheld.items()))
        click.echo(f"Not all of their content: {reasons}.")
    if tally.failed:
        raise SystemExit(1)


def _check_keys(here: Any) -> None:
    """A link sealed under a wrong key could never be opened again. StartRefused."""
    stores = here.databases()
    for place, table in (("intake", key_checks.INTAKE), ("research", key_checks.RESEARCH)):
        stores[place].write(
            lambda tx, table=table, place=place: key_checks.check_keyring(
                tx, table, keyring=here.keyring, place=f"the {place} database"
            )
        )


commands: Final = (disconnect,)

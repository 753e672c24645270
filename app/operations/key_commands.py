"""Commands around the key ring: look, rotate, move data keys along, retire."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click
from flask.cli import AppGroup

from app.core.clock import MS_PER_DAY, rfc3339
from app.operations.commands import installation
from app.operations.installation import Installation
from app.operations.key_usage import needed_by, stores_to_rewrap
from app.operations.start import prepare_data
from app.privacy.keyring import KeyringError, Purpose
from app.privacy.rotation import retire_key, rewrap_all, rotate_key

R = TypeVar("R")
_BATCH: Final = 500
_PURPOSE: Final = click.Choice([purpose.value for purpose in Purpose])


@click.group("keys", cls=AppGroup)
def keys() -> None:
    """The key ring: versioned keys, one primary for each purpose."""


@keys.command("create")
def create() -> None:
    """Create the key ring, if there is none."""
    here = installation()
    prepare_data(here)
    click.echo(f"The key ring is at {here.settings.keyring}. Back it up apart from the data.")


@keys.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """List the keys, never their secrets."""
    rows = [
        {
            "purpose": key.purpose.value,
            "version": key.version,
            "state": key.state.value,
            "created_at": rfc3339(key.created_at),
            "check": key.check,
        }
        for key in installation().keyring.status()
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(
            f"{row['purpose']:15} v{row['version']:<5} {row['state']:8} {row['created_at']}  {row['check']}"
        )


@keys.command("rotate")
@click.argument("purpose", type=_PURPOSE)
def rotate(purpose: str) -> None:
    """Add a new primary key; older ones go on reading. Restart servers afterwards."""
    here = installation()
    made = _refusing(lambda: rotate_key(_ring_file(here), Purpose(purpose), at=here.clock()))
    click.echo(
        f"{purpose} v{made.version} is the primary now. Restart all servers and jobs so that they use it."
    )
    if Purpose(purpose) in (Purpose.CONTENT, Purpose.RECORD):
        click.echo(f"Then run `flask keys rewrap {purpose}` to move the data keys along.")


@keys.command("rewrap")
@click.argument("purpose", type=click.Choice([Purpose.CONTENT.value, Purpose.RECORD.value]))
def rewrap(purpose: str) -> None:
    """Wrap all data keys with the primary key; can be stopped and run again."""
    store = stores_to_rewrap(installation(), Purpose(purpose))
    assert store is not None  # both purposes wrap data keys
    moved = rewrap_all(
        store.rewrap, batch=_BATCH, progress=lambda count: click.echo(f"\r{count} moved", nl=False, err=True)
    )
    click.echo(f"{moved} data keys are wrapped by the primary {purpose} key now.")


@keys.command("retire")
@click.argument("purpose", type=_PURPOSE)
@click.argument("version", type=click.IntRange(1, 65_535))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--force",
    is_flag=True,
    help="Also within a day of the rotation; a signing key also while its exports live.",
)
def retire(purpose: str, version: int, yes: bool, force: bool) -> None:
    """Destroy an old key's secret, unless stored values still need it. There is no way back."""
    here = installation()
    if not yes:
        click.confirm(f"Destroy {purpose} v{version} for good?", abort=True)
    kind = Purpose(purpose)
    if not force:
        _check_settled(here, kind, version)
    # A stolen signing key must go at once; what it has signed can be made again.
    is_dropped = force and kind is Purpose.EXPORT_SIGNING
    _refusing(
        lambda: retire_key(
            _ring_file(here),
            kind,
            version,
            in_use=lambda: {} if is_dropped else {version: needed_by(here, kind, version)},
        )
    )
    click.echo(f"{purpose} v{version} is retired. Restart all servers and jobs.")


def _check_settled(here: Installation, purpose: Purpose, version: int) -> None:
    """A server that was not restarted since the rotation goes on using the old key."""
    newer = [key for key in here.keyring.status() if key.purpose is purpose and key.version > version]
    if newer and here.clock() < min(key.created_at for key in newer) + MS_PER_DAY:
        raise click.ClickException(
            f"{purpose} was rotated less than a day ago. Restart all servers and jobs and wait, or use --force."
        )


def _ring_file(here: Installation) -> Path:
    if here.settings.keyring_text:
        raise click.ClickException(
            "The key ring comes from PAIRVOTE_KEYRING_TEXT; write it to a file, change that with PAIRVOTE_KEYRING, "
            "and store the new text."
        )
    return Path(here.settings.keyring)


def _refusing(work: Callable[[], R]) -> R:
    try:
        return work()
    except KeyringError as error:
        raise click.ClickException(str(error)) from None


commands: Final = (keys,)

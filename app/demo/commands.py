"""Loads the demo, once."""

import json
import os
from pathlib import Path
from random import Random
from typing import Final

import click
from flask.cli import AppGroup

from app.access.workspaces import models as access_models
from app.access.workspaces.models import WorkspaceOptions
from app.access.workspaces.queries import access_queries
from app.access.workspaces.services import NewWorkspace, create_workspace, workspace_text
from app.core.ids import uuid7
from app.demo.services import PastClock, play
from app.disconnection.jobs import disconnect_due
from app.operations.commands import installation
from app.operations.installation import Installation
from app.operations.start import check_start
from app.privacy.links import Links
from app.privacy.secrets import new_api_key, random_id

_NAME: Final = "demo"
_SEED: Final = 7
_ACTOR: Final = "demo"


@click.group("demo", cls=AppGroup)
def demo() -> None:
    """The demo workspace."""


@demo.command("load")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def load(as_json: bool) -> None:
    """Load a workspace with conversations and votes; does nothing when it is there already."""
    here = installation()
    check_start(here)
    found = load_demo(here)
    click.echo(
        json.dumps(found) if as_json else "\n".join(f"{name}: {value}" for name, value in found.items())
    )


def load_demo(here: Installation) -> dict[str, str | int]:
    """Loads the demo unless it is loaded; what a newcomer needs to go on from there."""
    from app import create_app  # noqa: PLC0415  (the demo is a host: it drives the whole application)

    tables = access_models.INTAKE
    with here.intake_db.read() as tx:
        found = tx.find(access_queries(tables).find_workspace_by_name, name=_NAME)
    notes = here.settings.data / "demo.json"
    if found is not None:
        return {"workspace": workspace_text(found.id), "api_key_file": str(notes)}
    now = here.clock()
    new = NewWorkspace(
        id=random_id(),
        name=_NAME,
        origins=(f"http://{here.settings.bind}",),
        # Its people take their time, whatever the installation's settings are.
        options=WorkspaceOptions(reveals_models=True, ticket_seconds=3600, undo_seconds=900),
        key_id=uuid7(now),
        key_text=new_api_key(),
    )
    _write_private(notes, {"workspace_id": workspace_text(new.id), "api_key": new.key_text})
    here.research_db.write(
        lambda tx: create_workspace(tx, access_models.RESEARCH, new=new, actor=_ACTOR, at=now)
    )
    here.intake_db.write(lambda tx: create_workspace(tx, access_models.INTAKE, new=new, actor=_ACTOR, at=now))
    clock = PastClock(now)
    app = create_app(here.settings, clock)
    try:
        votes = play(app, clock, api_key=new.key_text, now=now, chance=Random(_SEED))
    finally:
        app.extensions["pairvote"].close()
    records = disconnect_due(here.intake, here.research, Links(here.keyring), at=now)
    return {
        "workspace": workspace_text(new.id),
        "api_key_file": str(notes),
        "votes": votes,
        "research_records": records,
    }


def _write_private(path: Path, content: dict[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)


commands: Final = (demo,)

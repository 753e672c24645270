"""Loads the demo, once."""

import contextlib
import json
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

import click
from flask.cli import AppGroup

from app.access.workspaces import models as access_models
from app.access.workspaces.errors import OddOrigin
from app.access.workspaces.models import AccessTables, Scope, Workspace, WorkspaceOptions
from app.access.workspaces.queries import access_queries
from app.access.workspaces.services import (
    NewWorkspace,
    change_workspace,
    check_origin,
    create_api_key,
    create_workspace,
    workspace_text,
)
from app.core.connections import Transaction
from app.core.ids import uuid7
from app.core.settings import Settings
from app.demo.host import EVERYWHERE, NOTES_FILE
from app.demo.services import PastClock, play
from app.disconnection.crossing import Door
from app.disconnection.jobs import disconnect_due
from app.intake.invitations.policies import set_policy
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.policy_document import write_policy
from app.operations.commands import installation
from app.operations.installation import Installation
from app.operations.start import check_start
from app.privacy.links import Links
from app.privacy.secrets import new_api_key, random_id

_NAME: Final = "demo"
_SEED: Final = 7
_ACTOR: Final = "demo"
# Whoever tries the demo is asked each time, also after a vote or a skip and with Global Privacy Control: they came for
# it. "Don't ask me again" holds here as everywhere. The limit is for demos that are open to the world.
_ASKS_ALWAYS: Final = InvitationPolicy(
    cooldown_after_vote_seconds=0,
    cooldown_after_skip_seconds=0,
    person_budget_per_day=1_000,
    workspace_budget_per_day=20_000,
    gpc_counts_as_opt_out=False,
)


@click.group("demo", cls=AppGroup)
def demo() -> None:
    """The demo workspace."""


@demo.command("load")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def load(as_json: bool) -> None:
    """Load a workspace with conversations and votes; what is there already stays."""
    here = installation()
    check_start(here)
    found = load_demo(here)
    click.echo(
        json.dumps(found) if as_json else "\n".join(f"{name}: {value}" for name, value in found.items())
    )


def load_demo(here: Installation) -> dict[str, str | int]:
    """Loads the demo unless it is loaded; what a newcomer needs to go on from there."""
    tables = access_models.INTAKE
    with here.intake_db.read() as tx:
        found = tx.find(access_queries(tables).find_workspace_by_name, name=_NAME)
    notes = here.settings.data / NOTES_FILE
    if found is not None:
        _bring_home(here, found, notes)
        return {"workspace": workspace_text(found.id), "api_key_file": str(notes)}
    now = here.clock()
    new = NewWorkspace(
        id=random_id(),
        name=_NAME,
        origins=tuple(demo_origins(here.settings)),
        # Its people take their time, whatever the installation's settings are.
        options=WorkspaceOptions(reveals_models=True, ticket_seconds=3600, undo_seconds=900),
        key_id=uuid7(now),
        key_text=new_api_key(),
    )
    _in_both_zones(here, lambda tx, tables: create_workspace(tx, tables, new=new, actor=_ACTOR, at=now))
    here.intake_db.write(
        lambda tx: set_policy(
            tx,
            workspace_id=new.id,
            document=write_policy(_ASKS_ALWAYS),
            expected_version=None,
            actor=_ACTOR,
            at=now,
        )
    )
    _write_private(notes, {"workspace_id": workspace_text(new.id), "api_key": new.key_text})
    votes = _play(here, new.key_text, now)
    door = Door(here.intake, here.research, Links(here.keyring), here.redaction)
    records = disconnect_due(door, at=now)
    return {
        "workspace": workspace_text(new.id),
        "api_key_file": str(notes),
        "votes": votes,
        "research_records": records,
    }


def _play(here: Installation, api_key: str, now: int) -> int:
    from app import create_app  # noqa: PLC0415  (the demo is a host: it drives the whole application)

    clock = PastClock(now)
    app = create_app(here.settings, clock)
    try:
        return play(app, clock, api_key=api_key, now=now, chance=Random(_SEED))
    finally:
        app.extensions["pairvote"].close()


def demo_origins(settings: Settings) -> set[str]:
    """The origins at which a browser may open the demo: what is listened on, and this machine's own names."""
    host, port = settings.address
    names = {"localhost", "127.0.0.1"}
    if host in EVERYWHERE:
        names.add(socket.gethostname().lower())
    else:
        names.add(f"[{host}]" if ":" in host else host)
    origins = set()
    for name in names:
        # A machine may have a name that no browser would take.
        with contextlib.suppress(OddOrigin):
            origins.add(check_origin(f"http://{name}:{port}"))
    return origins


def _bring_home(here: Installation, workspace: Workspace, notes: Path) -> None:
    """A demo that was loaded before works at today's address, and has a key again where its notes are lost."""
    now = here.clock()
    origins = workspace.origins | demo_origins(here.settings)
    if origins != workspace.origins:
        moved = replace(workspace, origins=origins)
        _in_both_zones(
            here, lambda tx, tables: change_workspace(tx, tables, workspace=moved, actor=_ACTOR, at=now)
        )
    if not notes.is_file():
        text, key_id = new_api_key(), uuid7(now)
        _in_both_zones(
            here,
            lambda tx, tables: create_api_key(
                tx, tables, workspace_id=workspace.id, key_id=key_id, text=text, label="demo",
                scopes=(Scope.ADMIN,), actor=_ACTOR, at=now,
            ),
        )  # fmt: skip
        _write_private(notes, {"workspace_id": workspace_text(workspace.id), "api_key": text})


def _in_both_zones(here: Installation, work: Callable[[Transaction, AccessTables], None]) -> None:
    """Research first, so that a crash between leaves no caller whose votes could not be exported."""
    here.research_db.write(lambda tx: work(tx, access_models.RESEARCH))
    here.intake_db.write(lambda tx: work(tx, access_models.INTAKE))


def _write_private(path: Path, content: dict[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)


commands: Final = (demo,)

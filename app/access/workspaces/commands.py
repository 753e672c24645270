"""Commands around workspaces and API keys."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup

from app.access.workspaces import models, services
from app.access.workspaces.models import AccessTables, Scope, SharingLevel, Workspace, WorkspaceOptions
from app.access.workspaces.periods import PeriodRefused, change_periods
from app.access.workspaces.queries import access_queries
from app.access.workspaces.reasons import with_feedback_reasons, with_reasons
from app.core.clock import rfc3339
from app.core.connections import Transaction
from app.core.database import Database
from app.core.errors import AppError, StorageUnavailable
from app.core.ids import from_text, to_text, uuid7
from app.privacy.secrets import new_api_key, random_id

_ACTOR: Final = "operator"
_LONGEST_NAME: Final = 100
_SHARING: Final = click.Choice([level.value for level in SharingLevel])
_NAMES: Final = {"reveal_models": "reveals_models", "paused": "is_paused", "mask_identity": "masks_identity"}
P = ParamSpec("P")
R = TypeVar("R")


def _stores() -> list[tuple[Database, AccessTables]]:
    """The zones of this process that keep workspaces; research first, so that a crash between leaves no caller
    whose votes could not be exported."""
    here: Any = current_app.extensions["pairvote"]
    stores = here.databases()
    zones = (("research", models.RESEARCH), ("intake", models.INTAKE))
    return [(stores[name], tables) for name, tables in zones if name in stores]


def _in_every_zone(work: Callable[[Transaction, AccessTables], None]) -> None:
    """Runs a use case in each zone's copy; what it refuses becomes a sentence."""

    def in_zone(tables: AccessTables, tx: Transaction) -> None:
        work(tx, tables)

    try:
        for database, tables in _stores():
            database.write(partial(in_zone, tables))
    except StorageUnavailable:
        raise click.ClickException(
            "A database cannot be used; is it migrated? `flask db upgrade` does that."
        ) from None
    except AppError as error:
        raise click.ClickException(error.title) from None


def find_workspace(text: str) -> Workspace:
    """A workspace by id or name, for commands."""
    database, tables = _stores()[-1]
    statements = access_queries(tables)
    workspace_id = from_text(services.WORKSPACE_PREFIX, text)
    with database.read() as tx:
        found = (
            tx.find(statements.find_workspace, workspace_id=workspace_id)
            if workspace_id
            else tx.find(statements.find_workspace_by_name, name=text)
        )
    if found is None:
        raise click.ClickException("There is no such workspace; `flask workspace list` shows all.")
    return found


@click.group("workspace", cls=AppGroup)
def workspace() -> None:
    """Workspaces: the products that embed Pairvote."""


def _checked_name(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    if not 1 <= len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        raise click.BadParameter(f"A name has 1 to {_LONGEST_NAME} printable characters.")
    return name.strip()


@workspace.command("create")
@click.argument("name", callback=_checked_name)
@click.option(
    "--origin", "origins", multiple=True, help="Web origin that may show the widget; repeat for more."
)
@click.option(
    "--sharing",
    type=_SHARING,
    default=SharingLevel.VOTE_AND_CONTENT.value,
    help="What is shared where a person has not chosen.",
)
@click.option("--reveal-models", is_flag=True, help="Show the models' names after the vote.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create(name: str, origins: tuple[str, ...], sharing: str, reveal_models: bool, as_json: bool) -> None:
    """Create a workspace; its API key is printed this once."""
    here: Any = current_app.extensions["pairvote"]
    at = here.clock()
    new = services.NewWorkspace(
        id=random_id(),
        name=name,
        origins=tuple(_origins(origins)),
        options=WorkspaceOptions(sharing=SharingLevel(sharing), reveals_models=reveal_models),
        key_id=uuid7(at),
        key_text=new_api_key(),
    )
    _in_every_zone(lambda tx, tables: services.create_workspace(tx, tables, new=new, actor=_ACTOR, at=at))
    _print({"workspace_id": services.workspace_text(new.id), "api_key": new.key_text}, as_json)


@workspace.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_workspaces(as_json: bool) -> None:
    """List all workspaces."""
    database, tables = _stores()[-1]
    with database.read() as tx:
        found = tx.list(access_queries(tables).list_workspaces)
    rows = [
        {"workspace_id": services.workspace_text(each.id), "name": each.name, "origins": sorted(each.origins)}
        for each in found
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['workspace_id']}  {row['name']}  {' '.join(row['origins'])}")
    if not rows:
        click.echo(
            "There is no workspace yet. Create one: flask workspace create NAME --origin https://app.example.com"
        )


@workspace.command("show")
@click.argument("workspace_ref")
def show(workspace_ref: str) -> None:
    """Show a workspace (by id or name) with all it is set to, as JSON; null takes the installation's setting."""
    found = find_workspace(workspace_ref)
    names = {"workspace_id": services.workspace_text(found.id), "name": found.name}
    shown = names | {"origins": sorted(found.origins), **asdict(found.options)}
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


@workspace.command("set")
@click.argument("workspace_ref")
@click.option("--origin", "origins", multiple=True, help="Replaces the registered origins; repeat for more.")
@click.option(
    "--undo-seconds", type=click.IntRange(0, 86_400), help="How long a vote can be changed or undone."
)
@click.option(
    "--ticket-seconds", type=click.IntRange(1, 604_800), help="How long a person may take to answer."
)
@click.option(
    "--sharing",
    type=_SHARING,
    help="What is shared where a person has not chosen.",
)
@click.option(
    "--reveal-models/--hide-models", default=None, help="Whether the models are named after the vote."
)
@click.option("--pause/--resume", "paused", default=None, help="Whether nobody is asked for now.")
@click.option(
    "--mask-identity/--no-mask-identity",
    "mask_identity",
    default=None,
    help="Whether a model's name is replaced where a response gives its own away.",
)
@click.option(
    "--age-limit",
    type=click.IntRange(13, 99),
    help="The age from which persons may take part; the documents state it.",
)
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    metavar="CODE",
    help="Replaces the reasons offered with a vote; repeat for more.",
)
@click.option(
    "--reason-label",
    "labels",
    multiple=True,
    metavar="CODE:LANG=TEXT",
    help="Your own words for a reason; repeat for more. An empty text takes them away.",
)
@click.option(
    "--feedback-up",
    "ups",
    multiple=True,
    metavar="CODE",
    help="Replaces the reasons offered with a thumb up; repeat for more.",
)
@click.option(
    "--feedback-down",
    "downs",
    multiple=True,
    metavar="CODE",
    help="Replaces the reasons offered with a thumb down; repeat for more.",
)
@click.option(
    "--feedback-label",
    "feedback_labels",
    multiple=True,
    metavar="CODE:LANG=TEXT",
    help="Your own words for a reason offered with a thumb, as with --reason-label.",
)
@click.option(
    "--retention",
    "periods",
    multiple=True,
    metavar="CLASS=DAYS",
    help="How long a class of what is kept is kept, within its bounds; docs/retention.md lists them. Repeat for more; "
    "CLASS= takes it back.",
)
def change(
    workspace_ref: str,
    *,
    origins: tuple[str, ...],
    reasons: tuple[str, ...],
    labels: tuple[str, ...],
    ups: tuple[str, ...],
    downs: tuple[str, ...],
    feedback_labels: tuple[str, ...],
    periods: tuple[str, ...],
    **options: Any,
) -> None:
    """Change a workspace (by id or name)."""
    here: Any = current_app.extensions["pairvote"]
    found = find_workspace(workspace_ref)
    changes = {_NAMES.get(name, name): value for name, value in options.items() if value is not None}
    if "sharing" in changes:
        changes["sharing"] = SharingLevel(changes["sharing"])
    changes |= _refusing(with_reasons, found.options, codes=reasons, labels=labels)
    changes |= _refusing(with_feedback_reasons, found.options, up=ups, down=downs, labels=feedback_labels)
    try:
        changes["retention"] = change_periods(found.options.retention, periods)
    except PeriodRefused as refused:
        raise click.BadParameter(str(refused), param_hint="--retention") from None
    changed = replace(found, options=replace(found.options, **changes))
    if origins:
        changed = replace(changed, origins=_origins(origins))
    _in_every_zone(
        lambda tx, tables: services.change_workspace(
            tx, tables, workspace=changed, actor=_ACTOR, at=here.clock()
        )
    )
    click.echo(f"Changed {services.workspace_text(found.id)}.")


@click.group("apikey", cls=AppGroup)
def apikey() -> None:
    """API keys of a workspace."""


@apikey.command("create")
@click.argument("workspace_ref")
@click.option("--label", default="", help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="Repeat for more; default: admin.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create_key(workspace_ref: str, label: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Create an API key; it is printed this once."""
    here: Any = current_app.extensions["pairvote"]
    found, at, text = find_workspace(workspace_ref), here.clock(), new_api_key()
    key_id = uuid7(at)
    _in_every_zone(
        lambda tx, tables: services.create_api_key(
            tx,
            tables,
            workspace_id=found.id,
            key_id=key_id,
            text=text,
            label=label[:100],
            scopes=[Scope(each) for each in scopes] or [Scope.ADMIN],
            actor=_ACTOR,
            at=at,
        )
    )
    _print({"key_id": to_text(services.KEY_PREFIX, key_id), "api_key": text}, as_json)


@apikey.command("list")
@click.argument("workspace_ref")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_keys(workspace_ref: str, as_json: bool) -> None:
    """List a workspace's API keys, never the keys themselves."""
    found = find_workspace(workspace_ref)
    database, tables = _stores()[-1]
    with database.read() as tx:
        keys = tx.list(access_queries(tables).list_api_keys, workspace_id=found.id)
    rows = [
        {
            "key_id": to_text(services.KEY_PREFIX, key.id),
            "ends_in": key.last_four,
            "scopes": json.loads(key.scopes),
            "created_at": rfc3339(key.created_at),
            "revoked_at": rfc3339(key.revoked_at) if key.revoked_at else None,
        }
        for key in keys
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = f"revoked {row['revoked_at']}" if row["revoked_at"] else "live"
        click.echo(f"{row['key_id']}  …{row['ends_in']}  {','.join(row['scopes'])}  {state}")


@apikey.command("revoke")
@click.argument("workspace_ref")
@click.argument("key_id")
def revoke(workspace_ref: str, key_id: str) -> None:
    """Revoke an API key; running servers stop taking it within PAIRVOTE_CACHE_SECONDS."""
    here: Any = current_app.extensions["pairvote"]
    found, raw = find_workspace(workspace_ref), from_text(services.KEY_PREFIX, key_id)
    if raw is None:
        raise click.ClickException("That is not the id of an API key (key_…).")
    _in_every_zone(
        lambda tx, tables: services.revoke_api_key(
            tx, tables, workspace_id=found.id, key_id=raw, actor=_ACTOR, at=here.clock()
        )
    )
    click.echo(f"Revoked {key_id}.")


def _origins(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_refusing(services.check_origin, text) for text in texts)


def _refusing(check: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What a check returns; what it refuses becomes a sentence."""
    try:
        return check(*arguments, **named)
    except AppError as error:
        raise click.ClickException(error.title) from None


def _print(values: dict[str, str], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values))
        return
    for name, value in values.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


commands: Final = (workspace, apikey)

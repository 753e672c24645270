"""Commands around webhooks: register one, list them, delete one."""

import json
from typing import Any, Final

import click
from flask.cli import AppGroup

from app.access.workspaces.commands import find_workspace
from app.core.errors import AppError
from app.research.command_line import AS_JSON, research_zone
from app.research.exports.services import read_export_text
from app.research.webhooks import services
from app.research.webhooks.schemas import webhook_answer

_ACTOR: Final = "operator"
_WORKSPACE: Final = click.option(
    "--workspace", "workspace_ref", required=True, help="The workspace, by id or name."
)


@click.group("webhook", cls=AppGroup)
def webhook() -> None:
    """Webhooks: addresses that are told which rows of an export to delete."""


@webhook.command("create")
@_WORKSPACE
@click.option("--url", required=True, help="Where to post: https://, without credentials, ? or #.")
@click.option("--export", "export_ref", help="The one export that it is for; all of them otherwise.")
@AS_JSON
def create(workspace_ref: str, url: str, export_ref: str | None, as_json: bool) -> None:
    """Have tombstones posted to an address."""
    research = research_zone()
    workspace, at, webhook_id = find_workspace(workspace_ref), research.clock(), services.new_webhook_id()
    try:
        services.check_url(url, allows_loopback=research.settings.webhook_loopback == "on")
        export_id = None if export_ref is None else read_export_text(export_ref)
        made = research.db.write(
            lambda tx: services.register_webhook(
                tx,
                webhook_id=webhook_id,
                workspace_id=workspace.id,
                export_id=export_id,
                url=url,
                actor=_ACTOR,
                at=at,
            )
        )
    except AppError as error:
        raise click.ClickException(error.title) from None
    _print([webhook_answer(made)], as_json=as_json, is_list=False)


@webhook.command("list")
@_WORKSPACE
@AS_JSON
def list_all(workspace_ref: str, as_json: bool) -> None:
    """List a workspace's webhooks and how they fare."""
    workspace = find_workspace(workspace_ref)
    found = research_zone().db.fetch(lambda tx: services.list_webhooks(tx, workspace_id=workspace.id))
    _print([webhook_answer(each) for each in found], as_json=as_json, is_list=True)


@webhook.command("delete")
@_WORKSPACE
@click.argument("webhook_ref")
def delete(workspace_ref: str, webhook_ref: str) -> None:
    """Delete a webhook."""
    research, workspace = research_zone(), find_workspace(workspace_ref)
    try:
        webhook_id = services.read_webhook_text(webhook_ref)
        at = research.clock()
        research.db.write(
            lambda tx: services.delete_webhook(
                tx, workspace_id=workspace.id, webhook_id=webhook_id, actor=_ACTOR, at=at
            )
        )
    except AppError as error:
        raise click.ClickException(error.title) from None
    click.echo(f"Deleted {webhook_ref}.")


def _print(told: list[dict[str, Any]], *, as_json: bool, is_list: bool) -> None:
    if as_json:
        click.echo(json.dumps(told if is_list else told[0]))
        return
    for each in told:
        why = f"  {each['last_failure']} since {each['failing_since']}" if each["failing_since"] else ""
        click.echo(
            f"{each['id']}  {each['state']:8}  {each['export_id'] or 'all exports'}  {each['url']}{why}"
        )
    if not told:
        click.echo("There is no webhook yet. Make one: flask webhook create --workspace NAME --url URL")


commands: Final = (webhook,)

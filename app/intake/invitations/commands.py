"""Commands around invitations: the policy, a dry run of it, the exposure report."""

import functools
import json
from collections.abc import Callable
from typing import IO, Any, Final

import click
from flask import current_app
from flask.cli import with_appcontext
from marshmallow import ValidationError

from app.access.workspaces.commands import find_workspace
from app.access.workspaces.models import Workspace
from app.core.clock import day_of
from app.core.errors import AppError
from app.intake.invitations.answers import dry_run_answer, exposure_answer, policy_answer
from app.intake.invitations.dry_run import DAYS
from app.intake.invitations.dry_run import dry_run as run_dry
from app.intake.invitations.exposures import report_exposures
from app.intake.invitations.policies import StoredPolicy, get_policy, set_policy
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.policy_document import read_policy, write_policy
from app.intake.invitations.report_schemas import read_day
from app.intake.zone import Intake

_ACTOR: Final = "operator"
Command = Callable[..., None]


def _to_day(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return read_day(text)
    except ValidationError as error:
        raise click.BadParameter(str(error.messages[0])) from None


def _for_workspace(command: Command) -> Command:
    """Gives a command its workspace, and the options that every one of these has."""

    @functools.wraps(command)
    def with_workspace(workspace_ref: str, **options: Any) -> None:
        command(find_workspace(workspace_ref), **options)

    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    workspace = click.option(
        "--workspace", "workspace_ref", required=True, metavar="ID_OR_NAME", help="Whose it is."
    )
    return with_appcontext(workspace(as_json(with_workspace)))


_document_file = click.argument("file", type=click.File("r", encoding="utf-8"), default="-")


def _intake() -> Intake:
    found: Intake = current_app.extensions["pairvote"].intake
    return found


def _read(file: IO[str]) -> InvitationPolicy:
    try:
        return read_policy(file.read())
    except ValidationError as error:
        raise click.ClickException(f"The policy is refused: {json.dumps(error.messages)}") from None
    except ValueError:
        raise click.ClickException("The policy is not a JSON object in UTF-8.") from None


@click.group("policy")
def policy() -> None:
    """Invitation policies: who is asked, how often, about which models."""


@policy.command("show")
@_for_workspace
def show(workspace: Workspace, as_json: bool) -> None:
    """Print the policy that holds."""
    stored = _intake().db.fetch(lambda tx: get_policy(tx, workspace_id=workspace.id))
    _print_policy(stored, as_json)


@policy.command("set")
@_for_workspace
@click.option("--expected-version", type=click.IntRange(0), help="Refuse unless this version holds.")
@_document_file
def set_(workspace: Workspace, as_json: bool, expected_version: int | None, file: IO[str]) -> None:
    """Set the policy to the JSON document in FILE, or on standard input."""
    document, intake = write_policy(_read(file)), _intake()
    at = intake.clock()
    try:
        row = intake.db.write(
            lambda tx: set_policy(
                tx,
                workspace_id=workspace.id,
                document=document,
                expected_version=expected_version,
                actor=_ACTOR,
                at=at,
            )
        )
    except AppError as refused:
        raise click.ClickException(refused.title) from None
    _print_policy(StoredPolicy.from_row(row), as_json)


def _print_policy(stored: StoredPolicy, as_json: bool) -> None:
    answer = policy_answer(stored)
    if as_json:
        click.echo(json.dumps(answer))
        return
    since = answer["updated_at"] or "never set: the defaults hold"
    click.echo(f"version {stored.version} ({since})")
    for name, value in answer["policy"].items():
        click.echo(f"  {name:30} {json.dumps(value, ensure_ascii=False)}")


@policy.command("dry-run")
@_for_workspace
@click.option(
    "--decisions", type=click.IntRange(0), default=0, help="How many single decisions to print as well."
)
@_document_file
def dry_run(workspace: Workspace, as_json: bool, decisions: int, file: IO[str]) -> None:
    """Tell what the policy in FILE would have done to last week."""
    tried, intake = _read(file), _intake()
    with intake.db.snapshot() as tx:
        run = run_dry(tx, workspace_id=workspace.id, policy=tried, at=intake.clock())
    answer = dry_run_answer(run, listed=decisions)
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo(f"{answer['from']} to {answer['to']}")
    click.echo(f"  on record    {run.invitations} invitations to {run.people} people")
    click.echo(f"  would ask    {run.asked} times, {run.people_asked} people")
    for reason, count in answer["would_not_ask"].items():
        click.echo(f"  would not    {count} times: {reason}")
    for pair in answer["pairs"]:
        click.echo(f"  pair         {pair['comparisons']} comparisons of {' and '.join(pair['models'])}")
    click.echo(f"  extrapolated {answer['extrapolated_invitations']:.0f} invitations")
    for each in answer["decisions"]:
        click.echo(f"  {each['given_at']}  {each['invitation']}  {each.get('reason', 'asked')}")
    click.echo(answer["caveat"])


@click.command("exposures")
@_for_workspace
@click.option("--from", "first_day", callback=_to_day, metavar="DATE", help="First day (UTC).")
@click.option(
    "--to",
    "last_day",
    callback=_to_day,
    metavar="DATE",
    help="Last day, included; today unless said otherwise.",
)
def exposures(workspace: Workspace, as_json: bool, first_day: int | None, last_day: int | None) -> None:
    """Print how many were invited, what they were shown and how it ended."""
    intake = _intake()
    at = intake.clock()
    last = day_of(at) if last_day is None else last_day
    first = last - DAYS + 1 if first_day is None else first_day
    report = intake.db.fetch(
        lambda tx: report_exposures(tx, workspace_id=workspace.id, first_day=first, last_day=last, at=at)
    )
    answer = exposure_answer(report)
    if as_json:
        click.echo(json.dumps(answer))
        return
    for row in [*answer["rows"], {"day": "in all", "surface": "", **answer["total"]}]:
        click.echo(f"{row['day']:10} {row['surface']}")
        for kind in ("invitations", "comparisons"):
            click.echo(f"  {kind:12} {', '.join(f'{count} {name}' for name, count in row[kind].items())}")


commands: Final[list[click.Command]] = [policy, exposures]

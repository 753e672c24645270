"""Commands around the redaction of records: how they stand, redact them again, take out what a reader found."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NoReturn, TextIO

import click
from flask import current_app
from flask.cli import AppGroup
from tqdm import tqdm

from app.access.workspaces.commands import find_workspace
from app.access.workspaces.models import AuditKind
from app.core.errors import AppError
from app.core.ids import from_text
from app.privacy import key_checks
from app.privacy.redaction import Kind, Redaction
from app.research.command_line import AS_JSON
from app.research.exports.services import EXPORT_PREFIX
from app.research.records.record import Record
from app.research.redaction import rerun as sweep
from app.research.redaction import services
from app.research.redaction.review import (
    Edit,
    Passage,
    Review,
    add_passage,
    dispute_redaction,
    lift_passage,
)
from app.research.redaction.reviewing import decide, find_record_id
from app.research.redaction.status import redaction_status
from app.research.zone import Research

_ACTOR: Final = "operator"
_WORKSPACE: Final = click.option("--workspace", "workspace_ref", help="Only this workspace, by id or name.")
_LONGEST: Final = 10_000


def _zone() -> tuple[Research, Redaction]:
    here: Any = current_app.extensions["pairvote"]
    return here.research, here.redaction


def _refuse(error: AppError) -> NoReturn:
    raise click.ClickException(error.detail or error.title) from None


@click.group("redaction", cls=AppGroup)
def redaction() -> None:
    """Redaction of the records in research."""


@redaction.command("status")
@_WORKSPACE
@AS_JSON
def status(workspace_ref: str | None, as_json: bool) -> None:
    """Tell by which rules and models the records' texts were redacted, and what reviewers decided."""
    research, present = _zone()
    workspace_id = find_workspace(workspace_ref).id if workspace_ref else None
    told = redaction_status(research, present, workspace_id=workspace_id)
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"Present rules: {told['rules_version']}")
    for each in told["versions"]:
        note = "" if each["is_present"] or not each["with_text"] else "  (run `flask redaction rerun`)"
        click.echo(
            f"{each['rules_version']:44}  {each['deid_level']:16}  {each['records']:>9} records, "
            f"{each['with_text']:>9} with text{note}"
        )
    for name, label in (("added", "Added by reviewers"), ("disputed", "Disputed by reviewers")):
        if told[name]:
            click.echo(f"{label}: {_listed(told[name])}")


@redaction.command("rerun")
@_WORKSPACE
@click.option("--dry-run", is_flag=True, help="Look through the texts and change nothing.")
@click.option("--limit", type=click.IntRange(1), help="At most so many records.")
@AS_JSON
def rerun(workspace_ref: str | None, dry_run: bool, limit: int | None, as_json: bool) -> None:
    """Look through texts that other rules or models have redacted, with the present ones."""
    research, present = _zone()
    workspace_id = find_workspace(workspace_ref).id if workspace_ref else None
    try:
        present.check_models()
        if not dry_run:
            _begin(research, present, workspace_id)
        waiting = sweep.count_outdated(research, present, workspace_id=workspace_id)
        total = waiting if limit is None else min(limit, waiting)
        # On standard error, and only where somebody looks at it.
        with tqdm(total=total, unit="record", disable=None, leave=False) as bar:
            tally = sweep.rerun(
                research,
                present,
                workspace_id=workspace_id,
                limit=limit,
                dry_run=dry_run,
                progress=bar.update,
            )
    except AppError as error:
        _refuse(error)
    told = {
        "rules_version": present.version,
        "dry_run": dry_run,
        "looked_through": tally.looked_through,
        "changed": tally.changed,
        "replaced": dict(sorted(tally.replaced.items())),
        "withheld": {reason.value: count for reason, count in sorted(tally.withheld.items())},
        "overtaken": tally.overtaken,
        "unreadable": tally.unreadable,
    }
    if as_json:
        click.echo(json.dumps(told))
        return
    verb = "would be" if dry_run else "were"
    click.echo(f"{tally.looked_through} records looked through, {tally.changed} {verb} changed.")
    if tally.replaced:
        click.echo(f"Newly replaced: {_listed(tally.replaced)}.")
    if tally.withheld:
        click.echo(f"Without their text from now on: {_listed(tally.withheld)}.")
    if tally.overtaken or tally.unreadable:
        click.echo(f"Left alone: {tally.overtaken} changed meanwhile, {tally.unreadable} unreadable.")


def _begin(research: Research, present: Redaction, workspace_id: bytes | None) -> None:
    at = research.clock()
    research.db.write(
        lambda tx: key_checks.check_keyring(
            tx, key_checks.RESEARCH, keyring=research.keyring, place="the research database"
        )
    )
    research.db.write(
        lambda tx: services.note_rerun(
            tx, workspace_id=workspace_id, rules_version=present.version, actor=_ACTOR, at=at
        )
    )


@redaction.command("add")
@click.argument("export_ref", metavar="EXPORT")
@click.argument("vote_id", metavar="VOTE")
@click.option("--field", required=True, help="prompt[0], prompt[1], …, response_a, response_b or comment.")
@click.option(
    "--start", type=click.IntRange(0), required=True, help="Where it begins, in code points from 0."
)
@click.option(
    "--end", type=click.IntRange(1), required=True, help="Where it ends; this place is not included."
)
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), required=True)
@click.option(
    "--text-file",
    "source",
    type=click.File(encoding="utf-8"),
    default="-",
    help="Where the passage is read from; the standard input unless said otherwise.",
)
@AS_JSON
def add(export_ref: str, vote_id: str, source: TextIO, as_json: bool, **place: Any) -> None:
    """Take a passage that the rules missed out of the record behind VOTE, a row of EXPORT, wherever it stands in it.

    The passage itself is read from the standard input or a file, never from the command line, which others may see.
    """
    try:
        text = source.read(_LONGEST)
    except UnicodeDecodeError:
        raise click.UsageError("The passage is not UTF-8.") from None
    field, start, end = place["field"], place["start"], place["end"]
    # A shell ends what it sends with a line's end.
    passage = Passage(field, start, end, text.removesuffix("\n") if len(text) == end - start + 1 else text)
    edit = partial(add_passage, passage=passage, kind=Kind(place["kind"]))
    _decide(export_ref, vote_id, edit, AuditKind.PASSAGE_REDACTED, as_json)


@redaction.command("lift")
@click.argument("export_ref", metavar="EXPORT")
@click.argument("vote_id", metavar="VOTE")
@click.argument("placeholder")
@AS_JSON
def lift(export_ref: str, vote_id: str, placeholder: str, as_json: bool) -> None:
    """Put back what `add` took out. What the rules took out is gone for good."""
    edit = partial(lift_passage, placeholder=placeholder)
    _decide(export_ref, vote_id, edit, AuditKind.PASSAGE_RESTORED, as_json)


@redaction.command("dispute")
@click.argument("export_ref", metavar="EXPORT")
@click.argument("vote_id", metavar="VOTE")
@click.argument("placeholder")
@AS_JSON
def dispute(export_ref: str, vote_id: str, placeholder: str, as_json: bool) -> None:
    """Note that a PLACEHOLDER of the rules stands for no detail of a person. It stays, and is counted."""
    edit = partial(dispute_redaction, placeholder=placeholder)
    _decide(export_ref, vote_id, edit, AuditKind.REDACTION_DISPUTED, as_json)


def _decide(
    export_ref: str, vote_id: str, edit: Callable[[Record, Review], Edit], kind: AuditKind, as_json: bool
) -> None:
    research, _ = _zone()
    export_id = from_text(EXPORT_PREFIX, export_ref)
    if export_id is None:
        raise click.UsageError("That is not the id of an export (exp_…).")
    try:
        record_id = find_record_id(research, export_id=export_id, vote_id=vote_id)
        edited = decide(research, record_id=record_id, edit=edit, kind=kind, actor=_ACTOR)
    except AppError as error:
        _refuse(error)
    told = {"kind": edited.kind, "placeholder": edited.placeholder, "passages": edited.passages}
    click.echo(
        json.dumps(told) if as_json else f"{edited.placeholder}: {edited.passages} passages of the vote."
    )


def _listed(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


commands: Final = (redaction,)

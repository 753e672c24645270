"""Commands around documents: publish a version, list them, show one, compare two."""

import datetime as dt
import difflib
import json
from pathlib import Path
from typing import Any, Final

import click
from flask import current_app
from flask.cli import AppGroup

from app.access.workspaces.commands import find_workspace
from app.access.workspaces.models import Workspace
from app.core.clock import rfc3339
from app.core.errors import AppError
from app.core.languages import FALLBACK
from app.intake.documents import services
from app.intake.documents.errors import DocumentVersionTaken
from app.intake.documents.library import Library
from app.intake.documents.models import DocumentKind, Edition

_ACTOR: Final = "operator"
_KIND: Final = click.Choice([kind.value for kind in DocumentKind])
_as_json: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_in_language: Final = click.option("--language", default=FALLBACK, help="In this language; default: en.")


@click.group("document", cls=AppGroup)
def document() -> None:
    """Notices and policies, in versions."""


@document.command("publish")
@click.argument("workspace_ref", metavar="WORKSPACE")
@click.argument("kind", type=_KIND)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    help="A file's language, in the files' order; default: what stands before .md, as in privacy.de.md.",
)
@click.option(
    "--effective", help="A date (from midnight UTC) or an RFC 3339 time; default: as soon as can be."
)
@click.option(
    "--requires-choice",
    is_flag=True,
    help="Share no more than votes of people who knew an older version until they choose anew.",
)
@click.option(
    "--summary",
    "summaries",
    multiple=True,
    metavar="LANG=TEXT",
    help="What has changed, in a sentence; without LANG= in English. Repeat for more languages.",
)
@click.option("--version", "version", help="The version's name; default: the day on which it takes effect.")
def publish(workspace_ref: str, kind: str, effective: str | None, version: str | None, **given: Any) -> None:
    """Publish a version of a document, one Markdown file for each language. It can never be changed."""
    here: Any = current_app.extensions["pairvote"]
    workspace, at = find_workspace(workspace_ref), here.clock()
    library = _library()
    # Other processes may know only then what is published now.
    earliest = at + 1000 * here.settings.cache_seconds
    effective_at = earliest if effective is None else _moment(effective)
    taken = {edition.version for edition in library.editions(workspace.id) if edition.kind == kind}
    new = services.NewDocument(
        workspace_id=workspace.id,
        kind=DocumentKind(kind),
        version=services.default_version(effective_at, taken) if version is None else version,
        effective_at=effective_at,
        requires_choice=given["requires_choice"],
        texts=_texts(given["files"], given["languages"]),
        summaries=_by_language(given["summaries"]),
    )
    try:
        services.check_document(new, earliest=earliest)
        if new.version in taken:
            raise DocumentVersionTaken
        here.intake_db.write(lambda tx: services.publish_document(tx, new=new, actor=_ACTOR, at=at))
    except AppError as error:
        raise click.ClickException(error.detail or error.title) from None
    click.echo(f"Published {kind} {new.version}; it takes effect at {rfc3339(effective_at)}.")


@document.command("list")
@click.argument("workspace_ref", metavar="WORKSPACE")
@_as_json
def list_all(workspace_ref: str, as_json: bool) -> None:
    """List the versions of a workspace's documents and which of them hold now."""
    workspace, library = find_workspace(workspace_ref), _library()
    rows = [_row(library, workspace, edition) for edition in library.editions(workspace.id)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = "in effect" if row["is_in_effect"] else "        -"
        asks = "  asks for a choice" if row["requires_choice"] else ""
        since = row["effective_at"] or "shipped"
        click.echo(
            f"{row['kind']:14}  {row['version']:20}  {state}  {since:24}  {','.join(row['hashes'])}{asks}"
        )


@document.command("show")
@click.argument("workspace_ref", metavar="WORKSPACE")
@click.argument("kind", type=_KIND)
@click.option("--version", help="Default: the one in effect.")
@_in_language
@click.option("--raw", is_flag=True, help="Exactly as published, placeholders and all: to be edited.")
def show(workspace_ref: str, kind: str, version: str | None, language: str, raw: bool) -> None:
    """Print a document's text."""
    workspace, library = find_workspace(workspace_ref), _library()
    wording = library.wording(workspace.id, _edition(library, workspace, kind, version), language)
    if wording.language != language:
        click.echo(f"There is no text in {language}; this is the English one.", err=True)
    click.echo(wording.markdown if raw else library.read(workspace, wording), nl=False)


@document.command("diff")
@click.argument("workspace_ref", metavar="WORKSPACE")
@click.argument("kind", type=_KIND)
@click.argument("old")
@click.argument("new")
@_in_language
def diff(workspace_ref: str, kind: str, old: str, new: str, language: str) -> None:
    """Print what differs between two versions, line by line."""
    workspace, library = find_workspace(workspace_ref), _library()
    before, after = (
        library.wording(workspace.id, _edition(library, workspace, kind, version), language).markdown
        for version in (old, new)
    )
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), old, new, lineterm="")
    for line in lines:
        click.echo(line)


def _library() -> Library:
    here: Any = current_app.extensions["pairvote"]
    # Of its own, which reads what there is now; keys are not needed for it.
    return Library(here.intake_db, here.settings)


def _edition(library: Library, workspace: Workspace, kind: str, version: str | None) -> Edition:
    here: Any = current_app.extensions["pairvote"]
    if version is None:
        return library.current(workspace.id, kind, at=here.clock())
    found = library.find(workspace.id, kind, version)
    if found is None:
        raise click.ClickException("There is no such version; `flask document list` shows all.")
    return found


def _row(library: Library, workspace: Workspace, edition: Edition) -> dict[str, Any]:
    here: Any = current_app.extensions["pairvote"]
    texts = library.texts(workspace.id, edition)
    return {
        "kind": edition.kind,
        "version": edition.version,
        "effective_at": None if edition.is_shipped else rfc3339(edition.effective_at),
        "is_in_effect": library.current(workspace.id, edition.kind, at=here.clock()) == edition,
        "requires_choice": edition.requires_choice,
        "hashes": {language: texts[language].sha256.hex() for language in sorted(texts)},
    }


def _moment(text: str) -> int:
    """Milliseconds of a date or an RFC 3339 time."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("Not a date or an RFC 3339 time.", param_hint="--effective") from None
    if moment.tzinfo is None:
        if len(text) > len("2026-12-01"):
            raise click.BadParameter("A time needs a UTC offset.", param_hint="--effective")
        moment = moment.replace(tzinfo=dt.UTC)
    return int(moment.timestamp() * 1000)


def _texts(files: tuple[Path, ...], languages: tuple[str, ...]) -> dict[str, str]:
    if languages and len(languages) != len(files):
        raise click.UsageError("Name a language for each file, or for none.")
    named = languages or tuple(path.stem.rpartition(".")[2] for path in files)
    if len(set(named)) != len(named):
        raise click.UsageError("Two files are in the same language.")
    texts = {}
    for language, path in zip(named, files, strict=True):
        try:
            texts[language] = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise click.ClickException(f"{path.name} cannot be read as UTF-8.") from None
    return texts


def _by_language(summaries: tuple[str, ...]) -> dict[str, str]:
    """Texts written as `LANG=TEXT`, or as `TEXT` in English."""
    found = {}
    for written in summaries:
        language, has_language, text = written.partition("=")
        is_named = has_language and language.isalpha() and len(language) <= len("xxx")
        found[language if is_named else FALLBACK] = (text if is_named else written).strip()
    return found


commands: Final = (document,)

"""Commands around exports: make one, check one, list them, stop one."""

import json
import os
from pathlib import Path
from typing import Any, Final, TextIO

import click
from flask.cli import AppGroup
from tqdm import tqdm

from app.access.workspaces.commands import find_workspace
from app.access.workspaces.models import Workspace
from app.access.workspaces.services import workspace_text
from app.core.clock import rfc3339
from app.core.connections import Transaction
from app.core.errors import AppError
from app.core.ids import from_text
from app.core.settings import API_KEY_NAME
from app.privacy.signatures import PublicKey
from app.research.command_line import AS_JSON, research_zone
from app.research.exports import claims, services
from app.research.exports.answers import dry_run_answer, keys_answer
from app.research.exports.asking import read_request, request_options
from app.research.exports.claims import BuiltExport, ClaimedExport
from app.research.exports.copying import copy_to, place_of, target_at
from app.research.exports.findings import printable
from app.research.exports.progress import Progress
from app.research.exports.queries import LIST_EXPORTS
from app.research.exports.request import ExportRequest
from app.research.exports.small_cells import survey
from app.research.exports.trusted_keys import trusted_keys
from app.research.exports.work_folder import ExportBusy
from app.research.zone import Research

_ACTOR: Final = "operator"
_MOST_KEY_TEXT: Final = 1_000
_BAR: Final = "{percentage:3.0f}%|{bar}| {elapsed}<{remaining}, {postfix}"
_PUBLIC_KEY: Final = click.option(
    "--public-key",
    "source",
    metavar="FILE|URL",
    help="The key that must have signed it: JWK, JWK set or PEM. Without it, one of this installation's own.",
)
_NO_SIGNATURE: Final = click.option("--no-signature", is_flag=True, help="Do not check who signed it.")


@click.group("export", cls=AppGroup)
def export() -> None:
    """Exports: de-identified data sets for researchers."""


@export.command("create")
@click.option("--workspace", "workspace_ref", required=True, help="The workspace, by id or name.")
@request_options
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="How many build it; PAIRVOTE_EXPORT_PROCESSES unless said otherwise.",
)
@click.option("--to", "target", metavar="URL", help="Copy it there as well, as `flask export copy` does.")
@click.option("--dry-run", is_flag=True, help="Only tell what it would hold; make nothing.")
@AS_JSON
def create(
    workspace_ref: str, processes: int | None, target: str | None, dry_run: bool, as_json: bool, **asked: Any
) -> None:
    """Make an export now, and print where it is.

    The filters are those of POST /v1/exports: several values of one widen it, several filters narrow each other down,
    and what is not named does not choose.
    """
    research = research_zone()
    place = None if target is None else target_at(target)
    request = read_request(asked, least_k=research.settings.export_k)
    workspace = find_workspace(workspace_ref)
    if dry_run:
        with research.db.snapshot() as tx:
            told = dry_run_answer(survey(tx, workspace_id=workspace.id, request=request))
    else:
        claimed = _claim_new(research, workspace, request)
        told = _told(research, claimed, _build(research, claimed, processes))
        if place is not None:
            told["copied_to"] = copy_to(research, claimed.export.id, place, actor=_ACTOR)
    if as_json:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


def _claim_new(research: Research, workspace: Workspace, request: ExportRequest) -> ClaimedExport:
    """A new export that is ours to build from the beginning, before any job sees it."""
    at, claim = research.clock(), claims.new_claim()
    prepared = services.prepare_export(
        research.record_keys,
        workspace_id=workspace.id,
        request=request,
        keep_days=research.export_days(workspace),
        at=at,
    )

    def request_and_claim(tx: Transaction) -> ClaimedExport | None:
        services.request_export(tx, export=prepared, actor=_ACTOR)
        return claims.claim_export(tx, export_id=prepared.id, claim=claim, at=at)

    claimed = research.db.write(request_and_claim)
    assert claimed is not None  # nobody else has seen it
    return claimed


def _build(research: Research, claimed: ClaimedExport, processes: int | None) -> BuiltExport:
    # Arrow takes a while to load: not for every command.
    from app.research.exports.build import BuildFailed, build_export  # noqa: PLC0415

    # Without a terminal it says nothing: what is printed is for a script.
    with tqdm(total=1.0, bar_format=_BAR, disable=None, leave=False) as bar:

        def progress(at: Progress) -> None:
            bar.set_postfix_str(f"{at.phase.value}, {at.rows_out:,} of {at.rows_in:,} rows", refresh=False)
            bar.update(at.share - bar.n)

        try:
            return build_export(research, claimed, processes=processes, progress=progress)
        except BuildFailed as failed:
            raise click.ClickException(f"The export failed: {failed.failure}.") from None
        except ExportBusy:
            raise click.ClickException("Another process is building this export.") from None
        except AppError as error:
            raise click.ClickException(error.detail or error.title) from None
        except KeyboardInterrupt:
            at = research.clock()
            research.db.write(lambda tx: services.cancel_export(tx, export_id=claimed.export.id, at=at))
            raise


def _told(research: Research, claimed: ClaimedExport, built: BuiltExport) -> dict[str, Any]:
    export_id = claimed.export.id
    return {
        "export_id": services.export_text(export_id),
        "path": place_of(research, export_id),
        "rows": built.rows_out,
        "k": claimed.export.asked.k,
        "dropped": dict(built.dropped),
        "bytes": built.size_bytes,
        "manifest_sha256": built.manifest_sha256,
        "expires_at": rfc3339(claimed.export.expires_at),
    }


@export.command("copy")
@click.argument("export_ref")
@click.argument("url")
@AS_JSON
def copy(export_ref: str, url: str, as_json: bool) -> None:
    """Copy a finished export into the folder at an address, such as s3://bucket/exports, and print where it is.

    Credentials come from the environment. The manifest is written last, so that a copy which has one is whole; done
    again after a failure, it becomes whole. The audit trail says that it was copied.
    """
    place, export_id = target_at(url), _export_id(export_ref)
    address = copy_to(research_zone(), export_id, place, actor=_ACTOR)
    click.echo(json.dumps({"copied_to": address}) if as_json else f"Copied to {address}.")


def _export_id(text: str) -> bytes:
    export_id = from_text(services.EXPORT_PREFIX, text)
    if export_id is None:
        raise click.ClickException("That is not the id of an export (exp_…).")
    return export_id


@export.command("verify")
@click.argument("where", metavar="FOLDER|URL")
@_PUBLIC_KEY
@_NO_SIGNATURE
@click.option(
    "--api-key-file",
    type=click.File(encoding="utf-8"),
    help="Where the API key for a Pairvote server stands; without it, in the environment variable PAIRVOTE_API_KEY.",
)
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=0.1),
    default=60.0,
    show_default=True,
    help="How many seconds a server may keep silent.",
)
@AS_JSON
def verify(
    where: str,
    *,
    source: str | None,
    no_signature: bool,
    api_key_file: TextIO | None,
    seconds: float,
    as_json: bool,
) -> None:
    """Check that an export is what was signed and its files what its manifest says; ends with 1 when not.

    It may be a folder, the address of an export on a Pairvote server (https://HOST/v1/exports/exp_…), or that of a copy
    anywhere (https://, s3://, …), which is fetched for as long as the check takes. Ends with 3 where it cannot be read.
    """
    from app.research.exports.fetching import verify_at  # noqa: PLC0415

    keys = _keys(source, no_signature)
    api_key = os.environ.get(API_KEY_NAME, "") if api_key_file is None else api_key_file.read(_MOST_KEY_TEXT)
    findings = verify_at(where, keys=keys, api_key=api_key.strip() or None, seconds=seconds)
    signature = "not checked" if no_signature else "checked"
    if as_json:
        listed = [each._asdict() for each in findings]
        click.echo(json.dumps({"ok": not findings, "signature": signature, "findings": listed}))
    else:
        for finding in findings:
            click.echo(f"{finding.problem}  {printable(finding.path)}  {printable(finding.detail)}")
        click.echo("The export is damaged." if findings else "The export is whole.")
        if no_signature:
            click.echo("Its signature was not checked: whoever changed it may have changed the sums as well.")
    if findings:
        raise SystemExit(1)


@export.command("keys")
@click.option("--pem", is_flag=True, help="Print PEM, for OpenSSL.")
def print_keys(pem: bool) -> None:
    """Print the public keys that exports are signed with, as /.well-known/pairvote-export-keys.json has them."""
    told = keys_answer(research_zone().keyring)
    click.echo("".join(key["pem"] for key in told["keys"]) if pem else json.dumps(told, indent=2), nl=not pem)


@export.command("apply-tombstones")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("tombstones", type=click.File(encoding="utf-8"))
@_PUBLIC_KEY
@_NO_SIGNATURE
@AS_JSON
def apply(folder: Path, tombstones: TextIO, source: str | None, no_signature: bool, as_json: bool) -> None:
    """Delete withdrawn rows from a downloaded export.

    TOMBSTONES is what GET /v1/exports/{id}/tombstones answered, in one page or several; - reads it from the standard
    input. The copy is written anew, all its tables and descriptions included; doing it again changes nothing.
    """
    from app.research.exports.reduced_copy import NotApplied, apply_tombstones, read_told  # noqa: PLC0415

    keys = _keys(source, no_signature)
    try:
        applied = apply_tombstones(folder, read_told(tombstones.read()), keys)
    except NotApplied as refused:
        raise click.ClickException(str(refused)) from None
    if as_json:
        click.echo(json.dumps(applied._asdict()))
    else:
        click.echo(
            f"Deleted {applied.deleted} rows; {applied.deleted_in_all} by all {applied.notices} tombstones so far."
        )


def _keys(source: str | None, no_signature: bool) -> list[PublicKey] | None:
    if source and no_signature:
        raise click.UsageError("Give --public-key or --no-signature, not both.")
    return None if no_signature else trusted_keys(source, lambda: research_zone().keyring)


@export.command("list")
@AS_JSON
def list_exports(as_json: bool) -> None:
    """List all exports, newest first."""
    found = research_zone().db.fetch(lambda tx: tx.list(LIST_EXPORTS))
    rows = [
        {
            "export_id": services.export_text(each.id),
            "workspace_id": workspace_text(each.workspace_id),
            "state": each.state,
            "rows": each.rows_out,
            "bytes": each.size_bytes,
            "created_at": rfc3339(each.created_at),
            "expires_at": rfc3339(each.expires_at),
        }
        for each in found
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['export_id']}  {row['state']:9}  {row['rows']:>9} rows  {row['created_at']}")
    if not rows:
        click.echo("There is no export yet. Make one: flask export create --workspace NAME")


@export.command("cancel")
@click.argument("export_ref")
def cancel(export_ref: str) -> None:
    """Stop an export that is not built yet."""
    research = research_zone()
    export_id, at = _export_id(export_ref), research.clock()
    try:
        research.db.write(lambda tx: services.cancel_export(tx, export_id=export_id, at=at))
    except AppError as error:
        raise click.ClickException(error.title) from None
    click.echo(f"Cancelled {export_ref}.")


commands: Final = (export,)

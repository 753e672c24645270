"""Calls around exports: ask for one, see how far it is, download its files."""

from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.access.workspaces.services import KEY_PREFIX
from app.core.connections import Transaction
from app.core.errors import FieldError, InvalidBody, InvalidParameter, NotFound
from app.core.http import Answer, Call, Operations, PublicAccess
from app.core.ids import to_text
from app.research.exports import services
from app.research.exports.answers import (
    dry_run_answer,
    export_answer,
    keys_answer,
    page_answer,
    read_cursor,
)
from app.research.exports.archive import ARCHIVE, Archive
from app.research.exports.byte_ranges import asked_span, has_it_already
from app.research.exports.errors import ExportGone, ExportNotReady, RangeNotSatisfiable
from app.research.exports.models import StoredExport, StoredFile
from app.research.exports.places import open_export_file
from app.research.exports.request import ExportRequest, KTooSmall
from app.research.exports.schemas import (
    ExportDryRunSchema,
    ExportKeysSchema,
    ExportListSchema,
    ExportSchema,
    ExportsPage,
    ExportsPageSchema,
    NewExportSchema,
)
from app.research.exports.small_cells import survey
from app.research.zone import Research

operations: Final[Operations[Research]] = Operations("exports")

_EXAMPLE: Final = {
    "purpose": "Ranking of support models, third quarter",
    "recipient": "Model quality group",
    "filters": {"from_week": "2026-07-06", "to_week": "2026-09-28", "surfaces": ["chat"]},
}
_MEDIA_TYPES: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".sig": "application/octet-stream",
}
_PLAIN: Final = "text/plain; charset=utf-8"


@operations.operation(
    "POST",
    "/v1/exports",
    access=HostKey(Scope.EXPORTS),
    body=NewExportSchema,
    answer=ExportSchema,
    status=202,
    errors=[InvalidBody],
    is_idempotent=True,
    example=_EXAMPLE,
)
def create_export(research: Research, call: Call[ExportRequest, HostCaller]) -> Answer:
    """Ask for an export.

    It is built in the background, of the records that are there when the building begins. Its identifiers are its
    own: two exports share none. It can be downloaded until it expires.
    """
    export = services.prepare_export(
        research.record_keys,
        workspace_id=call.caller.workspace.id,
        request=_settled(research, call.body),
        keep_days=research.export_days(call.caller.workspace),
        at=call.at,
    )
    actor = to_text(KEY_PREFIX, call.caller.key_id)

    def request(tx: Transaction) -> Answer:
        services.request_export(tx, export=export, actor=actor)
        return Answer(export_answer(export, []), status=202)

    return call.write(research.db, request)


@operations.operation(
    "POST",
    "/v1/exports/dry-run",
    access=HostKey(Scope.EXPORTS),
    body=NewExportSchema,
    answer=ExportDryRunSchema,
    errors=[InvalidBody],
    example=_EXAMPLE,
    answer_example={
        "k": 5,
        "rows_in": 4210,
        "rows_out": 4187,
        "dropped": {"small_cell": 23},
        "rows_with_text": 3954,
        "by_outcome": {"both_bad": 308, "model_a": 1693, "model_b": 1679, "tie": 507},
        "small_cells": {
            "2": {"cells": 0, "rows": 0},
            "5": {"cells": 0, "rows": 0},
            "10": {"cells": 3, "rows": 41},
            "20": {"cells": 5, "rows": 112},
        },
    },
)
def dry_run_export(research: Research, call: Call[ExportRequest, HostCaller]) -> Answer:
    """See how many records a request chooses, without making an export."""
    request = _settled(research, call.body)
    with research.db.snapshot() as tx:
        return Answer(dry_run_answer(survey(tx, workspace_id=call.caller.workspace.id, request=request)))


def _settled(research: Research, asked: ExportRequest) -> ExportRequest:
    try:
        return asked.settled(least_k=research.settings.export_k)
    except KTooSmall as error:
        raise InvalidBody(errors=[FieldError("/k", str(error))]) from None


@operations.operation(
    "GET",
    "/v1/exports",
    access=HostKey(Scope.EXPORTS),
    query=ExportsPageSchema,
    answer=ExportListSchema,
    errors=[InvalidParameter],
)
def list_exports(research: Research, call: Call[None, HostCaller]) -> Answer:
    """List the workspace's exports, newest first, ended ones included."""
    page: ExportsPage = call.query
    before = read_cursor(page.cursor)
    found = research.db.fetch(
        lambda tx: services.list_exports(
            tx, workspace_id=call.caller.workspace.id, before=before, most=page.limit
        )
    )
    return Answer(page_answer(found))


@operations.operation(
    "GET", "/v1/exports/{id}", access=HostKey(Scope.EXPORTS), answer=ExportSchema, errors=[NotFound]
)
def get_export(research: Research, call: Call[None, HostCaller]) -> Answer:
    """See how far an export is, and what files it has."""
    export_id = services.read_export_text(call.path["id"])

    def look(tx: Transaction) -> tuple[StoredExport, list[StoredFile]]:
        export = services.get_export(tx, workspace_id=call.caller.workspace.id, export_id=export_id)
        return export, services.list_files(tx, export_id=export_id)

    return Answer(export_answer(*research.db.fetch(look)))


@operations.operation(
    "GET", "/.well-known/pairvote-export-keys.json", access=PublicAccess(), answer=ExportKeysSchema
)
def list_export_keys(research: Research, _call: Call[None, None]) -> Answer:
    """Get the public keys that exports are signed with.

    `manifest.sig` in an export is the Ed25519 signature of the bytes of its `manifest.json`, whose `key_ids.signature`
    names the key. A key that was retired is not listed any more: what it has signed is not to be trusted.
    """
    return Answer(keys_answer(research.keyring))


@operations.operation(
    "GET",
    "/v1/exports/{id}/files/{path}",
    access=HostKey(Scope.EXPORTS),
    answer_type=", ".join([*_MEDIA_TYPES.values(), _PLAIN]),
    also={206: "The bytes that `Range` asks for.", 304: "The file is the one that `If-None-Match` names."},
    errors=[NotFound, ExportNotReady, ExportGone, RangeNotSatisfiable],
)
def download_file(research: Research, call: Call[None, HostCaller]) -> Answer:
    """Download a file of an export, by its path in the list.

    `Range` takes one range of bytes, so that a download can go on where it broke off; `If-Range` keeps it from going on
    in another file. The `ETag` is the file's SHA-256. Who fetches what is recorded.
    """
    export_id, path = services.read_export_text(call.path["id"]), call.path["path"]
    file = research.db.fetch(
        lambda tx: services.get_file(
            tx, workspace_id=call.caller.workspace.id, export_id=export_id, path=path
        )
    )
    etag = f'"{file.sha256}"'
    headers = [("ETag", etag), ("Accept-Ranges", "bytes")]
    if has_it_already(call.request, etag):
        return Answer((), status=304, headers=headers)
    span = asked_span(call.request, etag=etag, size=file.size_bytes)
    headers += [("Content-Length", str(span.length)), *_content_headers(path)]
    if span.is_part:
        headers.append(("Content-Range", span.content_range))
    if call.request.method == "HEAD":
        return Answer((), headers=headers)
    blocks = open_export_file(research, export_id, file, span)
    try:
        _record(research, call, export_id, path)
    except BaseException:
        blocks.close()
        raise
    return Answer(blocks, status=206 if span.is_part else 200, headers=headers)


@operations.operation(
    "GET",
    "/v1/exports/{id}/archive",
    access=HostKey(Scope.EXPORTS),
    answer_type="application/zip",
    errors=[NotFound, ExportNotReady, ExportGone],
)
def download_archive(research: Research, call: Call[None, HostCaller]) -> Answer:
    """Download an export as one ZIP file.

    It is made while it is sent, so that its length is not known before and a download that breaks off begins anew; by
    file it can go on. Who fetches it is recorded.
    """
    export_id = services.read_export_text(call.path["id"])

    def look(tx: Transaction) -> list[StoredFile]:
        services.get_export(tx, workspace_id=call.caller.workspace.id, export_id=export_id).check_ready()
        return services.list_files(tx, export_id=export_id)

    files = research.db.fetch(look)
    archive = Archive(
        services.export_text(export_id),
        files,
        lambda file, span: open_export_file(research, export_id, file, span),
    )
    name = f"{services.export_text(export_id)}.zip"
    headers = [("Content-Type", "application/zip"), ("Content-Disposition", f'attachment; filename="{name}"')]
    if call.request.method == "HEAD":
        return Answer((), headers=headers)
    _record(research, call, export_id, ARCHIVE)
    return Answer(archive, headers=headers)


def _content_headers(path: str) -> list[tuple[str, str]]:
    # Only paths from the list come here: nothing of them has to be quoted.
    name = path.rpartition("/")[2]
    media_type = next((kind for ending, kind in _MEDIA_TYPES.items() if name.endswith(ending)), _PLAIN)
    return [("Content-Type", media_type), ("Content-Disposition", f'attachment; filename="{name}"')]


def _record(research: Research, call: Call[None, HostCaller], export_id: bytes, path: str) -> None:
    key_id, workspace_id = call.caller.key_id, call.caller.workspace.id
    # A read for each further part of the file, one write a day.
    if research.db.fetch(
        lambda tx: services.has_download(tx, export_id=export_id, path=path, api_key_id=key_id, at=call.at)
    ):
        return
    research.db.write(
        lambda tx: services.record_download(
            tx, workspace_id=workspace_id, export_id=export_id, path=path, api_key_id=key_id, at=call.at
        )
    )

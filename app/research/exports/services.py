"""Use cases of exports: ask for one, look at it, end it, note who fetched what."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.access.workspaces import models as access_models
from app.access.workspaces.models import AuditKind
from app.access.workspaces.services import KEY_PREFIX, record_audit
from app.core.clock import MS_PER_DAY, day_of
from app.core.connections import Transaction
from app.core.errors import NotFound
from app.core.ids import from_text, to_text
from app.privacy.data_keys import DataKeys
from app.privacy.export_keys import KEY_BYTES
from app.privacy.sealing import bind, seal, unseal
from app.research.exports.errors import ExportClosed, ExportGone
from app.research.exports.models import ExportState, StoredExport, StoredFile
from app.research.exports.queries import (
    CANCEL,
    CLEAR,
    DELETE_FILES,
    EXPIRE,
    FIND_EXPORT,
    FIND_EXPORT_OF,
    FIND_FILE,
    FORGET_WITHDRAWN,
    HAS_DOWNLOAD,
    INSERT_DOWNLOAD,
    INSERT_EXPORT,
    LIST_EXPORTS_OF,
    LIST_FILES,
)
from app.research.exports.request import ExportRequest

EXPORT_PREFIX: Final = "exp"
_PATH: Final = re.compile(r"[A-Za-z0-9._/-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class ExportPage:
    """Some exports, newest first, and where the next page begins."""

    exports: list[StoredExport]
    has_more: bool


def prepare_export(
    record_keys: DataKeys, *, workspace_id: bytes, request: ExportRequest, keep_days: int, at: int
) -> StoredExport:
    """An export as it will be stored. Its id is random and its key is fixed: both outlive a killed builder."""
    export_id = secrets.token_bytes(16)
    data_key = record_keys.get_or_create(export_id, day=day_of(at))
    sealed = seal(data_key, secrets.token_bytes(KEY_BYTES), bound_to=key_place(workspace_id, export_id))
    return StoredExport(
        id=export_id,
        workspace_id=workspace_id,
        state=ExportState.QUEUED.value,
        request=request.to_json(),
        export_key_sealed=sealed,
        created_at=at,
        started_at=None,
        finished_at=None,
        expires_at=at + keep_days * MS_PER_DAY,
        attempts=0,
        rows_in=None,
        rows_out=0,
        dropped="{}",
        size_bytes=None,
        manifest_sha256=None,
        failure=None,
        progress=None,
    )


def key_place(workspace_id: bytes, export_id: bytes) -> bytes:
    """What an export's sealed key is bound to."""
    return bind("export-key", workspace_id, export_id)


def open_key(record_keys: DataKeys, export: StoredExport) -> bytes | None:
    """The key behind an export's identifiers; None once it has gone with the export."""
    data_key = record_keys.find(export.id)
    if data_key is None or not export.export_key_sealed:
        return None
    return unseal(data_key, export.export_key_sealed, bound_to=key_place(export.workspace_id, export.id))


def export_text(export_id: bytes) -> str:
    """An export's external id, which is its folder's name too."""
    return to_text(EXPORT_PREFIX, export_id)


def read_export_text(text: str) -> bytes:
    """An export's id by its external one. NotFound."""
    found = from_text(EXPORT_PREFIX, text)
    if found is None:
        raise NotFound
    return found


def export_folder(exports_folder: Path, export_id: bytes) -> Path:
    """Where an export's files are."""
    return exports_folder / export_text(export_id)


def request_export(tx: Transaction, *, export: StoredExport, actor: str) -> None:
    """Puts a prepared export into the queue."""
    tx.run(INSERT_EXPORT, **export._asdict(), claim=None, claimed_until=None)
    record_audit(
        tx,
        access_models.RESEARCH,
        kind=AuditKind.EXPORT_REQUESTED,
        workspace_id=export.workspace_id,
        actor=actor,
        subject=export.id,
        at=export.created_at,
    )


def get_export(tx: Transaction, *, workspace_id: bytes, export_id: bytes) -> StoredExport:
    """An export of a workspace. NotFound."""
    found = tx.find(FIND_EXPORT_OF, workspace_id=workspace_id, export_id=export_id)
    if found is None:
        raise NotFound
    return found


def list_exports(tx: Transaction, *, workspace_id: bytes, before: tuple[int, bytes], most: int) -> ExportPage:
    """Exports of a workspace made before a time and id, newest first."""
    found = tx.list(
        LIST_EXPORTS_OF,
        workspace_id=workspace_id,
        before_at=before[0],
        before_id=before[1],
        most=most + 1,
    )
    return ExportPage(found[:most], has_more=len(found) > most)


def list_files(tx: Transaction, *, export_id: bytes) -> list[StoredFile]:
    """The files of a finished export, by path."""
    return tx.list(LIST_FILES, export_id=export_id)


def get_file(tx: Transaction, *, workspace_id: bytes, export_id: bytes, path: str) -> StoredFile:
    """A file of a finished export, by its path in the list. NotFound, ExportNotReady, ExportGone."""
    get_export(tx, workspace_id=workspace_id, export_id=export_id).check_ready()
    # No file of ours is called otherwise, and a database takes not every text.
    is_possible = _PATH.fullmatch(path) is not None
    found = tx.find(FIND_FILE, export_id=export_id, path=path) if is_possible else None
    if found is None:
        raise NotFound
    return found


def cancel_export(tx: Transaction, *, export_id: bytes, at: int) -> None:
    """Stops an export that is not built yet. NotFound, ExportClosed."""
    if not tx.run(CANCEL, export_id=export_id, at=at):
        if tx.find(FIND_EXPORT, export_id=export_id) is None:
            raise NotFound
        raise ExportClosed


def expire_due(tx: Transaction, *, at: int) -> int:
    """Ends every export whose time is over; how many. Its files and its key are cleared away afterwards."""
    return tx.run(EXPIRE, at=at)


def forget_withdrawn(tx: Transaction) -> int:
    """Forgets the records that were taken out and that no living export can hold any more; how many."""
    return tx.run(FORGET_WITHDRAWN)


def mark_cleared(tx: Transaction, *, export_id: bytes) -> bool:
    """Notes that nothing of an ended export is left but its row; whether nobody else had noted it."""
    tx.run(DELETE_FILES, export_id=export_id)
    return tx.run(CLEAR, export_id=export_id) > 0


def record_copy(tx: Transaction, *, workspace_id: bytes, export_id: bytes, actor: str, at: int) -> None:
    """Notes that a whole export is copied to somewhere else."""
    record_audit(
        tx,
        access_models.RESEARCH,
        kind=AuditKind.EXPORT_DOWNLOADED,
        workspace_id=workspace_id,
        actor=actor,
        subject=export_id,
        at=at,
    )


def has_download(tx: Transaction, *, export_id: bytes, path: str, api_key_id: bytes, at: int) -> bool:
    """Whether a download is noted for today."""
    return (
        tx.find(HAS_DOWNLOAD, export_id=export_id, path=path, api_key_id=api_key_id, day=day_of(at))
        is not None
    )


def record_download(
    tx: Transaction, *, workspace_id: bytes, export_id: bytes, path: str, api_key_id: bytes, at: int
) -> None:
    """Notes, once a day, that a key fetches a file. ExportGone when the export has ended meanwhile."""
    export = get_export(tx, workspace_id=workspace_id, export_id=export_id)
    if export.state != ExportState.READY:
        raise ExportGone
    if not tx.run(
        INSERT_DOWNLOAD,
        export_id=export_id,
        path=path,
        api_key_id=api_key_id,
        day=day_of(at),
        downloaded_at=at,
    ):
        return
    record_audit(
        tx,
        access_models.RESEARCH,
        kind=AuditKind.EXPORT_DOWNLOADED,
        workspace_id=workspace_id,
        actor=to_text(KEY_PREFIX, api_key_id),
        subject=export_id,
        at=at,
    )

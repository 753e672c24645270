"""Copies finished exports to where somebody wants them, for commands."""

import click
from tqdm import tqdm

from app.core.connections import Transaction
from app.core.errors import AppError, NotFound
from app.research.exports import services
from app.research.exports.addresses import AddressRefused
from app.research.exports.models import StoredExport, StoredFile
from app.research.exports.places import copy_export
from app.research.exports.queries import FIND_EXPORT
from app.research.exports.store import ExportStore, SourceDamaged
from app.research.zone import Research


def place_of(research: Research, export_id: bytes) -> str:
    """Where an export's files are kept."""
    if research.export_store is not None:
        return research.export_store.address_of(services.export_text(export_id))
    return str(services.export_folder(research.exports_folder, export_id).absolute())


def target_at(url: str) -> ExportStore:
    """The folder at an address that exports can be copied into. UsageError."""
    try:
        place = ExportStore(url)
        place.check()
    except AddressRefused as refused:
        raise click.UsageError(str(refused)) from None
    return place


def copy_to(research: Research, export_id: bytes, place: ExportStore, *, actor: str) -> str:
    """Copies a finished export, and tells where it is then. ClickException."""

    def look(tx: Transaction) -> tuple[StoredExport | None, list[StoredFile]]:
        return tx.find(FIND_EXPORT, export_id=export_id), services.list_files(tx, export_id=export_id)

    found, files = research.db.fetch(look)
    try:
        if found is None:
            raise NotFound
        found.check_ready()
        at, workspace_id = research.clock(), found.workspace_id
        # Before the first byte leaves: who has a copy must be known even where this ends half way.
        research.db.write(
            lambda tx: services.record_copy(
                tx, workspace_id=workspace_id, export_id=export_id, actor=actor, at=at
            )
        )
        with tqdm(unit=" blocks", disable=None, leave=False) as bar:
            copy_export(research, export_id, files, place, beat=bar.update)
    except SourceDamaged as damaged:
        raise click.ClickException(f"{damaged} is not what was written; the copy has no manifest.") from None
    except AppError as error:
        raise click.ClickException(error.detail or error.title) from None
    return place.address_of(services.export_text(export_id))

"""The sweeps of exports: build what waits, clear away what has ended."""

from functools import partial
from typing import Final

import structlog

from app.core.connections import Transaction
from app.core.errors import StorageUnavailable
from app.core.retention import NOBODY, Note, note_nothing
from app.research.exports import claims, services
from app.research.exports.errors import ExportLost
from app.research.exports.places import remove_export
from app.research.exports.queries import LIST_FREE, LIST_UNCLEARED, EndedExport
from app.research.exports.work_folder import ExportBusy
from app.research.zone import Research

_log: Final = structlog.get_logger("pairvote.exports")


def build_exports(research: Research, *, at: int) -> int:
    """Builds the exports that wait, and those whose builder has died; how many became ready."""
    waiting = research.db.fetch(lambda tx: tx.list(LIST_FREE, at=at))
    return sum(_build(research, export_id) for export_id in waiting)


def _build(research: Research, export_id: bytes) -> bool:
    # Arrow takes 50 MB: only a process that builds an export loads it.
    from app.research.exports.build import BuildFailed, build_export  # noqa: PLC0415

    # Each at its own time: the one before may have taken hours.
    claim, at = claims.new_claim(), research.clock()
    claimed = research.db.write(lambda tx: claims.claim_export(tx, export_id=export_id, claim=claim, at=at))
    if claimed is None:
        return False
    try:
        build_export(research, claimed)
    except StorageUnavailable:
        # Not the builder's fault: it comes back when its claim has lapsed, however often that happens.
        research.db.write(lambda tx: claims.postpone_export(tx, export_id=export_id, claim=claim))
        raise
    except (ExportLost, ExportBusy) as error:
        _log.info("export_left", export=services.export_text(export_id), kind=type(error).__name__)
        return False
    except BuildFailed:
        return False
    return True


def expire_exports(research: Research, *, at: int, note: Note = note_nothing) -> int:
    """Ends exports whose time is over, and clears away every ended export: first the files, then the key."""
    research.db.write(lambda tx: services.expire_due(tx, at=at))
    ended = research.db.fetch(lambda tx: tx.list(LIST_UNCLEARED))
    return sum(_clear(research, export, note) for export in ended)


def forget_withdrawn(research: Research, *, note: Note = note_nothing) -> int:
    """Forgets records that were taken out, as far as no export is left whose holders must be told; how many."""

    def forget(tx: Transaction) -> int:
        forgotten = services.forget_withdrawn(tx)
        note(tx, {NOBODY: forgotten})
        return forgotten

    return research.db.write(forget)


def _clear(research: Research, export: EndedExport, note: Note) -> bool:
    export_id = export.id
    try:
        remove_export(research, export_id)
    except (ExportBusy, StorageUnavailable) as error:
        # Its builder has not noticed yet, or the store is away; the next sweep comes back to it.
        _log.info("export_not_cleared", export=services.export_text(export_id), kind=type(error).__name__)
        return False
    research.record_keys.destroy([export_id])
    return research.db.write(partial(_mark_cleared, export, note))


def _mark_cleared(export: EndedExport, note: Note, tx: Transaction) -> bool:
    is_ours = services.mark_cleared(tx, export_id=export.id)
    note(tx, {export.workspace_id: int(is_ours)})
    return is_ours

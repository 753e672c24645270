"""Folders of exports that the database does not know: it was restored from a copy that is older than they are."""

from collections.abc import Iterator
from pathlib import Path

from app.core.clock import NS_PER_MS
from app.core.ids import from_text
from app.core.retention import NOBODY, Note, note_nothing
from app.research.exports import services
from app.research.exports.queries import FIND_EXPORT
from app.research.exports.work_folder import ExportBusy, discard, target_of
from app.research.zone import Research


def count_leftovers(research: Research, *, before: int) -> int:
    """How many exports have left folders that last changed before a time (ms)."""
    return len(set(_leftovers(research, before)))


def remove_leftovers(research: Research, *, before: int, note: Note = note_nothing) -> int:
    """Removes them; how many."""
    removed = 0
    for target in sorted(set(_leftovers(research, before))):
        try:
            discard(target)
        except ExportBusy:
            continue
        research.db.write(lambda tx: note(tx, {NOBODY: 1}))
        removed += 1
    return removed


def _leftovers(research: Research, before: int) -> Iterator[Path]:
    if not research.exports_folder.is_dir():
        return
    for folder in research.exports_folder.iterdir():
        target = target_of(folder)
        export_id = from_text(services.EXPORT_PREFIX, target.name)
        if export_id is None or folder.is_symlink() or not folder.is_dir():
            continue
        if folder.stat().st_mtime_ns // NS_PER_MS < before and _is_unknown(research, export_id):
            yield target


def _is_unknown(research: Research, export_id: bytes) -> bool:
    found = research.db.fetch(lambda tx: tx.find(FIND_EXPORT, export_id=export_id))
    return found is None or not found.export_key_sealed

"""The sweep of recall: looks through living exports for records that were taken out since."""

from typing import Final

import structlog

from app.core.connections import Transaction
from app.core.errors import AppError
from app.core.logging import frames_of
from app.core.retention import NOBODY, Note, note_nothing
from app.research.exports import services as exports
from app.research.exports.queries import FIND_EXPORT, WithdrawnRecord
from app.research.recall import services
from app.research.recall.queries import FORGET, LIST_NEW, LIST_UNTOLD
from app.research.zone import Research

_log: Final = structlog.get_logger("pairvote.recall")


def publish_tombstones(research: Research) -> int:
    """Notes for every export which of its rows have been taken out; how many are new."""
    untold = research.db.fetch(lambda tx: tx.list(LIST_UNTOLD))
    return sum(_look_through(research, export_id) for export_id in untold)


def forget_tombstones(research: Research, *, note: Note = note_nothing) -> int:
    """Deletes what was noted for exports that have ended; how many notes."""

    def forget(tx: Transaction) -> int:
        forgotten = tx.run(FORGET)
        note(tx, {NOBODY: forgotten})
        return forgotten

    return research.db.write(forget)


def _look_through(research: Research, export_id: bytes) -> int:
    withdrawn = research.db.fetch(
        lambda tx: tx.list(LIST_NEW, export_id=export_id, most=services.MOST_AT_ONCE)
    )
    try:
        held = _held_by(research, export_id, withdrawn)
    except AppError as error:
        # The export has ended, or its key cannot be read now; the next sweep comes back to what is left.
        _log.warning("recall_delayed", export=exports.export_text(export_id), code=error.code)
        return 0
    except Exception as error:  # noqa: BLE001 - one damaged file must not keep all other exports untold
        _log.error(
            "recall_failed",
            export=exports.export_text(export_id),
            kind=type(error).__name__,
            at=frames_of(error),
        )
        return 0
    return research.db.write(
        lambda tx: services.note_tombstones(tx, export_id=export_id, withdrawn=withdrawn, held=held)
    )


def _held_by(research: Research, export_id: bytes, withdrawn: list[WithdrawnRecord]) -> dict[bytes, str]:
    """The row ids of those records that are in an export; of all of them where its files are not on this machine.

    A holder who is told of a row that they do not have has nothing to do; one who is not told keeps what must go.
    """
    export = research.db.fetch(lambda tx: tx.find(FIND_EXPORT, export_id=export_id))
    key = exports.open_key(research.record_keys, export) if export is not None else None
    if key is None:
        return {}
    # NumPy and Arrow take 50 MB: only a process that has something to recall loads them.
    from app.research.exports.identities import ExportIdentities  # noqa: PLC0415
    from app.research.exports.parquet_file import held_rows  # noqa: PLC0415
    from app.research.exports.places import open_parts  # noqa: PLC0415
    from app.research.exports.tables import FEEDBACK, VOTES  # noqa: PLC0415

    identities = ExportIdentities(key)
    ids = identities.row_ids([(each.id, each.is_feedback) for each in withdrawn])
    names = {each.id: name for each, name in zip(withdrawn, ids, strict=True)}
    files = research.db.fetch(lambda tx: exports.list_files(tx, export_id=export_id))
    there: set[str] = set()
    for table in (VOTES, FEEDBACK):
        with open_parts(research, export_id, files, table) as parts:
            if not parts:
                return names
            there |= held_rows(parts, table, names.values())
    return {record_id: vote_id for record_id, vote_id in names.items() if vote_id in there}

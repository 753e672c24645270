"""Who may have a record: exports that are told to delete it, and exports that have ended and cannot be told."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, bindparam, cast, func, select

from app.core.clock import MS_PER_DAY
from app.core.connections import Transaction
from app.core.statements import query, scalar_query
from app.research.exports.models import ExportState, export_downloads, exports
from app.research.recall.queries import FIND_UNTOLD, LIST_TOMBSTONED

_E: Final = exports.c
_D: Final = export_downloads.c


class Downloads(NamedTuple):
    """How often files of an export were fetched, counted by file, key and day."""

    times: int
    last_at: int | None


class Holder(NamedTuple):
    """An export that has, or may have, a record that was taken out."""

    export_id: bytes
    created_at: int
    tombstones: int
    """How many of its rows its holders are told to delete; 0 for one that has ended, of which nobody can tell."""
    downloads: Downloads

    @property
    def has_ended(self) -> bool:
        """Whether its files and its key are gone here, so that nobody can tell which rows it had."""
        return self.tombstones == 0


class _Ended(NamedTuple):
    id: bytes
    created_at: int


_OF_WORKSPACE: Final = _E.workspace_id == bindparam("workspace_id")
_FIND_BUILDING: Final = scalar_query(
    select(_E.id).where(_OF_WORKSPACE, _E.state == ExportState.RUNNING.value).limit(1)
)
_LIST_ENDED: Final = query(
    select(_E.id, _E.created_at).where(
        _OF_WORKSPACE,
        _E.state == ExportState.EXPIRED.value,
        _E.created_at >= cast(bindparam("since_week"), BigInteger) * MS_PER_DAY,
    ),
    _Ended,
)
_COUNT_DOWNLOADS: Final = query(
    select(func.count(), func.max(_D.downloaded_at)).where(_D.export_id == bindparam("export_id")), Downloads
)


def has_untold(tx: Transaction, *, workspace_id: bytes) -> bool:
    """Whether an export of the workspace is still to be told what was taken out.

    One that is being built may have read a record before: it is told when it is ready.
    """
    return any(
        tx.find(found, workspace_id=workspace_id) is not None for found in (_FIND_BUILDING, FIND_UNTOLD)
    )


def list_holders(
    tx: Transaction, *, workspace_id: bytes, record_ids: Iterable[bytes], since_week: int | None
) -> list[Holder]:
    """The exports with tombstones for any of the records, and those that have ended and were fetched.

    `since_week` is the first week (a day number) of which there is a record; None where there is none.
    """
    told: dict[bytes, list[int]] = {}
    for record_id in record_ids:
        for export in tx.list(LIST_TOMBSTONED, record_id=record_id):
            counted = told.setdefault(export.id, [export.created_at, 0])
            counted[1] += 1
    found = [
        Holder(export_id, created_at, tombstones, _downloads(tx, export_id))
        for export_id, (created_at, tombstones) in told.items()
    ]
    if since_week is not None:
        for ended in tx.list(_LIST_ENDED, workspace_id=workspace_id, since_week=since_week):
            downloads = _downloads(tx, ended.id)
            if downloads.times:
                found.append(Holder(ended.id, ended.created_at, 0, downloads))
    return sorted(found, key=lambda holder: (holder.created_at, holder.export_id))


def _downloads(tx: Transaction, export_id: bytes) -> Downloads:
    return tx.one(_COUNT_DOWNLOADS, export_id=export_id)

"""Which living exports have a record: asked by the one who gave it, never the other way round."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, bindparam, cast, select

from app.core.clock import MS_PER_DAY, day_of, iso_date, week_of
from app.core.errors import AppError
from app.core.statements import query
from app.research.exports import services
from app.research.exports.models import ExportState, StoredExport, exports
from app.research.exports.places import open_parts
from app.research.records.queries import FIND_WORKSPACE_OF_FEEDBACK
from app.research.zone import Research

_E: Final = exports.c
# Files are read from the beginning to the end to find one row; they never change, and who asks once asks again.
_REMEMBERED: Final = 4096
_MOST_EXPORTS: Final = 50
_LIST_READY: Final = query(
    select(*(_E[name] for name in StoredExport._fields))
    .where(
        _E.workspace_id == bindparam("workspace_id"),
        _E.state == ExportState.READY.value,
        _E.created_at >= cast(bindparam("week"), BigInteger) * MS_PER_DAY,
    )
    .order_by(_E.created_at.desc(), _E.id.desc())
    .limit(_MOST_EXPORTS + 1),
    StoredExport,
)


class HeldExport(NamedTuple):
    """An export that has a record, as the person may know of it."""

    id: str
    purpose: str | None
    created_week: str


class Holding(NamedTuple):
    """The exports that have a record."""

    exports: tuple[HeldExport, ...]
    is_whole: bool
    """Whether every export that may have it could be looked at."""


def find_holding(research: Research, *, workspace_id: bytes, record_id: bytes, week: int) -> Holding:
    """The living exports that have a record of a week, newest first."""
    is_feedback = (
        research.db.fetch(lambda tx: tx.find(FIND_WORKSPACE_OF_FEEDBACK, record_id=record_id)) is not None
    )
    ready = research.db.fetch(lambda tx: tx.list(_LIST_READY, workspace_id=workspace_id, week=week))
    found, is_whole = [], len(ready) <= _MOST_EXPORTS
    for export in ready[:_MOST_EXPORTS]:
        if not _may_choose(export, week):
            continue
        holds = _holds(_Looked(research, export), record_id, is_feedback=is_feedback)
        is_whole = is_whole and holds is not None
        if holds:
            found.append(_told(export))
    return Holding(tuple(found), is_whole)


def find_holdings(
    research: Research, *, workspace_id: bytes, weeks: Mapping[bytes, int], is_feedback: bool
) -> Mapping[bytes, Holding]:
    """The same of many records at once, by their ids and weeks: each export is gone through once for all of them.

    All are feedback, or none is.
    """
    since = min(weeks.values(), default=0)
    ready = research.db.fetch(lambda tx: tx.list(_LIST_READY, workspace_id=workspace_id, week=since))
    found: dict[bytes, list[HeldExport]] = {record_id: [] for record_id in weeks}
    unsure: set[bytes] = set()
    for export in ready[:_MOST_EXPORTS]:
        asked = [record_id for record_id, week in weeks.items() if _may_choose(export, week)]
        held = _held(research, export, asked, is_feedback=is_feedback) if asked else set()
        if held is None:
            unsure.update(asked)
            continue
        for record_id in held:
            found[record_id].append(_told(export))
    is_cut = len(ready) > _MOST_EXPORTS
    return {
        record_id: Holding(tuple(exports), not is_cut and record_id not in unsure)
        for record_id, exports in found.items()
    }


def _told(export: StoredExport) -> HeldExport:
    created_week = iso_date(week_of(day_of(export.created_at)))
    return HeldExport(services.export_text(export.id), export.asked.purpose, created_week)


def _may_choose(export: StoredExport, week: int) -> bool:
    asked = export.asked.filters
    return (
        export.created_at >= week * MS_PER_DAY
        and (asked.from_week is None or asked.from_week <= week)
        and (asked.to_week is None or week <= asked.to_week)
    )


class _Looked:
    """An export to look into; two of the same are one for what is remembered."""

    def __init__(self, research: Research, export: StoredExport) -> None:
        self.research = research
        self.export = export

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Looked) and other.export.id == self.export.id

    def __hash__(self) -> int:
        return hash(self.export.id)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(looked: _Looked, record_id: bytes, *, is_feedback: bool) -> bool:
    """Whether a row is there. LookupError where nobody can tell: that is not remembered."""
    return bool(_rows_there(looked.research, looked.export, [record_id], is_feedback=is_feedback))


def _rows_there(
    research: Research, export: StoredExport, record_ids: Sequence[bytes], *, is_feedback: bool
) -> set[bytes]:
    """Those of the records that have a row. LookupError where nobody can tell."""
    key = services.open_key(research.record_keys, export)
    if key is None:
        raise LookupError
    # NumPy and Arrow take 50 MB: only a process that is asked loads them.
    from app.research.exports.identities import ExportIdentities  # noqa: PLC0415
    from app.research.exports.parquet_file import held_rows  # noqa: PLC0415
    from app.research.exports.tables import FEEDBACK, VOTES  # noqa: PLC0415

    names = ExportIdentities(key).row_ids([(record_id, is_feedback) for record_id in record_ids])
    table = FEEDBACK if is_feedback else VOTES
    files = research.db.fetch(lambda tx: services.list_files(tx, export_id=export.id))
    with open_parts(research, export.id, files, table) as parts:
        if not parts:
            raise LookupError
        there = held_rows(parts, table, names)
    return {record_id for record_id, name in zip(record_ids, names, strict=True) if name in there}


def _holds(looked: _Looked, record_id: bytes, *, is_feedback: bool) -> bool | None:
    """Whether an export has a record; None where nobody can tell here."""
    try:
        return _remembered(looked, record_id, is_feedback=is_feedback)
    except (LookupError, AppError):
        return None


def _held(
    research: Research, export: StoredExport, record_ids: Sequence[bytes], *, is_feedback: bool
) -> set[bytes] | None:
    """Those of the records that an export has; None where nobody can tell here."""
    try:
        return _rows_there(research, export, record_ids, is_feedback=is_feedback)
    except (LookupError, AppError):
        return None

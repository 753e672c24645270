"""Which living exports have a record: asked by the one who gave it, never the other way round."""

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
        try:
            holds = _holds(_Looked(research, export), record_id, is_feedback=is_feedback)
        except AppError:
            holds = None
        is_whole = is_whole and holds is not None
        if holds:
            found.append(
                HeldExport(
                    services.export_text(export.id),
                    export.asked.purpose,
                    iso_date(week_of(day_of(export.created_at))),
                )
            )
    return Holding(tuple(found), is_whole)


def _may_choose(export: StoredExport, week: int) -> bool:
    asked = export.asked.filters
    return (asked.from_week is None or asked.from_week <= week) and (
        asked.to_week is None or week <= asked.to_week
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
    key = services.open_key(looked.research.record_keys, looked.export)
    if key is None:
        raise LookupError
    # NumPy and Arrow take 50 MB: only a process that is asked loads them.
    from app.research.exports.identities import ExportIdentities  # noqa: PLC0415
    from app.research.exports.parquet_file import held_rows  # noqa: PLC0415
    from app.research.exports.tables import FEEDBACK, VOTES  # noqa: PLC0415

    (name,) = ExportIdentities(key).row_ids([(record_id, is_feedback)])
    table = FEEDBACK if is_feedback else VOTES
    research, export_id = looked.research, looked.export.id
    files = research.db.fetch(lambda tx: services.list_files(tx, export_id=export_id))
    with open_parts(research, export_id, files, table) as parts:
        if not parts:
            raise LookupError
        return name in held_rows(parts, table, [name])


def _holds(looked: _Looked, record_id: bytes, *, is_feedback: bool) -> bool | None:
    """Whether an export has a record; None where nobody can tell here."""
    try:
        return _remembered(looked, record_id, is_feedback=is_feedback)
    except LookupError:
        return None

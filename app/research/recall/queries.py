"""Statements over tombstones."""

from typing import Final, NamedTuple

from sqlalchemy import and_, bindparam, delete, exists, func, select

from app.core.statements import insert_or_ignore, query, scalar_query, statement
from app.research.exports.models import ExportState, exports
from app.research.exports.queries import MAY_HOLD, WithdrawnRecord
from app.research.recall.models import Tombstone, tombstones
from app.research.records.models import withdrawn_records

_E: Final = exports.c
_T: Final = tombstones.c
_W: Final = withdrawn_records.c


_IS_READY: Final = _E.state == ExportState.READY.value
_IS_NEW: Final = ~exists().where(and_(_T.export_id == _E.id, _T.record_id == _W.id))

LIST_UNTOLD: Final = scalar_query(select(_E.id).where(_IS_READY, exists().where(MAY_HOLD, _IS_NEW)))
"""Exports that may hold records whose withdrawal they have not been looked through for."""
FIND_UNTOLD: Final = scalar_query(
    select(_E.id)
    .where(_E.workspace_id == bindparam("workspace_id"), _IS_READY, exists().where(MAY_HOLD, _IS_NEW))
    .limit(1)
)
LIST_NEW: Final = query(
    select(_W.id, _W.withdrawn_week, _W.is_feedback)
    .select_from(withdrawn_records.join(exports, MAY_HOLD))
    .where(_E.id == bindparam("export_id"), _IS_READY, _IS_NEW)
    .order_by(_W.id)
    .limit(bindparam("most")),
    WithdrawnRecord,
)
LOCK_EXPORT: Final = scalar_query(
    select(_E.state).where(_E.id == bindparam("export_id"), _IS_READY).with_for_update()
)
LAST_NUMBER: Final = scalar_query(select(func.max(_T.number)).where(_T.export_id == bindparam("export_id")))
HAS_LOOKED: Final = scalar_query(
    select(_T.record_id).where(_T.export_id == bindparam("export_id"), _T.record_id == bindparam("record_id"))
)
INSERT_TOMBSTONE: Final = insert_or_ignore(tombstones, keys=["export_id", "record_id"])


class TombstonedExport(NamedTuple):
    """An export that has a tombstone for a record."""

    id: bytes
    created_at: int


LIST_TOMBSTONED: Final = query(
    select(_E.id, _E.created_at)
    .select_from(tombstones.join(exports, _E.id == _T.export_id))
    .where(_T.record_id == bindparam("record_id"), _T.number.is_not(None)),
    TombstonedExport,
)
LIST_AFTER: Final = query(
    select(_T.number, _T.vote_id, _T.withdrawn_week)
    .where(_T.export_id == bindparam("export_id"), _T.number > bindparam("since"))
    .order_by(_T.number)
    .limit(bindparam("most")),
    Tombstone,
)
_HAS_ENDED: Final = ~exists().where(_E.id == _T.export_id, _IS_READY)
FORGET: Final = statement(delete(tombstones).where(_HAS_ENDED))
COUNT_FORGOTTEN: Final = scalar_query(select(func.count()).select_from(tombstones).where(_HAS_ENDED))

"""Statements over records."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, select
from sqlalchemy.sql import ColumnElement

from app.core.statements import Query, insert_or_ignore, query, scalar_query, statement
from app.research.records.models import StoredRecord, records

_R: Final = records.c


@dataclass(frozen=True)
class RecordFilter:
    """Which records of a workspace are meant; weeks are the day numbers of their Mondays."""

    from_week: int | None = None
    through_week: int | None = None
    surface: str | None = None
    language: str | None = None


INSERT_RECORD: Final = insert_or_ignore(records, keys=["id"])
DELETE_RECORD: Final = statement(delete(records).where(_R.id == bindparam("record_id")))
HAS_RECORD: Final = scalar_query(select(_R.workspace_id).where(_R.id == bindparam("record_id")))


def records_query(workspace_id: bytes, wanted: RecordFilter) -> Query[StoredRecord]:
    """The chosen records, in no order that means anything."""
    columns = (_R[name] for name in StoredRecord._fields)
    return query(_chosen(select(*columns), workspace_id, wanted), StoredRecord)


def record_ids_query(workspace_id: bytes, wanted: RecordFilter) -> Query[bytes]:
    """The ids of the chosen records."""
    return scalar_query(_chosen(select(_R.id), workspace_id, wanted))


def _chosen(selected: Select[Any], workspace_id: bytes, wanted: RecordFilter) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [_R.workspace_id == workspace_id]
    if wanted.from_week is not None:
        conditions.append(_R.voted_week >= wanted.from_week)
    if wanted.through_week is not None:
        conditions.append(_R.voted_week <= wanted.through_week)
    if wanted.surface is not None:
        conditions.append(_R.surface == wanted.surface)
    if wanted.language is not None:
        conditions.append(_R.language == wanted.language)
    return selected.where(*conditions)

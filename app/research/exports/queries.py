"""Statements over exports, and over the records that one is made of."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Select,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.sql import ColumnElement

from app.core.clock import DAYS_PER_WEEK, MS_PER_DAY
from app.core.statements import Query, insert_or_ignore, insert_row, query, scalar_query, statement
from app.research.exports.models import (
    ExportState,
    StoredExport,
    StoredFile,
    export_downloads,
    export_files,
    exports,
)
from app.research.exports.request import EXPORTABLE, ExportFilters
from app.research.feedback.models import StoredFeedbackRecord, feedback_records
from app.research.records.models import StoredRecord, records, withdrawn_records

_E: Final = exports.c
_F: Final = export_files.c
_D: Final = export_downloads.c
_R: Final = records.c
_B: Final = feedback_records.c

_COLUMNS: Final = tuple(_E[name] for name in StoredExport._fields)
_BY_ID: Final = _E.id == bindparam("export_id")


def _is(*states: ExportState) -> ColumnElement[bool]:
    return or_(*(_E.state == state.value for state in states))


# A builder that was killed does not say so: its claim lapses.
_IS_FREE: Final = or_(
    _is(ExportState.QUEUED), and_(_is(ExportState.RUNNING), _E.claimed_until < bindparam("at"))
)
_IS_CLAIMED: Final = and_(_is(ExportState.RUNNING), _E.claim == bindparam("held_claim"))

INSERT_EXPORT: Final = insert_row(exports)
FIND_EXPORT: Final = query(select(*_COLUMNS).where(_BY_ID), StoredExport)
FIND_EXPORT_OF: Final = query(
    select(*_COLUMNS).where(_BY_ID, _E.workspace_id == bindparam("workspace_id")), StoredExport
)
LIST_EXPORTS_OF: Final = query(
    select(*_COLUMNS)
    .where(
        _E.workspace_id == bindparam("workspace_id"),
        tuple_(_E.created_at, _E.id) < tuple_(bindparam("before_at"), bindparam("before_id")),
    )
    .order_by(_E.created_at.desc(), _E.id.desc())
    .limit(bindparam("most")),
    StoredExport,
)
LIST_EXPORTS: Final = query(select(*_COLUMNS).order_by(_E.created_at.desc(), _E.id.desc()), StoredExport)

LIST_FREE: Final = scalar_query(select(_E.id).where(_IS_FREE).order_by(_E.created_at, _E.id))
CLAIM: Final = statement(
    update(exports)
    .where(_BY_ID, _IS_FREE)
    .values(
        state=ExportState.RUNNING.value,
        claim=bindparam("new_claim"),
        claimed_until=bindparam("until"),
        started_at=bindparam("at"),
        attempts=_E.attempts + 1,
        rows_out=0,
    )
)
EXTEND_CLAIM: Final = statement(
    update(exports)
    .where(_BY_ID, _IS_CLAIMED)
    .values(
        claimed_until=bindparam("until"),
        rows_in=bindparam("new_rows_in"),
        rows_out=bindparam("new_rows_out"),
        progress=bindparam("new_progress"),
    )
)
POSTPONE: Final = statement(update(exports).where(_BY_ID, _IS_CLAIMED).values(attempts=_E.attempts - 1))
FINISH: Final = statement(
    update(exports)
    .where(_BY_ID, _IS_CLAIMED)
    .values(
        state=ExportState.READY.value,
        claim=None,
        claimed_until=None,
        finished_at=bindparam("at"),
        rows_in=bindparam("new_rows_in"),
        rows_out=bindparam("new_rows_out"),
        progress=bindparam("new_progress"),
        dropped=bindparam("new_dropped"),
        size_bytes=bindparam("new_size_bytes"),
        manifest_sha256=bindparam("new_manifest_sha256"),
    )
)
FAIL: Final = statement(
    update(exports)
    .where(_BY_ID, _IS_CLAIMED)
    .values(
        state=ExportState.FAILED.value,
        claim=None,
        claimed_until=None,
        finished_at=bindparam("at"),
        failure=bindparam("new_failure"),
    )
)
CANCEL: Final = statement(
    update(exports)
    .where(_BY_ID, _is(ExportState.QUEUED, ExportState.RUNNING))
    .values(state=ExportState.CANCELLED.value, claim=None, claimed_until=None, finished_at=bindparam("at"))
)

_IS_LIVING: Final = _is(ExportState.QUEUED, ExportState.RUNNING, ExportState.READY)
LIST_LIVING: Final = scalar_query(select(_E.created_at).where(_IS_LIVING))
EXPIRE: Final = statement(
    update(exports)
    .where(_IS_LIVING, _E.expires_at <= bindparam("at"))
    .values(state=ExportState.EXPIRED.value, claim=None, claimed_until=None)
)


class EndedExport(NamedTuple):
    """An export that has ended and of which something may be left."""

    id: bytes
    workspace_id: bytes


_HAS_ENDED: Final = _is(ExportState.EXPIRED, ExportState.FAILED, ExportState.CANCELLED)
# The sealed key is emptied last: until then something of the export may be left.
_IS_UNCLEARED: Final = _E.export_key_sealed != b""
LIST_UNCLEARED: Final = query(select(_E.id, _E.workspace_id).where(_HAS_ENDED, _IS_UNCLEARED), EndedExport)
COUNT_ENDING: Final = query(
    select(_E.workspace_id, func.count())
    .where(or_(_HAS_ENDED, and_(_IS_LIVING, _E.expires_at <= bindparam("at"))), _IS_UNCLEARED)
    .group_by(_E.workspace_id),
    lambda *counted: counted,
)
CLEAR: Final = statement(update(exports).where(_BY_ID, _IS_UNCLEARED).values(export_key_sealed=b""))


class WithdrawnRecord(NamedTuple):
    """A record that was taken out, in which week, and whether it was feedback."""

    id: bytes
    withdrawn_week: int
    is_feedback: bool = False


_W: Final = withdrawn_records.c
MAY_HOLD: Final = and_(
    _E.workspace_id == _W.workspace_id,
    _IS_LIVING,
    _E.created_at < cast(_W.withdrawn_week + DAYS_PER_WEEK, BigInteger) * MS_PER_DAY,
)
LIST_WITHDRAWN: Final = query(
    select(_W.id, _W.withdrawn_week, _W.is_feedback).where(_W.workspace_id == bindparam("workspace_id")),
    WithdrawnRecord,
)
_NOBODY_HOLDS: Final = ~exists().where(MAY_HOLD)
FORGET_WITHDRAWN: Final = statement(delete(withdrawn_records).where(_NOBODY_HOLDS))
COUNT_FORGOTTEN: Final = scalar_query(
    select(func.count()).select_from(withdrawn_records).where(_NOBODY_HOLDS)
)

INSERT_FILE: Final = insert_row(export_files)
FIND_FILE: Final = query(
    select(_F.path, _F.size_bytes, _F.sha256, _F.rows).where(
        _F.export_id == bindparam("export_id"), _F.path == bindparam("path")
    ),
    StoredFile,
)
LIST_FILES: Final = query(
    select(_F.path, _F.size_bytes, _F.sha256, _F.rows)
    .where(_F.export_id == bindparam("export_id"))
    .order_by(_F.path),
    StoredFile,
)
DELETE_FILES: Final = statement(delete(export_files).where(_F.export_id == bindparam("export_id")))

INSERT_DOWNLOAD: Final = insert_or_ignore(export_downloads, keys=["export_id", "path", "api_key_id", "day"])
HAS_DOWNLOAD: Final = scalar_query(
    select(_D.day).where(
        _D.export_id == bindparam("export_id"),
        _D.path == bindparam("path"),
        _D.api_key_id == bindparam("api_key_id"),
        _D.day == bindparam("day"),
    )
)

# As many as one statement of the key store asks for. Shorter lists are filled up by repeating an id.
RECORDS_AT_ONCE: Final = 100
_IDS: Final = [f"id_{place}" for place in range(RECORDS_AT_ONCE)]
LIST_RECORDS: Final = query(
    select(*(_R[name] for name in StoredRecord._fields)).where(_R.id.in_([bindparam(name) for name in _IDS])),
    StoredRecord,
)


LIST_FEEDBACK: Final = query(
    select(*(_B[name] for name in StoredFeedbackRecord._fields)).where(
        _B.id.in_([bindparam(name) for name in _IDS])
    ),
    StoredFeedbackRecord,
)


class SurveyedRecord(NamedTuple):
    """What of a record decides whether it may leave; `is_…` and `has_text` are 0 or 1."""

    id: bytes
    voted_week: int
    language: str | None
    surface: str | None
    person: bytes
    """The voter, or the conversation where nobody is known."""
    is_exportable: int
    """It is not by its review that an export leaves it out unless asked otherwise."""
    is_asked: int
    """Its week and its review are among those asked for."""
    is_chosen: int
    """So is everything else."""
    outcome: str
    has_text: int


def ids_to_find(record_ids: Sequence[bytes]) -> dict[str, bytes]:
    """The parameters of LIST_RECORDS for up to RECORDS_AT_ONCE ids."""
    filled = [*record_ids, *[record_ids[-1]] * (RECORDS_AT_ONCE - len(record_ids))]
    return dict(zip(_IDS, filled, strict=True))


def _has_most(dialect_name: str) -> Select[Any]:
    if dialect_name == "postgresql":
        # It knows by its own statistics what to read how.
        return select(false())
    of_all = select(func.count()).select_from(records)
    own = of_all.where(_R.workspace_id == bindparam("workspace_id"))
    return select(own.scalar_subquery() * 2 > of_all.scalar_subquery())


HAS_MOST_RECORDS: Final = scalar_query(_has_most)
"""Whether more than half of all records are of a workspace, so that it is quicker to read the table than its index."""


def surveyed_records(
    workspace_id: bytes, filters: ExportFilters, *, with_others: bool, has_most: bool = False
) -> Query[SurveyedRecord]:
    """The records that the filters choose, and with the others all of the same weeks.

    Where the workspace `has_most` records and all weeks are asked for, SQLite reads its table from the beginning to the
    end: going from an index to each row takes four times as long.
    """
    is_asked = _one_of("review", _R.review_status, filters.review_statuses)
    columns = (
        _R.id,
        _R.voted_week,
        _R.language,
        _R.surface,
        case((_R.voter == b"", _R.conversation), else_=_R.voter),
        _number(_one_of("exportable", _R.review_status, EXPORTABLE)),
        _number(is_asked),
        _number(_chosen(filters)),
        _R.outcome,
        _number([_R.content_sealed.is_not(None)]),
    )
    conditions = _weeks(filters) if with_others else _chosen(filters)
    reads_table = has_most and not _weeks(filters)

    def construct(dialect_name: str) -> Select[Any]:
        # SQLite looks for no index of what has a plus in front.
        hidden = reads_table and dialect_name == "sqlite"
        workspace: Any = literal_column("+records.workspace_id") if hidden else _R.workspace_id
        return select(*columns).where(workspace == workspace_id, *conditions)

    return query(construct, SurveyedRecord)


def surveyed_feedback(
    workspace_id: bytes, filters: ExportFilters, *, with_others: bool
) -> Query[SurveyedRecord]:
    """Like `surveyed_records`, of feedback. It has no outcome: an export that is chosen by outcomes has none of it."""
    weeks = _weeks(filters, _B.given_week)
    is_asked = _one_of("review", _B.review_status, filters.review_statuses)
    chosen = [
        *weeks,
        *_one_of("surface", _B.surface, filters.surfaces),
        *_one_of("language", _B.language, filters.languages),
        *_one_of("notice", _B.notice_version, filters.notice_versions),
        *_one_of("model", _B.model, filters.models),
        *is_asked,
        *([false()] if filters.outcomes else []),
    ]
    columns = (
        _B.id,
        _B.given_week,
        _B.language,
        _B.surface,
        case((_B.voter == b"", _B.conversation), else_=_B.voter),
        _number(_one_of("exportable", _B.review_status, EXPORTABLE)),
        _number([*is_asked, *([false()] if filters.outcomes else [])]),
        _number(chosen),
        _B.rating,
        _number([_B.content_sealed.is_not(None)]),
    )
    conditions = weeks if with_others else chosen
    return query(select(*columns).where(_B.workspace_id == workspace_id, *conditions), SurveyedRecord)


def _chosen(filters: ExportFilters) -> list[ColumnElement[bool]]:
    conditions = [
        *_weeks(filters),
        *_one_of("surface", _R.surface, filters.surfaces),
        *_one_of("language", _R.language, filters.languages),
        *_one_of("outcome", _R.outcome, filters.outcomes),
        *_one_of("notice", _R.notice_version, filters.notice_versions),
        *_one_of("review", _R.review_status, filters.review_statuses),
    ]
    if filters.models:
        conditions.append(
            or_(*_one_of("a", _R.model_a, filters.models), *_one_of("b", _R.model_b, filters.models))
        )
    return conditions


def _weeks(filters: ExportFilters, week: Any = _R.voted_week) -> list[ColumnElement[bool]]:
    conditions = []
    if filters.from_week is not None:
        conditions.append(week >= filters.from_week)
    if filters.to_week is not None:
        conditions.append(week <= filters.to_week)
    return conditions


def _number(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[int]:
    """1 where all conditions hold, 0 elsewhere."""
    return case((and_(true(), *conditions), 1), else_=0)


def _one_of(name: str, column: Any, values: Sequence[str]) -> list[ColumnElement[bool]]:
    """The condition that a column has one of the values; none where there are none to choose from."""
    if not values:
        return []
    return [column.in_([bindparam(f"{name}_{place}", str(value)) for place, value in enumerate(values)])]

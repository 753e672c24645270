"""Statements over the redaction of records."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import LargeBinary, Table, bindparam, cast, func, select, update

from app.core.statements import Query, Statement, query, scalar_query, statement
from app.privacy.sealing import DataKey
from app.research.feedback.content import facts_text as feedback_facts
from app.research.feedback.content import read_record as read_feedback
from app.research.feedback.content import seal_text as seal_feedback
from app.research.feedback.models import StoredFeedbackRecord, feedback_records
from app.research.records.content import facts_text, read_record, seal_text
from app.research.records.models import StoredRecord, records
from app.research.records.record import ReviewStatus

_R: Final = records.c


class ReviewedRecord(NamedTuple):
    """A record, or feedback, as stored, and what reviewers decided about it."""

    stored: Any
    review_sealed: bytes | None


class VersionCount(NamedTuple):
    """How many records were redacted so, and how many of them have text."""

    rules_version: str
    deid_level: str
    records: int
    with_text: int


def _reviewed(*columns: Any) -> ReviewedRecord:
    return ReviewedRecord(StoredRecord(*columns[:-1]), columns[-1])


def _never_reviewed(*columns: Any) -> ReviewedRecord:
    return ReviewedRecord(StoredFeedbackRecord(*columns), None)


# NULL takes every workspace.
def _in_workspace(table: Table) -> Any:
    mine = table.c.workspace_id
    return mine == func.coalesce(cast(bindparam("workspace_id"), LargeBinary), mine)


class Texts(NamedTuple):
    """The statements over stored texts of a kind, and how a record is opened and sealed."""

    list_outdated: Query[ReviewedRecord]
    count_outdated: Query[Any]
    count_versions: Query[VersionCount]
    replace: Statement
    read: Callable[..., Any]
    seal: Callable[[DataKey, Any], bytes | None]
    facts: Callable[[Any], str]


def _outdated(table: Table) -> tuple[Any, ...]:
    """Those that other rules have made. What has no text has nothing that better rules could find something in."""
    return (table.c.content_sealed.is_not(None), table.c.rules_version != bindparam("version"))


def _list_outdated(table: Table, columns: Sequence[Any]) -> Any:
    return (
        select(*columns)
        .where(
            _in_workspace(table),
            *_outdated(table),
            table.c.id > bindparam("after"),
            table.c.id <= bindparam("to"),
        )
        .order_by(table.c.id)
        .limit(bindparam("most"))
    )


def _count_versions(table: Table) -> Query[VersionCount]:
    of = (table.c.rules_version, table.c.deid_level)
    counted = select(*of, func.count(), func.count(table.c.content_sealed))
    return query(counted.where(_in_workspace(table)).group_by(*of).order_by(*of), VersionCount)


# Every change seals the text anew, so that its bytes tell whether anything has changed since it was read.
def _replace(table: Table, **more: Any) -> Statement:
    return statement(
        update(table)
        .where(table.c.id == bindparam("record_id"), table.c.content_sealed == bindparam("sealed_before"))
        .values(
            facts=bindparam("new_facts"),
            content_sealed=bindparam("new_content_sealed"),
            sharing=bindparam("new_sharing"),
            deid_level=bindparam("new_deid_level"),
            rules_version=bindparam("new_rules_version"),
            review_status=bindparam("new_review_status"),
            **more,
        )
    )


_COLUMNS: Final = (*(_R[name] for name in StoredRecord._fields), _R.review_sealed)
_FEEDBACK_COLUMNS: Final = tuple(feedback_records.c[name] for name in StoredFeedbackRecord._fields)
VOTE_TEXTS: Final = Texts(
    query(_list_outdated(records, _COLUMNS), _reviewed),
    scalar_query(select(func.count()).where(_in_workspace(records), *_outdated(records))),
    _count_versions(records),
    _replace(records, review_sealed=bindparam("new_review_sealed")),
    read_record,
    seal_text,
    facts_text,
)
# Nobody reviews feedback: it has no place for decisions.
FEEDBACK_TEXTS: Final = Texts(
    query(_list_outdated(feedback_records, _FEEDBACK_COLUMNS), _never_reviewed),
    scalar_query(select(func.count()).where(_in_workspace(feedback_records), *_outdated(feedback_records))),
    _count_versions(feedback_records),
    _replace(feedback_records),
    read_feedback,
    seal_feedback,
    feedback_facts,
)
KINDS: Final = (VOTE_TEXTS, FEEDBACK_TEXTS)

FIND_RECORD: Final = query(select(*_COLUMNS).where(_R.id == bindparam("record_id")), _reviewed)
LIST_REVIEWED: Final = query(
    select(*_COLUMNS)
    .where(
        _in_workspace(records),
        _R.review_status == ReviewStatus.REVIEWED.value,
        _R.review_sealed.is_not(None),
        _R.id > bindparam("after"),
    )
    .order_by(_R.id)
    .limit(bindparam("most")),
    _reviewed,
)
LIST_IDS: Final = scalar_query(select(_R.id).where(_R.workspace_id == bindparam("workspace_id")))

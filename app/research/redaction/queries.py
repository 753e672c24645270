"""Statements over the redaction of records."""

from typing import Any, Final, NamedTuple

from sqlalchemy import LargeBinary, bindparam, cast, func, select, update

from app.core.statements import query, scalar_query, statement
from app.research.records.models import StoredRecord, records
from app.research.records.record import ReviewStatus

_R: Final = records.c


class ReviewedRecord(NamedTuple):
    """A record as stored, and what reviewers decided about it."""

    stored: StoredRecord
    review_sealed: bytes | None


class VersionCount(NamedTuple):
    """How many records were redacted so, and how many of them have text."""

    rules_version: str
    deid_level: str
    records: int
    with_text: int


def _reviewed(*columns: Any) -> ReviewedRecord:
    return ReviewedRecord(StoredRecord(*columns[:-1]), columns[-1])


_COLUMNS: Final = (*(_R[name] for name in StoredRecord._fields), _R.review_sealed)
# NULL takes every workspace.
_IN_WORKSPACE: Final = _R.workspace_id == func.coalesce(
    cast(bindparam("workspace_id"), LargeBinary), _R.workspace_id
)
# A vote without text has nothing that better rules could find something in.
_IS_OUTDATED: Final = (_R.content_sealed.is_not(None), _R.rules_version != bindparam("version"))

FIND_RECORD: Final = query(select(*_COLUMNS).where(_R.id == bindparam("record_id")), _reviewed)
LIST_OUTDATED: Final = query(
    select(*_COLUMNS)
    .where(_IN_WORKSPACE, *_IS_OUTDATED, _R.id > bindparam("after"), _R.id <= bindparam("to"))
    .order_by(_R.id)
    .limit(bindparam("most")),
    _reviewed,
)
COUNT_OUTDATED: Final = scalar_query(select(func.count()).where(_IN_WORKSPACE, *_IS_OUTDATED))
COUNT_VERSIONS: Final = query(
    select(_R.rules_version, _R.deid_level, func.count(), func.count(_R.content_sealed))
    .where(_IN_WORKSPACE)
    .group_by(_R.rules_version, _R.deid_level)
    .order_by(_R.rules_version, _R.deid_level),
    VersionCount,
)
LIST_REVIEWED: Final = query(
    select(*_COLUMNS)
    .where(
        _IN_WORKSPACE,
        _R.review_status == ReviewStatus.REVIEWED.value,
        _R.review_sealed.is_not(None),
        _R.id > bindparam("after"),
    )
    .order_by(_R.id)
    .limit(bindparam("most")),
    _reviewed,
)
# Every change seals the text anew, so that its bytes tell whether anything has changed since it was read.
REPLACE: Final = statement(
    update(records)
    .where(_R.id == bindparam("record_id"), _R.content_sealed == bindparam("sealed_before"))
    .values(
        facts=bindparam("new_facts"),
        content_sealed=bindparam("new_content_sealed"),
        review_sealed=bindparam("new_review_sealed"),
        sharing=bindparam("new_sharing"),
        deid_level=bindparam("new_deid_level"),
        rules_version=bindparam("new_rules_version"),
        review_status=bindparam("new_review_status"),
    )
)


LIST_IDS: Final = scalar_query(select(_R.id).where(_R.workspace_id == bindparam("workspace_id")))

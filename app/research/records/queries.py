"""Statements over records, and over those that were taken out."""

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, select

from app.core.statements import insert_or_ignore, query, scalar_query, statement
from app.research.feedback.models import feedback_records
from app.research.records.models import records, withdrawn_records

_R: Final = records.c
_F: Final = feedback_records.c


class VotersRecord(NamedTuple):
    """A record, or feedback, as far as erasing it needs it."""

    id: bytes
    voted_week: int
    conversation: bytes


INSERT_RECORD: Final = insert_or_ignore(records, keys=["id"])
DELETE_RECORD: Final = statement(delete(records).where(_R.id == bindparam("record_id")))
DELETE_FEEDBACK_RECORD: Final = statement(delete(feedback_records).where(_F.id == bindparam("record_id")))
FIND_WORKSPACE_OF_FEEDBACK: Final = scalar_query(
    select(_F.workspace_id).where(_F.id == bindparam("record_id"))
)
FIND_WORKSPACE: Final = scalar_query(select(_R.workspace_id).where(_R.id == bindparam("record_id")))
LIST_OF_VOTER: Final = query(
    select(_R.id, _R.voted_week, _R.conversation).where(
        _R.voter == bindparam("voter"), _R.workspace_id == bindparam("workspace_id")
    ),
    VotersRecord,
)
LIST_FEEDBACK_OF_VOTER: Final = query(
    select(_F.id, _F.given_week, _F.conversation).where(
        _F.voter == bindparam("voter"), _F.workspace_id == bindparam("workspace_id")
    ),
    VotersRecord,
)
FIND_CONVERSATION: Final = scalar_query(
    select(_R.conversation)
    .where(_R.id == bindparam("record_id"))
    .union_all(select(_F.conversation).where(_F.id == bindparam("record_id")))
)
# It may have been written again by a worker that was slow, and taken out again.
INSERT_WITHDRAWN_RECORD: Final = insert_or_ignore(withdrawn_records, keys=["id"])

"""Statements over records, and over those that were taken out."""

from typing import Final

from sqlalchemy import bindparam, delete, select

from app.core.statements import insert_or_ignore, scalar_query, statement
from app.research.feedback.models import feedback_records
from app.research.records.models import records, withdrawn_records

_R: Final = records.c
_F: Final = feedback_records.c

INSERT_RECORD: Final = insert_or_ignore(records, keys=["id"])
DELETE_RECORD: Final = statement(delete(records).where(_R.id == bindparam("record_id")))
DELETE_FEEDBACK_RECORD: Final = statement(delete(feedback_records).where(_F.id == bindparam("record_id")))
FIND_WORKSPACE_OF_FEEDBACK: Final = scalar_query(
    select(_F.workspace_id).where(_F.id == bindparam("record_id"))
)
FIND_WORKSPACE: Final = scalar_query(select(_R.workspace_id).where(_R.id == bindparam("record_id")))
# It may have been written again by a worker that was slow, and taken out again.
INSERT_WITHDRAWN_RECORD: Final = insert_or_ignore(withdrawn_records, keys=["id"])

"""Statements over feedback."""

from typing import Final

from sqlalchemy import LargeBinary, bindparam, case, delete, func, null, or_, select, update

from app.access.workspaces.models import SharingLevel
from app.core.statements import insert_row, query, scalar_query, statement
from app.intake.feedback.models import FeedbackState, StoredFeedback, feedback

_F: Final = feedback.c
THIS: Final = (
    _F.workspace_id == bindparam("workspace_id"),
    _F.day == bindparam("day"),
    _F.id == bindparam("feedback_id"),
)
_OF_TARGET: Final = (
    _F.workspace_id == bindparam("workspace_id"),
    _F.person == bindparam("person"),
    _F.target == bindparam("target"),
)
_STORED: Final = select(*(_F[name] for name in StoredFeedback._fields))

INSERT_FEEDBACK: Final = insert_row(feedback)
FIND_FEEDBACK: Final = query(_STORED.where(*THIS), StoredFeedback)
LOCK_FEEDBACK: Final = query(_STORED.where(*THIS).with_for_update(), StoredFeedback)
# Under the person's lock: nobody else can rate for them meanwhile. Disconnection may: it locks the row.
LOCK_OF_TARGET: Final = query(_STORED.where(*_OF_TARGET).with_for_update(), StoredFeedback)
FIND_OF_TARGET: Final = query(_STORED.where(*_OF_TARGET), StoredFeedback)
RENEW_TICKET: Final = statement(
    update(feedback)
    .where(*THIS)
    .values(ticket_digest=bindparam("new_ticket_digest"), expires_at=bindparam("new_expires_at"))
)
# `rated_at`, `undo_until` and the receipt are the first rating's: changing it does not buy time. Content that is not
# sent again stays, as long as it may be shared.
_MAY_KEEP_TEXT: Final = bindparam("new_sharing") == SharingLevel.VOTE_AND_CONTENT.value
RATE: Final = statement(
    update(feedback)
    .where(*THIS)
    .values(
        rating=bindparam("new_rating"),
        reasons=bindparam("new_reasons"),
        comment_sealed=bindparam("new_comment_sealed", type_=LargeBinary),
        content_sealed=case(
            (
                _MAY_KEEP_TEXT,
                func.coalesce(bindparam("new_content_sealed", type_=LargeBinary), _F.content_sealed),
            ),
            else_=null(),
        ),
        model=func.coalesce(bindparam("new_model", type_=_F.model.type), _F.model),
        sharing=bindparam("new_sharing"),
        rated_at=func.coalesce(_F.rated_at, bindparam("at", type_=_F.rated_at.type)),
        undo_until=func.coalesce(_F.undo_until, bindparam("new_undo_until", type_=_F.undo_until.type)),
        receipt_digest=func.coalesce(
            _F.receipt_digest, bindparam("new_receipt_digest", type_=_F.receipt_digest.type)
        ),
    )
)
UNRATE: Final = statement(
    update(feedback)
    .where(*THIS, _F.state == FeedbackState.OPEN.value)
    .values(
        rating=None, reasons=None, comment_sealed=None, rated_at=None, undo_until=None, receipt_digest=None
    )
)
_OF_PERSON: Final = (_F.workspace_id == bindparam("workspace_id"), _F.person == bindparam("person"))
_IN_CONVERSATION: Final = (*_OF_PERSON, _F.conversation == bindparam("conversation"))
_IS_ON_ITS_WAY: Final = or_(_F.state == FeedbackState.OPEN.value, _F.state == FeedbackState.LEAVING.value)
IS_OFFERED: Final = (_F.state == FeedbackState.OPEN.value, _F.undo_until.is_(None))
_OFF: Final = SharingLevel.OFF.value

DELETE_OFFERED: Final = statement(delete(feedback).where(*_OF_PERSON, *IS_OFFERED))
DELETE_OFFERED_IN_CONVERSATION: Final = statement(delete(feedback).where(*_IN_CONVERSATION, *IS_OFFERED))
DELETE_THIS_OFFERED: Final = statement(delete(feedback).where(*THIS, *IS_OFFERED))
# From here on the door lets nothing of it through, whatever is allowed later. What is offered is marked as well: a
# rating that is undone at this moment is otherwise seen by neither.
MARK_UNSHARED: Final = statement(update(feedback).where(*THIS, _IS_ON_ITS_WAY).values(sharing=_OFF))
MARK_PERSON_UNSHARED: Final = statement(
    update(feedback).where(*_OF_PERSON, _IS_ON_ITS_WAY).values(sharing=_OFF)
)
MARK_CONVERSATION_UNSHARED: Final = statement(
    update(feedback).where(*_IN_CONVERSATION, _IS_ON_ITS_WAY).values(sharing=_OFF)
)
MARK_PROJECT_UNSHARED: Final = statement(
    update(feedback)
    .where(_F.workspace_id == bindparam("workspace_id"), _F.project == bindparam("project"), _IS_ON_ITS_WAY)
    .values(sharing=_OFF)
)
# What was dropped at the door is marked: only what has really left can be withdrawn.
COUNT_WITHDRAWABLE: Final = scalar_query(
    select(func.count()).where(
        *_OF_PERSON,
        or_(_F.state == FeedbackState.DISCONNECTED.value, _F.state == FeedbackState.LEAVING.value),
        _F.sharing != _OFF,
    )
)
DELETE_FEEDBACK: Final = statement(delete(feedback).where(*THIS))

"""Statements of erasures over feedback."""

from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, bindparam, or_, select

from app.core.statements import query, scalar_query
from app.intake.feedback.models import FeedbackState, feedback

_F: Final = feedback.c


class PersonsFeedback(NamedTuple):
    """Feedback of a person, as far as taking it out needs it."""

    day: int
    id: bytes
    conversation: bytes | None
    state: str
    created_at: int
    rated_at: int | None
    undo_until: int | None
    receipt_digest: bytes | None

    @property
    def is_rated(self) -> bool:
        """Whether a rating stands, or stood when it left."""
        return self.undo_until is not None or self.state != FeedbackState.OPEN


_OF_FEEDBACK: Final = select(*(_F[name] for name in PersonsFeedback._fields))
_PERSONS: Final[tuple[Any, ...]] = (
    _F.workspace_id == bindparam("workspace_id"),
    _F.person == bindparam("person"),
)
_IS_RATED: Final = or_(_F.undo_until.is_not(None), _F.state != FeedbackState.OPEN.value)
_NEWEST_FIRST: Final = (_F.day.desc(), _F.id.desc())
_MOST: Final = bindparam("most", type_=Integer)

LIST_FEEDBACK: Final = query(
    _OF_FEEDBACK.where(*_PERSONS).order_by(*_NEWEST_FIRST).limit(_MOST), PersonsFeedback
)
LIST_RATED_FEEDBACK: Final = query(
    _OF_FEEDBACK.where(*_PERSONS, _IS_RATED).order_by(*_NEWEST_FIRST).limit(_MOST), PersonsFeedback
)
LIST_FEEDBACK_OF: Final = query(
    _OF_FEEDBACK.where(*_PERSONS, _F.conversation == bindparam("conversation"))
    .order_by(*_NEWEST_FIRST)
    .limit(_MOST),
    PersonsFeedback,
)
LOCK_FEEDBACK: Final = query(
    _OF_FEEDBACK.where(
        _F.workspace_id == bindparam("workspace_id"),
        _F.day == bindparam("day"),
        _F.id == bindparam("comparison_id"),
    ).with_for_update(),
    PersonsFeedback,
)
# The receipt is sealed in every row that has not left.
HAS_SEALED_FEEDBACK: Final = scalar_query(
    select(_F.id).where(*_PERSONS, _F.state != FeedbackState.DISCONNECTED.value).limit(1)
)

"""Statements that count what is kept of a person."""

from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, case, func, select

from app.core.statements import query, scalar_query
from app.disconnection.models import links
from app.intake.comparisons.models import ComparisonState, comparisons
from app.intake.feedback.models import feedback
from app.intake.feedback.queries import IS_OFFERED
from app.intake.persons.models import quiet_conversations
from app.intake.votes.models import votes

_C: Final = comparisons.c
_V: Final = votes.c
_L: Final = links.c
_Q: Final = quiet_conversations.c
_PERSONS: Final = (_C.workspace_id == bindparam("workspace_id"), _C.person == bindparam("person"))
_F: Final = feedback.c
_GIVERS: Final = (_F.workspace_id == bindparam("workspace_id"), _F.person == bindparam("person"))


class Counted(NamedTuple):
    """How many, and when the last of them ends (ms)."""

    number: int
    until: int | None

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        ends = [until for until in (self.until, other.until) if until is not None]
        return Counted(self.number + other.number, max(ends, default=None))


def _same(other: Any) -> Any:
    """Joins what belongs to a comparison by its primary key."""
    return and_(other.workspace_id == _C.workspace_id, other.day == _C.day, other.comparison_id == _C.id)


# One that was not shown yet may be, and is open for the time to answer from then on.
_ENDS_AT: Final = case(
    (_C.shown_at.is_(None), _C.expires_at + bindparam("answer_ms", type_=BigInteger)), else_=_C.expires_at
)
COUNT_OPEN: Final = query(
    select(func.count(), func.max(_ENDS_AT))
    .select_from(comparisons.outerjoin(votes, _same(_V)))
    .where(
        *_PERSONS,
        _C.state == ComparisonState.OPEN.value,
        _C.expires_at > bindparam("at"),
        _V.comparison_id.is_(None),
    ),
    Counted,
)
COUNT_WAITING: Final = query(
    select(func.count(), func.max(_V.undo_until))
    .select_from(comparisons.join(votes, _same(_V)))
    .where(*_PERSONS),
    Counted,
)
COUNT_IN_RESEARCH: Final = scalar_query(
    select(func.count())
    .select_from(comparisons.join(links, _same(_L)).outerjoin(votes, _same(_V)))
    .where(*_PERSONS, _V.comparison_id.is_(None))
)
COUNT_FEEDBACK_OPEN: Final = query(
    select(func.count(), func.max(_F.expires_at)).where(
        *_GIVERS, *IS_OFFERED, _F.expires_at > bindparam("at")
    ),
    Counted,
)
COUNT_FEEDBACK_WAITING: Final = query(
    select(func.count(), func.max(_F.undo_until)).where(*_GIVERS, _F.undo_until.is_not(None)), Counted
)
COUNT_FEEDBACK_IN_RESEARCH: Final = scalar_query(
    select(func.count())
    .select_from(
        feedback.join(
            links, and_(_L.workspace_id == _F.workspace_id, _L.day == _F.day, _L.comparison_id == _F.id)
        )
    )
    .where(*_GIVERS, _F.undo_until.is_(None))
)
COUNT_QUIET: Final = scalar_query(
    select(func.count())
    .select_from(quiet_conversations)
    .where(_Q.workspace_id == bindparam("workspace_id"), _Q.person == bindparam("person"))
)

"""Statements that begin with a receipt's digest."""

from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, select, update

from app.core.statements import query, statement
from app.disconnection.models import links, withdrawn_receipts
from app.disconnection.receipts.models import FoundLink, ReceiptState
from app.intake.comparisons.models import ComparisonState, comparison_key, comparisons
from app.intake.feedback.models import feedback
from app.intake.votes.models import votes

_C: Final = comparisons.c
_V: Final = votes.c
_F: Final = feedback.c
_L: Final = links.c
_W: Final = withdrawn_receipts.c
_OF_COMPARISON: Final = (
    _C.workspace_id == bindparam("workspace_id"),
    _C.day == bindparam("day"),
    _C.id == bindparam("comparison_id"),
)


class FoundVote(NamedTuple):
    """A vote, or feedback, in intake."""

    workspace_id: bytes
    day: int
    comparison_id: bytes
    undo_until: int

    @property
    def key(self) -> dict[str, Any]:
        """The comparison's primary key as statement parameters."""
        return comparison_key(self.workspace_id, self.day, self.comparison_id)


class Withdrawn(NamedTuple):
    """The receipt of a vote that was withdrawn."""

    comparison_id: bytes | None
    is_tombstoned: bool | None
    """Whether exports have been told to delete it; None where that is not known."""

    @property
    def state(self) -> ReceiptState:
        """It is about to go while its record may still be in research."""
        return ReceiptState.WITHDRAWN if self.comparison_id is None else ReceiptState.WITHDRAWING


FIND_VOTE: Final = query(
    select(_V.workspace_id, _V.day, _V.comparison_id, _V.undo_until).where(
        _V.receipt_digest == bindparam("receipt_digest")
    ),
    FoundVote,
)
# Feedback stands in a row of its own, under a key of the same shape.
FIND_FEEDBACK: Final = query(
    select(_F.workspace_id, _F.day, _F.id, _F.undo_until).where(
        _F.receipt_digest == bindparam("receipt_digest")
    ),
    FoundVote,
)
FIND_LINK: Final = query(
    select(_L.workspace_id, _L.day, _L.comparison_id, _L.week, _L.link_sealed).where(
        _L.receipt_digest == bindparam("receipt_digest")
    ),
    FoundLink,
)
FIND_WITHDRAWN: Final = query(
    select(_W.comparison_id, _W.is_tombstoned).where(_W.receipt_digest == bindparam("receipt_digest")),
    Withdrawn,
)
DELETE_VOTE: Final = statement(delete(votes).where(_V.receipt_digest == bindparam("receipt_digest")))
FIND_PERSON_OF: Final = query(select(_C.person).where(*_OF_COMPARISON), bytes)
# With the state go what goes at disconnection. A comparison that was closed before keeps its time: the row does not
# tell when somebody withdrew.
SET_WITHDRAWN: Final = statement(
    update(comparisons)
    .where(*_OF_COMPARISON)
    .values(
        state=ComparisonState.WITHDRAWN.value,
        closed_at=func.coalesce(_C.closed_at, bindparam("at", type_=_C.closed_at.type)),
        api_key=None,
        project=None,
        conversation=None,
        locale=None,
        propensity=None,
    )
)

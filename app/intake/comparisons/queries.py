"""Statements over comparisons and their content."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Integer, and_, bindparam, delete, func, not_, or_, select, tuple_, update

from app.access.workspaces.models import INTAKE, SharingLevel
from app.core.connections import Transaction
from app.core.statements import insert_row, query, scalar_query, statement
from app.intake.comparisons.models import (
    ComparisonState,
    TicketedComparison,
    comparison_contents,
    comparison_key,
    comparisons,
)
from app.intake.persons.models import project_sharing
from app.intake.votes.models import votes

_C: Final = comparisons.c
_V: Final = votes.c
_K: Final = comparison_contents.c
_P: Final = project_sharing.c
_W: Final = INTAKE.workspaces.c

_THIS: Final = (
    _C.workspace_id == bindparam("workspace_id"),
    _C.day == bindparam("day"),
    _C.id == bindparam("comparison_id"),
)
_WITH_VOTE: Final = comparisons.outerjoin(
    votes, (_V.workspace_id == _C.workspace_id) & (_V.day == _C.day) & (_V.comparison_id == _C.id)
)
_WITH_LEVELS: Final = _WITH_VOTE.outerjoin(
    project_sharing, (_P.workspace_id == _C.workspace_id) & (_P.project == _C.project)
).outerjoin(INTAKE.workspaces, _W.id == _C.workspace_id)
_WITH_CONTENT: Final = _WITH_LEVELS.outerjoin(
    comparison_contents,
    (_K.workspace_id == _C.workspace_id) & (_K.day == _C.day) & (_K.comparison_id == _C.id),
)
_TICKETED: Final = (
    _C.person,
    _C.state,
    _C.first_left,
    _C.created_at,
    _C.expires_at,
    _C.shown_at,
    _C.ticket_digest,
    _V.cast_at,
    _V.changed_at,
    _V.undo_until,
    _V.choice,
    _V.strength,
    _V.changes,
    _C.revealed_at,
    _V.is_changed_after_reveal,
    _C.sharing,
    _P.sharing.label("project_sharing"),
    _W.options,
)


class Shown(NamedTuple):
    """What showing a comparison takes: one read."""

    comparison: TicketedComparison
    reasons: str | None
    comment_sealed: bytes | None
    shown_sealed: bytes | None
    locale: str | None

    @classmethod
    def from_row(
        cls,
        reasons: str | None,
        comment_sealed: bytes | None,
        shown_sealed: bytes | None,
        locale: str | None,
        *columns: object,
    ) -> "Shown":
        """From the selected columns."""
        return cls(TicketedComparison._make(columns), reasons, comment_sealed, shown_sealed, locale)


class HostsView(NamedTuple):
    """What a host may know of a comparison."""

    state: str
    withheld_reason: str | None
    first_left: int
    created_at: int
    shown_at: int | None
    expires_at: int
    choice: str | None
    cast_at: int | None
    undo_until: int | None


class Circumstances(NamedTuple):
    """What a comparison's person was asked within, and which notice stood beside it."""

    conversation: bytes | None
    project: bytes | None
    notice_version: str


class OpenComparison(NamedTuple):
    """A comparison that a no may close: without a final vote."""

    workspace_id: bytes
    day: int
    comparison_id: bytes
    person: bytes
    conversation: bytes | None
    has_vote: bool

    @property
    def key(self) -> dict[str, Any]:
        """The comparison's primary key as statement parameters."""
        return comparison_key(self.workspace_id, self.day, self.comparison_id)


INSERT_COMPARISON: Final = insert_row(comparisons)
INSERT_CONTENT: Final = insert_row(comparison_contents)
DELETE_CONTENT: Final = statement(
    delete(comparison_contents).where(
        _K.workspace_id == bindparam("workspace_id"),
        _K.day == bindparam("day"),
        _K.comparison_id == bindparam("comparison_id"),
    )
)
FIND_TICKETED: Final = query(select(*_TICKETED).select_from(_WITH_LEVELS).where(*_THIS), TicketedComparison)
# Apart from the rest: of a ticket's calls only those about preferences need it.
FIND_CIRCUMSTANCES: Final = query(
    select(_C.conversation, _C.project, _C.notice_version).where(*_THIS), Circumstances
)
LOCK_COMPARISON: Final = scalar_query(select(_C.day).where(*_THIS).with_for_update())
FIND_SHOWN: Final = query(
    select(_V.reasons, _V.comment_sealed, _K.shown_sealed, _C.locale, *_TICKETED)
    .select_from(_WITH_CONTENT)
    .where(*_THIS),
    Shown.from_row,
)
FIND_PRIVATE: Final = query(
    select(_K.private_sealed).where(
        _K.workspace_id == bindparam("workspace_id"),
        _K.day == bindparam("day"),
        _K.comparison_id == bindparam("comparison_id"),
    ),
    bytes,
)
FIND_FOR_HOST: Final = query(
    select(
        _C.state,
        _C.withheld_reason,
        _C.first_left,
        _C.created_at,
        _C.shown_at,
        _C.expires_at,
        _V.choice,
        _V.cast_at,
        _V.undo_until,
    )
    .select_from(_WITH_VOTE)
    .where(*_THIS),
    HostsView,
)
# Shown once counts from the first time; a second tab does not buy time.
NOTE_SHOWN: Final = statement(
    update(comparisons)
    .where(*_THIS, _C.shown_at.is_(None), _C.state == ComparisonState.OPEN.value)
    .values(shown_at=bindparam("at"), expires_at=bindparam("new_expires_at"))
)
NOTE_REVEALED: Final = statement(
    update(comparisons).where(*_THIS).values(revealed_at=bindparam("at", type_=BigInteger))
)
SET_SHARING: Final = statement(
    update(comparisons)
    # An off is final for the vote that it has overtaken.
    .where(*_THIS, _C.state == ComparisonState.OPEN.value, _C.sharing != SharingLevel.OFF.value)
    .values(sharing=bindparam("new_sharing"))
)
CLOSE: Final = statement(
    update(comparisons)
    .where(*_THIS)
    .values(state=bindparam("new_state"), closed_at=bindparam("at"), skip_reason=bindparam("new_skip_reason"))
)
NOTE_SKIP_REASON: Final = statement(
    update(comparisons)
    .where(
        *_THIS,
        _C.state == ComparisonState.SKIPPED.value,
        _C.skip_reason != bindparam("new_skip_reason", type_=_C.skip_reason.type),
    )
    .values(skip_reason=bindparam("new_skip_reason", type_=_C.skip_reason.type))
)
_HAS_VOTE: Final = _V.comparison_id.is_not(None)
_OPEN_ONE: Final = (
    _C.workspace_id,
    _C.day,
    _C.id,
    _C.person,
    _C.conversation,
    _HAS_VOTE.label("has_vote"),
)
_IS_ON_ITS_WAY: Final = or_(_C.state == ComparisonState.OPEN.value, _C.state == ComparisonState.LEAVING.value)
# In order of their keys, in which everybody who locks several locks them.
LIST_OPEN_OF_PERSON: Final = query(
    select(*_OPEN_ONE)
    .select_from(_WITH_VOTE)
    .where(
        _C.workspace_id == bindparam("workspace_id"),
        _C.person == bindparam("person"),
        _IS_ON_ITS_WAY,
    )
    .order_by(_C.day, _C.id),
    OpenComparison,
)
# Questions that are still open though nothing is shared any more, and votes whose rows do not say so yet.
LIST_OPEN_UNSHARED: Final = query(
    select(*_OPEN_ONE)
    .select_from(_WITH_LEVELS)
    .where(
        _C.state == ComparisonState.OPEN.value,
        or_(
            and_(_C.sharing == SharingLevel.OFF.value, not_(_HAS_VOTE)),
            and_(
                or_(_C.sharing != SharingLevel.OFF.value, not_(_HAS_VOTE)),
                or_(
                    _P.sharing == SharingLevel.OFF.value,
                    _C.workspace_id == bindparam("unshared_workspace", type_=_C.workspace_id.type),
                ),
            ),
        ),
    )
    .order_by(_C.workspace_id, _C.day, _C.id)
    .limit(bindparam("most", type_=Integer)),
    OpenComparison,
)
# From here on the door lets nothing of it through, whatever is allowed later.
MARK_UNSHARED: Final = statement(
    update(comparisons).where(*_THIS, _IS_ON_ITS_WAY).values(sharing=SharingLevel.OFF.value)
)
_OF_PROJECT: Final = (
    _C.workspace_id == bindparam("workspace_id", type_=_C.workspace_id.type),
    _C.project == bindparam("project"),
)
MARK_PROJECT_UNSHARED: Final = statement(
    update(comparisons)
    .where(*_OF_PROJECT, _C.state == ComparisonState.OPEN.value)
    .values(sharing=SharingLevel.OFF.value)
)
# By way of their votes, which are few: no index leads to what is leaving.
MARK_PROJECT_LEAVING_UNSHARED: Final = statement(
    update(comparisons)
    .where(
        *_OF_PROJECT,
        _C.state == ComparisonState.LEAVING.value,
        tuple_(_C.workspace_id, _C.day, _C.id).in_(
            select(_V.workspace_id, _V.day, _V.comparison_id).where(
                _V.workspace_id == bindparam("workspace_id", type_=_C.workspace_id.type)
            )
        ),
    )
    .values(sharing=SharingLevel.OFF.value)
)
WITHHOLD: Final = statement(
    update(comparisons)
    .where(*_THIS, _C.state == ComparisonState.OPEN.value)
    .values(
        state=ComparisonState.WITHHELD.value,
        withheld_reason=bindparam("new_reason", type_=_C.withheld_reason.type),
        closed_at=bindparam("at", type_=BigInteger),
    )
)
# What was dropped at the door is marked: only what has really left can be withdrawn.
COUNT_WITHDRAWABLE: Final = scalar_query(
    select(func.count()).where(
        _C.workspace_id == bindparam("workspace_id"),
        _C.person == bindparam("person"),
        or_(_C.state == ComparisonState.DISCONNECTED.value, _C.state == ComparisonState.LEAVING.value),
        _C.sharing != SharingLevel.OFF.value,
    )
)


def lock_ticketed(tx: Transaction, key: Mapping[str, Any]) -> TicketedComparison | None:
    """A comparison with its vote, which nobody else can change until this transaction ends."""
    tx.lock(LOCK_COMPARISON, **key)
    return tx.find(FIND_TICKETED, **key)

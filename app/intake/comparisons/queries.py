"""Statements over comparisons and their content."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, bindparam, delete, select, update

from app.core.connections import Transaction
from app.core.statements import insert_row, query, scalar_query, statement
from app.intake.comparisons.models import (
    ComparisonState,
    TicketedComparison,
    comparison_contents,
    comparisons,
)
from app.intake.votes.models import votes

_C: Final = comparisons.c
_V: Final = votes.c
_K: Final = comparison_contents.c

_THIS: Final = (
    _C.workspace_id == bindparam("workspace_id"),
    _C.day == bindparam("day"),
    _C.id == bindparam("comparison_id"),
)
_WITH_VOTE: Final = comparisons.outerjoin(
    votes, (_V.workspace_id == _C.workspace_id) & (_V.day == _C.day) & (_V.comparison_id == _C.id)
)
_WITH_CONTENT: Final = _WITH_VOTE.outerjoin(
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


INSERT_COMPARISON: Final = insert_row(comparisons)
INSERT_CONTENT: Final = insert_row(comparison_contents)
DELETE_CONTENT: Final = statement(
    delete(comparison_contents).where(
        _K.workspace_id == bindparam("workspace_id"),
        _K.day == bindparam("day"),
        _K.comparison_id == bindparam("comparison_id"),
    )
)
FIND_TICKETED: Final = query(select(*_TICKETED).select_from(_WITH_VOTE).where(*_THIS), TicketedComparison)
# Apart from the rest: of a ticket's calls only those about preferences need it.
FIND_CONVERSATION: Final = scalar_query(select(_C.conversation).where(*_THIS))
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
    .where(*_THIS, _C.state == ComparisonState.OPEN.value)
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


def lock_ticketed(tx: Transaction, key: Mapping[str, Any]) -> TicketedComparison | None:
    """A comparison with its vote, which nobody else can change until this transaction ends."""
    tx.lock(LOCK_COMPARISON, **key)
    return tx.find(FIND_TICKETED, **key)

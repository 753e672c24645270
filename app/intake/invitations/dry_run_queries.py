"""Statements that read what a dry run replays: invitations, and how comparisons ended."""

from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Integer, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.sql import ColumnElement

from app.core.statements import query
from app.intake.comparisons.models import ComparisonState, comparisons
from app.intake.invitations.models import invitations
from app.intake.votes.models import votes

_I: Final = invitations.c
_C: Final = comparisons.c
_V: Final = votes.c
_FIRST_DAY: Final = bindparam("first_day", type_=Integer)
_WORKSPACE: Final = bindparam("workspace_id", type_=_C.workspace_id.type)

_HAS_VOTE: Final = or_(
    _V.choice.is_not(None),
    *(
        _C.state == state.value
        for state in (ComparisonState.LEAVING, ComparisonState.DISCONNECTED, ComparisonState.WITHDRAWN)
    ),
)
_HAS_SKIP: Final = _C.state == ComparisonState.SKIPPED.value
_ANSWER: Final = case((_HAS_VOTE, literal("vote")), (_HAS_SKIP, literal("skip"))).label("answer")
# Once a vote has left, only when its comparison was shown tells when it was cast: at most the time to answer earlier.
_ANSWERED_AT: Final = case(
    (_HAS_VOTE, func.coalesce(_V.cast_at, _C.shown_at, _C.created_at)), (_HAS_SKIP, _C.closed_at)
).label("answered_at")


class ReplayedInvitation(NamedTuple):
    """An invitation of the window, and what came of it."""

    id: bytes
    person: bytes
    sampling_value: bytes
    surface: str | None
    locale: str | None
    model_0: str | None
    model_1: str | None
    policy_version: int
    created_at: int
    registered_0: str | None
    registered_1: str | None
    answer: str | None
    answered_at: int | None


class OtherComparison(NamedTuple):
    """A comparison that no invitation of the window led to."""

    person: bytes
    model_0: str
    model_1: str
    created_at: int
    answer: str | None
    answered_at: int | None


def _votes_of_comparison() -> ColumnElement[bool]:
    return and_(_V.workspace_id == _C.workspace_id, _V.day == _C.day, _V.comparison_id == _C.id)


def _invitations() -> Any:
    # An invitation lives an hour at most: its comparison is of the same day or the next one.
    redeemed = and_(
        _C.workspace_id == _I.workspace_id,
        _C.day.in_([_I.day, _I.day + 1]),
        _C.id == _I.comparison_id,
        _C.state != ComparisonState.WITHHELD.value,
    )
    return (
        select(
            _I.id,
            _I.person,
            _I.sampling_value,
            _I.surface,
            _I.locale,
            _I.model_0,
            _I.model_1,
            _I.policy_version,
            _I.created_at,
            _C.model_0,
            _C.model_1,
            _ANSWER,
            _ANSWERED_AT,
        )
        .select_from(invitations.outerjoin(comparisons, redeemed).outerjoin(votes, _votes_of_comparison()))
        .where(
            _I.workspace_id == _WORKSPACE,
            _I.day >= _FIRST_DAY,
            _I.created_at < bindparam("until", type_=BigInteger),
        )
        .order_by(_I.day, _I.id)
        .limit(bindparam("most", type_=Integer))
    )


def _others() -> Any:
    people = (
        select(_I.person)
        .where(_I.workspace_id == _WORKSPACE, _I.day >= _FIRST_DAY, _I.person != literal(b"", _I.person.type))
        .scalar_subquery()
    )
    before = and_(_C.day >= bindparam("earliest_day"), _C.day < _FIRST_DAY, _C.person.in_(people))
    uninvited = and_(_C.day >= _FIRST_DAY, _C.invitation_id.is_(None))
    return (
        select(_C.person, _C.model_0, _C.model_1, _C.created_at, _ANSWER, _ANSWERED_AT)
        .select_from(comparisons.outerjoin(votes, _votes_of_comparison()))
        .where(
            _C.workspace_id == _WORKSPACE,
            _C.state != ComparisonState.WITHHELD.value,
            _C.created_at < bindparam("until", type_=BigInteger),
            or_(before, uninvited),
        )
    )


class AskedBefore(NamedTuple):
    """How often a person was invited in the days before the window that belong to its first week."""

    person: bytes
    times: int


def _asked_before() -> Any:
    return (
        select(_I.person, func.count())
        .where(
            _I.workspace_id == _WORKSPACE,
            _I.day >= bindparam("first_week"),
            _I.day < _FIRST_DAY,
            _I.person != literal(b"", _I.person.type),
        )
        .group_by(_I.person)
    )


LIST_ASKED_BEFORE: Final = query(_asked_before(), AskedBefore)
LIST_REPLAYED: Final = query(_invitations(), ReplayedInvitation)
LIST_OTHERS: Final = query(_others(), OtherComparison)

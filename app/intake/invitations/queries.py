"""Statements over invitations, policies, and the counts of pairs of models."""

from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Integer, Select, bindparam, cast, func, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement, Executable

from app.core.statements import insert_or_ignore, insert_row, query, scalar_query, statement
from app.intake.comparisons.models import ComparisonState, comparisons
from app.intake.invitations.models import InvitationRow, invitation_policies, invitations, pair_totals

_I: Final = invitations.c
_P: Final = invitation_policies.c
_T: Final = pair_totals.c
_C: Final = comparisons.c

_THIS: Final = (
    _I.workspace_id == bindparam("workspace_id"),
    _I.day == bindparam("day"),
    _I.id == bindparam("invitation_id"),
)


class PolicyRow(NamedTuple):
    """A version of a policy as stored."""

    version: int
    document: str
    created_at: int
    actor: str


class PairCount(NamedTuple):
    """How often two models were registered together in this order."""

    model_0: str
    model_1: str
    times: int


INSERT_INVITATION: Final = insert_row(invitations)
FIND_INVITATION: Final = query(
    select(*(_I[name] for name in InvitationRow._fields)).where(*_THIS), InvitationRow
)
REDEEM_INVITATION: Final = statement(
    update(invitations)
    .where(*_THIS, _I.comparison_id.is_(None), _I.expires_at > bindparam("at"))
    # The comparison carries these from here on; two copies would only be easier to join.
    .values(
        comparison_id=bindparam("new_comparison_id"),
        redeemed_at=bindparam("at"),
        api_key=None,
        project=None,
        conversation=None,
    )
)
COUNT_INVITATIONS_OF_DAY: Final = scalar_query(
    select(func.count()).where(_I.workspace_id == bindparam("workspace_id"), _I.day == bindparam("day"))
)

INSERT_POLICY: Final = insert_or_ignore(invitation_policies, keys=["workspace_id", "version"])
_POLICIES: Final = (
    select(*(_P[name] for name in PolicyRow._fields))
    .where(_P.workspace_id == bindparam("workspace_id"))
    .order_by(_P.version.desc())
)
FIND_NEWEST_POLICY: Final = query(_POLICIES.limit(1), PolicyRow)
LIST_POLICIES: Final = query(
    _POLICIES.where(_P.version < bindparam("before")).limit(bindparam("most", type_=Integer)), PolicyRow
)
LIST_POLICIES_FROM: Final = query(_POLICIES.where(_P.version >= bindparam("oldest")), PolicyRow)

_NEWEST_TOTAL: Final = (
    select(func.coalesce(func.max(_T.day), -1))
    .where(_T.workspace_id == bindparam("workspace_id"))
    .scalar_subquery()
)


def _registered(*columns: Any, days: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    return (
        select(*columns, _C.model_0, _C.model_1, func.count().label("count"))
        .where(
            _C.workspace_id == bindparam("workspace_id"), _C.state != ComparisonState.WITHHELD.value, *days
        )
        .group_by(*columns, _C.model_0, _C.model_1)
    )


_UNCOUNTED: Final = (_C.day > _NEWEST_TOTAL, _C.day <= bindparam("through"))
# One statement, so that no day is seen twice or not at all while totals are stored.
_EVER: Final = union_all(
    select(_T.model_0, _T.model_1, _T["count"].label("count")).where(
        _T.workspace_id == bindparam("workspace_id"), _T.day <= bindparam("through")
    ),
    _registered(days=_UNCOUNTED),
).subquery()


def _store_totals(dialect_name: str) -> Executable:
    make = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect_name]
    counted = _registered(_C.workspace_id, _C.day, days=_UNCOUNTED)
    inserted: Any = make(pair_totals).from_select([column.name for column in pair_totals.columns], counted)
    stored: Executable = inserted.on_conflict_do_nothing()
    return stored


# Registered comparisons of each pair, up to the end of a day and after it.
COUNT_PAIRS_UNTIL: Final = query(
    select(_EVER.c.model_0, _EVER.c.model_1, cast(func.sum(_EVER.c["count"]), BigInteger)).group_by(
        _EVER.c.model_0, _EVER.c.model_1
    ),
    PairCount,
)
COUNT_PAIRS_AFTER: Final = query(_registered(days=(_C.day > bindparam("through"),)), PairCount)
# Whole days that are over, so that the counts survive the comparisons. Doing it twice changes nothing.
STORE_PAIR_TOTALS: Final = statement(_store_totals)

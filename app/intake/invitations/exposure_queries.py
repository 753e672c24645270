"""Statements that count what became of invitations and comparisons, and that delete what is old while counting it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement, Executable
from sqlalchemy.sql.selectable import FromClause

from app.core.statements import query, statement
from app.intake.comparisons.models import ComparisonState, comparisons
from app.intake.invitations.models import Outcome, exposure_totals, invitations
from app.intake.votes.models import votes

_I: Final = invitations.c
_C: Final = comparisons.c
_V: Final = votes.c
_T: Final = exposure_totals.c
# What a state alone tells; of an expired comparison, it takes a look at whether it was shown.
_ENDS: Final[Mapping[str, Outcome]] = {
    ComparisonState.WITHHELD: Outcome.COMPARISON_WITHHELD,
    ComparisonState.SKIPPED: Outcome.COMPARISON_SKIPPED,
    ComparisonState.LEAVING: Outcome.COMPARISON_VOTED,
    ComparisonState.DISCONNECTED: Outcome.COMPARISON_VOTED,
    # Answered, whatever became of the vote: as with one that was dropped on its way to research.
    ComparisonState.WITHDRAWN: Outcome.COMPARISON_VOTED,
}


class Exposure(NamedTuple):
    """How many invitations or comparisons of a day and surface came to the same end."""

    day: int
    surface: str
    outcome: str
    times: int


class EndedInvitation(NamedTuple):
    """A deleted invitation, as far as it is counted."""

    day: int
    surface: str | None
    comparison_id: bytes | None

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return Outcome.INVITATION_UNREDEEMED if self.comparison_id is None else Outcome.INVITATION_REDEEMED


class EndedComparison(NamedTuple):
    """A deleted comparison, as far as it is counted."""

    day: int
    surface: str | None
    state: str
    shown_at: int | None

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        found = _ENDS.get(self.state)
        if found is not None:
            return found
        return Outcome.COMPARISON_NOT_SHOWN if self.shown_at is None else Outcome.COMPARISON_EXPIRED


def _outcome(*cases: tuple[ColumnElement[bool], Outcome], otherwise: Outcome) -> ColumnElement[str]:
    named = [(condition, literal(outcome.value)) for condition, outcome in cases]
    return case(*named, else_=literal(otherwise.value)).label("outcome")


_AT: Final = bindparam("at", type_=BigInteger)
_OF_INVITATION: Final = _outcome(
    (_I.comparison_id.is_not(None), Outcome.INVITATION_REDEEMED),
    (_I.expires_at > _AT, Outcome.INVITATION_PENDING),
    otherwise=Outcome.INVITATION_UNREDEEMED,
)
_OF_COMPARISON: Final = _outcome(
    *((_C.state == state, outcome) for state, outcome in _ENDS.items()),
    (_V.choice.is_not(None), Outcome.COMPARISON_VOTED),
    (and_(_C.state == ComparisonState.OPEN.value, _C.expires_at > _AT), Outcome.COMPARISON_OPEN),
    (_C.shown_at.is_(None), Outcome.COMPARISON_NOT_SHOWN),
    otherwise=Outcome.COMPARISON_EXPIRED,
)
_WITH_VOTE: Final = comparisons.outerjoin(
    votes, (_V.workspace_id == _C.workspace_id) & (_V.day == _C.day) & (_V.comparison_id == _C.id)
)


def _surface(table: Table) -> ColumnElement[str]:
    return func.coalesce(table.c.surface, literal("")).label("surface")


def _live(table: Table, source: FromClause, outcome: ColumnElement[str]) -> Select[Any]:
    rows = select(table.c.day.label("day"), _surface(table), outcome).select_from(source)
    found = rows.where(_in_range(table)).subquery()
    keys = (found.c.day, found.c.surface, found.c.outcome)
    return select(*keys, func.count().label("count")).group_by(*keys)


def _in_range(table: Table) -> ColumnElement[bool]:
    return and_(
        table.c.workspace_id == bindparam("workspace_id"),
        table.c.day >= bindparam("first_day"),
        table.c.day <= bindparam("last_day"),
    )


_ALL: Final = union_all(
    _live(invitations, invitations, _OF_INVITATION),
    _live(comparisons, _WITH_VOTE, _OF_COMPARISON),
    select(_T.day, _T.surface, _T.outcome, _T["count"].label("count")).where(_in_range(exposure_totals)),
).subquery()
_KEYS: Final = (_ALL.c.day, _ALL.c.surface, _ALL.c.outcome)
# One statement, so that a row which is being rolled up is counted once: as itself or among the totals.
LIST_EXPOSURES: Final = query(
    select(*_KEYS, cast(func.sum(_ALL.c["count"]), BigInteger)).group_by(*_KEYS).order_by(*_KEYS), Exposure
)


def _delete_ended(table: Table, returned: tuple[str, ...]) -> Executable:
    """Deletes the oldest rows that have ended and returns each of them: what is counted is what was deleted.

    Bare columns, because SQLite (3.40) mixes up the columns when it thinks that one in RETURNING is NOT NULL: an
    `IS NULL` there is false for a null.
    """
    key = (table.c.workspace_id, table.c.day, table.c.id)
    has_ended = table.info["retention"].only(table.c)
    oldest = (
        select(*key)
        .where(
            table.c.workspace_id == bindparam("workspace_id"),
            table.c.day < bindparam("before_day"),
            has_ended,
        )
        .order_by(table.c.day, table.c.id)
        .limit(bindparam("most", type_=Integer))
    )
    return delete(table).where(tuple_(*key).in_(oldest)).returning(*(table.c[name] for name in returned))


DELETE_ENDED_INVITATIONS: Final = query(_delete_ended(invitations, EndedInvitation._fields), EndedInvitation)
DELETE_ENDED_COMPARISONS: Final = query(_delete_ended(comparisons, EndedComparison._fields), EndedComparison)


def _add(dialect_name: str) -> Executable:
    make = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect_name]
    columns = {column.name: bindparam(column.name, type_=column.type) for column in exposure_totals.columns}
    inserted: Any = make(exposure_totals).values(columns)
    added: Executable = inserted.on_conflict_do_update(
        index_elements=["workspace_id", "day", "surface", "outcome"],
        set_={"count": _T["count"] + inserted.excluded["count"]},
    )
    return added


ADD_EXPOSURE: Final = statement(_add)

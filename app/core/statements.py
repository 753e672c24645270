"""SQL statements written once with SQLAlchemy, compiled once per dialect, run straight on the driver.

SQLAlchemy's own execution costs about as much per statement as everything else in casting a vote
together; its compiler runs once per process here and the hot path pays for the driver alone. The
price: only column types that both drivers carry without conversion (integers, floats, text, bytes;
booleans are converted on the way out), and no parameter lists that expand (`IN :many`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from sqlalchemy import Boolean, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement, Executable
from sqlalchemy.sql.compiler import SQLCompiler

from app.core.set_based import given_rows, over_given_rows

R = TypeVar("R")
Construct = Executable | Callable[[str], Executable]
_FOR_MANY: Final = "for many"


class Compiled(NamedTuple):
    """A statement as the driver wants it."""

    sql: str
    names: tuple[str, ...]
    arguments: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    """The positional arguments for one execution; a KeyError names what is missing."""
    booleans: tuple[int, ...]
    returned: tuple[str, ...] = ()
    """For many sets: the parameters that each row repeats; none when it is the set's place, or there are no rows."""


class Statement:
    """A statement that returns no rows, only how many it touched."""

    def __init__(self, construct: Construct) -> None:
        self._construct = construct
        self._compiled: dict[str, Compiled | None] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """This statement for a dialect, compiled at the first use."""
        found = self._compiled.get(dialect.name)
        if found is None:
            construct = self._construct
            built = construct(dialect.name) if callable(construct) else construct
            found = self._compiled[dialect.name] = _compile(built, dialect)
        return found

    def compiled_for_many(self, dialect: Dialect) -> Compiled | None:
        """What does for many sets of parameters, each name an array, what this does for one; on PostgreSQL.

        Its rows begin with the place of their set, counted from 1, or tell by `returned` which set they belong to;
        without rows it touches one row for each set. None where there is no such statement.
        """
        if _FOR_MANY not in self._compiled:
            self._compiled[_FOR_MANY] = self._compile_for_many(dialect)
        return self._compiled[_FOR_MANY]

    def _compile_for_many(self, dialect: Dialect) -> Compiled | None:
        construct = self._construct
        if isinstance(construct, _Insert):
            return _compile(construct.of_many(), dialect)._replace(returned=construct.returned)
        built = over_given_rows(construct(dialect.name) if callable(construct) else construct)
        return None if built is None else _compile(built, dialect)


def _compile(construct: Executable, dialect: Dialect) -> Compiled:
    compiled = cast(SQLCompiler, cast(ClauseElement, construct).compile(dialect=dialect))
    names = tuple(compiled.positiontup or ())
    defaults = {name: value for name, value in compiled.params.items() if value is not None}
    for name in names:
        if compiled.binds[name].value is None and not compiled.binds[name].required:
            defaults.setdefault(name, None)
    columns = compiled._result_columns  # noqa: SLF001  (SQLAlchemy has no public name for it)
    booleans = tuple(i for i, entry in enumerate(columns) if isinstance(entry.type, Boolean))
    return Compiled(compiled.string, names, _pick(names, defaults), booleans)


def _pick(
    names: tuple[str, ...], defaults: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Puts named parameters, and those the statement brings itself, into the driver's order."""
    if len(names) < 2:
        return lambda params: tuple([{**defaults, **params}[name] for name in names])
    pick = itemgetter(*names)
    if not defaults:
        return pick
    return lambda params: pick({**defaults, **params})


class Query(Statement, Generic[R]):
    """A statement that returns rows, each given to `row` as positional arguments."""

    def __init__(self, construct: Construct, row: Callable[..., R]) -> None:
        super().__init__(construct)
        self.row = row


def query(construct: Construct, row: Callable[..., R]) -> Query[R]:
    """A query whose rows become `row(*columns)`: usually a NamedTuple in the order of the selected columns."""
    return Query(construct, row)


def _itself(value: Any) -> Any:
    return value


def scalar_query(construct: Construct) -> Query[Any]:
    """A query of one column, whose rows are the bare values."""
    return Query(construct, _itself)


def statement(construct: Construct) -> Statement:
    """A statement without rows."""
    return Statement(construct)


@dataclass(frozen=True)
class _Insert:
    """INSERT of whole rows; where `keys` are named, what is there under them stays, or is updated."""

    table: Table
    keys: Sequence[str] = ()
    update: Sequence[str] = ()

    def __call__(self, dialect_name: str) -> Executable:
        """The statement for one row; every column is a parameter of its own name."""
        make = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect_name]
        every = {c.name: bindparam(c.name, type_=c.type, required=True) for c in self.table.columns}
        return self._with_conflict(make(self.table).values(every))

    @property
    def returned(self) -> tuple[str, ...]:
        """The keys, where rows may be left out and must tell that they were not."""
        return tuple(self.keys) if not self.update else ()

    def of_many(self) -> Executable:
        """The statement for many rows."""
        given = given_rows({c.name: c.type for c in self.table.columns})
        names = [c.name for c in self.table.columns]
        rows = select(*(given.c[name] for name in names))
        inserted: Any = self._with_conflict(postgresql.insert(self.table).from_select(names, rows))
        if self.returned:
            inserted = inserted.returning(*(self.table.c[key] for key in self.returned))
        return cast(Executable, inserted)

    def _with_conflict(self, inserted: Any) -> Executable:
        if not self.keys:
            return cast(Executable, inserted)
        if not self.update:
            return cast(Executable, inserted.on_conflict_do_nothing(index_elements=list(self.keys)))
        changes = {name: inserted.excluded[name] for name in self.update}
        return cast(Executable, inserted.on_conflict_do_update(index_elements=list(self.keys), set_=changes))


def insert_row(table: Table) -> Statement:
    """INSERT of one whole row; every column is a parameter of its own name."""
    return Statement(_Insert(table))


def insert_or_ignore(table: Table, *, keys: Sequence[str]) -> Statement:
    """INSERT of one whole row unless the keys are taken; touches 0 rows then."""
    return Statement(_Insert(table, keys))


def insert_or_update(table: Table, *, keys: Sequence[str], update: Sequence[str]) -> Statement:
    """INSERT of one whole row, or an update of the named columns where the keys are taken."""
    return Statement(_Insert(table, keys, update))

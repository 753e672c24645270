"""SQL statements written once with SQLAlchemy, compiled once per dialect, run straight on the driver.

SQLAlchemy's own execution costs about as much per statement as everything else in casting a vote
together; its compiler runs once per process here and the hot path pays for the driver alone. The
price: only column types that both drivers carry without conversion (integers, floats, text, bytes;
booleans are converted on the way out), and no parameter lists that expand (`IN :many`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar, cast

from sqlalchemy import Boolean, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement, Executable
from sqlalchemy.sql.compiler import SQLCompiler

R = TypeVar("R")
Construct = Executable | Callable[[str], Executable]


class Compiled(NamedTuple):
    """A statement as the driver wants it."""

    sql: str
    names: tuple[str, ...]
    arguments: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    """The positional arguments for one execution; a KeyError names what is missing."""
    booleans: tuple[int, ...]


class Statement:
    """A statement that returns no rows, only how many it touched."""

    def __init__(self, construct: Construct) -> None:
        self._construct = construct
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """This statement for a dialect, compiled at the first use."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> Compiled:
        construct = self._construct
        built = construct(dialect.name) if callable(construct) else construct
        compiled = cast(SQLCompiler, cast(ClauseElement, built).compile(dialect=dialect))
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
class _Upsert:
    """Builds INSERT … ON CONFLICT for the dialect at hand."""

    table: Table
    keys: Sequence[str]
    update: Sequence[str]

    def __call__(self, dialect_name: str) -> Executable:
        make = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect_name]
        inserted: Any = make(self.table).values(_every_column(self.table))
        if not self.update:
            return cast(Executable, inserted.on_conflict_do_nothing(index_elements=list(self.keys)))
        changes = {name: inserted.excluded[name] for name in self.update}
        return cast(Executable, inserted.on_conflict_do_update(index_elements=list(self.keys), set_=changes))


def _every_column(table: Table) -> dict[str, Any]:
    return {c.name: bindparam(c.name, type_=c.type, required=True) for c in table.columns}


def insert_row(table: Table) -> Statement:
    """INSERT of one whole row; every column is a parameter of its own name."""
    return Statement(insert(table).values(_every_column(table)))


def insert_or_ignore(table: Table, *, keys: Sequence[str]) -> Statement:
    """INSERT of one whole row unless the keys are taken; touches 0 rows then."""
    return Statement(_Upsert(table, keys, ()))


def insert_or_update(table: Table, *, keys: Sequence[str], update: Sequence[str]) -> Statement:
    """INSERT of one whole row, or an update of the named columns where the keys are taken."""
    return Statement(_Upsert(table, keys, update))

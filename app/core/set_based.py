"""Turns a statement for one set of parameters into one for many of them, as PostgreSQL can run it in one go.

The parameters come as arrays, one for each name, and are unrolled into a table `given` whose rows are numbered by
`place`. A SELECT is run for each row as a lateral subquery; an UPDATE or DELETE is joined to it and returns the
places that it touched; an INSERT takes its rows from it.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from sqlalchemy import ARRAY, Select, String, TableValuedAlias, Text, bindparam, column, func, select, true
from sqlalchemy.sql import ClauseElement, Delete, Executable, Update, visitors
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import NullType, TypeEngine

PLACE: Final = "place"


def given_rows(types: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """The table of parameter sets: its columns are the names, its parameters arrays of the same names."""
    arrays = [
        bindparam(name, type_=ARRAY(_element_type(kind)), required=True) for name, kind in types.items()
    ]
    columns: list[Any] = [column(name, kind) for name, kind in types.items()]
    table = func.unnest(*arrays).table_valued(*columns, with_ordinality=PLACE, name="given")
    return table.render_derived()


def _element_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    # A cast to VARCHAR(n)[] cuts what is too long instead of refusing it.
    return Text() if isinstance(kind, String) else kind


def over_given_rows(construct: Executable) -> Executable | None:
    """A SELECT, UPDATE or DELETE over all given rows; None for what cannot be turned.

    An UPDATE must name its rows by keys of bytes that no two sets share: it touches a row once.
    """
    if not isinstance(construct, (Select, Update, Delete)):
        return None
    types = _parameters(construct)
    if any(isinstance(kind, NullType) for kind in types.values()):
        return None  # an array needs the type of its elements
    given = given_rows(types)

    def column_of(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in types:
            return given.c[element.key]
        return None

    turned: Any = visitors.replacement_traverse(cast(Any, construct), {}, column_of)
    if isinstance(construct, Select):
        found = turned.lateral("found")
        return select(given.c[PLACE], found).select_from(given.join(found, true()))
    return cast(Executable, turned.returning(given.c[PLACE]))


def _parameters(construct: ClauseElement) -> dict[str, TypeEngine[Any]]:
    """The parameters that the caller gives, in the order in which they stand."""
    found: dict[str, TypeEngine[Any]] = {}

    def note(element: Any) -> None:
        if element.value is None and element.callable is None:
            found.setdefault(element.key, element.type)

    visitors.traverse(cast(Any, construct), {}, {"bindparam": note})
    return found

"""How a table is declared: each column says how private it is, each table how long its rows are kept."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, MetaData, Table
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

_NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

intake: Final = MetaData(naming_convention=_NAMING)
research: Final = MetaData(naming_convention=_NAMING)
keystore: Final = MetaData(naming_convention=_NAMING)


class Privacy(enum.StrEnum):
    """What someone who reads the column learns."""

    OPERATIONAL = "operational"
    """Nothing about a person: settings, states, versions, counts."""
    TIMED = "timed"
    """When something happened to somebody; never leaves intake."""
    PSEUDONYM = "pseudonym"
    """Stands for a person, key, project or conversation; useless without the pseudonym key."""
    CHOICE = "choice"
    """What a person chose; tied to the person only through the row's pseudonym."""
    SEALED = "sealed"
    """Ciphertext; useless without a data key."""
    DIGEST = "digest"
    """A keyed or high-entropy hash of a secret."""
    DEIDENTIFIED = "deidentified"
    """Coarse, disconnected facts that an export may show."""
    STAFF = "staff"
    """About somebody who works with Pairvote, not about an end user."""


@dataclass(frozen=True)
class Retention:
    """How long a row lives.

    `rule` is one sentence for the data map; `days` is the bound that the retention job enforces
    on `clock_column` (a `day` or an `*_at` column), or None where something else ends the row.
    """

    rule: str
    days: int | None = None
    clock_column: str | None = None


def column(
    name: str,
    kind: TypeEngine[Any] | type[TypeEngine[Any]],
    *constraints: SchemaItem,
    privacy: Privacy,
    **options: Any,
) -> Column[Any]:
    """A column, not null unless said otherwise, with its privacy level."""
    options.setdefault("nullable", False)
    return Column(name, kind, *constraints, info={"privacy": privacy}, **options)


def enum_check(name: str, members: type[enum.StrEnum]) -> CheckConstraint:
    """A named CHECK that a column holds one of an enum's values (or null, where the column may be)."""
    listed = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{name} IN ({listed})", name=name, info={"column": name, "enum": members})


def table(name: str, metadata: MetaData, *items: SchemaItem, retention: Retention, **options: Any) -> Table:
    """A table with its retention."""
    return Table(name, metadata, *items, info={"retention": retention}, **options)


def all_tables() -> Iterable[Table]:
    """Every declared table of the three stores."""
    for metadata in (intake, research, keystore):
        yield from metadata.sorted_tables

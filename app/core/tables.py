"""How a table is declared: each column says how private it is, each table how long its rows are kept."""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, MetaData, Table
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import TypeEngine

from app.core.clock import MS_PER_DAY, day_of

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
    """How long a row, or a file, lives.

    `rule` is one sentence for people; `days` is the period that the retention job enforces on `clock_column` (a `day`
    or an `*_at` column), or None where something else ends the row. That is all a table needs: the job finds it here.
    """

    rule: str
    days: int | None = None
    clock_column: str | None = None
    bounds: tuple[int, int] | None = None
    """The fewest and most days that a workspace may choose; without them the period is the same for all."""
    setting: str | None = None
    """The setting that replaces `days` for the whole installation."""
    is_at_most: bool = False
    """Gone as soon as it may be `days` old, instead of only when it certainly is older."""
    only: Callable[[Any], ColumnElement[bool]] | None = None
    """Which of the table's rows end by age, from its columns; a parameter `at` there is the time (ms)."""

    def due_before(self, at: int, days: int) -> int:
        """At a time (ms) and with a period, what is due has its clock before this: a day, or a time (ms)."""
        return self.units(at) - days * self.units(MS_PER_DAY) + self.is_at_most

    def units(self, ms: int) -> int:
        """A time (ms) as the clock column counts it."""
        return day_of(ms) if self.clock_column is not None and self.clock_column.endswith("day") else ms


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

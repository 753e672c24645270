"""The classes of what is kept: every table and every kind of file, with how long it is kept, in one list."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from sqlalchemy import MetaData, Table

from app.core.connections import Transaction
from app.core.settings import Settings
from app.core.tables import Retention, intake, keystore, research

Note = Callable[[Transaction, Mapping[bytes, int]], object]
"""Is told, in the transaction that deletes, how many rows of each workspace go; under NOBODY those of none."""
NOBODY: Final = b""
_ID_BYTES: Final = 16
_LAST_ID: Final = b"\xff" * _ID_BYTES
ZONES: Final = {"intake": intake, "research": research, "keystore": keystore}


class RetentionClass(NamedTuple):
    """What is kept under one rule. A table's class has its name; zones may have tables of the same name."""

    zone: str
    name: str
    retention: Retention
    table: Table | None = None
    """None where the class is one of files."""

    @property
    def has_period(self) -> bool:
        """Whether it ends by age."""
        return self.retention.days is not None

    @property
    def is_by_workspace(self) -> bool:
        """Whether the table says which workspace a row belongs to."""
        return self.table is not None and "workspace_id" in self.table.c

    def days(self, settings: Settings) -> int:
        """The period where a workspace has none of its own."""
        if self.retention.setting is not None:
            return int(getattr(settings, self.retention.setting))
        assert self.retention.days is not None
        return self.retention.days


_FILES: Final[list[RetentionClass]] = []


def files(name: str, zone: MetaData, retention: Retention) -> RetentionClass:
    """Declares files that a zone keeps. Its `clock_column` is only words."""
    made = RetentionClass(next(each for each, its in ZONES.items() if its is zone), name, retention)
    _FILES.append(made)
    return made


def class_of(table: Table) -> RetentionClass:
    """The class of a table's rows."""
    zone = next(each for each, its in ZONES.items() if its is table.metadata)
    return RetentionClass(zone, table.name, table.info["retention"], table)


def all_classes() -> Iterator[RetentionClass]:
    """Every class, zone by zone and by name."""
    for zone, metadata in ZONES.items():
        found = [class_of(table) for table in metadata.tables.values()]
        found += [each for each in _FILES if each.zone == zone]
        yield from sorted(found, key=lambda each: each.name)


def settable_classes() -> dict[str, tuple[int, int]]:
    """The classes whose period a workspace may choose, with the fewest and most days."""
    return {each.name: each.retention.bounds for each in all_classes() if each.retention.bounds is not None}


def note_nothing(_tx: Transaction, _deleted: Mapping[bytes, int]) -> None:
    """For whoever does not count."""


class Span(NamedTuple):
    """Workspaces from one id to another, both included, and the period that holds for all of them."""

    first: bytes
    last: bytes
    days: int

    @property
    def is_whole(self) -> bool:
        """Whether every workspace is meant."""
        return self.first == _id(0) and self.last == _LAST_ID


def spans(days: int, own: Mapping[bytes, int]) -> Iterator[Span]:
    """All ids a workspace can have, whether there is one or not, by period: `days`, but for those with their own.

    A statement over a span leaves nobody out, reads no list of workspaces, and is the same for every span.
    """
    first = 0
    for workspace_id in sorted(own):
        place = int.from_bytes(workspace_id)
        if first < place:
            yield Span(_id(first), _id(place - 1), days)
        yield Span(workspace_id, workspace_id, own[workspace_id])
        first = place + 1
    if first < 1 << 8 * _ID_BYTES:
        yield Span(_id(first), _LAST_ID, days)


def _id(place: int) -> bytes:
    return place.to_bytes(_ID_BYTES)

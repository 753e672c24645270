"""Which of the records that are asked for may leave: none that fewer than k persons share a cell with.

A cell is a week and a language; in an export that is chosen by surface, which no row tells, a surface as well. Whether
a cell may be shown is decided over the whole workspace and never by what else is asked for: a cell is in every export
as it is or in none, so that two exports cannot be subtracted down to a few persons of it. `docs/decisions/0011`.
"""

import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, Generic, NamedTuple, TypeVar

from app.core.connections import Transaction
from app.research.exports.queries import (
    HAS_MOST_RECORDS,
    SurveyedRecord,
    surveyed_feedback,
    surveyed_records,
)
from app.research.exports.request import ExportRequest

SIZES: Final = (2, 5, 10, 20)
"""For these numbers of persons an export tells how much of it lies in smaller cells."""
SMALL_CELL: Final = "small_cell"
_RECORDS_BETWEEN_TICKS: Final = 10_000
# The cell's number and the record's id.
_SPOOLED: Final = struct.Struct("<I16s")
_SPOOLED_AT_ONCE: Final = 4_096

Cell = tuple[int, str | None, str | None]
"""The week, the language and the surface; the last is None where it is not what the export is chosen by."""
C = TypeVar("C", bound=Hashable)


class Crowds(Generic[C]):
    """Persons by cell, each counted once, as far as `enough`: of a cell that has as many nobody is remembered."""

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._few: dict[C, set[bytes | str]] = {}
        self._full: set[C] = set()

    def add(self, cell: C, person: bytes | str) -> None:
        """Counts somebody."""
        if cell in self._full:
            return
        few = self._few.setdefault(cell, set())
        few.add(person)
        if len(few) >= self._enough:
            self._full.add(cell)
            del self._few[cell]

    def has_enough(self, cell: C) -> bool:
        """Whether a cell has `enough` persons."""
        return cell in self._full

    def size(self, cell: C) -> int:
        """How many persons a cell has, at most `enough`."""
        return self._enough if cell in self._full else len(self._few.get(cell, ()))

    def small(self) -> Mapping[C, set[bytes | str]]:
        """The cells that have not enough, with their persons."""
        return self._few


class _Kind(NamedTuple):
    """What records are counted by; `is_…` and `has_text` are 0 or 1."""

    cell: Cell
    is_asked: int
    is_chosen: int
    outcome: str
    has_text: int


@dataclass(frozen=True)
class Survey:
    """What an export takes of a workspace, and what it leaves for being rare."""

    k: int
    rows_in: int
    """Records that were chosen, and those that were suppressed before anything but their week was looked at."""
    rows_out: int
    rows_with_text: int
    by_outcome: dict[str, int]
    small_cells: dict[str, dict[str, int]]
    """By number of persons: the cells that have fewer, and the rows in them."""
    _kept: frozenset[int]

    @property
    def dropped(self) -> dict[str, int]:
        """Records that are left out, by reason."""
        return {SMALL_CELL: self.rows_in - self.rows_out}

    def record_ids(self, spool: BinaryIO) -> Iterator[bytes]:
        """The ids of the records that may leave, from what the survey has spooled."""
        spool.seek(0)
        while block := spool.read(_SPOOLED.size * _SPOOLED_AT_ONCE):
            for place, record_id in _SPOOLED.iter_unpack(block):
                if place in self._kept:
                    yield record_id


def survey(
    tx: Transaction,
    *,
    workspace_id: bytes,
    request: ExportRequest,
    spool: BinaryIO | None = None,
    of_feedback: bool = False,
    tick: Callable[[], object] = lambda: None,
) -> Survey:
    """Looks once at every record of the weeks that are asked for; its memory grows with the cells and k alone.

    Votes, or feedback: each table has cells of its own, with the persons who have rows in it.

    `spool`, an empty file, takes the ids of what is chosen, which cannot be told before the last record was looked at.
    `tick` is called now and then.
    """
    k, filters = request.k or 1, request.filters
    tally = _Tally(k)
    if of_feedback:
        asked = surveyed_feedback(workspace_id, filters, with_others=k > 1)
    else:
        has_most = bool(tx.one(HAS_MOST_RECORDS, workspace_id=workspace_id))
        asked = surveyed_records(workspace_id, filters, with_others=k > 1, has_most=has_most)
    for number, found in enumerate(tx.stream(asked), start=1):
        if number % _RECORDS_BETWEEN_TICKS == 0:
            tick()
        place = tally.add(
            found, (found.voted_week, found.language, found.surface if filters.surfaces else None)
        )
        if spool is not None and found.is_chosen:
            spool.write(_SPOOLED.pack(place, found.id))
    return tally.survey()


class _Tally:
    """Counts records by cell, and then decides about the cells."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._everyone: Crowds[Cell] = Crowds(k)
        self._chosen: Crowds[Cell] = Crowds(max(k, *SIZES))
        self._counts: Counter[_Kind] = Counter()
        self._places: dict[Cell, int] = {}

    def add(self, found: SurveyedRecord, cell: Cell) -> int:
        """Counts a record; the number of its cell."""
        self._counts[_Kind(cell, found.is_asked, found.is_chosen, found.outcome, found.has_text)] += 1
        if found.is_exportable:
            self._everyone.add(cell, found.person)
        if found.is_chosen:
            self._chosen.add(cell, found.person)
        return self._places.setdefault(cell, len(self._places))

    def survey(self) -> Survey:
        """What was found."""
        withheld = self._withheld() if self._k > 1 else set()
        kept = {cell for cell in self._places if cell not in withheld and self._chosen.size(cell) >= self._k}
        rows_in = with_text = 0
        rows: Counter[Cell] = Counter()
        by_outcome: Counter[str] = Counter()
        for kind, count in self._counts.items():
            if kind.is_asked if kind.cell in withheld else kind.is_chosen:
                rows_in += count
            if kind.is_chosen and kind.cell in kept:
                rows[kind.cell] += count
                with_text += count * kind.has_text
                by_outcome[kind.outcome] += count
        return Survey(
            self._k,
            rows_in=rows_in,
            rows_out=sum(rows.values()),
            rows_with_text=with_text,
            by_outcome=dict(sorted(by_outcome.items())),
            small_cells=smaller_cells((self._chosen.size(cell), count) for cell, count in rows.items()),
            _kept=frozenset(self._places[cell] for cell in kept),
        )

    def _withheld(self) -> set[Cell]:
        """The cells that no export by their columns shows.

        Those that have too few persons, and all of a week and language where those together have too few: they are
        what is left when the others are taken away.
        """
        rest: defaultdict[tuple[int, str | None], set[bytes | str]] = defaultdict(set)
        for (week, language, _), persons in self._everyone.small().items():
            rest[week, language] |= persons
        return {
            cell
            for cell in self._places
            if not self._everyone.has_enough(cell) or 0 < len(rest.get(cell[:2], ())) < self._k
        }


def smaller_cells(sizes: Iterable[tuple[int, int]]) -> dict[str, dict[str, int]]:
    """How many cells have fewer persons than each of SIZES, and the rows in them; from the persons and rows of each."""
    listed = list(sizes)
    told = {}
    for size in SIZES:
        rows_of_small = [rows for persons, rows in listed if persons < size]
        told[str(size)] = {"cells": len(rows_of_small), "rows": sum(rows_of_small)}
    return told

"""Which of the records that are asked for may leave: none that fewer than k persons share a cell with.

A cell is a week and a language; in an export that is chosen by surface, which no row tells, a surface as well. Whether
a cell may be shown is decided over the whole workspace and never by what else is asked for: a cell is in every export
as it is or in none, so that two exports cannot be subtracted down to a few persons of it. `docs/decisions/0011`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from app.core.connections import Transaction
from app.research.exports.queries import chosen_places, surveyed_records
from app.research.exports.request import ExportFilters, ExportRequest

SIZES: Final = (2, 5, 10, 20)
"""For these numbers of persons an export tells how much of it lies in smaller cells."""
SMALL_CELL: Final = "small_cell"
_RECORDS_BETWEEN_TICKS: Final = 10_000

Cell = tuple[int, str | None, str | None]
"""The week, the language and the surface; the last is None where it is not what the export is chosen by."""
C = TypeVar("C", bound=Hashable)


class Crowds(Generic[C]):
    """Persons by cell, each counted once, as far as `enough`: of a cell that has as many nobody is remembered."""

    def __init__(self, enough: int) -> None:
        self.enough = enough
        self._few: dict[C, set[bytes | str]] = {}
        self._full: set[C] = set()

    def add(self, cell: C, person: bytes | str) -> None:
        """Counts somebody."""
        if cell in self._full:
            return
        few = self._few.setdefault(cell, set())
        few.add(person)
        if len(few) >= self.enough:
            self._full.add(cell)
            del self._few[cell]

    def has_enough(self, cell: C) -> bool:
        """Whether a cell has `enough` persons."""
        return cell in self._full

    def size(self, cell: C) -> int:
        """How many persons a cell has, at most `enough`."""
        return self.enough if cell in self._full else len(self._few.get(cell, ()))

    def small(self) -> Mapping[C, set[bytes | str]]:
        """The cells that have not enough, with their persons."""
        return self._few


@dataclass
class _Chosen:
    """What is chosen of a cell."""

    rows: int = 0
    rows_with_text: int = 0
    by_outcome: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Survey:
    """What an export takes of a workspace, and what it leaves for being rare."""

    workspace_id: bytes
    filters: ExportFilters
    k: int
    rows_in: int
    """Records that were chosen, and those that were suppressed before anything but their week was looked at."""
    rows_out: int
    rows_with_text: int
    by_outcome: dict[str, int]
    small_cells: dict[str, dict[str, int]]
    """By number of persons: the cells that have fewer, and the rows in them."""
    _kept: frozenset[Cell]

    @property
    def dropped(self) -> dict[str, int]:
        """Records that are left out, by reason."""
        return {SMALL_CELL: self.rows_in - self.rows_out}

    def record_ids(self, tx: Transaction) -> Iterator[bytes]:
        """The ids of the records that may leave; in the snapshot that was surveyed."""
        for found in tx.stream(chosen_places(self.workspace_id, self.filters)):
            if _cell(found.voted_week, found.language, found.surface, self.filters) in self._kept:
                yield found.id


def survey(
    tx: Transaction,
    *,
    workspace_id: bytes,
    request: ExportRequest,
    tick: Callable[[], object] = lambda: None,
) -> Survey:
    """Looks once at every record of the weeks that are asked for; its memory grows with the cells and k alone.

    `tick` is called now and then.
    """
    k, filters = request.k or 1, request.filters
    everyone: Crowds[Cell] = Crowds(k)
    crowds: Crowds[Cell] = Crowds(max(k, *SIZES))
    asked: Counter[Cell] = Counter()
    chosen: defaultdict[Cell, _Chosen] = defaultdict(_Chosen)
    looked_at = tx.stream(surveyed_records(workspace_id, filters, with_others=k > 1))
    for number, found in enumerate(looked_at, start=1):
        if number % _RECORDS_BETWEEN_TICKS == 0:
            tick()
        cell = _cell(found.voted_week, found.language, found.surface, filters)
        if found.is_exportable:
            everyone.add(cell, found.person)
        asked[cell] += found.is_asked
        if found.is_chosen:
            crowds.add(cell, found.person)
            of_cell = chosen[cell]
            of_cell.rows += 1
            of_cell.rows_with_text += found.has_text
            of_cell.by_outcome[found.outcome] += 1
    shown = asked.keys() if k == 1 else asked.keys() - _withheld(everyone, asked.keys())
    kept = {cell: chosen[cell] for cell in shown if cell in chosen and crowds.size(cell) >= k}
    return Survey(
        workspace_id,
        filters,
        k,
        rows_in=sum(chosen[cell].rows if cell in shown else count for cell, count in asked.items()),
        rows_out=sum(each.rows for each in kept.values()),
        rows_with_text=sum(each.rows_with_text for each in kept.values()),
        by_outcome=dict(sorted(sum((each.by_outcome for each in kept.values()), Counter()).items())),
        small_cells=smaller_cells((crowds.size(cell), each.rows) for cell, each in kept.items()),
        _kept=frozenset(kept),
    )


def smaller_cells(sizes: Iterable[tuple[int, int]]) -> dict[str, dict[str, int]]:
    """How many cells have fewer persons than each of SIZES, and the rows in them; from the persons and rows of each."""
    listed = list(sizes)
    told = {}
    for size in SIZES:
        rows_of_small = [rows for persons, rows in listed if persons < size]
        told[str(size)] = {"cells": len(rows_of_small), "rows": sum(rows_of_small)}
    return told


def _withheld(everyone: Crowds[Cell], cells: Iterable[Cell]) -> set[Cell]:
    """The cells that no export by their columns shows.

    Those that have too few persons, and all of a week and language where those together have too few: they are what
    is left when the others are taken away.
    """
    small = everyone.small()
    rest: defaultdict[tuple[int, str | None], set[bytes | str]] = defaultdict(set)
    for (week, language, _), persons in small.items():
        rest[week, language] |= persons
    return {
        cell
        for cell in cells
        if not everyone.has_enough(cell) or 0 < len(rest.get(cell[:2], ())) < everyone.enough
    }


def _cell(week: int, language: str | None, surface: str | None, filters: ExportFilters) -> Cell:
    return week, language, surface if filters.surfaces else None

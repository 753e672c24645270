"""Attacks by subtraction: what somebody learns from two exports of the same records, or from one before an erasure.

The attacker recognises every row in both, as if each had its own text. Persons are *isolated* where rows of one cell
(week and language) that the two exports set apart from the others are those of 1 to k - 1 persons.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import Final

import pytest
from sqlalchemy import bindparam, delete

from app.core.statements import statement
from app.operations.installation import Installation
from app.research.exports.request import ExportFilters, ExportRequest
from app.research.records.models import records as records_table
from app.research.records.record import Record, Sharing
from app.research.zone import Research
from tests.attacks.report import report
from tests.research.exports.records import MONDAY, record
from tests.research.exports.stored import store, surveyed

# Which rows a rule takes is the same on both databases (tests/research/exports/test_small_cells.py).
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

K: Final = 5
WORKSPACE: Final = b"subtracted-works"
_DELETE: Final = statement(delete(records_table).where(records_table.c.voter == bindparam("voter")))
Rows = frozenset[bytes]
Persons = Mapping[bytes, bytes]
Show = Callable[[ExportFilters, int], Rows]


def _votes() -> list[Record]:
    """Common and rare languages and surfaces in two weeks: cells of every size around k."""
    draw = random.Random(7)
    made = []
    for number in range(420):
        voter = draw.randrange(70)
        made.append(
            record(
                record_id=b"record-%09d" % number,
                workspace_id=WORKSPACE,
                conversation=b"conversat-%06d" % number,
                # Every twentieth is nobody that the host named.
                voter=b"voter%03d" % voter if number % 20 else b"",
                voted_week=MONDAY + 7 * (number % 2),
                language=draw.choices(("en", "de", "fr", "es", None), (60, 30, 6, 3, 2))[0],
                # Each voter lives on few surfaces, so that small ones have few persons.
                surface=draw.choices(("chat", "search", "beta"), (60, 30, 4 if number % 2 else 0.5))[0],
                model_a=draw.choice(("one", "two")),
                model_b=draw.choice(("three", "four")),
                sharing=Sharing.VOTE_ONLY,
                content=None,
            )
        )
    return made


@pytest.fixture(scope="module")
def votes() -> list[Record]:
    return _votes()


@pytest.fixture
def persons(installation: Installation, votes: list[Record]) -> Persons:
    """Who gave each vote that is stored; a conversation stands for whom nobody named."""
    store(installation.research, votes)
    return {vote.record_id: vote.voter or vote.conversation for vote in votes}


def _show(research: Research, filters: ExportFilters, k: int) -> Rows:
    return surveyed(research, WORKSPACE, ExportRequest(filters=filters, k=k))[1]


def _subsets(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    listed = list(values)
    for size in range(len(listed) + 1):
        yield from combinations(listed, size)


def _filters(languages: Iterable[tuple[str, ...]]) -> list[ExportFilters]:
    """Every choice of surfaces, in both weeks and in the first, and of some languages."""
    return [
        ExportFilters(to_week=week, languages=language, surfaces=surface)
        for week, language, surface in product(
            (None, MONDAY), languages, _subsets(("chat", "search", "beta"))
        )
    ]


def _cells(rows: Iterable[bytes], votes: Mapping[bytes, Record]) -> Iterator[set[bytes]]:
    """The rows by cell."""
    found: defaultdict[tuple[int, str | None], set[bytes]] = defaultdict(set)
    for row in rows:
        found[votes[row].voted_week, votes[row].language].add(row)
    return iter(found.values())


def _isolated(rows: Iterable[bytes], votes: Mapping[bytes, Record], persons: Persons) -> set[bytes]:
    found: set[bytes] = set()
    for cell in _cells(rows, votes):
        those = {persons[row] for row in cell}
        if len(those) < K:
            found |= those
    return found


def _set_apart(one: Rows, other: Rows) -> tuple[Rows, Rows, Rows]:
    return one - other, other - one, one & other


def test_exports_by_week_language_and_surface_isolate_nobody(
    installation: Installation, votes: list[Record], persons: Persons
) -> None:
    """Every pair of 80 exports, both differences and what they have in common; and all 80 overlaid."""
    by_id = {vote.record_id: vote for vote in votes}
    filters = _filters([(), ("en",), ("fr",), ("en", "fr"), ("de", "es")])
    everybody = len(set(persons.values()))
    isolated: dict[int, set[bytes]] = {1: set(), K: set()}
    shown: list[Rows] = []
    for k, found in isolated.items():
        shown = [_show(installation.research, each, k) for each in filters]
        for one, other in combinations(set(shown), 2):
            for rows in _set_apart(one, other):
                found.update(_isolated(rows, by_id, persons))
        report(f"persons isolated by pairs of {len(filters)} exports, k {k}", len(found), everybody)
    # Without suppression the same attack finds people; and it is not for want of rows that it finds nobody with it.
    assert len(isolated[1]) > 20
    assert isolated[K] == set()
    assert any(rows for each, rows in zip(filters, shown, strict=True) if len(each.surfaces) == 1)
    # Whatever is added, subtracted and cut: rows that all exports treat alike are of k persons at least.
    alike: defaultdict[tuple[bool, ...], set[bytes]] = defaultdict(set)
    for row in by_id:
        alike[tuple(row in rows for rows in shown)].add(row)
    alike.pop((False,) * len(shown), None)
    overlaid = set().union(*(_isolated(rows, by_id, persons) for rows in alike.values()))
    report("persons isolated by all of them overlaid", len(overlaid), everybody)
    assert overlaid == set()


def test_a_filter_by_model_tells_no_more_than_the_models_column(
    installation: Installation, votes: list[Record], persons: Persons
) -> None:
    """Rows show their models: few persons of a model stand out in one folder as much as between two."""
    by_id = {vote.record_id: vote for vote in votes}
    asked = [
        ExportFilters(models=models, to_week=week)
        for models in _subsets(("one", "two", "three", "four"))
        for week in (None, MONDAY)
    ]
    shown = {filters: _show(installation.research, filters, K) for filters in asked}
    between, beyond = set(), set()
    for one, other in combinations(shown.values(), 2):
        for rows, source in ((one - other, one), (other - one, other), (one & other, one)):
            for cell in _cells(rows, by_id):
                small = _isolated(cell, by_id, persons)
                between |= small
                if small and not _is_shown_by_models(cell, source, by_id):
                    beyond |= small
    everybody = len(set(persons.values()))
    report("persons in groups below k of certain models, which one folder shows", len(between), everybody)
    report("persons that filters by model isolate beyond that", len(beyond), everybody)
    assert between
    assert beyond == set()


def _is_shown_by_models(cell: set[bytes], source: Rows, votes: Mapping[bytes, Record]) -> bool:
    """Whether whoever holds `source` alone can pick exactly these rows by cell and models."""
    models = {
        (votes[row].voted_week, votes[row].language, votes[row].model_a, votes[row].model_b) for row in cell
    }
    picked = {
        row
        for row in source
        if (votes[row].voted_week, votes[row].language, votes[row].model_a, votes[row].model_b) in models
    }
    return picked == cell


def test_before_and_after_an_erasure_nobody_else_is_isolated(
    installation: Installation, votes: list[Record], persons: Persons
) -> None:
    """Claimed: the same request before and after sets apart the erased person's rows, and else nobody's or k persons'.

    Not claimed: that person's rows are known to be one person's, for their tombstones name them; and what is left of a
    cell of k is k - 1 persons to whoever remembers the k. Any two different requests are told with that counted in.
    """
    research = installation.research
    by_id = {vote.record_id: vote for vote in votes}
    filters = _filters([()])
    before = {each: _show(research, each, K) for each in filters}
    own: set[bytes] = set()
    others: set[bytes] = set()
    left_over: set[bytes] = set()
    uncounted: set[bytes] = set()
    # People with rows in small cells and small surfaces: what is decided about others may hang on them.
    rare = [
        vote for vote in votes if vote.voter and (vote.language in ("fr", "es") or vote.surface == "beta")
    ]
    gone = sorted({vote.voter for vote in rare})[:8]
    for person in gone:
        theirs = frozenset(row for row, whose in persons.items() if whose == person)
        research.db.write(lambda tx, voter=person: tx.run(_DELETE, voter=voter))  # type: ignore[misc]
        after = {each: _show(research, each, K) for each in filters}
        assert not any(rows & theirs for rows in after.values())
        for each in filters:
            vanished, appeared = before[each] - after[each], after[each] - before[each]
            if vanished & theirs:
                own.add(person)
            others |= (_isolated(vanished, by_id, persons) | _isolated(appeared, by_id, persons)) - {person}
        for one, other in product(set(before.values()), set(after.values())):
            for rows in _set_apart(one, other):
                left_over |= _isolated(rows, by_id, persons) - {person}
                with_theirs = _with_rows_of_their_cells(rows, theirs, by_id)
                uncounted |= _isolated(with_theirs, by_id, persons) - {person}
        store(research, [by_id[row] for row in theirs])
    everybody = len(set(persons.values()))
    report("erased persons whose own rows are told apart, as tombstones tell them", len(own), len(gone))
    report("others isolated by the same request before and after", len(others), everybody)
    report("others in what is left of a cell that the erased person was in", len(left_over), everybody)
    report("others isolated with the erased person counted in", len(uncounted), everybody)
    assert others == set()
    assert uncounted == set()


def _with_rows_of_their_cells(rows: Rows, theirs: Rows, votes: Mapping[bytes, Record]) -> Rows:
    """The rows, with those of the erased person that were in the same cells."""
    cells = {(votes[row].voted_week, votes[row].language) for row in rows}
    return rows | {row for row in theirs if (votes[row].voted_week, votes[row].language) in cells}

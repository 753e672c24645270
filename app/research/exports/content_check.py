"""Finds out whether the files of an export hold the same rows in every form, and the rows that the manifest counts."""

import contextlib
import csv
import gzip
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa

from app.research.exports import battles_csv
from app.research.exports.battles_csv import safe_cell
from app.research.exports.cell_check import check_cells
from app.research.exports.columns import WINNERS
from app.research.exports.conversations import conversation_rows, standing_votes
from app.research.exports.feedback_counts import FeedbackCounts
from app.research.exports.files import MANIFEST
from app.research.exports.findings import Finding, Problem
from app.research.exports.jsonl_file import json_line
from app.research.exports.manifest import Manifest
from app.research.exports.parquet_file import parts_of, read_batches, read_rows
from app.research.exports.parts import FROM_VOTES, untold
from app.research.exports.request import ExportFormat
from app.research.exports.rows import Row
from app.research.exports.scratch import scratch_database, write_at_once
from app.research.exports.statistics import Statistics
from app.research.exports.tables import CONVERSATIONS, FEEDBACK, MODELS, TABLES, TRL_UNPAIRED, VOTES, Table
from app.research.exports.training import thumb_rows
from app.research.feedback.record import FeedbackRating, FeedbackTarget
from app.research.records.record import Outcome

_NOTHING: Final = object()
_RATINGS: Final = frozenset(FeedbackRating)
_TARGETS: Final = frozenset(FeedbackTarget)
_IDS: Final = "CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID"
_ADD_ID: Final = "INSERT OR IGNORE INTO ids (id) VALUES (?)"
_BATCHES_AT_ONCE: Final = 100
_WINNERS: Final = {outcome.value: WINNERS.get(outcome) for outcome in Outcome}


class _NoRow(Exception):
    """A row that is no vote, or no feedback."""

    def __init__(self, table: Table, number: int, what: str) -> None:
        super().__init__(what)
        self.finding = Finding(table.parquet_folder, Problem.CONTENT_WRONG, f"Row {number} {what}.")


def check_contents(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """What is wrong with the rows, each kind of wrong once for a file. The files can be read and have their columns."""
    for table in TABLES:
        yield from _check_forms(folder, table)
    with tempfile.TemporaryDirectory() as scratch:
        for table in (VOTES, FEEDBACK):
            yield from _check_ids(folder, Path(scratch), table)
    yield from check_cells(folder, manifest)
    statistics, feedback = Statistics(), FeedbackCounts()
    try:
        left_out, findings = _pass_over_votes(folder, manifest, statistics, feedback)
    except _NoRow as error:
        # What is made of votes, and what is counted, cannot be made again.
        yield error.finding
        return
    yield from findings
    yield from _check_rows(folder, CONVERSATIONS, _conversations(folder))
    yield from _check_rows(folder, MODELS, statistics.models())
    yield from _check_statements(manifest, statistics, left_out, feedback)


def _conversations(folder: Path) -> Iterator[Row]:
    votes = parts_of(folder, VOTES)
    with tempfile.TemporaryDirectory() as scratch:
        found = standing_votes(votes, Path(scratch), tick=untold)
        for part, standing in zip(votes, found, strict=True):
            for batch in conversation_rows(part, standing):
                yield from batch.to_pylist()


def _check_forms(folder: Path, table: Table) -> Iterator[Finding]:
    """Parquet and JSON Lines of each part, row for row."""
    for number, part in enumerate(parts_of(folder, table)):
        path = table.jsonl_path(number)
        if not (folder / path).is_file():
            continue
        with gzip.open(folder / path, "rb") as lines:
            finding = _first_difference(path, (_plain(row) for row in read_rows([part])), map(_parsed, lines))
        if finding is not None:
            yield finding


def _check_ids(folder: Path, scratch: Path, table: Table) -> Iterator[Finding]:
    """Whether each vote_id or feedback_id stands in one row, however many rows there are."""
    repeated, name = 0, table.schema.names[0]
    with scratch_database(scratch, "ids", _IDS) as connection:
        for batches in _chunks(
            batch for part in parts_of(folder, table) for batch in read_batches(part, [name])
        ):
            # Sorted, so that the tree's pages are touched in order and need not fit into the cache.
            ids = sorted(str(vote_id) for batch in batches for vote_id in batch.column(0).to_pylist())
            before = connection.total_changes
            write_at_once(connection, _ADD_ID, ((vote_id,) for vote_id in ids))
            repeated += len(ids) - (connection.total_changes - before)
    if repeated:
        detail = f"{repeated} rows have a {name} that another one has."
        yield Finding(table.parquet_folder, Problem.CONTENT_WRONG, detail)


def _chunks(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    while chunk := list(islice(batches, _BATCHES_AT_ONCE)):
        yield chunk


def _pass_over_votes(
    folder: Path, manifest: Manifest, statistics: Statistics, feedback: FeedbackCounts
) -> tuple[dict[str, Counter[str]], list[Finding]]:
    """Counts the votes and the feedback, and makes again what is made of each alone."""
    left_out: dict[str, Counter[str]] = {table.name: Counter() for table in FROM_VOTES}
    made = {
        table: _Comparison(table.parquet_folder, read_rows(parts_of(folder, table))) for table in FROM_VOTES
    }
    passed = 0
    with _battles(folder, manifest) as battles:
        for batch in _batches(folder, VOTES):
            numbers = {}
            for number, vote in enumerate(batch.to_pylist(), start=passed + 1):
                _check_vote(vote, number)
                numbers[vote["vote_id"]] = number
                if battles is not None and vote["winner"] is not None:
                    battles.expect([safe_cell(vote[column]) for column in battles_csv.COLUMNS], number)
            passed += batch.num_rows
            statistics.add(batch)
            for table, comparison in made.items():
                rows, reasons = FROM_VOTES[table](batch)
                left_out[table.name] += reasons
                for row in rows.to_pylist():
                    comparison.expect(row, numbers[row["vote_id"]])
        _pass_over_feedback(folder, made[TRL_UNPAIRED], feedback)
        comparisons = [*made.values(), *([battles] if battles is not None else [])]
        return left_out, [finding for comparison in comparisons for finding in comparison.finish()]


def _pass_over_feedback(folder: Path, unpaired: "_Comparison", counts: FeedbackCounts) -> None:
    passed = 0
    for batch in _batches(folder, FEEDBACK):
        for number, row in enumerate(batch.to_pylist(), start=passed + 1):
            if row["rating"] not in _RATINGS or row["target"] not in _TARGETS:
                raise _NoRow(FEEDBACK, number, "has a rating or a target that is none")
            if row["given_week"].weekday() != 0:
                raise _NoRow(FEEDBACK, number, "tells a day, where feedback tells the Monday of its week")
        counts.add(batch)
        made = thumb_rows(batch)
        counts.add_left_out(made.left_out)
        for row in made.rows.to_pylist():
            unpaired.expect(row, passed, "feedback up to row")
        passed += batch.num_rows


def _batches(folder: Path, table: Table) -> Iterator[pa.RecordBatch]:
    for part in parts_of(folder, table):
        yield from read_batches(part)


class _Comparison:
    """The rows of a file or a table as they are found, against those that votes give."""

    def __init__(self, path: str, found: Iterator[Any]) -> None:
        self._path = path
        self._found = found
        self._differing: str | None = None

    def expect_header(self, header: Sequence[str]) -> None:
        """What must come before the first row."""
        if next(self._found, _NOTHING) != header:
            self._differing = "Its header"

    def expect(self, row: object, number: int, of: str = "vote") -> None:
        """Goes on to the next row, which is made of the vote of this number."""
        if self._differing is None and next(self._found, _NOTHING) != row:
            self._differing = f"What is made of {of} {number}"

    def finish(self) -> Iterator[Finding]:
        """What is not as it should be, once every vote has been passed."""
        if self._differing is None and next(self._found, _NOTHING) is not _NOTHING:
            self._differing = "A row too many"
        if self._differing is not None:
            yield _differs(self._path, self._differing)


@contextlib.contextmanager
def _battles(folder: Path, manifest: Manifest) -> Iterator[_Comparison | None]:
    if ExportFormat.CSV not in manifest.formats:
        yield None
        return
    with (folder / battles_csv.PATH).open(encoding="utf-8", newline="") as file:
        battles = _Comparison(battles_csv.PATH, csv.reader(file, strict=True))
        battles.expect_header(list(battles_csv.COLUMNS))
        yield battles


def _check_vote(vote: Row, number: int) -> None:
    """Refuses values that no vote has, whatever the forms agree on. _NoRow."""
    if vote["outcome"] not in _WINNERS:
        raise _NoRow(VOTES, number, "has an outcome that is none")
    if vote["winner"] != _WINNERS[vote["outcome"]]:
        raise _NoRow(VOTES, number, "has a winner that does not go with its outcome")
    if vote["voted_week"].weekday() != 0:
        raise _NoRow(VOTES, number, "tells a day, where a vote tells the Monday of its week")


def _check_rows(folder: Path, table: Table, expected: Iterable[Row]) -> Iterator[Finding]:
    """A table against the rows that the votes give."""
    finding = _first_difference(table.parquet_folder, expected, read_rows(parts_of(folder, table)))
    if finding is not None:
        yield finding


def _check_statements(
    manifest: Manifest,
    statistics: Statistics,
    left_out: dict[str, Counter[str]],
    feedback: FeedbackCounts,
) -> Iterator[Finding]:
    """What the manifest says of the rows against the rows."""
    counted = {
        "statistics": (manifest.statistics, statistics.summary()),
        "deidentification": (manifest.deidentification, statistics.deidentification()),
        "tables": (
            {name: manifest.tables[name]["votes_left_out"] for name in left_out},
            {name: dict(counts) for name, counts in left_out.items()},
        ),
        "feedback": (
            {name: manifest.feedback.get(name) for name in feedback.summary()}
            | {"feedback_left_out": manifest.tables[TRL_UNPAIRED.name]["feedback_left_out"]},
            feedback.summary() | {"feedback_left_out": feedback.left_out},
        ),
    }
    for name, (stated, found) in counted.items():
        for member in sorted({*stated, *found}):
            if stated.get(member) != found.get(member):
                detail = f"What it says in `{name}` of {member} is not what the rows give."
                yield Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)


def _first_difference(path: str, one: Iterable[Row], other: Iterable[Any]) -> Finding | None:
    for number, (row, found) in enumerate(zip_longest(one, other, fillvalue=_NOTHING), start=1):
        if row == found:
            continue
        if isinstance(row, dict) and isinstance(found, dict):
            names = [
                name for name in {**row, **found} if row.get(name, _NOTHING) != found.get(name, _NOTHING)
            ]
            return _differs(path, f"Row {number}, in {', '.join(names)},")
        return _differs(path, f"Row {number}")
    return None


def _plain(row: Row) -> Any:
    """A row as JSON has it."""
    return orjson.loads(json_line(row))


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return None


def _differs(path: str, what: str) -> Finding:
    return Finding(path, Problem.CONTENT_DIFFERS, f"{what} is not what the votes give.")

"""Writes exports of rows that no database has seen."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import pyarrow as pa

from app.research.exports.folder import finish_export, finish_tables, write_all_conversations
from app.research.exports.manifest import ExportDetails, Manifest
from app.research.exports.parts import BUILDING, write_feedback, write_votes
from app.research.exports.plan import clear_plan
from app.research.exports.rows import Row
from app.research.exports.schema import VOTES_SCHEMA

_BATCH = 100


def write_export(
    work: Path,
    rows: Iterable[Row],
    details: ExportDetails,
    *,
    withdrawn: Callable[[], Mapping[str, int]] = dict,
    rows_per_file: int = 100_000,
    feedback: Iterable[pa.RecordBatch] = (),
) -> Manifest:
    """Fills a work folder from rows of `votes`, as a builder does from records."""
    (work / BUILDING).mkdir()
    waiting = iter(rows)
    votes = [write_votes(work, 0, batches(islice(waiting, rows_per_file)), details.formats)]
    for row in waiting:
        following = batches([row, *islice(waiting, rows_per_file - 1)])
        votes.append(write_votes(work, len(votes), following, details.formats))
    given = write_feedback(work, 0, feedback, details.formats, parts_of_votes=len(votes))
    talks = write_all_conversations(work, votes, details.formats, scratch=work / BUILDING)
    manifest = finish_export(
        work, finish_tables(work, [*votes, *talks, given], details.formats), details, withdrawn=withdrawn
    )
    clear_plan(work)
    return manifest


def batches(rows: Iterable[Row], size: int = _BATCH) -> Iterator[pa.RecordBatch]:
    """Rows as the projection gives them."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, size)):
        yield batch_of(chunk)


def batch_of(rows: list[Row]) -> pa.RecordBatch:
    """Some rows of `votes`."""
    return pa.RecordBatch.from_pylist(rows, schema=VOTES_SCHEMA)

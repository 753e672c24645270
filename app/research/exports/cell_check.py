"""Finds out whether an export keeps to its k, as far as the folder shows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from app.research.exports.files import MANIFEST
from app.research.exports.findings import Finding, Problem
from app.research.exports.manifest import DROP_REASONS, RECALLED, Manifest
from app.research.exports.parquet_file import parts_of, read_batches
from app.research.exports.request import RaterScope
from app.research.exports.small_cells import SIZES, SMALL_CELL, Crowds
from app.research.exports.tables import FEEDBACK, VOTES, Table

_REST: Final = ("language", "rater_id", "conversation_id")
_COLUMNS: Final = {VOTES: ("voted_week", *_REST, "vote_id"), FEEDBACK: ("given_week", *_REST, "feedback_id")}
# What was taken out when the cells had been counted already.
_TAKEN_OUT: Final = {*DROP_REASONS, RECALLED} - {SMALL_CELL}


def check_cells(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """What contradicts `k`: in the manifest, or in the rows.

    Where raters are followed through the export, the persons of a cell are counted. Otherwise as many as its raters
    within conversations, or its rows, could be: fewer than `k` of those are fewer than `k` persons for certain.
    """
    feedback = manifest.feedback
    for table, dropped, small_cells in (
        (VOTES, manifest.dropped, manifest.small_cells),
        (FEEDBACK, feedback["dropped"], feedback["small_cells"]),
    ):
        yield from _check_statements(manifest.k, dropped, small_cells)
        if manifest.k == 1:
            continue
        crowds = _crowds(folder, table, manifest)
        taken_out = sum(dropped.get(reason, 0) for reason in _TAKEN_OUT)
        short = sum(1 for cell in crowds.small() if crowds.size(cell) + taken_out < manifest.k)
        if short:
            detail = f"{short} cells of week and language have fewer than {manifest.k} persons."
            yield Finding(table.parquet_folder, Problem.CONTENT_WRONG, detail)


def _crowds(folder: Path, table: Table, manifest: Manifest) -> Crowds[tuple[object, object]]:
    crowds: Crowds[tuple[object, object]] = Crowds(manifest.k)
    has_raters = manifest.rater_scope != RaterScope.NONE
    for part in parts_of(folder, table):
        for batch in read_batches(part, _COLUMNS[table]):
            columns = (batch.column(name).to_pylist() for name in _COLUMNS[table])
            for week, language, rater, conversation, vote in zip(*columns, strict=True):
                crowds.add((week, language), (rater or conversation) if has_raters else vote)
    return crowds


def _check_statements(
    k: int, dropped: Mapping[str, int], small_cells: Mapping[str, Mapping[str, int]]
) -> Iterator[Finding]:
    if k < 1:
        yield _disagrees(f"k is {k}, and the least there can be is 1.")
    if k == 1 and dropped.get(SMALL_CELL, 0):
        yield _disagrees("Nothing is suppressed at k 1, and records were dropped for it.")
    told: defaultdict[str, list[int]] = defaultdict(list)
    for size in SIZES:
        for name, count in small_cells[str(size)].items():
            told[name].append(count)
        if size <= k and any(small_cells[str(size)].values()):
            yield _disagrees(f"There are cells of fewer than {size} persons, and k is {k}.")
    # Whatever is smaller than one size is smaller than the next, and every cell has a row.
    is_odd = any(counts != sorted(counts) for counts in told.values())
    if is_odd or any(cells > rows for cells, rows in zip(told["cells"], told["rows"], strict=True)):
        yield _disagrees("Its numbers of small cells contradict each other.")


def _disagrees(detail: str) -> Finding:
    return Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)

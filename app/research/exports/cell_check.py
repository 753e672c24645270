"""Finds out whether an export keeps to its k, as far as the folder shows."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.research.exports.files import MANIFEST
from app.research.exports.findings import Finding, Problem
from app.research.exports.manifest import DROP_REASONS, RECALLED, Manifest
from app.research.exports.parquet_file import parts_of, read_batches
from app.research.exports.request import RaterScope
from app.research.exports.small_cells import SIZES, SMALL_CELL, Crowds
from app.research.exports.tables import VOTES

_COLUMNS: Final = ("voted_week", "language", "rater_id", "conversation_id", "vote_id")
# What was taken out when the cells had been counted already.
_TAKEN_OUT: Final = {*DROP_REASONS, RECALLED} - {SMALL_CELL}


def check_cells(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """What contradicts `k`: in the manifest, or in the rows.

    Where raters are followed through the export, the persons of a cell are counted. Otherwise as many as its raters
    within conversations, or its rows, could be: fewer than `k` of those are fewer than `k` persons for certain.
    """
    yield from _check_statements(manifest)
    if manifest.k == 1:
        return
    crowds = _crowds(folder, manifest)
    taken_out = sum(manifest.dropped.get(reason, 0) for reason in _TAKEN_OUT)
    short = sum(1 for cell in crowds.small() if crowds.size(cell) + taken_out < manifest.k)
    if short:
        detail = f"{short} cells of week and language have fewer than {manifest.k} persons."
        yield Finding(VOTES.parquet_folder, Problem.CONTENT_WRONG, detail)


def _crowds(folder: Path, manifest: Manifest) -> Crowds[tuple[object, object]]:
    crowds: Crowds[tuple[object, object]] = Crowds(manifest.k)
    has_raters = manifest.rater_scope != RaterScope.NONE
    for part in parts_of(folder, VOTES):
        for batch in read_batches(part, _COLUMNS):
            columns = (batch.column(name).to_pylist() for name in _COLUMNS)
            for week, language, rater, conversation, vote in zip(*columns, strict=True):
                crowds.add((week, language), (rater or conversation) if has_raters else vote)
    return crowds


def _check_statements(manifest: Manifest) -> Iterator[Finding]:
    if manifest.k < 1:
        yield _disagrees(f"k is {manifest.k}, and the least there can be is 1.")
    if manifest.k == 1 and manifest.dropped.get(SMALL_CELL, 0):
        yield _disagrees("Nothing is suppressed at k 1, and records were dropped for it.")
    told: defaultdict[str, list[int]] = defaultdict(list)
    for size in SIZES:
        for name, count in manifest.small_cells[str(size)].items():
            told[name].append(count)
        if size <= manifest.k and any(manifest.small_cells[str(size)].values()):
            yield _disagrees(f"There are cells of fewer than {size} persons, and k is {manifest.k}.")
    # Whatever is smaller than one size is smaller than the next, and every cell has a row.
    is_odd = any(counts != sorted(counts) for counts in told.values())
    if is_odd or any(cells > rows for cells, rows in zip(told["cells"], told["rows"], strict=True)):
        yield _disagrees("Its numbers of small cells contradict each other.")


def _disagrees(detail: str) -> Finding:
    return Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)

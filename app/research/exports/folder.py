"""Writes a whole export in one pass over its rows."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from app.research.exports.battles_csv import BattlesCsv
from app.research.exports.card import data_use_text, readme_text
from app.research.exports.files import Parts, WrittenFile, write_bytes, write_text
from app.research.exports.manifest import (
    CHECKSUMS,
    MANIFEST,
    SIGNATURE,
    ExportDetails,
    Manifest,
    checksums_text,
    make_manifest,
    manifest_text,
)
from app.research.exports.rows import Row
from app.research.exports.statistics import Statistics
from app.research.exports.votes_jsonl import VotesJsonl
from app.research.exports.votes_parquet import VotesParquet

_PROGRESS_ROWS: Final = 1_000

Progress = Callable[[int], None]


def write_export(
    work: Path, rows: Iterable[Row], details: ExportDetails, *, progress: Progress | None = None
) -> Manifest:
    """Fills an empty work folder from rows of `votes`, in constant memory.

    The same rows and details give the same bytes. `progress` is told the rows written so far.
    """
    statistics = Statistics()
    files = _write_tables(work, rows, statistics, progress)
    files.append(write_text(work, "README.md", readme_text(details, statistics)))
    files.append(write_text(work, "DATA_USE.md", data_use_text(details)))
    manifest = make_manifest(details, statistics, files)
    text = manifest_text(manifest)
    files.append(write_text(work, MANIFEST, text))
    files.append(write_bytes(work, SIGNATURE, details.signer.sign(text.encode())))
    write_text(work, CHECKSUMS, checksums_text(files))
    return manifest


def _write_tables(
    work: Path, rows: Iterable[Row], statistics: Statistics, progress: Progress | None
) -> list[WrittenFile]:
    with contextlib.ExitStack() as unfinished:
        parquet = unfinished.enter_context(contextlib.closing(Parts(lambda part: VotesParquet(work, part))))
        jsonl = unfinished.enter_context(contextlib.closing(Parts(lambda part: VotesJsonl(work, part))))
        battles = unfinished.enter_context(contextlib.closing(BattlesCsv(work)))
        for row in rows:
            parquet.write(row)
            jsonl.write(row)
            battles.write(row)
            statistics.add(row)
            if progress is not None and statistics.rows % _PROGRESS_ROWS == 0:
                progress(statistics.rows)
        files = [*parquet.finish(), *jsonl.finish(), battles.finish()]
    if progress is not None:
        progress(statistics.rows)
    return files

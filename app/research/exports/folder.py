"""Writes a whole export in one pass over its rows."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from app.research.exports.card import data_use_text, readme_text
from app.research.exports.files import write_bytes, write_text
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
from app.research.exports.table_set import TableSet

_PROGRESS_ROWS: Final = 1_000

Progress = Callable[[int], None]


def write_export(
    work: Path, rows: Iterable[Row], details: ExportDetails, *, progress: Progress | None = None
) -> Manifest:
    """Fills an empty work folder from rows of `votes`, in constant memory.

    The same rows and details give the same bytes. `progress` is told the rows written so far.
    """
    statistics = Statistics()
    with TableSet(work, statistics) as tables:
        for row in rows:
            tables.add(row)
            if progress is not None and statistics.rows % _PROGRESS_ROWS == 0:
                progress(statistics.rows)
        if progress is not None:
            progress(statistics.rows)
        files = tables.finish(lambda: progress(statistics.rows) if progress is not None else None)
    files.append(write_text(work, "README.md", readme_text(details, statistics, files)))
    files.append(write_text(work, "DATA_USE.md", data_use_text(details)))
    manifest = make_manifest(details, statistics, tables.summary(), files)
    text = manifest_text(manifest)
    files.append(write_text(work, MANIFEST, text))
    files.append(write_bytes(work, SIGNATURE, details.signer.sign(text.encode())))
    write_text(work, CHECKSUMS, checksums_text(files))
    return manifest

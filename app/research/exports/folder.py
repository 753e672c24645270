"""Writes a whole export in one pass over its rows."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from app.privacy.signatures import Signer
from app.research.exports.card import DATA_USE, README, data_use_text, readme_text
from app.research.exports.documents import document_text, documents
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
    with_files,
)
from app.research.exports.rows import Row
from app.research.exports.statistics import Statistics
from app.research.exports.table_set import TableSet
from app.research.exports.tombstones import write_tombstones

_PROGRESS_ROWS: Final = 1_000

Progress = Callable[[int], None]


def write_export(
    work: Path,
    rows: Iterable[Row],
    details: ExportDetails,
    *,
    withdrawn: Callable[[], Mapping[str, int]] = dict,
    progress: Progress | None = None,
) -> Manifest:
    """Fills an empty work folder from rows of `votes`, in constant memory.

    The same rows and details give the same bytes. `withdrawn` is asked after the last row which votes have been taken
    out by then: their ids, with the week of each. `progress` is told the rows written so far.
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
    files.append(write_tombstones(work, tables.vote_parts, withdrawn()))
    return describe(work, make_manifest(details, statistics, tables.summary(), files), details.signer)


def describe(work: Path, tables: Manifest, signer: Signer | None) -> Manifest:
    """Writes everything that describes the tables, and signs for all of it; the manifest with all files."""
    texts = {path: document_text(document) for path, document in documents(tables).items()}
    texts |= {README: readme_text(tables), DATA_USE: data_use_text(tables)}
    manifest = with_files(tables, [write_text(work, path, text) for path, text in texts.items()])
    text = manifest_text(manifest)
    last = [write_text(work, MANIFEST, text)]
    if signer is not None:
        last.append(write_bytes(work, SIGNATURE, signer.sign(text.encode())))
    write_text(work, CHECKSUMS, checksums_text([*manifest.files, *last]))
    return manifest

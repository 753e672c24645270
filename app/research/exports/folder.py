"""Puts the parts of an export together, and writes what describes it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from app.privacy.signatures import Signer
from app.research.exports.battles_csv import write_battles
from app.research.exports.card import DATA_USE, README, data_use_text, readme_text
from app.research.exports.conversations import standing_votes
from app.research.exports.documents import document_text, documents
from app.research.exports.feedback_counts import FeedbackCounts
from app.research.exports.files import CHECKSUMS, MANIFEST, SIGNATURE, WrittenFile, write_bytes, write_text
from app.research.exports.manifest import (
    ExportDetails,
    Manifest,
    checksums_text,
    make_manifest,
    manifest_text,
    with_files,
)
from app.research.exports.parts import Part, untold, write_conversations
from app.research.exports.request import ExportFormat
from app.research.exports.rows import Row
from app.research.exports.statistics import Statistics
from app.research.exports.table_writer import TableWriter
from app.research.exports.tables import FEEDBACK, MODELS, TABLES, TRL_UNPAIRED, VOTES, Table
from app.research.exports.tombstones import write_tombstones


class Tables(NamedTuple):
    """All tables of an export: their files, what is said of them, what is in them."""

    files: tuple[WrittenFile, ...]
    summary: dict[str, Any]
    """By table: its rows, and the votes that gave none, by reason."""
    statistics: Statistics
    dropped: Counter[str]
    """Records that could not be read any more, by reason."""
    feedback: FeedbackCounts


def finish_tables(work: Path, parts: Sequence[Part], formats: Collection[ExportFormat]) -> Tables:
    """Puts the parts together and writes the tables that need all of them."""
    statistics = Statistics(part.statistics for part in parts)
    whole = [
        *parts,
        _write_whole(work, MODELS, [*statistics.models()], formats),
    ]
    if not any(FEEDBACK.name in part.rows for part in parts):
        whole.append(_write_whole(work, FEEDBACK, [], formats))
    feedback = FeedbackCounts(part.feedback for part in parts)
    files = [file for part in whole for file in part.files]
    if ExportFormat.CSV in formats:
        files.append(write_battles(work, [part.battles for part in parts if part.battles is not None]))
    summary: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        left_out: Counter[str] = Counter()
        for part in parts:
            left_out.update(part.left_out.get(table.name, {}))
        rows = sum(part.rows.get(table.name, 0) for part in whole)
        summary[table.name] = {"rows": rows, "votes_left_out": dict(sorted(left_out.items()))}
    summary[TRL_UNPAIRED.name]["feedback_left_out"] = feedback.left_out
    dropped = sum((Counter(part.dropped) for part in parts), Counter[str]())
    return Tables(tuple(files), summary, statistics, dropped, feedback)


def _write_whole(work: Path, table: Table, rows: Sequence[Row], formats: Collection[ExportFormat]) -> Part:
    writer = TableWriter(work, table, 0, formats)
    writer.write(pa.RecordBatch.from_pylist([*rows], schema=table.schema))
    return Part(files=tuple(writer.finish()), rows={table.name: writer.rows})


def write_all_conversations(
    work: Path, parts: Sequence[Part], formats: Collection[ExportFormat], *, scratch: Path
) -> list[Part]:
    """Writes the conversations of an export whose votes are complete."""
    votes = [work / VOTES.parquet_path(number) for number in range(len(parts))]
    found = standing_votes(votes, scratch, tick=untold)
    return [write_conversations(work, number, standing, formats) for number, standing in enumerate(found)]


def finish_export(
    work: Path,
    tables: Tables,
    details: ExportDetails,
    *,
    withdrawn: Callable[[], Mapping[str, int]] = dict,
) -> Manifest:
    """Writes the tombstones, the manifest and all descriptions. The same tables and details give the same bytes.

    `withdrawn` is asked after the last row which records have been taken out by then: their rows' ids, with the week
    of each.
    """
    parts = {
        table: [work / file.path for file in tables.files if file.path.startswith(table.parquet_folder)]
        for table in (VOTES, FEEDBACK)
    }
    tombstones = write_tombstones(work, parts, withdrawn())
    manifest = make_manifest(
        details,
        tables.statistics,
        tables.summary,
        [*tables.files, tombstones],
        dropped=tables.dropped,
        feedback=tables.feedback,
    )
    return describe(work, manifest, details.signer)


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

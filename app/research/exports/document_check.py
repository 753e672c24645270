"""Finds out whether what describes an export is there and says what the manifest says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from app.research.exports import battles_csv, datapackage, tombstones
from app.research.exports.card import DATA_USE, README
from app.research.exports.card_head import card_head
from app.research.exports.documents import document_paths, documents
from app.research.exports.files import MANIFEST
from app.research.exports.findings import Finding, Problem
from app.research.exports.manifest import Manifest
from app.research.exports.request import ExportFormat
from app.research.exports.tables import JSONL_FOLDER, TABLES

# Sentences may be put better by a newer program; facts may not differ.
_PROSE: Final = ("description", "meaning", "usageInfo", "rai:")


def check_documents(manifest: Manifest, on_disk: dict[str, Path]) -> Iterator[Finding]:
    """What is missing, unreadable or stale. Everything here can be made again from the manifest."""
    listed = {file.path for file in manifest.files}
    for path in sorted(_needed(manifest) - listed):
        yield Finding(path, Problem.MISSING, "Such an export has one, and the manifest lists none.")
    for path in sorted(path for path in listed if not _is_promised(path, manifest)):
        yield Finding(path, Problem.UNLISTED, "It is of a form that the manifest does not promise.")
    try:
        expected = documents(manifest)
        head = card_head(manifest.export_id, manifest.files)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        detail = f"It does not say what an export's documents are made of ({type(error).__name__})."
        yield Finding(MANIFEST, Problem.UNREADABLE, detail)
        return
    for path, document in expected.items():
        if path in on_disk:
            yield from _check_document(path, on_disk[path], document)
    for path, sign in ((README, head), (DATA_USE, manifest.export_id)):
        if path in on_disk and sign not in on_disk[path].read_text(encoding="utf-8", errors="replace"):
            yield Finding(path, Problem.STALE, "It is not about what the manifest describes.")


def _needed(manifest: Manifest) -> set[str]:
    paths = {*document_paths(manifest), README, DATA_USE, tombstones.PATH, battles_csv.PATH}
    paths |= {path for table in TABLES for path in (table.parquet_path(0), table.jsonl_path(0))}
    return {path for path in paths if _is_promised(path, manifest)}


def _is_promised(path: str, manifest: Manifest) -> bool:
    """Whether a file is in one of the export's forms, or in none."""
    if path.startswith(f"{JSONL_FOLDER}/"):
        return ExportFormat.JSONL in manifest.formats
    if path in (battles_csv.PATH, datapackage.PATH):
        return ExportFormat.CSV in manifest.formats
    return True


def _check_document(path: str, file: Path, expected: dict[str, Any]) -> Iterator[Finding]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        yield Finding(path, Problem.UNREADABLE, f"It is not JSON ({type(error).__name__}).")
        return
    if not isinstance(found, dict):
        yield Finding(path, Problem.STALE, "It is not the document it should be.")
        return
    facts, stated = _facts(expected), _facts(found)
    names = [name for name in {**facts, **stated} if facts.get(name) != stated.get(name)]
    if names:
        yield Finding(path, Problem.STALE, f"It does not say what the manifest says, in {', '.join(names)}.")


def _facts(value: Any) -> Any:
    """A document without its sentences."""
    if isinstance(value, dict):
        return {name: _facts(member) for name, member in value.items() if not name.startswith(_PROSE)}
    if isinstance(value, list):
        return [_facts(member) for member in value]
    return value

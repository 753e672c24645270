"""Finds out whether an export folder is still what its manifest says."""

import csv
import gzip
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from app.privacy.signatures import PublicKey
from app.research.exports import battles_csv, tombstones
from app.research.exports.addresses import is_safe_path
from app.research.exports.content_check import check_contents
from app.research.exports.document_check import check_documents
from app.research.exports.files import CHECKSUMS, MANIFEST, SIGNATURE, WrittenFile, sha256_of
from app.research.exports.findings import Finding, Problem
from app.research.exports.manifest import Manifest, ManifestUnreadable, read_checksums, read_manifest
from app.research.exports.reduced_check import check_reduced, is_reduced
from app.research.exports.request import ExportFormat
from app.research.exports.signature_check import check_signature
from app.research.exports.tables import DATA_FOLDER, FEEDBACK, JSONL_FOLDER, TABLES, VOTES
from app.research.exports.tombstones import read_tombstones

# Where the rows are. Only files that are what the manifest says are compared row by row.
_DATA: Final = (f"{DATA_FOLDER}/", f"{JSONL_FOLDER}/", battles_csv.PATH)
_NO_MANIFEST: Final = (Problem.MISSING, Problem.UNREADABLE)
_BLOCK: Final = 1024 * 1024
_SCHEMAS: Final = {table.parquet_folder: table.schema for table in TABLES}


def verify(folder: Path, *, keys: Sequence[PublicKey] | None) -> list[Finding]:
    """Everything that is wrong with an export, in a stable order; nothing means that it is whole.

    Compares the forms of each table row by row and makes again what is made of others, on top of `find_damage`.
    """
    findings = find_damage(folder, keys=keys)
    is_readable = not any(
        finding.path == MANIFEST and finding.problem in _NO_MANIFEST for finding in findings
    )
    if is_readable and not any(finding.path.startswith(_DATA) for finding in findings):
        manifest = read_manifest((folder / MANIFEST).read_text(encoding="utf-8"))
        findings += check_contents(folder, manifest)
    return sorted(findings)


def find_damage(folder: Path, *, keys: Sequence[PublicKey] | None) -> list[Finding]:
    """What is wrong with the files of an export and what is said of them, in a stable order.

    Recomputes sizes, checksums and rows, and checks that one of `keys` has signed the manifest. Without keys (None) it
    tells damage and slips, not fraud: whoever can change the files can change the manifest too.
    """
    manifest_path = folder / MANIFEST
    if not manifest_path.is_file() or manifest_path.is_symlink():
        return [Finding(MANIFEST, Problem.MISSING, "The export has no manifest.")]
    try:
        manifest = read_manifest(manifest_path.read_text(encoding="utf-8"))
    except (ManifestUnreadable, UnicodeDecodeError) as error:
        return [Finding(MANIFEST, Problem.UNREADABLE, str(error))]
    on_disk, findings = _files_below(folder)
    if is_reduced(folder):
        findings += check_reduced(folder, manifest, keys)
    elif keys is not None:
        findings += check_signature(folder, manifest.key_ids["signature"], keys)
    findings += _check_listing(manifest, on_disk)
    sums = {path: sha256_of(file) for path, file in on_disk.items() if path != CHECKSUMS}
    findings += _check_checksums(on_disk.get(CHECKSUMS), sums)
    for listed in manifest.files:
        if listed.path in sums:
            findings += _check_file(listed, on_disk[listed.path], sums[listed.path])
    findings += _check_counts(manifest)
    findings += check_documents(manifest, on_disk)
    return sorted(findings)


def _files_below(folder: Path) -> tuple[dict[str, Path], list[Finding]]:
    """The plain files by their path in the folder. Links are not followed: they could lead out of it."""
    files, findings = {}, []
    for parent, names, file_names in os.walk(folder):
        for name in [*names, *file_names]:
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                findings.append(Finding(relative, Problem.NOT_A_FILE, "It is a link or a special file."))
            elif path.is_file():
                files[relative] = path
    return files, findings


def _check_listing(manifest: Manifest, on_disk: dict[str, Path]) -> Iterator[Finding]:
    listed = {file.path for file in manifest.files}
    for path in listed - on_disk.keys():
        if is_safe_path(path):
            yield Finding(path, Problem.MISSING, "The manifest lists it and it is not there.")
        else:
            yield Finding(path, Problem.UNSAFE_PATH, "The manifest lists it and no export has such a path.")
    for path in on_disk.keys() - listed - {MANIFEST, CHECKSUMS, SIGNATURE}:
        yield Finding(path, Problem.UNLISTED, "It is there and the manifest does not list it.")


def _check_checksums(checksums: Path | None, sums: dict[str, str]) -> Iterator[Finding]:
    if checksums is None:
        yield Finding(CHECKSUMS, Problem.MISSING, "The export has no list of checksums.")
        return
    try:
        stated = read_checksums(checksums.read_text(encoding="utf-8"))
    except ValueError as error:
        yield Finding(CHECKSUMS, Problem.UNREADABLE, str(error))
        return
    for path in sums.keys() - stated.keys():
        yield Finding(CHECKSUMS, Problem.UNLISTED, f"It has no checksum for {path}.")
    for path in stated.keys() - sums.keys():
        yield Finding(CHECKSUMS, Problem.MISSING, f"It lists {path}, which is not there.")
    for path in stated.keys() & sums.keys():
        if stated[path] != sums[path]:
            yield Finding(
                path, Problem.CHECKSUM_DIFFERS, f"{CHECKSUMS} says {stated[path]}, it has {sums[path]}."
            )


def _check_file(listed: WrittenFile, path: Path, sha256: str) -> Iterator[Finding]:
    if (size := path.stat().st_size) != listed.bytes:
        detail = f"The manifest says {listed.bytes} bytes, it has {size}."
        yield Finding(listed.path, Problem.SIZE_DIFFERS, detail)
    if sha256 != listed.sha256:
        detail = f"The manifest says {listed.sha256}, it has {sha256}."
        yield Finding(listed.path, Problem.CHECKSUM_DIFFERS, detail)
    try:
        rows = _count_rows(listed.path, path)
        schema = _SCHEMAS.get(f"{Path(listed.path).parent.as_posix()}/")
        is_of_this_schema = schema is None or pq.read_schema(path).equals(schema)
    except (OSError, EOFError, ValueError, zlib.error, csv.Error, pa.ArrowException) as error:
        yield Finding(listed.path, Problem.UNREADABLE, f"It cannot be read ({type(error).__name__}).")
        return
    if rows != listed.rows:
        detail = f"The manifest says {listed.rows} rows, it has {rows}."
        yield Finding(listed.path, Problem.ROWS_DIFFER, detail)
    if not is_of_this_schema:
        detail = "Its columns are not those of this format version."
        yield Finding(listed.path, Problem.SCHEMA_DIFFERS, detail)


def _check_counts(manifest: Manifest) -> Iterator[Finding]:
    expected = {}
    if ExportFormat.CSV in manifest.formats:
        expected[battles_csv.PATH] = manifest.statistics["battles"]
    for table in TABLES:
        rows = manifest.tables[table.name]["rows"]
        expected[table.parquet_folder] = rows
        if ExportFormat.JSONL in manifest.formats:
            expected[table.jsonl_prefix] = rows
    for prefix, stated in expected.items():
        rows = sum(file.rows or 0 for file in manifest.files if file.path.startswith(prefix))
        if rows != stated:
            detail = f"The files {prefix}… have {rows} rows together where {stated} are stated."
            yield Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)
    told = manifest.feedback
    for table, rows_in, rows_out, left_out in (
        (VOTES, manifest.rows_in, manifest.rows_out, manifest.dropped),
        (FEEDBACK, told["rows_in"], told["rows_out"], told["dropped"]),
    ):
        if manifest.tables[table.name]["rows"] != rows_out:
            detail = f"{rows_out} rows out are stated, and other rows of {table.name}."
            yield Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)
        dropped = sum(left_out.values())
        if rows_in - dropped != rows_out:
            detail = f"{rows_in} rows in less {dropped} dropped are not {rows_out} rows out."
            yield Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)


def _count_rows(name: str, path: Path) -> int | None:
    """The rows of a table; None for a file that is no table."""
    if name.startswith(f"{DATA_FOLDER}/"):
        return int(pq.read_metadata(path).num_rows)
    if name.startswith(f"{JSONL_FOLDER}/"):
        with gzip.open(path, "rb") as lines:
            return sum(block.count(b"\n") for block in iter(lambda: lines.read(_BLOCK), b""))
    if name == tombstones.PATH:
        with path.open("rb") as lines:
            return read_tombstones(lines)
    if name == battles_csv.PATH:
        with path.open(encoding="utf-8", newline="") as file:
            return max(sum(1 for _ in csv.reader(file, strict=True)) - 1, 0)
    return None

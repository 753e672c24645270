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
from app.research.exports import battles_csv, votes_jsonl, votes_parquet
from app.research.exports.files import WrittenFile, sha256_of
from app.research.exports.findings import Finding, Problem
from app.research.exports.manifest import (
    CHECKSUMS,
    MANIFEST,
    SIGNATURE,
    Manifest,
    ManifestUnreadable,
    read_checksums,
    read_manifest,
)
from app.research.exports.schema import VOTES_SCHEMA
from app.research.exports.signature_check import check_signature

_BLOCK: Final = 1024 * 1024


def verify(folder: Path, *, keys: Sequence[PublicKey] | None) -> list[Finding]:
    """Everything that is wrong with an export, in a stable order; nothing means that it is whole.

    Recomputes sizes, checksums and rows from the files, and checks that one of `keys` has signed the manifest. Without
    keys (None) it tells damage and slips, not fraud: whoever can change the files can change the manifest too.
    """
    manifest_path = folder / MANIFEST
    if not manifest_path.is_file() or manifest_path.is_symlink():
        return [Finding(MANIFEST, Problem.MISSING, "The export has no manifest.")]
    try:
        manifest = read_manifest(manifest_path.read_text(encoding="utf-8"))
    except (ManifestUnreadable, UnicodeDecodeError) as error:
        return [Finding(MANIFEST, Problem.UNREADABLE, str(error))]
    on_disk, findings = _files_below(folder)
    if keys is not None:
        findings += check_signature(folder, manifest.key_ids["signature"], keys)
    findings += _check_listing(manifest, on_disk)
    sums = {path: sha256_of(file) for path, file in on_disk.items() if path != CHECKSUMS}
    findings += _check_checksums(on_disk.get(CHECKSUMS), sums)
    for listed in manifest.files:
        if listed.path in sums:
            findings += _check_file(listed, on_disk[listed.path], sums[listed.path])
    findings += _check_counts(manifest)
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
        yield Finding(path, Problem.MISSING, "The manifest lists it and it is not there.")
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
        is_of_this_schema = not _is_parquet(listed.path) or pq.read_schema(path).equals(VOTES_SCHEMA)
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
    tables = {
        f"{votes_parquet.FOLDER}/*": (f"{votes_parquet.FOLDER}/", manifest.rows_out),
        f"{votes_jsonl.FOLDER}/*": (f"{votes_jsonl.FOLDER}/", manifest.rows_out),
        battles_csv.PATH: (battles_csv.PATH, manifest.statistics["battles"]),
    }
    for name, (prefix, expected) in tables.items():
        rows = sum(file.rows or 0 for file in manifest.files if file.path.startswith(prefix))
        if rows != expected:
            detail = f"The files of {name} have {rows} rows together where {expected} are stated."
            yield Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)
    dropped = sum(manifest.dropped.values())
    if manifest.rows_in - dropped != manifest.rows_out:
        detail = f"{manifest.rows_in} rows in less {dropped} dropped are not {manifest.rows_out} rows out."
        yield Finding(MANIFEST, Problem.COUNTS_DISAGREE, detail)


def _is_parquet(path: str) -> bool:
    return path.startswith(f"{votes_parquet.FOLDER}/")


def _count_rows(name: str, path: Path) -> int | None:
    """The rows of a table; None for a file that is no table."""
    if _is_parquet(name):
        return int(pq.read_metadata(path).num_rows)
    if name.startswith(f"{votes_jsonl.FOLDER}/"):
        with gzip.open(path, "rb") as lines:
            return sum(block.count(b"\n") for block in iter(lambda: lines.read(_BLOCK), b""))
    if name == battles_csv.PATH:
        with path.open(encoding="utf-8", newline="") as file:
            return max(sum(1 for _ in csv.reader(file, strict=True)) - 1, 0)
    return None

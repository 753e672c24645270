"""Changes an export as accidents, slips and forgers do, and makes everything that describes it fit again."""

import gzip
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.privacy.signatures import Signer
from app.research.exports.card import DATA_USE, README, data_use_text, readme_text
from app.research.exports.documents import document_text, documents
from app.research.exports.files import CHECKSUMS, MANIFEST, SIGNATURE, WrittenFile, sha256_of
from app.research.exports.findings import Problem
from app.research.exports.jsonl_file import json_line
from app.research.exports.manifest import Manifest, checksums_text, manifest_text, read_manifest
from app.research.exports.tables import TABLES, Table
from app.research.exports.verification import _count_rows, verify
from tests.research.exports.records import SIGNER

Rows = list[dict[str, Any]]
Change = Callable[[Path], object]
Found = set[tuple[str, Problem]]


def flip(path: str) -> Change:
    """One bit, in the middle of a file."""

    def change(folder: Path) -> None:
        content = bytearray((folder / path).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / path).write_bytes(content)

    return change


def write(path: str, data: bytes) -> Change:
    """Another content, or a new file."""

    def change(folder: Path) -> None:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)

    return change


def edit(path: str, by: Callable[[bytes], bytes]) -> Change:
    """A content made from the old one."""
    return lambda folder: (folder / path).write_bytes(by((folder / path).read_bytes()))


def remove(path: str) -> Change:
    """No such file any more."""
    return lambda folder: (folder / path).unlink()


def swap(one: str, other: str) -> Change:
    """Each file under the other one's name."""

    def change(folder: Path) -> None:
        kept = (folder / one).read_bytes()
        (folder / one).write_bytes((folder / other).read_bytes())
        (folder / other).write_bytes(kept)

    return change


def lines(path: str, by: Callable[[list[bytes]], Iterable[bytes]]) -> Change:
    """Other lines of a text file, compressed or not."""

    def change(folder: Path) -> None:
        is_gzip = path.endswith(".gz")
        data = (folder / path).read_bytes()
        kept = b"".join(by((gzip.decompress(data) if is_gzip else data).splitlines(keepends=True)))
        (folder / path).write_bytes(gzip.compress(kept) if is_gzip else kept)

    return change


def parquet(table: Table, by: Callable[[Rows], Rows], schema: pa.Schema | None = None) -> Change:
    """Other rows of a table, in Parquet alone."""

    def change(folder: Path) -> None:
        path = folder / table.parquet_path(0)
        rows = by(pq.read_table(path).to_pylist())
        pq.write_table(pa.Table.from_pylist(rows, schema=schema or table.schema), path)

    return change


def both_forms(table: Table, by: Callable[[Rows], Rows]) -> Change:
    """Other rows of a table, the same in Parquet and in JSON Lines."""

    def change(folder: Path) -> None:
        parquet(table, by)(folder)
        rows = pq.read_table(folder / table.parquet_path(0)).to_pylist()
        (folder / table.jsonl_path(0)).write_bytes(gzip.compress(b"".join(map(json_line, rows))))

    return change


def in_json(path: str, by: Callable[[dict[str, Any]], object]) -> Change:
    """Another document."""

    def change(folder: Path) -> None:
        document = json.loads((folder / path).read_text(encoding="utf-8"))
        by(document)
        (folder / path).write_text(json.dumps(document), encoding="utf-8")

    return change


def seal(
    folder: Path,
    *,
    signer: Signer = SIGNER,
    state: Callable[[Manifest], Manifest] = lambda manifest: manifest,
    describe: bool = True,
) -> None:
    """Lists, describes, sums and signs the folder as it is, after `state` has changed what the manifest says."""
    manifest = read_manifest((folder / MANIFEST).read_text(encoding="utf-8"))
    files = tuple(_measured(folder, file) for file in manifest.files if (folder / file.path).is_file())
    for table in TABLES:
        manifest.tables[table.name]["rows"] = _rows(files, table.parquet_folder)
    manifest = state(replace(manifest, files=files, rows_out=manifest.tables["votes"]["rows"]))
    if describe:
        texts = {path: document_text(document) for path, document in documents(manifest).items()}
        texts |= {README: readme_text(manifest), DATA_USE: data_use_text(manifest)}
        for path, text in texts.items():
            (folder / path).write_text(text, encoding="utf-8")
        manifest = replace(
            manifest, files=tuple(_measured(folder, file, file.rows) for file in manifest.files)
        )
    text = manifest_text(manifest)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    (folder / SIGNATURE).write_bytes(signer.sign(text.encode()))
    last = [_measured(folder, WrittenFile(path, 0, "")) for path in (MANIFEST, SIGNATURE)]
    (folder / CHECKSUMS).write_text(checksums_text([*manifest.files, *last]), encoding="utf-8")


def _measured(folder: Path, file: WrittenFile, rows: int | None = None) -> WrittenFile:
    path = folder / file.path
    if rows is None and file.rows is not None:
        rows = _count_rows(file.path, path)
    return WrittenFile(file.path, path.stat().st_size, sha256_of(path), rows)


def _rows(files: Iterable[WrittenFile], prefix: str) -> int:
    return sum(file.rows or 0 for file in files if file.path.startswith(prefix))


def found(folder: Path) -> Found:
    """What verification finds, with the right key."""
    return {(finding.path, finding.problem) for finding in verify(folder, keys=[SIGNER.public_key])}


def row(number: int, **changes: Any) -> Callable[[Rows], Rows]:
    """Other values in one row."""
    return lambda all_rows: [
        {**each, **changes} if place == number else each for place, each in enumerate(all_rows)
    ]


def from_other(*paths: str) -> Change:
    """Files of the other export in the place of these."""

    def change(folder: Path) -> None:
        for path in paths:
            shutil.copy(folder.parent / "other" / path, folder / path)

    return change

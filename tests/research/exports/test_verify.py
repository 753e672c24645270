"""What verification finds, one damage at a time."""

import gzip
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from app.research.exports.findings import Finding, Problem
from app.research.exports.manifest import read_checksums
from app.research.exports.verification import verify
from app.research.exports.work_folder import work_folder
from tests.research.exports.records import SIGNER, details, rows
from tests.research.exports.test_write_export import FILES
from tests.research.exports.written import write_export

PARQUET = "data/votes/part-00000.parquet"
JSONL = "jsonl/votes-00000.jsonl.gz"
CSV = "csv/battles.csv"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exports") / "export"
    with work_folder(target) as work:
        write_export(work, rows(60), details(dropped={"withdrawn": 2}))
    return target


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def problems(findings: list[Finding]) -> set[tuple[str, Problem]]:
    return {(finding.path, finding.problem) for finding in findings}


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def entry(manifest: dict[str, Any], path: str) -> dict[str, Any]:
    return next(file for file in manifest["files"] if file["path"] == path)


def test_a_whole_export_has_no_findings(folder: Path) -> None:
    assert verify(folder, keys=[SIGNER.public_key]) == []


@pytest.mark.parametrize("path", [PARQUET, JSONL, CSV, "README.md", "DATA_USE.md"])
def test_a_flipped_bit_is_found_where_it_is(folder: Path, path: str) -> None:
    content = bytearray((folder / path).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / path).write_bytes(content)
    found = problems(verify(folder, keys=[SIGNER.public_key]))
    assert (path, Problem.CHECKSUM_DIFFERS) in found
    assert {where for where, _ in found} == {path}


@pytest.mark.parametrize("path", [PARQUET, JSONL, CSV, "README.md", "DATA_USE.md"])
def test_a_missing_file_is_found(folder: Path, path: str) -> None:
    (folder / path).unlink()
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {
        (path, Problem.MISSING),
        ("SHA256SUMS", Problem.MISSING),
    }


@pytest.mark.parametrize("path", [PARQUET, JSONL])
def test_a_truncated_file_is_found_and_cannot_be_read(folder: Path, path: str) -> None:
    content = (folder / path).read_bytes()
    (folder / path).write_bytes(content[: len(content) // 2])
    expected = {Problem.SIZE_DIFFERS, Problem.CHECKSUM_DIFFERS, Problem.UNREADABLE}
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {(path, problem) for problem in expected}


@pytest.mark.parametrize(
    "path", ["data/votes/part-00001.parquet", "notes.txt", "csv/.hidden", "data/extra/x"]
)
def test_a_file_that_nobody_listed_is_found(folder: Path, path: str) -> None:
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_bytes(b"")
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {
        (path, Problem.UNLISTED),
        ("SHA256SUMS", Problem.UNLISTED),
    }


def test_a_lost_row_is_counted_in_each_form(folder: Path) -> None:
    table = pq.read_table(folder / PARQUET)
    pq.write_table(table.slice(0, 59), folder / PARQUET)
    lines = gzip.decompress((folder / JSONL).read_bytes()).splitlines(keepends=True)
    (folder / JSONL).write_bytes(gzip.compress(b"".join(lines[:-1])))
    battles = (folder / CSV).read_bytes().splitlines(keepends=True)
    (folder / CSV).write_bytes(b"".join(battles[:-1]))
    found = problems(verify(folder, keys=[SIGNER.public_key]))
    assert {(path, Problem.ROWS_DIFFER) for path in (PARQUET, JSONL, CSV)} <= found


def test_another_column_is_found(folder: Path) -> None:
    table = pq.read_table(folder / PARQUET)
    pq.write_table(table.append_column("account", table["vote_id"]), folder / PARQUET)
    assert (PARQUET, Problem.SCHEMA_DIFFERS) in problems(verify(folder, keys=[SIGNER.public_key]))


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes((folder / "README.md").read_bytes())
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to(tmp_path / "outside")
    assert ("README.md", Problem.NOT_A_FILE) in problems(verify(folder, keys=[SIGNER.public_key]))


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "csv/../../secret"])
def test_a_path_that_leads_out_is_not_opened(folder: Path, path: str) -> None:
    (folder.parent / "secret").write_bytes(b"secret")
    edit_manifest(folder, lambda manifest: entry(manifest, "README.md").update(path=path))
    found = problems(verify(folder, keys=[SIGNER.public_key]))
    assert {(path, Problem.UNSAFE_PATH), ("README.md", Problem.UNLISTED)} <= found


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("rows", 61, Problem.ROWS_DIFFER),
        ("bytes", 1, Problem.SIZE_DIFFERS),
        ("sha256", "0" * 64, Problem.CHECKSUM_DIFFERS),
    ],
)
def test_a_manifest_that_says_otherwise_is_found(
    folder: Path, key: str, value: object, problem: Problem
) -> None:
    edit_manifest(folder, lambda manifest: entry(manifest, PARQUET).update({key: value}))
    found = problems(verify(folder, keys=[SIGNER.public_key]))
    assert (PARQUET, problem) in found
    assert ("manifest.json", Problem.CHECKSUM_DIFFERS) in found


@pytest.mark.parametrize(
    "change", [{"rows_in": 63}, {"rows_out": 59}, {"dropped": {}}, {"statistics": {"battles": 0}}]
)
def test_counts_that_do_not_add_up_are_found(folder: Path, change: dict[str, Any]) -> None:
    edit_manifest(folder, lambda manifest: manifest.update(change))
    assert ("manifest.json", Problem.COUNTS_DISAGREE) in problems(verify(folder, keys=[SIGNER.public_key]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"format": "other", "format_version": 1}',
        '{"format": "pairvote-export", "format_version": 2}',
        '{"format": "pairvote-export", "format_version": 1}',
        "[" * 100_000,
    ],
)
def test_what_is_no_manifest_is_said_to_be_none(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {("manifest.json", Problem.UNREADABLE)}


@pytest.mark.parametrize("value", ["sixty", None, True, 1.5, [1]])
@pytest.mark.parametrize("key", ["rows_in", "rows_out", "dropped", "statistics", "files", "created_week"])
def test_a_manifest_with_a_value_of_the_wrong_type_is_unreadable(
    folder: Path, key: str, value: object
) -> None:
    edit_manifest(folder, lambda manifest: manifest.update({key: value}))
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {("manifest.json", Problem.UNREADABLE)}


def test_a_folder_without_manifest_is_no_export(tmp_path: Path) -> None:
    assert problems(verify(tmp_path, keys=[SIGNER.public_key])) == {("manifest.json", Problem.MISSING)}


def test_a_checksum_list_is_compared_and_must_be_there(folder: Path) -> None:
    sums = folder / "SHA256SUMS"
    text = sums.read_text(encoding="utf-8")
    assert len(read_checksums(text)) == len(FILES) - 1
    sums.write_text(text.replace(text[:8], "00000000", 1), encoding="utf-8")
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {("DATA_USE.md", Problem.CHECKSUM_DIFFERS)}
    sums.write_text(text + "no checksum\n", encoding="utf-8")
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {("SHA256SUMS", Problem.UNREADABLE)}
    sums.unlink()
    assert problems(verify(folder, keys=[SIGNER.public_key])) == {("SHA256SUMS", Problem.MISSING)}


@pytest.mark.parametrize("path", [PARQUET, JSONL, CSV, "manifest.json", "SHA256SUMS"])
def test_no_damage_goes_unseen_and_none_stops_the_verification(folder: Path, path: str) -> None:
    whole = (folder / path).read_bytes()
    draw = random.Random(11)
    for _ in range(60):
        content = bytearray(whole)
        position = draw.randrange(len(content))
        if draw.random() < 0.5:
            content[position] ^= 1 << draw.randrange(8)
        else:
            del content[position : position + draw.randrange(1, 40)]
        (folder / path).write_bytes(content)
        assert verify(folder, keys=[SIGNER.public_key]) != []

"""Accidents with an export's files are found, and named for what they are and where."""

from pathlib import Path

import pytest

from app.research.exports.files import MANIFEST, SIGNATURE
from app.research.exports.findings import Problem
from app.research.exports.tables import TRL_PREFERENCE, TRL_UNPAIRED, VOTES
from tests.research.exports.damage import (
    Change,
    Found,
    edit,
    flip,
    found,
    from_other,
    lines,
    parquet,
    remove,
    swap,
    write,
)

PARQUET, JSONL = VOTES.parquet_path(0), VOTES.jsonl_path(0)
PREFERENCE, UNPAIRED = TRL_PREFERENCE.jsonl_path(0), TRL_UNPAIRED.jsonl_path(0)
CSV, SUMS, TOMBSTONES = "csv/battles.csv", "SHA256SUMS", "tombstones.jsonl"
EXTRA = "data/votes/part-00001.parquet"


def link(folder: Path) -> None:
    (folder / "README.md").rename(folder.parent / "outside")
    (folder / "README.md").symlink_to(folder.parent / "outside")


# As accidents leave it: nothing else is changed to fit.
ACCIDENTS: dict[str, tuple[Change, Found]] = {
    "a bit of the Parquet": (flip(PARQUET), {(PARQUET, Problem.CHECKSUM_DIFFERS)}),
    "a bit of the JSON Lines": (flip(UNPAIRED), {(UNPAIRED, Problem.CHECKSUM_DIFFERS)}),
    "a bit of the CSV": (flip(CSV), {(CSV, Problem.CHECKSUM_DIFFERS)}),
    "a bit of the card": (flip("README.md"), {("README.md", Problem.CHECKSUM_DIFFERS)}),
    "a bit of the terms": (flip("DATA_USE.md"), {("DATA_USE.md", Problem.CHECKSUM_DIFFERS)}),
    "bytes added": (
        edit(CSV, lambda data: data + b"x"),
        {(CSV, Problem.SIZE_DIFFERS), (CSV, Problem.CHECKSUM_DIFFERS)},
    ),
    "half a Parquet file": (
        edit(PARQUET, lambda data: data[: len(data) // 2]),
        {(PARQUET, Problem.UNREADABLE)},
    ),
    "half a gzip file": (edit(JSONL, lambda data: data[: len(data) // 2]), {(JSONL, Problem.UNREADABLE)}),
    "an empty Parquet file": (write(PARQUET, b""), {(PARQUET, Problem.UNREADABLE)}),
    "a line of JSON lost": (lines(JSONL, lambda all_lines: all_lines[1:]), {(JSONL, Problem.ROWS_DIFFER)}),
    "a row of CSV lost": (lines(CSV, lambda all_lines: all_lines[:-1]), {(CSV, Problem.ROWS_DIFFER)}),
    "a row of Parquet lost": (
        parquet(VOTES, lambda all_rows: all_rows[1:]),
        {(PARQUET, Problem.ROWS_DIFFER)},
    ),
    "a tombstone lost": (
        lines(TOMBSTONES, lambda all_lines: all_lines[1:]),
        {(TOMBSTONES, Problem.ROWS_DIFFER)},
    ),
    "no Parquet": (remove(PARQUET), {(PARQUET, Problem.MISSING), (SUMS, Problem.MISSING)}),
    "no JSON Lines": (remove(JSONL), {(JSONL, Problem.MISSING), (SUMS, Problem.MISSING)}),
    "no card": (remove("README.md"), {("README.md", Problem.MISSING), (SUMS, Problem.MISSING)}),
    "no tombstones": (remove(TOMBSTONES), {(TOMBSTONES, Problem.MISSING), (SUMS, Problem.MISSING)}),
    "no Croissant": (
        remove("croissant.json"),
        {("croissant.json", Problem.MISSING), (SUMS, Problem.MISSING)},
    ),
    "no manifest": (remove(MANIFEST), {(MANIFEST, Problem.MISSING)}),
    "no signature": (remove(SIGNATURE), {(SIGNATURE, Problem.NOT_SIGNED), (SUMS, Problem.MISSING)}),
    "no sums": (remove(SUMS), {(SUMS, Problem.MISSING)}),
    "a file too many": (write(EXTRA, b""), {(EXTRA, Problem.UNLISTED), (SUMS, Problem.UNLISTED)}),
    "a link for a file": (
        link,
        {("README.md", Problem.NOT_A_FILE), ("README.md", Problem.MISSING), (SUMS, Problem.MISSING)},
    ),
    "two files swapped": (
        swap(JSONL, PREFERENCE),
        {(JSONL, Problem.CHECKSUM_DIFFERS), (PREFERENCE, Problem.CHECKSUM_DIFFERS)},
    ),
    "a file of another export": (
        from_other(PARQUET),
        {(PARQUET, Problem.CHECKSUM_DIFFERS), (PARQUET, Problem.ROWS_DIFFER)},
    ),
    "a signed manifest of another export": (
        from_other(MANIFEST, SIGNATURE, SUMS),
        {
            (PARQUET, Problem.CHECKSUM_DIFFERS),
            ("README.md", Problem.STALE),
            ("croissant.json", Problem.STALE),
        },
    ),
    "a sum missing": (lines(SUMS, lambda all_lines: all_lines[1:]), {(SUMS, Problem.UNLISTED)}),
    "a sum too many": (edit(SUMS, lambda data: data + b"0" * 64 + b"  nothing\n"), {(SUMS, Problem.MISSING)}),
    "a sum of another file": (
        edit(SUMS, lambda data: b"0" * 64 + data[64:]),
        {("DATA_USE.md", Problem.CHECKSUM_DIFFERS)},
    ),
    "sums that are none": (write(SUMS, b"whatever\n"), {(SUMS, Problem.UNREADABLE)}),
    "a manifest that is none": (write(MANIFEST, b"{}"), {(MANIFEST, Problem.UNREADABLE)}),
    "a manifest laid out otherwise": (
        edit(MANIFEST, lambda data: data + b"\n"),
        {(SIGNATURE, Problem.SIGNATURE_WRONG), (MANIFEST, Problem.CHECKSUM_DIFFERS)},
    ),
    "a signature of zeros": (
        write(SIGNATURE, bytes(64)),
        {(SIGNATURE, Problem.SIGNATURE_WRONG), (SIGNATURE, Problem.CHECKSUM_DIFFERS)},
    ),
    "half a signature": (
        write(SIGNATURE, bytes(32)),
        {(SIGNATURE, Problem.UNREADABLE), (SIGNATURE, Problem.CHECKSUM_DIFFERS)},
    ),
}


@pytest.mark.parametrize("kind", ACCIDENTS)
def test_an_accident_is_named(copied: Path, kind: str) -> None:
    change, expected = ACCIDENTS[kind]
    change(copied)
    problems = found(copied)
    assert expected <= problems
    if kind != "a signed manifest of another export":
        assert {path for path, _ in problems} == {path for path, _ in expected}

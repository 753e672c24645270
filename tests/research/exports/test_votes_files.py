"""`votes` as Parquet and as JSON Lines."""

import gzip
import json
from itertools import repeat
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.research.exports.files import WrittenFile
from app.research.exports.identities import ExportIdentities
from app.research.exports.jsonl_file import JsonlFile, json_line
from app.research.exports.parquet_file import ParquetFile
from app.research.exports.rows import Row
from app.research.exports.schema import VOTES_SCHEMA
from app.research.exports.tables import VOTES
from app.research.exports.votes import projected
from app.research.exports.work_folder import work_folder
from app.research.records.record import Message, RecordContent
from tests.research.exports.records import KEY, details, record, rows
from tests.research.exports.written import batch_of, batches, write_export

ROWS_PER_FILE = 40


def write_parts(root: Path, count: int) -> tuple[list[WrittenFile], list[WrittenFile]]:
    with work_folder(root / "export") as work:
        files = write_export(work, rows(count), details(), rows_per_file=ROWS_PER_FILE).files
    return (
        [file for file in files if file.path.startswith("data/votes/")],
        [file for file in files if file.path.startswith("jsonl/votes-")],
    )


def parquet_rows(path: Path) -> list[dict[str, Any]]:
    found = pq.read_table(path).to_pylist()
    return [{**row, "voted_week": row["voted_week"].isoformat()} for row in found]


def jsonl_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def test_both_forms_hold_the_same_rows_file_by_file(tmp_path: Path) -> None:
    parquet, jsonl = write_parts(tmp_path, 100)
    folder = tmp_path / "export"
    assert [file.rows for file in parquet] == [file.rows for file in jsonl] == [40, 40, 20]
    for one, other in zip(parquet, jsonl, strict=True):
        assert parquet_rows(folder / one.path) == jsonl_rows(folder / other.path)


@pytest.mark.parametrize(("count", "files"), [(0, 1), (1, 1), (40, 1), (41, 2), (80, 2)])
def test_a_file_is_opened_only_for_a_row_that_needs_it(tmp_path: Path, count: int, files: int) -> None:
    parquet, jsonl = write_parts(tmp_path, count)
    assert len(parquet) == len(jsonl) == files
    assert sum(file.rows or 0 for file in parquet) == count


def test_no_rows_make_valid_files_with_the_schema(tmp_path: Path) -> None:
    (parquet,), (jsonl,) = write_parts(tmp_path, 0)
    table = pq.read_table(tmp_path / "export" / parquet.path)
    assert (table.num_rows, table.schema.names) == (0, VOTES_SCHEMA.names)
    assert jsonl_rows(tmp_path / "export" / jsonl.path) == []


def test_a_parquet_file_carries_the_schema_and_its_descriptions(tmp_path: Path) -> None:
    (parquet,), _ = write_parts(tmp_path, 3)
    schema = pq.read_schema(tmp_path / "export" / parquet.path)
    assert schema.equals(VOTES_SCHEMA)
    for name in VOTES_SCHEMA.names:
        ours, read = (found.field(name).metadata or {} for found in (VOTES_SCHEMA, schema))
        assert read[b"description"] == ours[b"description"]


def test_a_row_group_is_bounded_and_compressed(tmp_path: Path) -> None:
    file = ParquetFile(tmp_path, VOTES, 0)
    (row,) = rows(1)
    for batch in batches([row] * 5_300):
        file.write(batch)
    written = file.finish()
    metadata = pq.read_metadata(tmp_path / written.path)
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [5_000, 300]
    assert {group.column(0).compression for group in groups} == {"ZSTD"}


@pytest.mark.parametrize("characters", [10_000, 100_000, 1_000_000])
def test_large_rows_end_a_row_group_earlier(tmp_path: Path, characters: int) -> None:
    file = ParquetFile(tmp_path, VOTES, 0)
    text = "a" * characters
    content = RecordContent((Message("user", text),), text, text)
    large = repeat(record(content=content), 20_000_000 // characters)
    for batch in projected(large, ExportIdentities(KEY)):
        file.write(batch)
    metadata = pq.read_metadata(tmp_path / file.finish().path)
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    # Not more than a batch beyond the bound; a batch ends with the row that goes beyond its own.
    largest = max(group.num_rows for group in groups) * 3 * characters
    assert len(groups) > 3
    assert largest <= 8 * 1024 * 1024 + 4 * 1024 * 1024 + 2 * 3 * characters


def test_a_required_value_that_is_missing_is_refused(tmp_path: Path) -> None:
    (row,) = rows(1)
    names = VOTES_SCHEMA.names
    nullable = pa.schema([VOTES_SCHEMA.field(name).with_nullable(True) for name in names])
    batch = pa.RecordBatch.from_pylist([{**row, "model_a": None}], schema=nullable)
    file = ParquetFile(tmp_path, VOTES, 0)
    file.write(pa.RecordBatch.from_arrays(batch.columns, schema=VOTES_SCHEMA))
    with pytest.raises(ValueError, match="model_a"):
        file.finish()
    file.close()


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_parts(tmp_path / name, 100) for name in ("one", "two"))
    assert one == two


def test_a_file_has_its_name_only_when_it_is_finished(tmp_path: Path) -> None:
    files = ParquetFile(tmp_path, VOTES, 0), JsonlFile(tmp_path, VOTES, 0)
    (row,) = rows(1)
    for file in files:
        file.write(batch_of([row]))
    before = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert before == {"part-00000.parquet.partial", "votes-00000.jsonl.gz.partial"}
    for file in files:
        file.finish()
    after = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert after == {"part-00000.parquet", "votes-00000.jsonl.gz"}


def test_a_gzip_header_carries_no_name_and_no_time(tmp_path: Path) -> None:
    _, (jsonl,) = write_parts(tmp_path, 3)
    header = (tmp_path / "export" / jsonl.path).read_bytes()[:10]
    assert (header[:3], header[3], header[4:8]) == (b"\x1f\x8b\x08", 0, bytes(4))


def test_a_row_is_one_line_to_every_reader_of_lines() -> None:
    text = "a\nb\u2028c\u2029d\u0085e\x0bf\x0cg\x1ch"
    row: Row = {"response_a": text}
    line = json_line(row)
    assert len(line.splitlines()) == 1
    assert json.loads(line) == row


def test_what_is_no_json_is_refused() -> None:
    for value in (b"raw", "unpaired \ud800", {1}):
        with pytest.raises(TypeError):
            json_line({"response_a": value})

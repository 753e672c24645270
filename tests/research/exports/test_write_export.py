"""A whole export folder."""

import fcntl
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from app.research.exports.manifest import Manifest
from app.research.exports.projection import VOTE_COLUMNS
from app.research.exports.request import RaterScope
from app.research.exports.rows import Row
from app.research.exports.tables import TABLES
from app.research.exports.verification import verify
from app.research.exports.work_folder import ExportBusy, ExportExists, work_folder
from tests.research.exports.records import SIGNER, details, rows
from tests.research.exports.written import write_export

ROOT = Path(__file__).parents[3]
TABLE_NAMES = ("conversations", "feedback", "models", "trl_preference", "trl_unpaired", "votes")
FILES = {
    "DATA_USE.md",
    "README.md",
    "SHA256SUMS",
    "croissant.json",
    "csv/battles.csv",
    "datapackage.json",
    "reports/deidentification.json",
    "reports/dropped.json",
    "reports/small-cells.json",
    *(f"schema/{name}.schema.json" for name in (*TABLE_NAMES, "manifest", "tombstones")),
    *(f"data/{name}/part-00000.parquet" for name in TABLE_NAMES),
    *(f"jsonl/{name}-00000.jsonl.gz" for name in TABLE_NAMES),
    "manifest.json",
    "manifest.sig",
    "tombstones.jsonl",
}


def export(target: Path, count: int = 120, **changes: object) -> Manifest:
    with work_folder(target) as work:
        return write_export(work, rows(count), details(**changes))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keeps the data set library off the network and out of the home folder."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_an_export_has_its_files_and_verifies(tmp_path: Path) -> None:
    export(tmp_path / "export")
    found = contents(tmp_path / "export")
    assert found.keys() == FILES
    assert verify(tmp_path / "export", keys=[SIGNER.public_key]) == []


def test_sha256sum_agrees(tmp_path: Path) -> None:
    export(tmp_path / "export")
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    checked = subprocess.run(command, cwd=tmp_path / "export", capture_output=True, text=True, check=True)
    assert checked.stdout.count(": OK") == len(FILES) - 1


def test_duckdb_and_pandas_read_the_votes(tmp_path: Path) -> None:
    export(tmp_path / "export")
    expected = list(rows(120))
    frame = pd.read_parquet(tmp_path / "export/data/votes")
    assert frame["vote_id"].tolist() == [row["vote_id"] for row in expected]
    assert frame.loc[0, "conv_metadata"] == expected[0]["conv_metadata"]
    connection = duckdb.connect()
    query = "SELECT vote_id, winner FROM '{}/export/{}'"
    parquet = connection.execute(query.format(tmp_path, "data/votes/*.parquet")).fetchall()
    jsonl = connection.execute(query.format(tmp_path, "jsonl/votes-*.jsonl.gz")).fetchall()
    assert parquet == jsonl == [(row["vote_id"], row["winner"]) for row in expected]


LOAD = """
import json, sys, datasets
datasets.disable_progress_bars()
found = {}
for name in sys.argv[3:]:
    config = [] if name == "default" else [name]
    is_empty = name in sys.argv[2].split(",")
    # The library cannot load a split without rows; it can stream one.
    table = datasets.load_dataset(sys.argv[1], *config, split="train", streaming=is_empty)
    rows = list(table)
    found[name] = [len(rows), table.column_names or list(table.features), rows[0] if rows else None]
print(json.dumps(found, default=str))
"""


@pytest.mark.parametrize("count", [0, 120])
@pytest.mark.usefixtures("loader")
def test_load_dataset_opens_every_table_of_the_folder(tmp_path: Path, count: int) -> None:
    manifest = export(tmp_path / "export", count)
    empty = [name for name, told in manifest.tables.items() if told["rows"] == 0]
    empty += ["default"] if count == 0 else []
    # In a process of its own: the library reads its settings when it is imported.
    command = [sys.executable, "-c", LOAD, str(tmp_path / "export"), ",".join(empty), "default", *TABLE_NAMES]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.strip().splitlines()[-1])
    for table in TABLES:
        number, columns, first = found[table.name]
        assert number == manifest.tables[table.name]["rows"]
        assert columns == table.schema.names
        expected = pq.read_table(tmp_path / "export" / table.parquet_path(0)).to_pylist()[:1]
        assert first == (json.loads(json.dumps(expected[0], default=str)) if number else None)
    assert found["default"] == found["votes"]


def test_an_empty_export_is_valid(tmp_path: Path) -> None:
    manifest = export(tmp_path / "export", 0)
    assert contents(tmp_path / "export").keys() == FILES
    assert verify(tmp_path / "export", keys=[SIGNER.public_key]) == []
    assert (manifest.rows_in, manifest.rows_out) == (0, 0)
    table = pq.read_table(tmp_path / "export/data/votes")
    assert table.schema.names == [column.name for column in VOTE_COLUMNS]


def test_the_same_rows_and_details_give_the_same_bytes(tmp_path: Path) -> None:
    export(tmp_path / "one")
    export(tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_manifest_counts_what_is_in_the_rows(tmp_path: Path) -> None:
    written = list(rows(120))
    export(tmp_path / "export", dropped={"withdrawn": 3, "no_such_reason": 0})
    manifest = json.loads((tmp_path / "export/manifest.json").read_text(encoding="utf-8"))
    assert (manifest["rows_in"], manifest["rows_out"], manifest["dropped"]) == (
        123,
        120,
        {"content_key_destroyed": 0, "no_such_reason": 0, "small_cell": 0, "withdrawn": 3},
    )
    assert manifest["created_week"] == "2025-11-24"
    assert manifest["filters"] == {"language": None, "surface": "chat"}
    statistics = manifest["statistics"]
    assert statistics["by_outcome"] == dict(sorted(Counter(row["outcome"] for row in written).items()))
    assert statistics["battles"] == sum(row["winner"] is not None for row in written)
    model = statistics["by_model"]["model-0"]
    assert model["shown_left"] == sum(row["model_a"] == "model-0" for row in written)
    assert model["shown"] == model["shown_left"] + model["shown_right"]
    won = sum(row["winner"] in ("model_a", "model_b") and row[row["winner"]] == "model-0" for row in written)
    assert model["won"] == won
    level = manifest["deidentification"]["patterns_only"]
    assert level["rows"] == 120
    assert level["rows_with_text"] == sum(row["response_a"] is not None for row in written)
    assert level["redactions"] == sum(row["redaction_count"] for row in written)
    assert level["rows_by_redaction_type"]["phone"] == sum(
        "phone" in row["redaction_types"] for row in written
    )


@pytest.mark.parametrize("scope", RaterScope)
def test_the_card_tells_what_a_rater_id_joins(tmp_path: Path, scope: RaterScope) -> None:
    export(tmp_path / "export", rater_scope=scope)
    card = (tmp_path / "export/README.md").read_text(encoding="utf-8")
    assert ("cannot be seen" in card, "one conversation only" in card, "in a quarter" in card) == (
        scope is RaterScope.NONE,
        scope is RaterScope.CONVERSATION,
        scope is RaterScope.EXPORT,
    )
    assert all(f"| `{column.name}` |" in card for column in VOTE_COLUMNS)


def test_a_failure_halfway_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[Row]:
        yield from rows(300)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"), work_folder(tmp_path / "export") as work:
        write_export(work, failing(), details())
    assert list(tmp_path.iterdir()) == []


def test_the_folder_appears_when_it_is_complete(tmp_path: Path) -> None:
    with work_folder(tmp_path / "export") as work:
        write_export(work, rows(10), details())
        assert not (tmp_path / "export").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".export.partial"
    (left / "data/votes").mkdir(parents=True)
    (left / "data/votes/part-00000.parquet.partial").write_bytes(b"half")
    (left / "order-x.sqlite").write_bytes(b"half")
    export(tmp_path / "export")
    assert verify(tmp_path / "export", keys=[SIGNER.public_key]) == []
    assert not left.exists()


def test_a_finished_export_is_not_overwritten(tmp_path: Path) -> None:
    export(tmp_path / "export")
    before = contents(tmp_path / "export")
    with pytest.raises(ExportExists):
        export(tmp_path / "export", 5)
    assert contents(tmp_path / "export") == before
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_an_export_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    work = tmp_path / ".export.partial"
    work.mkdir()
    (work / "README.md").write_text("being written", encoding="utf-8")
    descriptor = os.open(work, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(ExportBusy):
        export(tmp_path / "export")
    os.close(descriptor)
    assert (work / "README.md").read_text(encoding="utf-8") == "being written"


@pytest.mark.drill
def test_memory_does_not_grow_with_the_rows() -> None:
    peaks = []
    for count in (5_000, 20_000):
        command = [sys.executable, "-m", "tests.research.exports.peak_memory", str(count)]
        peaks.append(
            int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        )
    assert peaks[1] / peaks[0] < 1.3, peaks

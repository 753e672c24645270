"""Programs that know nothing of us open an export: DuckDB, Croissant's and Frictionless's own readers, evalica."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import evalica
import pyarrow.parquet as pq
import pytest

from app.research.exports.identities import ExportIdentities
from app.research.exports.request import ExportFormat
from app.research.exports.tables import TABLES, Table
from app.research.exports.work_folder import work_folder
from app.research.records.record import Outcome, Sharing
from tests.end_to_end.study import STUDY, VOTES
from tests.replay.llmfao import GOLDEN, read_rows
from tests.research.exports.records import KEY, details, project, record, rows
from tests.research.exports.written import write_export

ROWS = 150


@pytest.fixture(scope="module", params=[ROWS, 1, 0])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of many rows, of one, of none; nobody changes it."""
    target = tmp_path_factory.mktemp("exports") / "export"
    with work_folder(target) as work:
        write_export(work, rows(request.param), details())
    return target


def run(script: str, *arguments: str, home: Path) -> Any:
    """What a script prints as JSON, in a process of its own: its libraries may warn, and must find no network."""
    environment = {**os.environ, "HOME": str(home), "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": ""}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-4_000:]
    return json.loads(ran.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_duckdb_reads_the_same_rows_from_both_forms(folder: Path, table: Table) -> None:
    parquet, jsonl = f"{folder}/{table.parquet_folder}*.parquet", f"{folder}/{table.jsonl_prefix}*.jsonl.gz"
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM '{parquet}'").fetchall()
        columns = ", ".join(
            f"'{name}': '{kind.replace(chr(39), chr(39) * 2)}'" for name, kind, *_ in described
        )
        of_parquet = connection.execute(f"SELECT * FROM '{parquet}'").fetchall()
        options = f"format = 'newline_delimited', columns = {{{columns}}}"
        of_jsonl = connection.execute(f"SELECT * FROM read_json('{jsonl}', {options})").fetchall()
    assert [name for name, *_ in described] == table.schema.names
    assert of_parquet == of_jsonl
    arrow = pq.read_table(folder / table.parquet_folder)
    assert of_parquet == [tuple(row.values()) for row in arrow.to_pylist()]


def test_duckdb_reads_the_judged_votes_from_the_csv(folder: Path) -> None:
    cells = "vote_id, rater_id, model_a, model_b, winner, CAST(voted_week AS VARCHAR)"
    with duckdb.connect() as connection:
        votes = connection.execute(
            f"SELECT {cells} FROM '{folder}/data/votes/*.parquet' WHERE winner IS NOT NULL"
        ).fetchall()
        battles = connection.execute(
            f"SELECT {cells} FROM read_csv('{folder}/csv/battles.csv', all_varchar = true, header = true)"
        ).fetchall()
    assert battles == votes


CROISSANT = """
import json, sys
import mlcroissant
data = mlcroissant.Dataset(sys.argv[1] + "/croissant.json")
issues = data.metadata.issues
found = {"issues": issues.report(), "rows": {}, "first": {}}
text = lambda value: value.decode() if isinstance(value, bytes) else str(value)
for each in data.metadata.record_sets:
    rows = list(data.records(each.uuid))
    found["rows"][each.uuid] = len(rows)
    found["first"][each.uuid] = rows[0] if rows else None
print(json.dumps(found, default=text))
"""


def test_croissants_own_reader_validates_and_loads_every_record_set(folder: Path, tmp_path: Path) -> None:
    found = run(CROISSANT, str(folder), home=tmp_path)
    assert found["issues"] == ""
    manifest = json.loads((folder / "manifest.json").read_text())
    expected = {name: told["rows"] for name, told in manifest["tables"].items()}
    assert found["rows"] == {**expected, "battles": manifest["statistics"]["battles"]}
    for table in TABLES:
        arrow = pq.read_table(folder / table.parquet_folder).slice(0, 1).to_pylist()
        if arrow and "vote_id" in table.schema.names:
            assert found["first"][table.name][f"{table.name}/vote_id"] == arrow[0]["vote_id"]
        if arrow and arrow[0].get("prompt"):
            prompt = [
                {
                    "role": message[f"{table.name}/prompt/role"],
                    "content": message[f"{table.name}/prompt/content"],
                }
                for message in found["first"][table.name][f"{table.name}/prompt"]
            ]
            assert prompt == arrow[0]["prompt"]


@pytest.mark.parametrize("damage", ["column", "file"])
def test_croissants_own_reader_notices_what_is_not_as_described(tmp_path: Path, damage: str) -> None:
    target = tmp_path / "export"
    with work_folder(target) as work:
        write_export(work, rows(5), details())
    if damage == "file":
        (target / "data/models/part-00000.parquet").unlink()
    else:
        text = (target / "croissant.json").read_text()
        (target / "croissant.json").write_text(text.replace('"column": "model"', '"column": "modle"'))
    with pytest.raises(AssertionError, match=r"modle|invalid path"):
        run(CROISSANT, str(target), home=tmp_path)


FRICTIONLESS = """
import json, sys
from frictionless import Package, system
system.trusted = True
package = Package(sys.argv[1] + "/datapackage.json")
report = package.validate()
rows = [row.to_dict(json=True) for row in package.get_resource("battles").read_rows()]
print(json.dumps({"valid": report.valid, "errors": report.flatten(["type", "note"]), "rows": rows}))
"""


def test_frictionless_validates_the_csv_and_reads_its_rows(folder: Path, tmp_path: Path) -> None:
    found = run(FRICTIONLESS, str(folder), home=tmp_path)
    assert (found["valid"], found["errors"]) == (True, [])
    with (folder / "csv/battles.csv").open(encoding="utf-8", newline="") as file:
        expected = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]
    assert found["rows"] == expected


@pytest.mark.parametrize(("cell", "by"), [("model_a", "model_x"), ("2025-11-17", "last week")])
def test_frictionless_notices_what_is_not_as_described(tmp_path: Path, cell: str, by: str) -> None:
    target = tmp_path / "export"
    with work_folder(target) as work:
        write_export(work, rows(20), details())
    path = target / "csv/battles.csv"
    head, body = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(f"{head}\n{body.replace(cell, by, 1)}", encoding="utf-8", newline="")
    assert run(FRICTIONLESS, str(target), home=tmp_path)["valid"] is False


@pytest.mark.skipif(not STUDY.is_dir(), reason=f"there is no test data at {STUDY}")
def test_evalica_ranks_the_battles_of_a_study_as_was_published(tmp_path: Path) -> None:
    outcomes = {"left": Outcome.MODEL_A, "right": Outcome.MODEL_B, "tie": Outcome.TIE}
    votes = [
        record(
            record_id=number.to_bytes(16, "big"),
            model_a=row["left"],
            model_b=row["right"],
            outcome=outcomes[row["winner"]],
            sharing=Sharing.VOTE_ONLY,
            content=None,
        )
        for number, row in enumerate(read_rows(STUDY))
    ]
    identities = ExportIdentities(KEY)
    with work_folder(tmp_path / "export") as work:
        write_export(
            work, (project(vote, identities) for vote in votes), details(formats=(ExportFormat.CSV,))
        )
    with (tmp_path / "export/csv/battles.csv").open(encoding="utf-8", newline="") as file:
        battles = list(csv.DictReader(file))
    assert len(battles) == VOTES
    winners = {"model_a": evalica.Winner.X, "model_b": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    found = evalica.bradley_terry(
        [row["model_a"] for row in battles],
        [row["model_b"] for row in battles],
        [winners[row["winner"]] for row in battles],
        tolerance=1e-12,
        limit=10_000,
    )
    # The published scores add up to 1; this version of the library scales them otherwise.
    total = found.scores.sum()
    with (STUDY / GOLDEN).open(encoding="utf-8", newline="") as file:
        golden = {
            r["item"]: float(r["score"]) for r in csv.DictReader(file) if r["algorithm"] == "bradley_terry"
        }
    assert (found.scores / total).to_dict() == pytest.approx(golden, abs=1e-6)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum")
def test_sha256sum_checks_every_file(folder: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout == b""

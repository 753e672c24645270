"""`csv/battles.csv`."""

import csv
import io
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.research.exports.battles_csv import COLUMNS, PATH, BattlesPart, safe_cell, write_battles
from app.research.exports.identities import ExportIdentities
from app.research.exports.rows import Row
from tests.research.exports.records import KEY, project, record, rows
from tests.research.exports.written import batches

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "'=1"]


def write(root: Path, written: list[Row]) -> Path:
    parts = []
    for number, batch in enumerate(batches(written, size=70)):
        part = BattlesPart(root, f"part-{number}")
        part.write(batch)
        parts.append(part.finish())
    assert write_battles(root, parts).rows == sum(row["winner"] is not None for row in written)
    return root / PATH


def named(model: str) -> Row:
    return project(record(model_a=model), ExportIdentities(KEY))


def test_judged_rows_are_there_with_six_columns_and_no_text(tmp_path: Path) -> None:
    written = list(rows(200))
    path = write(tmp_path, written)
    with path.open(encoding="utf-8", newline="") as file:
        header, *found = csv.reader(file, strict=True)
    assert tuple(header) == COLUMNS
    expected = [row for row in written if row["winner"] is not None]
    assert [row[0] for row in found] == [row["vote_id"] for row in expected]
    assert found[0] == [str(expected[0][column] or "") for column in COLUMNS]


def test_lines_end_as_rfc_4180_says(tmp_path: Path) -> None:
    content = write(tmp_path, list(rows(50))).read_bytes()
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")


@pytest.mark.parametrize("model", FORMULAS)
def test_a_cell_is_never_a_formula_and_can_be_restored(tmp_path: Path, model: str) -> None:
    path = write(tmp_path, [named(model)])
    with path.open(encoding="utf-8", newline="") as file:
        cell = list(csv.reader(file, strict=True))[1][2]
    assert cell == f"'{model}"


@given(st.text())
def test_taking_one_apostrophe_away_always_restores_the_value(value: str) -> None:
    cell = safe_cell(value)
    assert not cell.startswith(tuple("=+-@\t\r\n"))
    assert cell.removeprefix("'") == value
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow([cell, "end"])
    assert next(csv.reader(io.StringIO(buffer.getvalue(), newline=""), strict=True)) == [cell, "end"]


@pytest.mark.parametrize(
    "model", ['say "hi", twice', "line\nbreak", "crlf\r\nbreak", "semi;colon", " padded "]
)
def test_pandas_and_duckdb_read_awkward_names(tmp_path: Path, model: str) -> None:
    path = write(tmp_path, [named(model)])
    assert pd.read_csv(path)["model_a"].tolist() == [model]
    query = f"SELECT model_a FROM read_csv('{path}', header = true, all_varchar = true)"
    found = duckdb.connect().execute(query).fetchall()
    assert found == [(model,)]


def test_no_judgement_leaves_the_header(tmp_path: Path) -> None:
    assert write(tmp_path, []).read_bytes() == ",".join(COLUMNS).encode() + b"\r\n"

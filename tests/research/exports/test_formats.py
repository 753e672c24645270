"""An export holds the forms that were asked for, says so, and is held to it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.research.exports.files import MANIFEST
from app.research.exports.findings import Problem
from app.research.exports.jobs import build_exports
from app.research.exports.manifest import Manifest, read_manifest
from app.research.exports.reduced_copy import apply_tombstones
from app.research.exports.request import ExportFormat, ExportRequest
from app.research.exports.verification import verify
from app.research.exports.work_folder import work_folder
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.exports.damage import found, in_json, remove, write
from tests.research.exports.records import SIGNER, details, rows
from tests.research.exports.stored import contents, damage, folder_of, queue, records_of, store
from tests.research.exports.test_write_export import FILES, TABLE_NAMES
from tests.research.exports.written import write_export

PARQUET, JSONL, CSV = ExportFormat
OF_JSONL = {path for path in FILES if path.startswith("jsonl/")} | {
    f"schema/{name}.schema.json" for name in TABLE_NAMES
}
OF_CSV = {"csv/battles.csv", "datapackage.json"}
CHOICES: dict[tuple[ExportFormat, ...], set[str]] = {
    (PARQUET,): OF_JSONL | OF_CSV,
    (PARQUET, JSONL): OF_CSV,
    (PARQUET, CSV): OF_JSONL,
    (PARQUET, JSONL, CSV): set(),
}


def export(target: Path, formats: tuple[ExportFormat, ...]) -> Manifest:
    with work_folder(target) as work:
        return write_export(work, rows(60), details(formats=formats), rows_per_file=25)


@pytest.mark.parametrize("formats", CHOICES)
def test_an_export_has_the_forms_that_were_asked_for(
    tmp_path: Path, formats: tuple[ExportFormat, ...]
) -> None:
    manifest = export(tmp_path / "export", formats)
    first_parts = {path for path in contents(tmp_path / "export") if "0000" not in path or "00000" in path}
    assert first_parts == FILES - CHOICES[formats]
    assert manifest.formats == list(formats)
    assert verify(tmp_path / "export", keys=[SIGNER.public_key]) == []
    card = (tmp_path / "export/README.md").read_text(encoding="utf-8")
    assert ("jsonl/" in card, "csv/" in card) == (JSONL in formats, CSV in formats)
    record_sets = json.loads((tmp_path / "export/croissant.json").read_text(encoding="utf-8"))["recordSet"]
    assert ("battles" in {each["name"] for each in record_sets}) is (CSV in formats)


def test_the_tables_are_the_same_whatever_else_is_asked_for(tmp_path: Path) -> None:
    export(tmp_path / "all", tuple(ExportFormat))
    export(tmp_path / "one", (PARQUET,))
    tables = [
        {path: data for path, data in contents(tmp_path / name).items() if path.startswith("data/")}
        for name in ("all", "one")
    ]
    assert tables[0] == tables[1]


def promised(*formats: str) -> Callable[[Path], object]:
    """A manifest that says another thing of the forms."""
    return in_json(MANIFEST, lambda manifest: manifest.update(formats=list(formats)))


BROKEN: dict[str, tuple[tuple[ExportFormat, ...], Callable[[Path], object], tuple[str, Problem]]] = {
    "CSV promised, not there": (
        (PARQUET,),
        promised("parquet", "csv"),
        ("csv/battles.csv", Problem.MISSING),
    ),
    "lines promised, not there": (
        (PARQUET,),
        promised("parquet", "jsonl"),
        ("jsonl/votes-00000.jsonl.gz", Problem.MISSING),
    ),
    "lines there, not promised": (
        (PARQUET, JSONL),
        promised("parquet"),
        ("jsonl/votes-00000.jsonl.gz", Problem.UNLISTED),
    ),
    "CSV there, not promised": (
        (PARQUET, CSV),
        promised("parquet"),
        ("csv/battles.csv", Problem.UNLISTED),
    ),
    "a CSV that nobody listed": (
        (PARQUET,),
        write("csv/battles.csv", b""),
        ("csv/battles.csv", Problem.UNLISTED),
    ),
    "lines of one part lost": (
        (PARQUET, JSONL),
        remove("jsonl/votes-00001.jsonl.gz"),
        ("jsonl/votes-00001.jsonl.gz", Problem.MISSING),
    ),
    "no Parquet promised": ((PARQUET, CSV), promised("csv"), (MANIFEST, Problem.UNREADABLE)),
    "a form that is none": ((PARQUET,), promised("parquet", "xml"), (MANIFEST, Problem.UNREADABLE)),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_export_is_held_to_the_forms_it_promises(tmp_path: Path, kind: str) -> None:
    formats, change, expected = BROKEN[kind]
    export(tmp_path / "export", formats)
    change(tmp_path / "export")
    assert expected in found(tmp_path / "export")


def test_a_reduced_copy_has_the_forms_of_the_export(tmp_path: Path) -> None:
    manifest = export(tmp_path / "export", (PARQUET,))
    gone = next(rows(1))["vote_id"]
    notice = {"number": 1, "export_id": manifest.export_id, "vote_id": gone, "withdrawn_week": "2025-11-17"}
    applied = apply_tombstones(tmp_path / "export", [notice], None)
    assert applied.deleted == 1
    assert verify(tmp_path / "export", keys=None) == []
    reduced = read_manifest((tmp_path / "export" / MANIFEST).read_text(encoding="utf-8"))
    assert (reduced.formats, reduced.rows_out) == (["parquet"], 59)
    assert len([*(tmp_path / "export/data/votes").iterdir()]) == 3


def test_formats_are_asked_for_over_http(
    client: FlaskClient, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    store(research, records_of(workspace_id, 30))

    def ask(**body: Any) -> Any:
        headers = {**workspace.headers, "Idempotency-Key": str(body)}
        return client.post("/v1/exports", json=body, headers=headers)

    assert ask(formats=["xml"]).status_code == ask(formats=[]).status_code == 422
    assert ask().get_json()["formats"] == ["parquet", "jsonl", "csv"]
    asked = ask(formats=["csv", "csv"])
    assert asked.status_code == 202
    assert asked.get_json()["formats"] == ["parquet", "csv"]
    assert build_exports(research, at=clock()) == 2
    told = client.get(f"/v1/exports/{asked.get_json()['id']}", headers=workspace.headers).get_json()
    names = {file["path"].split("/")[0] for file in told["files"]}
    assert ("csv" in names, "jsonl" in names, "data" in names) == (True, False, True)


def test_a_format_is_named_on_the_command_line(
    app: Flask, workspace: Host, workspace_id: bytes, research: Research
) -> None:
    store(research, records_of(workspace_id, 30))
    command = ["export", "create", "--workspace", workspace.workspace_id, "--format", "parquet", "--json"]
    made = app.test_cli_runner().invoke(args=command)
    assert made.exit_code == 0, made.output
    folder = Path(json.loads(made.output)["path"])
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"data", "schema", "reports"}
    wrong = app.test_cli_runner().invoke(args=[*command[:-2], "xml"])
    assert wrong.exit_code == 2


def test_who_asked_before_there_was_a_choice_gets_all_forms(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    stored = json.loads(ExportRequest().to_json())
    del stored["formats"]
    export_id = queue(research, workspace_id, ExportRequest.from_json(json.dumps(stored)))
    assert build_exports(research, at=clock()) == 1
    assert damage(research, export_id) == []
    assert (folder_of(research, export_id) / "csv/battles.csv").is_file()

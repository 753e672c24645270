"""What describes an export: schemas, data package, Croissant, reports, terms of use."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.research.exports.manifest import DROP_REASONS, Manifest
from app.research.exports.rows import Row
from app.research.exports.tables import TABLES, Table
from app.research.exports.work_folder import work_folder
from tests.research.exports.records import details, rows
from tests.research.exports.written import write_export

VOTES: list[Row] = list(rows(80))


def export(target: Path, votes: list[Row], **options: Any) -> Manifest:
    with work_folder(target) as work:
        return write_export(work, votes, details(dropped={"withdrawn": 3}), **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export; nobody changes it."""
    target = tmp_path_factory.mktemp("exports") / "export"
    gone = {VOTES[5]["vote_id"]: 20_409, VOTES[2]["vote_id"]: 20_416, "v_that_is_not_there": 20_409}
    export(target, VOTES, withdrawn=lambda: gone)
    return target


def document(folder: Path, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / path).read_text(encoding="utf-8"))
    return found


def validator(folder: Path, name: str) -> Draft202012Validator:
    schema = document(folder, f"schema/{name}.schema.json")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_line_of_a_table_is_as_its_schema_says(folder: Path, table: Table) -> None:
    checked = validator(folder, table.name)
    lines = gzip.decompress((folder / table.jsonl_path(0)).read_bytes()).splitlines()
    assert bool(lines) is (table.name != "feedback")
    for line in lines:
        row = json.loads(line)
        checked.validate(row)
        for field in table.schema:
            assert checked.is_valid({**row, field.name: None}) is field.nullable, field.name
        assert not checked.is_valid({**row, "account": "somebody"})


def test_the_manifest_is_as_its_schema_says(folder: Path) -> None:
    checked, manifest = validator(folder, "manifest"), document(folder, "manifest.json")
    checked.validate(manifest)
    for member in manifest:
        assert not checked.is_valid({name: value for name, value in manifest.items() if name != member})


def test_a_vote_that_was_taken_out_meanwhile_has_a_tombstone(folder: Path) -> None:
    lines = (folder / "tombstones.jsonl").read_text(encoding="utf-8").splitlines()
    tombstones = [json.loads(line) for line in lines]
    for tombstone in tombstones:
        validator(folder, "tombstones").validate(tombstone)
    assert {each["vote_id"]: each["withdrawn_week"] for each in tombstones} == {
        VOTES[5]["vote_id"]: "2025-11-17",
        VOTES[2]["vote_id"]: "2025-11-24",
    }


def test_without_withdrawals_there_are_no_tombstones(tmp_path: Path) -> None:
    export(tmp_path / "export", VOTES[:3])
    assert (tmp_path / "export/tombstones.jsonl").read_bytes() == b""


def test_the_data_package_names_the_file_and_its_sum(folder: Path) -> None:
    (resource,) = document(folder, "datapackage.json")["resources"]
    listed = {file["path"]: file for file in document(folder, "manifest.json")["files"]}
    file = listed[resource["path"]]
    assert (resource["bytes"], resource["hash"]) == (file["bytes"], f"sha256:{file['sha256']}")


def test_croissant_lists_every_table_with_its_columns_and_files_with_their_sums(folder: Path) -> None:
    croissant = document(folder, "croissant.json")
    assert "http://mlcommons.org/croissant/1.1" in croissant["conformsTo"]
    sets = {each["@id"]: each for each in croissant["recordSet"]}
    assert sets.keys() == {*(table.name for table in TABLES), "battles"}
    for table in TABLES:
        assert [field["name"].split("/")[1] for field in sets[table.name]["field"]] == table.schema.names
    described = {each["@id"]: each for each in croissant["distribution"]}
    for file in document(folder, "manifest.json")["files"]:
        if file["rows"] is not None:
            assert described[file["path"]]["sha256"] == file["sha256"]


def test_croissant_says_how_the_data_may_be_used_and_what_not_to_conclude(folder: Path) -> None:
    croissant = document(folder, "croissant.json")
    *terms, offer = croissant["usageInfo"]
    assert {term["termCode"] for term in terms} == {"DUO_0000042", "DUO_0000026", "DUO_0000025"}
    assert "odrl:Offer" in offer["@type"]
    forbidden = {rule["odrl:action"]["@id"] for rule in offer["odrl:prohibition"]}
    assert forbidden == {"odrl:use", "odrl:distribute"}
    told = {name for name in croissant if name.startswith("rai:")}
    assert {"rai:dataLimitations", "rai:dataBiases", "rai:personalSensitiveInformation"} <= told
    assert croissant["rai:dataCollectionTimeframe"] == ["2025-11-17", "2025-11-17"]


def test_what_was_left_out_is_counted_for_every_reason(folder: Path) -> None:
    report = document(folder, "reports/dropped.json")
    assert {reason: told["rows"] for reason, told in report["dropped"].items()} == {
        **dict.fromkeys(DROP_REASONS, 0),
        "withdrawn": 3,
    }
    assert all(told["meaning"] for told in report["dropped"].values())
    preference = report["tables"]["trl_preference"]
    assert preference["rows"] + sum(told["votes"] for told in preference["votes_left_out"].values()) == 80


def test_the_figures_of_de_identification_are_those_of_the_rows(folder: Path) -> None:
    report = document(folder, "reports/deidentification.json")
    assert report["rows_with_text"] == sum(row["response_a"] is not None for row in VOTES)
    assert report["redactions"] == sum(row["redaction_count"] for row in VOTES)
    assert report["rows_redacted"] == sum(row["redaction_count"] > 0 for row in VOTES)


def test_small_cells_are_counted_by_week_and_language(tmp_path: Path) -> None:
    votes = [
        {**row, "language": "en" if number < 60 else "de" if number < 78 else f"x{number}"}
        for number, row in enumerate(VOTES)
    ]
    export(tmp_path / "export", votes)
    report = document(tmp_path / "export", "reports/small-cells.json")
    assert (report["k"], report["suppressed"]) == (1, 0)
    assert report["by_persons"].keys() == {"2", "5", "10", "20"}
    found = {size: told for size, told in report["by_rows"].items() if told["cells"]}
    assert found == {
        "1": {"cells": 2, "rows": 2},
        "10-49": {"cells": 1, "rows": 18},
        "50 and more": {"cells": 1, "rows": 60},
    }
    assert Counter(row["language"] for row in votes)["de"] == 18


def test_the_terms_of_use_tell_until_when(folder: Path) -> None:
    text = (folder / "DATA_USE.md").read_text(encoding="utf-8")
    assert document(folder, "manifest.json")["expires_week"] == "2025-12-22"
    assert "2025-12-22" in text

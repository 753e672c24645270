"""Slips of whoever makes an export, and forgeries, are found although everything is listed, summed and signed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from app.privacy.signatures import Signer
from app.research.exports.files import MANIFEST, SIGNATURE
from app.research.exports.findings import Problem
from app.research.exports.manifest import Manifest
from app.research.exports.tables import CONVERSATIONS, MODELS, TRL_PREFERENCE, TRL_UNPAIRED, VOTES
from app.research.exports.verification import verify
from tests.research.exports.damage import (
    Change,
    Found,
    Rows,
    both_forms,
    edit,
    found,
    from_other,
    in_json,
    lines,
    parquet,
    remove,
    row,
    seal,
    write,
)

PARQUET, JSONL = VOTES.parquet_path(0), VOTES.jsonl_path(0)
VOTES_DATA, MODELS_DATA = VOTES.parquet_folder, MODELS.parquet_folder
CONVERSATIONS_DATA = CONVERSATIONS.parquet_folder
PREFERENCE, UNPAIRED = TRL_PREFERENCE.parquet_folder, TRL_UNPAIRED.parquet_folder
CSV, TOMBSTONES = "csv/battles.csv", "tombstones.jsonl"
FORGER = Signer(bytes(range(32)))


def days_later(all_rows: Rows) -> Rows:
    return [{**each, "voted_week": each["voted_week"].replace(day=19)} for each in all_rows]


def renamed(name: str, kind: pa.DataType) -> pa.Schema:
    field = VOTES.schema.field("n_turns").with_name(name).with_type(kind)
    return VOTES.schema.set(VOTES.schema.get_field_index("n_turns"), field)


def swapped(all_rows: Rows) -> Rows:
    return [{**each, "chosen": each["rejected"], "rejected": each["chosen"]} for each in all_rows]


# As slips of the maker leave it: listed, described, summed and signed as if all were well.
SLIPS: dict[str, tuple[Change, Found]] = {
    "a value differs between the forms": (
        parquet(VOTES, row(3, model_a="model-x")),
        {(JSONL, Problem.CONTENT_DIFFERS)},
    ),
    "a line is not JSON": (
        lines(JSONL, lambda all_lines: [b"{\n", *all_lines[1:]]),
        {(JSONL, Problem.CONTENT_DIFFERS)},
    ),
    "rows stand in another order": (
        lines(JSONL, lambda all_lines: all_lines[::-1]),
        {(JSONL, Problem.CONTENT_DIFFERS)},
    ),
    "a vote is there twice": (
        both_forms(VOTES, lambda all_rows: [*all_rows, all_rows[0]]),
        {(VOTES_DATA, Problem.CONTENT_WRONG)},
    ),
    "a vote is lost in both forms": (
        both_forms(VOTES, lambda all_rows: all_rows[:-1]),
        {(CONVERSATIONS_DATA, Problem.CONTENT_DIFFERS)},
    ),
    "a winner that goes not with the outcome": (
        both_forms(VOTES, row(2, outcome="tie", winner="model_a")),
        {(VOTES_DATA, Problem.CONTENT_WRONG)},
    ),
    "an outcome that is none": (
        both_forms(VOTES, row(2, outcome="won", winner=None)),
        {(VOTES_DATA, Problem.CONTENT_WRONG)},
    ),
    "a day for a week": (both_forms(VOTES, days_later), {(VOTES_DATA, Problem.CONTENT_WRONG)}),
    "a column of another type": (
        parquet(VOTES, list, renamed("n_turns", pa.int64())),
        {(PARQUET, Problem.SCHEMA_DIFFERS)},
    ),
    "a column that may be empty": (
        parquet(VOTES, list, VOTES.schema.set(0, VOTES.schema.field(0).with_nullable(True))),
        {(PARQUET, Problem.SCHEMA_DIFFERS)},
    ),
    "a column too few": (parquet(VOTES, list, VOTES.schema.remove(0)), {(PARQUET, Problem.SCHEMA_DIFFERS)}),
    "a column too many": (
        parquet(VOTES, list, VOTES.schema.append(pa.field("account", pa.string()))),
        {(PARQUET, Problem.SCHEMA_DIFFERS)},
    ),
    "chosen and rejected exchanged": (
        both_forms(TRL_PREFERENCE, swapped),
        {(PREFERENCE, Problem.CONTENT_DIFFERS)},
    ),
    "a preference too many": (
        both_forms(TRL_PREFERENCE, lambda all_rows: [*all_rows, all_rows[0]]),
        {(PREFERENCE, Problem.CONTENT_DIFFERS)},
    ),
    "a bad answer called good": (
        both_forms(TRL_UNPAIRED, row(0, label=True)),
        {(UNPAIRED, Problem.CONTENT_DIFFERS)},
    ),
    "an unpaired row lost": (
        both_forms(TRL_UNPAIRED, lambda all_rows: all_rows[1:]),
        {(UNPAIRED, Problem.CONTENT_DIFFERS)},
    ),
    "a conversation lost": (
        both_forms(CONVERSATIONS, lambda all_rows: all_rows[1:]),
        {(CONVERSATIONS_DATA, Problem.CONTENT_DIFFERS)},
    ),
    "a conversation counted wrongly": (
        both_forms(CONVERSATIONS, row(4, n_votes=9)),
        {(CONVERSATIONS_DATA, Problem.CONTENT_DIFFERS)},
    ),
    "a model counted wrongly": (both_forms(MODELS, row(0, won=99)), {(MODELS_DATA, Problem.CONTENT_DIFFERS)}),
    "another header in the CSV": (
        edit(CSV, lambda data: data.replace(b"rater_id", b"person", 1)),
        {(CSV, Problem.CONTENT_DIFFERS)},
    ),
    "another cell in the CSV": (
        edit(CSV, lambda data: data.replace(b"model-1", b"model-2", 1)),
        {(CSV, Problem.CONTENT_DIFFERS)},
    ),
    "a tombstone that is none": (
        write(TOMBSTONES, b'{"vote_id": "v_x", "withdrawn_week": "2025-11-17"}\n'),
        {(TOMBSTONES, Problem.UNREADABLE)},
    ),
}


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_found_though_everything_is_signed(copied: Path, kind: str) -> None:
    change, expected = SLIPS[kind]
    change(copied)
    try:
        seal(copied)
    except ValueError:
        # It cannot even be counted.
        assert kind == "a tombstone that is none"
    problems = found(copied)
    assert expected <= problems
    assert SIGNATURE not in {path for path, _ in problems}


Statement = Callable[[Manifest], Manifest]

# What the manifest may wrongly say, signed.
STATEMENTS: dict[str, tuple[Statement, Problem]] = {
    "rows that are not there": (lambda m: replace(m, rows_out=m.rows_out + 1), Problem.COUNTS_DISAGREE),
    "fewer chosen than there are": (lambda m: replace(m, rows_in=m.rows_in - 1), Problem.COUNTS_DISAGREE),
    "another number dropped": (lambda m: replace(m, dropped={"withdrawn": 7}), Problem.COUNTS_DISAGREE),
    "another reason of a table": (
        lambda m: replace(
            m, tables={**m.tables, "trl_preference": {**m.tables["trl_preference"], "votes_left_out": {}}}
        ),
        Problem.COUNTS_DISAGREE,
    ),
    "another number of battles": (
        lambda m: replace(m, statistics={**m.statistics, "battles": 1}),
        Problem.COUNTS_DISAGREE,
    ),
    "other outcomes": (
        lambda m: replace(m, statistics={**m.statistics, "by_outcome": {"tie": 60}}),
        Problem.COUNTS_DISAGREE,
    ),
    "another model": (
        lambda m: replace(m, statistics={**m.statistics, "by_model": {}}),
        Problem.COUNTS_DISAGREE,
    ),
    "fewer redactions": (lambda m: replace(m, deidentification={}), Problem.COUNTS_DISAGREE),
    "a k that is none": (lambda m: replace(m, k=0), Problem.COUNTS_DISAGREE),
    "a k in quotes": (lambda m: replace(m, k="5"), Problem.UNREADABLE),  # type: ignore[arg-type]
    "records suppressed at k 1": (
        lambda m: replace(m, rows_in=m.rows_in + 1, dropped={**m.dropped, "small_cell": 1}),
        Problem.COUNTS_DISAGREE,
    ),
    "small cells in spite of k": (
        lambda m: replace(m, k=3, small_cells={**m.small_cells, "2": {"cells": 1, "rows": 1}}),
        Problem.COUNTS_DISAGREE,
    ),
    "more cells of one person than of four": (
        lambda m: replace(m, small_cells={**m.small_cells, "2": {"cells": 1, "rows": 1}}),
        Problem.COUNTS_DISAGREE,
    ),
    "small cells without rows": (
        lambda m: replace(m, small_cells={size: {"cells": 2, "rows": 1} for size in m.small_cells}),
        Problem.COUNTS_DISAGREE,
    ),
    "a size of cells left out": (lambda m: replace(m, small_cells={}), Problem.UNREADABLE),
    "no weeks at all": (lambda m: replace(m, statistics={"battles": 1}), Problem.UNREADABLE),
}


@pytest.mark.parametrize("kind", STATEMENTS)
def test_a_wrong_statement_is_found_though_it_is_signed(copied: Path, kind: str) -> None:
    state, problem = STATEMENTS[kind]
    seal(
        copied,
        state=state,
        describe=kind not in ("no weeks at all", "a k in quotes", "a size of cells left out"),
    )
    assert (MANIFEST, problem) in found(copied)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("README.md", from_other("README.md")),
        ("DATA_USE.md", from_other("DATA_USE.md")),
        ("croissant.json", from_other("croissant.json")),
        ("datapackage.json", from_other("datapackage.json")),
        ("reports/dropped.json", from_other("reports/dropped.json")),
        (
            "schema/votes.schema.json",
            in_json("schema/votes.schema.json", lambda schema: schema.pop("required")),
        ),
        ("reports/small-cells.json", in_json("reports/small-cells.json", lambda report: report.update(k=5))),
        ("schema/manifest.schema.json", write("schema/manifest.schema.json", b"[]")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_stale_description_is_found_though_it_is_signed(copied: Path, path: str, change: Change) -> None:
    change(copied)
    seal(copied, describe=False)
    assert found(copied) == {(path, Problem.STALE)}


@pytest.mark.parametrize("path", [JSONL, CSV, "croissant.json", TOMBSTONES, "reports/deidentification.json"])
def test_a_file_that_is_neither_there_nor_listed_is_missed(copied: Path, path: str) -> None:
    remove(path)(copied)
    seal(copied, describe=False)
    assert (path, Problem.MISSING) in found(copied)


def test_what_a_forger_changes_and_describes_again_is_found_by_its_signature(copied: Path) -> None:
    both_forms(VOTES, row(3, comment="planted"))(copied)
    seal(copied, signer=FORGER)
    assert verify(copied, keys=None) == []
    assert found(copied) == {(SIGNATURE, Problem.SIGNATURE_WRONG)}
    seal(
        copied,
        signer=FORGER,
        state=lambda m: replace(m, key_ids={**m.key_ids, "signature": FORGER.public_key.key_id}),
    )
    assert found(copied) == {(SIGNATURE, Problem.KEY_UNKNOWN)}
    seal(copied)
    assert found(copied) == {(SIGNATURE, Problem.KEY_UNKNOWN)}


def test_a_changed_row_is_named_with_its_column(copied: Path) -> None:
    parquet(VOTES, row(3, model_a="model-x", comment="x"))(copied)
    seal(copied)
    details_found = [finding.detail for finding in verify(copied, keys=None) if finding.path == JSONL]
    assert details_found == ["Row 4, in model_a, comment, is not what the votes give."]

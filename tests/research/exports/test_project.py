"""What of a record a row shows."""

import datetime as dt
import gzip
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from app.research.exports.identities import ExportIdentities
from app.research.exports.projection import VOTE_COLUMNS, WITHHELD
from app.research.exports.request import RaterScope
from app.research.exports.schema import REPEATING_COLUMNS, VOTES_SCHEMA
from app.research.exports.work_folder import work_folder
from app.research.records.record import DeidLevel, Message, Outcome, Record, RecordContent, Sharing
from tests.research.exports.records import KEY, MONDAY, details, project, record
from tests.research.exports.written import write_export

IDENTITIES = ExportIdentities(KEY)
READ = {name for column in VOTE_COLUMNS for name in column.reads}


class ReadTrace:
    """A record that remembers which of its fields were looked at."""

    def __init__(self, traced: Record) -> None:
        self.traced = traced
        self.seen: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.seen.add(name)
        return getattr(self.traced, name)


def test_every_field_of_a_record_is_listed_as_exported_or_withheld() -> None:
    names = {entry.name for entry in fields(Record)}
    assert READ | WITHHELD.keys() == names, "decide whether the new field may be exported"
    assert not READ & WITHHELD.keys()


@pytest.mark.parametrize("column", VOTE_COLUMNS, ids=lambda column: column.name)
def test_a_column_looks_at_the_fields_it_lists_and_no_others(column: Any) -> None:
    trace = ReadTrace(record())
    column.values([trace], IDENTITIES)
    assert trace.seen == set(column.reads)


def planted() -> Record:
    """A record whose every text field holds a string of its own."""
    return Record(
        record_id=b"canary-record-id",
        workspace_id=b"canary-workspace",
        conversation=b"canary-conversat",
        voter=b"canary-v",
        voted_week=MONDAY,
        outcome=Outcome.TIE,
        model_a="canary:model_a",
        model_b="canary:model_b",
        turn_index=0,
        n_turns=1,
        sharing=Sharing.VOTE_AND_CONTENT,
        deid_level=DeidLevel.PATTERNS_ONLY,
        surface="canary:surface",
        language="canary:language",
        strength=0,
        reasons=("canary:reasons",),
        finish_reason_a="canary:finish_reason_a",
        finish_reason_b="canary:finish_reason_b",
        latency_ms_bucket_a="canary:latency_ms_bucket_a",
        latency_ms_bucket_b="canary:latency_ms_bucket_b",
        time_to_vote_bucket="canary:time_to_vote_bucket",
        input_tokens_a=700_000_001,
        input_tokens_b=700_000_002,
        output_tokens_a=700_000_003,
        output_tokens_b=700_000_004,
        selection_probability=0.5,
        quality_flags=("canary:quality_flags",),
        notice_version="canary:notice_version",
        redaction_counts={"canary:redaction_counts": 1},
        content=RecordContent((Message("user", "canary:prompt"),), "canary:a", "canary:b", "canary:comment"),
    )


def test_only_listed_fields_reach_the_files(tmp_path: Path) -> None:
    item = planted()
    with work_folder(tmp_path / "export") as work:
        write_export(work, [project(item, IDENTITIES)], details())
    everything = repr(pq.read_table(tmp_path / "export/data/votes").to_pylist())
    for path in (tmp_path / "export").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            everything += (gzip.decompress(data) if path.suffix == ".gz" else data).decode(errors="replace")
    texts = [entry.name for entry in fields(Record) if "canary:" in repr(getattr(item, entry.name))]
    for name in set(texts) - {"content"}:
        assert (f"canary:{name}" in everything) is (name in READ), name
    assert [str(number) in everything for number in range(700_000_001, 700_000_005)] == [
        True,
        True,
        False,
        False,
    ]
    for raw in (item.record_id, item.workspace_id, item.conversation, item.voter):
        assert raw.decode() not in everything
        assert raw.hex() not in everything


def test_the_schema_tells_what_every_column_means_and_which_may_be_empty() -> None:
    for column in VOTE_COLUMNS:
        field = VOTES_SCHEMA.field(column.name)
        assert field.nullable is column.nullable
        assert (field.metadata or {})[b"description"].decode() == column.description
    assert set(REPEATING_COLUMNS) <= {column.name for column in VOTE_COLUMNS}


def test_a_row_has_the_columns_of_the_schema_in_its_order() -> None:
    assert list(project(record(), IDENTITIES)) == VOTES_SCHEMA.names


@pytest.mark.parametrize(
    ("outcome", "winner"),
    [
        (Outcome.MODEL_A, "model_a"),
        (Outcome.MODEL_B, "model_b"),
        (Outcome.TIE, "tie"),
        (Outcome.BOTH_BAD, "tie (bothbad)"),
        (Outcome.SKIP, None),
        (Outcome.EXPIRED, None),
    ],
)
def test_only_a_judgement_has_a_winner(outcome: Outcome, winner: str | None) -> None:
    row = project(record(outcome=outcome), IDENTITIES)
    assert (row["outcome"], row["winner"]) == (outcome.value, winner)


def test_a_vote_shared_without_content_has_no_text_and_no_measure_of_it() -> None:
    row = project(record(sharing=Sharing.VOTE_ONLY, content=None), IDENTITIES)
    for column in ("prompt", "response_a", "response_b", "comment", "conv_metadata"):
        assert row[column] is None
    assert row["winner"] == "model_a"


def test_text_that_was_not_shared_makes_no_record() -> None:
    with pytest.raises(ValueError, match="shared alone"):
        record(sharing=Sharing.VOTE_ONLY)


def test_empty_text_is_text() -> None:
    row = project(record(content=RecordContent((), "", "", "")), IDENTITIES)
    assert (row["prompt"], row["response_a"], row["response_b"], row["comment"]) == ([], "", "", "")
    assert row["conv_metadata"]["sum_assistant_a_tokens"] == 0


def test_a_day_finer_than_a_week_does_not_get_out() -> None:
    for day in range(MONDAY, MONDAY + 7):
        assert project(record(voted_week=day), IDENTITIES)["voted_week"] == dt.date(2025, 11, 17)


def test_redactions_are_counted_and_their_kinds_named() -> None:
    row = project(record(redaction_counts={"phone": 1, "email": 2, "iban": 0}), IDENTITIES)
    assert (row["redaction_count"], row["redaction_types"]) == (3, ["email", "phone"])


def test_rows_of_a_record_differ_between_keys_in_their_identifiers_only() -> None:
    one = project(record(), IDENTITIES)
    two = project(record(), ExportIdentities(bytes(32)))
    assert {name for name in one if one[name] != two[name]} == {"vote_id", "conversation_id", "rater_id"}


def test_without_rater_scope_nobody_has_a_rater_id() -> None:
    identities = ExportIdentities(KEY, rater_scope=RaterScope.NONE)
    assert project(replace(record(), voter=b"voter-00"), identities)["rater_id"] is None


@pytest.mark.parametrize("probability", [float("nan"), float("inf"), -0.1, 1.5])
def test_what_is_no_probability_is_not_exported(probability: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        project(record(selection_probability=probability), ExportIdentities(KEY))

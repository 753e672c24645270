"""Feedback in an export: its table, the thumbs in `trl_unpaired`, what is counted, left out and taken back."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from app.core.clock import day_of, week_of
from app.core.connections import Transaction
from app.research.exports.build import build_export
from app.research.exports.feedback_columns import FEEDBACK_COLUMNS, WITHHELD
from app.research.exports.findings import Problem
from app.research.exports.identities import ExportIdentities
from app.research.exports.manifest import read_manifest
from app.research.exports.reduced_copy import apply_tombstones
from app.research.exports.request import ExportFilters, ExportRequest
from app.research.exports.services import read_export_text
from app.research.exports.tables import FEEDBACK, TRL_UNPAIRED
from app.research.exports.verification import verify
from app.research.exports.votes import projected_feedback
from app.research.exports.work_folder import work_folder
from app.research.feedback.content import seal_text
from app.research.feedback.record import FeedbackContent, FeedbackRating, FeedbackRecord, FeedbackTarget
from app.research.feedback.services import insert_feedback
from app.research.recall.jobs import publish_tombstones
from app.research.recall.services import list_tombstones
from app.research.records.record import DeidLevel, Message, Outcome, Sharing
from app.research.records.services import withdraw_record
from app.research.zone import Research
from tests.research.exports.damage import both_forms, found, in_json, row, seal
from tests.research.exports.records import KEY, MONDAY, SIGNER, details, record, rows
from tests.research.exports.stored import build_again, claim, contents, damage, folder_of, queue, store
from tests.research.exports.written import write_export


def given(number: int, **changes: Any) -> FeedbackRecord:
    """A thumb up with text, unless `changes` say otherwise."""
    values: dict[str, Any] = {
        "record_id": bytes([number]) * 16,
        "workspace_id": b"workspace-id-000",
        "conversation": bytes([number]) * 16,
        "voter": bytes([number]) * 8,
        "given_week": MONDAY,
        "target": FeedbackTarget.RESPONSE,
        "rating": FeedbackRating.UP,
        "sharing": Sharing.VOTE_AND_CONTENT,
        "deid_level": DeidLevel.PATTERNS_ONLY,
        "model": "acme-large",
        "surface": "chat",
        "language": "en",
        "reasons": ("other",),
        "input_tokens": 100,
        "output_tokens": 200,
        "notice_version": "2025-10",
        "redaction_counts": {"EMAIL": 2},
        "content": FeedbackContent((Message("user", "What is an owl?"),), "A bird.", "Thanks!"),
    }
    return FeedbackRecord(**{**values, **changes})


def put(research: Research, workspace_id: bytes, *records: FeedbackRecord) -> None:
    """Stores feedback as the door does."""
    at = day_of(research.clock())
    for each in records:
        mine = replace(each, workspace_id=workspace_id)
        sealed = None
        if mine.content is not None:
            key = research.record_keys.create_many([mine.record_id], day=at)[mine.record_id]
            sealed = seal_text(key, mine)

        def insert(tx: Transaction, mine: FeedbackRecord = mine, sealed: bytes | None = sealed) -> None:
            assert insert_feedback(tx, record=mine, content_sealed=sealed, rules_version="test")

        research.db.write(insert)


def some() -> Iterator[FeedbackRecord]:
    """A thumb of every kind."""
    yield given(1)
    yield given(2, rating=FeedbackRating.DOWN, voter=b"")
    yield given(3, sharing=Sharing.VOTE_ONLY, content=None, redaction_counts={})
    yield given(4, content=FeedbackContent((), None, "Only words"))
    yield given(5, content=FeedbackContent((), "No question", None))
    yield given(6, content=FeedbackContent((Message("user", "No answer?"),), None, None))
    yield given(7, target=FeedbackTarget.PAGE)


def build(
    research: Research, workspace_id: bytes, request: ExportRequest | None = None, **options: Any
) -> Path:
    export_id = queue(research, workspace_id, request)
    claimed = claim(research, export_id)
    assert claimed is not None
    build_export(research, claimed, **options)
    assert damage(research, export_id) == []
    return folder_of(research, export_id)


def rows_of(folder: Path, table: Any) -> list[dict[str, Any]]:
    parts = sorted((folder / table.parquet_folder).glob("*.parquet"))
    return [found for part in parts for found in pq.read_table(part).to_pylist()]


def told_by(folder: Path) -> Any:
    return read_manifest((folder / "manifest.json").read_text(encoding="utf-8"))


def test_every_field_is_shown_or_withheld_for_a_reason() -> None:
    read = {name for column in FEEDBACK_COLUMNS for name in column.reads}
    assert read | WITHHELD.keys() == {each.name for each in fields(FeedbackRecord)}
    assert not read & WITHHELD.keys()


_more_thumbs_up = in_json("manifest.json", lambda told: told["feedback"]["by_rating"].update(up=99))
_more_withdrawn = in_json("manifest.json", lambda told: told["feedback"]["dropped"].update(withdrawn=1))


@pytest.fixture
def folder(research: Research, workspace_id: bytes) -> Path:
    store(research, [replace(record(outcome=Outcome.BOTH_BAD), workspace_id=workspace_id)])
    put(research, workspace_id, *some())
    return build(research, workspace_id)


def test_it_is_in_its_table_and_thumbs_are_in_trl_unpaired(folder: Path) -> None:
    rows = rows_of(folder, FEEDBACK)
    assert len({each["feedback_id"] for each in rows}) == 7
    thumb = next(each for each in rows if each["response"] == "A bird." and each["rating"] == "down")
    assert thumb["prompt"] == [{"role": "user", "content": "What is an owl?"}]
    assert (thumb["target"], thumb["rater_id"], thumb["model"]) == ("response", None, "acme-large")
    assert (thumb["redaction_count"], thumb["redaction_types"], thumb["comment"]) == (2, ["EMAIL"], "Thanks!")
    named = {each["feedback_id"]: each["rating"] == "up" for each in rows}
    unpaired = rows_of(folder, TRL_UNPAIRED)
    assert [(each["vote_id"] is None, each["feedback_id"] is None) for each in unpaired] == [
        (False, True),
        (False, True),
        (True, False),
        (True, False),
    ]
    for each in unpaired[2:]:
        assert each["label"] is named[each["feedback_id"]]
        assert each["completion"] == [{"role": "assistant", "content": "A bird."}]
    assert {each["label"] for each in unpaired[2:]} == {True, False}


def test_the_manifest_and_the_reports_count_it(folder: Path) -> None:
    manifest = told_by(folder)
    told = manifest.feedback
    assert (told["rows_in"], told["rows_out"], told["rows_with_text"]) == (7, 7, 6)
    assert told["by_rating"] == {"down": 1, "up": 6}
    assert told["by_target"] == {"page": 1, "response": 6}
    assert manifest.tables["trl_unpaired"]["feedback_left_out"] == {
        "no_prompt": 1,
        "no_response": 1,
        "no_text": 2,
        "not_a_response": 1,
    }
    dropped = json.loads((folder / "reports/dropped.json").read_text(encoding="utf-8"))
    assert dropped["tables"]["trl_unpaired"]["feedback_left_out"]["no_text"]["meaning"]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (ExportFilters(models=("acme-small",)), {2}),
        (ExportFilters(languages=("de",)), {3}),
        (ExportFilters(surfaces=("docs",)), {4}),
        (ExportFilters(from_week=MONDAY + 7), {5}),
        (ExportFilters(outcomes=(Outcome.TIE,)), set()),
    ],
)
def test_it_is_chosen_by_what_it_has(
    research: Research, workspace_id: bytes, filters: ExportFilters, numbers: set[int]
) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"model": "acme-small"},
        {"language": "de"},
        {"surface": "docs"},
        {"given_week": MONDAY + 7},
    ]
    for number, change in enumerate(changes, start=1):
        comment = FeedbackContent((), None, str(number))
        put(research, workspace_id, given(number, content=comment, **change))
    folder = build(research, workspace_id, ExportRequest(filters=filters))
    assert {int(each["comment"]) for each in rows_of(folder, FEEDBACK)} == numbers


def test_cells_of_few_persons_stay_behind_by_themselves(research: Research, workspace_id: bytes) -> None:
    put(research, workspace_id, *(given(number) for number in range(1, 4)))
    put(research, workspace_id, given(4, language="de"), given(5, language="de", voter=bytes([4]) * 8))
    folder = build(research, workspace_id, ExportRequest(k=3))
    assert {each["language"] for each in rows_of(folder, FEEDBACK)} == {"en"}
    told = told_by(folder).feedback
    assert (told["rows_in"], told["rows_out"], told["dropped"]["small_cell"]) == (5, 3, 2)


def test_several_parts_and_processes_come_to_the_same_bytes(research: Research, workspace_id: bytes) -> None:
    put(research, workspace_id, *(given(number) for number in range(1, 8)))
    folder = build(research, workspace_id, rows_per_file=3, processes=1)
    assert len(list((folder / FEEDBACK.parquet_folder).iterdir())) == 3
    assert len(rows_of(folder, FEEDBACK)) == len(rows_of(folder, TRL_UNPAIRED)) == 7
    export_id = read_export_text(folder.name)
    assert contents(build_again(research, export_id, rows_per_file=3)) == contents(folder)


def test_what_is_withdrawn_is_recalled(research: Research, workspace_id: bytes, folder: Path) -> None:
    at = research.clock()
    export_id = read_export_text(folder.name)
    assert research.db.write(lambda tx: withdraw_record(tx, record_id=bytes([2]) * 16, at=at))
    assert publish_tombstones(research) == 1
    feed = research.db.fetch(lambda tx: list_tombstones(tx, export_id=export_id, since=0, most=10))
    (tombstone,) = feed.tombstones
    gone = next(each for each in rows_of(folder, FEEDBACK) if each["rating"] == "down")
    assert (tombstone.vote_id, tombstone.withdrawn_week) == (gone["feedback_id"], week_of(day_of(at)))
    notice = {
        "export_id": folder.name,
        "number": 1,
        "vote_id": tombstone.vote_id,
        "withdrawn_week": "2025-11-17",
    }
    applied = apply_tombstones(folder, [notice], None)
    assert (applied.deleted, applied.deleted_in_all) == (1, 1)
    assert len(rows_of(folder, FEEDBACK)) == 6
    assert gone["feedback_id"] not in {each["feedback_id"] for each in rows_of(folder, TRL_UNPAIRED)}
    assert told_by(folder).feedback["dropped"]["recalled"] == 1
    again = build(research, workspace_id)
    assert len(rows_of(again, FEEDBACK)) == 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exports") / "export"
    with work_folder(target) as work:
        batches = list(projected_feedback(some(), ExportIdentities(KEY)))
        write_export(work, rows(10), details(), feedback=batches)
    assert verify(target, keys=[SIGNER.public_key]) == []
    return target


@pytest.mark.parametrize(
    ("change", "path", "problem"),
    [
        (both_forms(FEEDBACK, row(0, rating="sideways")), "data/feedback/", Problem.CONTENT_WRONG),
        (both_forms(FEEDBACK, row(0, target="shop")), "data/feedback/", Problem.CONTENT_WRONG),
        (both_forms(FEEDBACK, lambda rows: [*rows, rows[0]]), "data/feedback/", Problem.CONTENT_WRONG),
        (both_forms(FEEDBACK, lambda rows: rows[1:]), "data/trl_unpaired/", Problem.CONTENT_DIFFERS),
        (_more_thumbs_up, "manifest.json", Problem.COUNTS_DISAGREE),
        (_more_withdrawn, "manifest.json", Problem.COUNTS_DISAGREE),
    ],
)
def test_the_verifier_sees_what_is_wrong_with_it(
    whole: Path, tmp_path: Path, change: Any, path: str, problem: Problem
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "copy"))
    seal(folder)
    assert found(folder) == set()
    change(folder)
    seal(folder)
    assert (path, problem) in found(folder)

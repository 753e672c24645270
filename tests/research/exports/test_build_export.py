"""Building an export from the database: exactly once, the same bytes however often it is killed."""

import csv
import json
import signal
import threading
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest

from app.core.connections import Transaction
from app.core.settings import Settings
from app.research.exports.build import build_export
from app.research.exports.claims import CLAIM_MS
from app.research.exports.errors import ExportLost
from app.research.exports.jobs import build_exports, expire_exports
from app.research.exports.manifest import read_manifest
from app.research.exports.models import StoredExport
from app.research.exports.progress import Progress
from app.research.exports.request import ExportFilters, ExportRequest
from app.research.exports.services import cancel_export, get_export
from app.research.exports.work_folder import ExportBusy
from app.research.records.record import Message, RecordContent
from app.research.records.services import withdraw_record
from app.research.zone import Research
from tests.clock import MovableClock
from tests.research.exports.children import in_child
from tests.research.exports.records import record
from tests.research.exports.stored import (
    claim,
    contents,
    damage,
    folder_of,
    queue,
    records_of,
    store,
)


@pytest.fixture
def look(research: Research, workspace_id: bytes) -> Callable[[bytes], StoredExport]:
    """Reads an export."""
    return lambda export_id: research.db.fetch(
        lambda tx: get_export(tx, workspace_id=workspace_id, export_id=export_id)
    )


def test_a_complete_but_damaged_folder_is_built_anew(
    workspace_id: bytes, research: Research, settings: Settings, clock: MovableClock
) -> None:
    store(research, records_of(workspace_id, 50))
    export_id = queue(research, workspace_id)
    assert in_child(settings, export_id, clock(), "complete") == -signal.SIGKILL
    folder = folder_of(research, export_id)
    whole = contents(folder)
    (folder / "README.md").write_text("half")
    assert build_exports(research, at=clock.advance(ms=CLAIM_MS + 1)) == 1
    assert contents(folder) == whole


def test_of_two_job_processes_one_builds(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    store(research, records_of(workspace_id, 300))
    export_id = queue(research, workspace_id)
    done: list[int] = []
    both = [threading.Thread(target=lambda: done.append(build_exports(research, at=clock()))) for _ in "ab"]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(done) == [0, 1]
    assert damage(research, export_id) == []


def test_a_builder_that_was_too_slow_makes_way(
    workspace_id: bytes, research: Research, clock: MovableClock, look: Callable[[bytes], StoredExport]
) -> None:
    store(research, records_of(workspace_id, 1_200, characters=40))
    export_id = queue(research, workspace_id)
    slow = claim(research, export_id)
    assert slow is not None

    def while_building(at: Progress) -> None:
        if at.rows_out == 1_000:
            clock.advance(ms=CLAIM_MS + 1)
            quick = claim(research, export_id)
            assert quick is not None
            with pytest.raises(ExportBusy):
                build_export(research, quick)

    with pytest.raises(ExportLost):
        build_export(research, slow, progress=while_building)
    assert look(export_id).state == "running"
    assert build_exports(research, at=clock.advance(ms=CLAIM_MS + 1)) == 1
    assert look(export_id).state == "ready"
    assert damage(research, export_id) == []


def test_a_cancelled_build_leaves_nothing(
    workspace_id: bytes, research: Research, clock: MovableClock, look: Callable[[bytes], StoredExport]
) -> None:
    store(research, records_of(workspace_id, 1_200, characters=40))
    export_id = queue(research, workspace_id)
    claimed = claim(research, export_id)
    assert claimed is not None

    def while_building(_: Progress) -> None:
        if look(export_id).state == "running":
            research.db.write(lambda tx: cancel_export(tx, export_id=export_id, at=clock()))

    with pytest.raises(ExportLost):
        build_export(research, claimed, progress=while_building)
    assert expire_exports(research, at=clock()) == 1
    assert [*research.exports_folder.iterdir()] == []


def test_records_that_cannot_be_read_any_more_are_left_out_and_counted(
    workspace_id: bytes, research: Research, clock: MovableClock, look: Callable[[bytes], StoredExport]
) -> None:
    stored = list(records_of(workspace_id, 250))
    store(research, stored)
    with_text = [record.record_id for record in stored if record.content is not None]
    research.record_keys.destroy(with_text[:7])
    export_id = queue(research, workspace_id)
    assert build_exports(research, at=clock()) == 1
    found = look(export_id)
    assert (found.rows_in, found.rows_out) == (250, 243)
    assert found.dropped_counts == {"content_key_destroyed": 7}
    folder = folder_of(research, export_id)
    assert damage(research, export_id) == []
    dropped = read_manifest((folder / "manifest.json").read_text()).dropped
    assert dropped == {"content_key_destroyed": 7, "small_cell": 0, "withdrawn": 0}


def test_a_record_that_is_withdrawn_while_the_export_is_built_is_left_out(
    workspace_id: bytes, research: Research, look: Callable[[bytes], StoredExport]
) -> None:
    ids = set(store(research, records_of(workspace_id, 1_200, characters=40)))
    export_id = queue(research, workspace_id)
    claimed = claim(research, export_id)
    assert claimed is not None

    def withdraw_all(tx: Transaction) -> None:
        for record_id in ids:
            withdraw_record(tx, record_id=record_id, at=0)

    def while_building(at: Progress) -> None:
        if at.rows_out == 1_000:
            research.db.write(withdraw_all)

    build_export(research, claimed, progress=while_building)
    found = look(export_id)
    # What had been read before is there, and named.
    assert found.rows_out == 1_000
    votes = pq.read_table(folder_of(research, export_id) / "data/votes")["vote_id"].to_pylist()
    told = (folder_of(research, export_id) / "tombstones.jsonl").read_text()
    named = [json.loads(line) for line in told.splitlines()]
    assert {each["vote_id"] for each in named} == set(votes)
    assert {each["withdrawn_week"] for each in named} == {"1969-12-29"}
    assert found.dropped_counts == {"withdrawn": 200}
    assert damage(research, export_id) == []


def test_two_exports_of_the_same_records_share_no_identifier_and_no_order(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    store(research, records_of(workspace_id, 100))
    first, second = (queue(research, workspace_id) for _ in range(2))
    assert build_exports(research, at=clock()) == 2
    tables = [pq.read_table(folder_of(research, each) / "data/votes") for each in (first, second)]
    for name in ("vote_id", "conversation_id", "rater_id"):
        found = [set(table[name].drop_null().to_pylist()) for table in tables]
        assert found[0].isdisjoint(found[1]), name
    texts = [table["response_a"].to_pylist() for table in tables]
    assert texts[0] != texts[1]
    assert sorted(map(str, texts[0])) == sorted(map(str, texts[1]))


def test_an_export_whose_builders_all_die_is_given_up(
    workspace_id: bytes, research: Research, clock: MovableClock, look: Callable[[bytes], StoredExport]
) -> None:
    export_id = queue(research, workspace_id)
    for _ in range(10):
        assert claim(research, export_id) is not None
        clock.advance(ms=CLAIM_MS + 1)
    assert build_exports(research, at=clock()) == 0
    assert (look(export_id).state, look(export_id).failure) == ("failed", "gave_up")


def test_a_full_disk_ends_the_export_and_leaves_nothing(
    workspace_id: bytes,
    research: Research,
    settings: Settings,
    clock: MovableClock,
    look: Callable[[bytes], StoredExport],
) -> None:
    store(research, records_of(workspace_id, 400, characters=8_000))
    export_id = queue(research, workspace_id)
    assert in_child(settings, export_id, clock(), "full") == 0
    assert (look(export_id).state, look(export_id).failure) == ("failed", "disk_full")
    assert [*research.exports_folder.iterdir()] == []
    assert expire_exports(research, at=clock()) == 1


HOSTILE = ("=1+1", "@SUM(A1)", "\u202egnp.exe", "e\u0301\u200d", "'\"\\r\n,;", "\ufeff\uffff", "🦉" * 8)


def test_hostile_names_and_a_megabyte_of_text_go_from_the_database_to_every_form(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    """In what hosts name (models, languages, surfaces, notices) and what people write; chosen by it as well."""
    stored = [
        record(
            record_id=b"hostile-%08d" % number,
            conversation=b"conversa%08d" % number,
            workspace_id=workspace_id,
            model_a=name,
            model_b=f"{name} {name}",
            language=name[:8],
            surface=name,
            notice_version=name[:20],
            reasons=(name,),
            content=RecordContent(
                (Message("user", name),), name, "word " * (0 if number else 210_000), f"{name}!"
            ),
        )
        for number, name in enumerate(HOSTILE)
    ]
    store(research, stored)
    filters = ExportFilters(
        models=HOSTILE,
        languages=tuple(name[:8] for name in HOSTILE),
        surfaces=HOSTILE,
        notice_versions=tuple(name[:20] for name in HOSTILE),
    )
    export_id = queue(research, workspace_id, ExportRequest(filters=filters))
    assert build_exports(research, at=clock()) == 1
    assert damage(research, export_id) == []
    folder = folder_of(research, export_id)
    rows = {row["model_a"]: row for row in pq.read_table(folder / "data/votes").to_pylist()}
    assert rows.keys() == set(HOSTILE)
    for name, row in rows.items():
        assert (row["language"], row["comment"], row["reasons"]) == (name[:8], f"{name}!", [name])
    assert len(rows[HOSTILE[0]]["response_b"]) == 1_050_000
    with (folder / "csv/battles.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["model_a"] for row in csv.DictReader(file, strict=True)]
    assert not any(cell.startswith(("=", "@")) for cell in cells)
    # One apostrophe in front is ours, where there is one.
    assert {cell.removeprefix("'") for cell in cells} == set(HOSTILE)
    manifest = read_manifest((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest.filters["models"] == list(HOSTILE)

"""Going on where a killed builder was, and building in several processes: the bytes are always the same."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
import structlog

from app.core.errors import StorageUnavailable
from app.core.settings import Settings
from app.research.exports import build
from app.research.exports.build import BuildFailed, build_export
from app.research.exports.claims import CLAIM_MS, BuiltExport
from app.research.exports.errors import ExportLost
from app.research.exports.jobs import expire_exports
from app.research.exports.progress import Phase, Progress
from app.research.exports.services import cancel_export
from app.research.records.services import withdraw_record
from app.research.zone import Research
from tests.clock import MovableClock
from tests.research.exports.children import in_child
from tests.research.exports.stored import (
    ROOT,
    build_again,
    claim,
    contents,
    damage,
    environment,
    folder_of,
    queue,
    records_of,
    store,
)

ROWS_PER_FILE = 400
RECORDS = 1_300


@pytest.fixture
def export_id(workspace_id: bytes, research: Research) -> bytes:
    """An export of four parts that waits to be built."""
    store(research, records_of(workspace_id, RECORDS, characters=60))
    return queue(research, workspace_id)


def work_of(research: Research, export_id: bytes) -> Path:
    """Where a builder that was killed has left its work."""
    folder = folder_of(research, export_id)
    return folder.with_name(f".{folder.name}.partial")


def complete_parts(work: Path) -> dict[str, int]:
    """The files of parts that are noted as complete, each with what tells it from a file made again."""
    notes = [json.loads(path.read_text()) for path in work.glob(".building/*-*.json")]
    return {file["path"]: (work / file["path"]).stat().st_ino for note in notes for file in note["files"]}


def go_on(research: Research, export_id: bytes, clock: MovableClock) -> BuiltExport:
    """The next builder takes over."""
    clock.advance(ms=CLAIM_MS + 1)
    claimed = claim(research, export_id)
    assert claimed is not None
    return build_export(research, claimed, rows_per_file=ROWS_PER_FILE)


def interrupt(research: Research, export_id: bytes) -> None:
    """A builder whose database goes away in the third part: it leaves the folder to the next one."""
    claimed = claim(research, export_id)
    assert claimed is not None

    def progress(at: Progress) -> None:
        if at.rows_out >= 900:
            raise StorageUnavailable

    with pytest.raises(StorageUnavailable):
        build_export(research, claimed, progress=progress, rows_per_file=ROWS_PER_FILE)


def kill_at(settings: Settings, export_id: bytes, clock: MovableClock, moment: str) -> None:
    """A builder that is killed."""
    ended = in_child(settings, export_id, clock(), moment, rows_per_file=ROWS_PER_FILE)
    assert ended == -signal.SIGKILL


# Of each part of votes six files, of each part of conversations two.
@pytest.mark.parametrize(
    ("moment", "files"),
    [
        pytest.param("ordered", 0, marks=pytest.mark.drill),
        ("900", 12),
        pytest.param("conversations", 24, marks=pytest.mark.drill),
        ("described", 32),
        pytest.param("complete", 0, marks=pytest.mark.drill),
    ],
)
def test_a_killed_build_is_gone_on_with_from_the_last_whole_file_and_gives_the_same_bytes(
    research: Research, settings: Settings, clock: MovableClock, export_id: bytes, moment: str, files: int
) -> None:
    kill_at(settings, export_id, clock, moment)
    complete = complete_parts(work_of(research, export_id))
    assert len(complete) == files
    go_on(research, export_id, clock)
    folder = folder_of(research, export_id)
    assert [path.name for path in research.exports_folder.iterdir()] == [folder.name]
    assert damage(research, export_id) == []
    assert {path: (folder / path).stat().st_ino for path in complete} == complete
    assert contents(folder) == contents(build_again(research, export_id, rows_per_file=ROWS_PER_FILE))
    assert len([*folder.glob("data/votes/*")]) == 4


def test_a_part_whose_bytes_are_not_those_of_its_note_is_made_again(
    research: Research, clock: MovableClock, export_id: bytes
) -> None:
    interrupt(research, export_id)
    work = work_of(research, export_id)
    damaged, stray = work / "jsonl/votes-00001.jsonl.gz", work / "data/votes/part-00009.parquet"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    stray.write_bytes(b"whatever")
    go_on(research, export_id, clock)
    whole = contents(build_again(research, export_id, rows_per_file=ROWS_PER_FILE))
    assert contents(folder_of(research, export_id)) == whole


@pytest.mark.parametrize("spoilt", ["plan.json", "order"])
def test_without_a_plan_that_holds_the_build_begins_anew(
    research: Research, clock: MovableClock, export_id: bytes, spoilt: str
) -> None:
    interrupt(research, export_id)
    path = work_of(research, export_id) / ".building" / spoilt
    path.write_bytes(path.read_bytes().replace(b"pyarrow-", b"another-") if spoilt == "plan.json" else b"x")
    go_on(research, export_id, clock)
    whole = contents(build_again(research, export_id, rows_per_file=ROWS_PER_FILE))
    assert contents(folder_of(research, export_id)) == whole


def test_what_is_withdrawn_between_two_attempts_is_named_or_left_out(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    ids = store(research, records_of(workspace_id, RECORDS, characters=60))
    export_id = queue(research, workspace_id)
    interrupt(research, export_id)
    for record_id in ids:
        research.db.write(lambda tx, gone=record_id: withdraw_record(tx, record_id=gone, at=0))  # type: ignore[misc]
    built = go_on(research, export_id, clock)
    # Two parts were complete; of the third nothing counts.
    assert (built.rows_in, built.rows_out, built.dropped) == (RECORDS, 800, {"withdrawn": 500})
    folder = folder_of(research, export_id)
    told = [json.loads(line) for line in (folder / "tombstones.jsonl").read_text().splitlines()]
    votes = pq.read_table(folder / "data/votes")["vote_id"].to_pylist()
    assert {each["vote_id"] for each in told} == set(votes)
    assert damage(research, export_id) == []


def test_what_a_killed_builder_left_of_a_cancelled_export_goes_with_it(
    research: Research, clock: MovableClock, export_id: bytes
) -> None:
    interrupt(research, export_id)
    assert work_of(research, export_id).exists()
    research.db.write(lambda tx: cancel_export(tx, export_id=export_id, at=clock()))
    assert expire_exports(research, at=clock()) == 1
    assert [*research.exports_folder.iterdir()] == []


@pytest.mark.parametrize(
    ("backend", "processes"),
    [
        ("postgresql", 2),
        pytest.param("postgresql", 3, marks=pytest.mark.drill),
        pytest.param("sqlite", 3, marks=pytest.mark.drill),
    ],
)
def test_several_processes_come_to_the_same_bytes(
    research: Research, export_id: bytes, processes: int
) -> None:
    claimed = claim(research, export_id)
    assert claimed is not None
    told: list[Progress] = []
    build_export(
        research,
        claimed,
        processes=processes,
        rows_per_file=ROWS_PER_FILE,
        progress=told.append,
    )
    assert damage(research, export_id) == []
    assert told[-1].rows_out == RECORDS
    assert [*dict.fromkeys(at.phase for at in told)] == [*Phase]
    assert [at.share for at in told] == sorted(at.share for at in told)
    assert workers_of(os.getpid()) == []
    one = contents(build_again(research, export_id, rows_per_file=ROWS_PER_FILE))
    assert contents(folder_of(research, export_id)) == one


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_part_that_fails_in_a_worker_fails_the_build_with_its_cause(
    research: Research,
    export_id: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil = research.db.connect()
    spoil.transaction.raw("UPDATE records SET content_sealed = workspace_id WHERE content_sealed IS NOT NULL")
    spoil.close()
    claimed = claim(research, export_id)
    assert claimed is not None
    written = structlog.testing.CapturingLogger()
    log = structlog.wrap_logger(written, processors=[structlog.processors.JSONRenderer()])
    monkeypatch.setattr(build, "_log", log)
    with pytest.raises(BuildFailed) as failed:
        build_export(research, claimed, processes=2, rows_per_file=ROWS_PER_FILE)
    assert failed.value.failure == "crashed"
    (told,) = [json.loads(call.args[0]) for call in written.calls]
    assert (told["failure"], told["kind"]) == ("crashed", "SealBroken")
    assert [*research.exports_folder.iterdir()] == []
    assert workers_of(os.getpid()) == []


def test_a_cancelled_build_ends_its_workers(research: Research, export_id: bytes) -> None:
    claimed = claim(research, export_id)
    assert claimed is not None

    def while_building(_: Progress) -> None:
        if workers_of(os.getpid()):
            raise ExportLost

    with pytest.raises(ExportLost):
        build_export(research, claimed, processes=2, rows_per_file=ROWS_PER_FILE, progress=while_building)
    assert workers_of(os.getpid()) == []
    assert [*research.exports_folder.iterdir()] == []


@pytest.mark.drill
def test_workers_end_with_the_builder_that_is_killed(
    research: Research, settings: Settings, clock: MovableClock, export_id: bytes
) -> None:
    several = replace(settings, export_processes=2)
    command = [sys.executable, "-m", "tests.research.exports.killed_build", export_id.hex(), str(clock())]
    builder = subprocess.Popen([*command, "400", str(ROWS_PER_FILE)], cwd=ROOT, env=environment(several))
    seen: set[psutil.Process] = set()
    while builder.poll() is None:
        seen.update(workers_of(builder.pid))
        time.sleep(0.02)
    assert builder.returncode == -signal.SIGKILL
    assert len(seen) >= 2
    _, alive = psutil.wait_procs(seen, timeout=30)
    assert alive == []
    go_on(research, export_id, clock)
    assert damage(research, export_id) == []


def workers_of(pid: int) -> list[psutil.Process]:
    """The processes that make parts for another one."""
    return [*_workers_of(pid)]


def _workers_of(pid: int) -> Iterator[psutil.Process]:
    try:
        for child in psutil.Process(pid).children():
            if "multiprocessing.spawn" in " ".join(child.cmdline()):
                yield child
    except psutil.NoSuchProcess:
        return

"""A downloaded copy loses the rows that were withdrawn, in every file of it, and can still be verified."""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.research.exports import reduced_copy
from app.research.exports.findings import Problem
from app.research.exports.reduced_copy import Applied, NotApplied, apply_tombstones, read_told
from app.research.exports.tombstone_signatures import signed_tombstone
from app.research.exports.verification import verify
from app.research.exports.work_folder import work_folder
from tests.research.exports.records import MONDAY, SIGNER, details, rows
from tests.research.exports.stored import contents
from tests.research.exports.written import write_export

KEYS = [SIGNER.public_key]
EXPORT = details().export_id


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exports") / "export"
    with work_folder(target) as work:
        write_export(work, rows(60), details())
    return target


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def _votes(folder: Path) -> pa.Table:
    return pq.read_table(folder / "data" / "votes" / "part-00000.parquet")


def _vote_ids(folder: Path) -> list[str]:
    return [str(vote_id) for vote_id in _votes(folder)["vote_id"].to_pylist()]


def _told(*vote_ids: str, first: int = 1, export_id: str = EXPORT) -> list[dict[str, Any]]:
    return [
        signed_tombstone(export_id, number=number, vote_id=vote_id, withdrawn_week=MONDAY, signer=SIGNER)
        for number, vote_id in enumerate(vote_ids, start=first)
    ]


def test_the_rows_are_gone_from_every_file_and_nothing_else_is(folder: Path) -> None:
    before = _votes(folder).to_pylist()
    gone = {before[3]["vote_id"], before[40]["vote_id"]}
    assert apply_tombstones(folder, _told(*sorted(gone)), KEYS) == Applied(2, 2, 2)
    assert _votes(folder).to_pylist() == [row for row in before if row["vote_id"] not in gone]
    assert verify(folder, keys=KEYS) == []
    for path, content in contents(folder).items():
        plain = gzip.decompress(content) if path.endswith(".gz") else content
        if path.endswith(".parquet"):
            plain = json.dumps(pq.read_table(folder / path).to_pylist(), default=str).encode()
        held = {vote_id for vote_id in gone if vote_id.encode() in plain}
        assert held == (gone if path == "recall/tombstones.jsonl" else set()), path
    assert sorted(path.name for path in folder.parent.iterdir()) == ["copy"]


def test_doing_it_again_changes_nothing_and_later_ones_are_added(folder: Path) -> None:
    first, second, third = _vote_ids(folder)[:3]
    apply_tombstones(folder, _told(first), KEYS)
    once = contents(folder)
    assert apply_tombstones(folder, _told(first), KEYS) == Applied(0, 1, 1)
    assert contents(folder) == once
    assert apply_tombstones(folder, _told(second, third, first=2), KEYS) == Applied(2, 3, 3)
    assert verify(folder, keys=KEYS) == []
    assert not {first, second, third} & set(_vote_ids(folder))


def test_what_the_copy_never_had_is_noted_and_changes_no_row(folder: Path) -> None:
    before = _vote_ids(folder)
    assert apply_tombstones(folder, _told("v_aaaaaaaaaaaaaaaaaaaaaaaa"), KEYS) == Applied(0, 0, 1)
    assert _vote_ids(folder) == before
    assert verify(folder, keys=KEYS) == []


def test_every_row_may_go(folder: Path) -> None:
    assert apply_tombstones(folder, _told(*_vote_ids(folder)), KEYS).deleted == 60
    assert _vote_ids(folder) == []
    assert verify(folder, keys=KEYS) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told[0].update(vote_id="v_bbbbbbbbbbbbbbbbbbbbbbbb"), "not signed by a trusted key"),
        (lambda told: told[0].update(signature="AAAA"), "not signed by a trusted key"),
        (lambda told: told[0].update(export_id="exp_other"), "of another export"),
        (lambda told: told[0].pop("number"), "not a list of tombstones"),
        (lambda told: told[0].update(vote_id=7), "not a list of tombstones"),
    ],
)
def test_what_we_have_not_signed_deletes_nothing(
    folder: Path, change: Callable[[list[dict[str, Any]]], object], said: str
) -> None:
    before = contents(folder)
    told = _told(_vote_ids(folder)[0])
    change(told)
    with pytest.raises(NotApplied, match=said):
        apply_tombstones(folder, told, KEYS)
    assert contents(folder) == before


def test_a_damaged_copy_is_left_alone(folder: Path) -> None:
    with (folder / "README.md").open("a") as file:
        file.write("more")
    with pytest.raises(NotApplied, match=r"damaged: README\.md"):
        apply_tombstones(folder, _told(_vote_ids(folder)[0]), KEYS)


def _die_at(step: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kills this process before a step of the new copy's way to its place."""
    rename, remove = Path.rename, shutil.rmtree

    def renamed(source: Path, target: Path) -> Path:
        return os._exit(9) if target == folder else rename(source, target)

    def removed(path: str | Path, *arguments: Any, **options: Any) -> None:
        if str(path).endswith(".replaced"):
            os._exit(9)
        remove(path, *arguments, **options)

    if step == "new copy in place":
        monkeypatch.setattr(Path, "rename", renamed)
    elif step == "synced":
        monkeypatch.setattr(reduced_copy, "sync_folder", lambda _: os._exit(9))
    else:
        monkeypatch.setattr(shutil, "rmtree", removed)


@pytest.mark.parametrize("step", ["new copy in place", "synced", "old copy removed"])
def test_killed_between_two_steps_a_whole_copy_is_there_and_the_next_run_ends_it(
    folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _told(*_vote_ids(folder)[:5])
    pid = os.fork()
    if pid == 0:
        _die_at(step, folder, monkeypatch)
        try:
            apply_tombstones(folder, told, KEYS)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    applied = apply_tombstones(folder, told, KEYS)
    assert (applied.deleted_in_all, applied.notices) == (5, 5)
    assert verify(folder, keys=KEYS) == []
    assert sorted(path.name for path in folder.parent.iterdir()) == ["copy"]


def _edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_forged_reduction_is_found(folder: Path) -> None:
    ids = _vote_ids(folder)
    apply_tombstones(folder, _told(*ids[:2]), KEYS)
    reduced = contents(folder)

    def found() -> set[Problem]:
        problems = {finding.problem for finding in verify(folder, keys=KEYS)}
        for path, content in reduced.items():
            (folder / path).write_bytes(content)
        return problems

    _edit(folder / "recall" / "original-manifest.json", lambda document: document.update(rows_out=62))
    assert Problem.SIGNATURE_WRONG in found()
    (folder / "recall" / "original-manifest.sig").unlink()
    assert Problem.NOT_SIGNED in found()
    (folder / "recall" / "tombstones.jsonl").write_text(json.dumps(_told(ids[0])[0]) + "\n")
    assert Problem.COUNTS_DISAGREE in found()
    forged = [{**told, "vote_id": ids[5]} for told in _told(*ids[:2])]
    (folder / "recall" / "tombstones.jsonl").write_text("".join(json.dumps(each) + "\n" for each in forged))
    assert {Problem.SIGNATURE_WRONG, Problem.CONTENT_WRONG} <= found()
    (folder / "recall" / "tombstones.jsonl").write_text("nothing\n")
    assert Problem.UNREADABLE in found()


def test_a_page_pages_and_lines_are_read_alike() -> None:
    told = _told("v_a", "v_b")
    page = json.dumps({"data": told, "count": {}, "next_since": 2, "has_more": False})
    lines = "\n".join(json.dumps(each) for each in told)
    pages = "\n".join(json.dumps({"data": [each]}) for each in told)
    for text in (page, lines, pages, json.dumps(told), json.dumps({"data": told}, indent=2)):
        assert read_told(text) == told
    for text in ("", "{", "[1]", '"x"', '{"data": [1]}'):
        if text:
            with pytest.raises(NotApplied):
                read_told(text)
    assert read_told("") == []

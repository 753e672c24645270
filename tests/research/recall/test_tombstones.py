"""Whoever holds an export is told which of its rows were withdrawn, and can prove that we said so."""

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.clock import week_of
from app.core.ids import to_text
from app.privacy.signatures import published_keys
from app.research.exports.jobs import build_exports, expire_exports
from app.research.exports.request import ExportFilters, ExportRequest
from app.research.exports.tombstone_signatures import is_genuine_count, is_genuine_tombstone
from app.research.recall.jobs import forget_tombstones, publish_tombstones
from app.research.recall.models import tombstones
from app.research.records.record import Outcome
from app.research.records.services import withdraw_record
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.exports.stored import folder_of, queue, records_of, store
from tests.tables import rows_of


def _withdraw(research: Research, *record_ids: bytes) -> None:
    for record_id in record_ids:
        at = research.clock()
        assert research.db.write(
            lambda tx, record_id=record_id, at=at: withdraw_record(tx, record_id=record_id, at=at)  # type: ignore[misc]
        )


def _ready(research: Research, workspace_id: bytes, request: ExportRequest | None = None) -> bytes:
    export_id = queue(research, workspace_id, request)
    assert build_exports(research, at=research.clock()) == 1
    return export_id


def _vote_ids(research: Research, export_id: bytes) -> list[str]:
    folder = folder_of(research, export_id) / "data" / "votes"
    return [
        str(vote_id)
        for part in sorted(folder.glob("*.parquet"))
        for vote_id in pq.read_table(part, columns=["vote_id"]).column(0).to_pylist()
    ]


class Feed:
    """The feed of one export, as its holder reads it."""

    def __init__(self, client: FlaskClient, workspace: Host, export_id: bytes) -> None:
        self._client = client
        self._headers = workspace.headers
        self.url = f"/v1/exports/{to_text('exp', export_id)}/tombstones"

    def read(self, **query: int) -> dict[str, Any]:
        """What it says now."""
        answer = self._client.get(self.url, headers=self._headers, query_string=query)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return told


def test_a_withdrawn_row_is_told_to_whoever_holds_it(
    client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes, clock: MovableClock
) -> None:
    ids = store(research, records_of(workspace_id, 12))
    export_id = _ready(research, workspace_id)
    feed = Feed(client, workspace, export_id)
    before = feed.read()
    assert (before["data"], before["count"]["last_number"], before["has_more"]) == ([], 0, False)

    clock.advance(days=9)
    _withdraw(research, ids[3], ids[7])
    assert publish_tombstones(research) == 2
    told = feed.read()
    assert [each["number"] for each in told["data"]] == [1, 2]
    assert {each["vote_id"] for each in told["data"]} < set(_vote_ids(research, export_id))
    assert len({each["vote_id"] for each in told["data"]}) == 2
    assert {each["withdrawn_week"] for each in told["data"]} == {"2026-11-09"}
    assert (told["next_since"], told["count"]["last_number"]) == (2, 2)

    assert publish_tombstones(research) == 0
    _withdraw(research, ids[0])
    assert publish_tombstones(research) == 1
    assert [each["number"] for each in feed.read(since=2)["data"]] == [3]
    first = feed.read(limit=1)
    assert (len(first["data"]), first["next_since"], first["has_more"]) == (1, 1, True)


def test_the_next_export_does_not_have_the_row(research: Research, workspace_id: bytes) -> None:
    ids = store(research, records_of(workspace_id, 5))
    _withdraw(research, ids[2])
    export_id = _ready(research, workspace_id)
    assert len(_vote_ids(research, export_id)) == 4


def test_an_export_that_chose_others_is_told_nothing(
    client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes
) -> None:
    made = list(records_of(workspace_id, 30))
    store(research, made)
    tie = next(record for record in made if record.outcome is Outcome.TIE)
    without_ties = ExportRequest(filters=ExportFilters(outcomes=(Outcome.BOTH_BAD,)))
    export_id = _ready(research, workspace_id, without_ties)
    _withdraw(research, tie.record_id)
    assert publish_tombstones(research) == 0
    assert Feed(client, workspace, export_id).read()["count"]["last_number"] == 0
    # It was looked through once, and is not looked through again.
    assert [row.number for row in rows_of(research.db, tombstones)] == [None]


def test_where_the_files_are_elsewhere_too_much_is_told_rather_than_too_little(
    research: Research, workspace_id: bytes
) -> None:
    ids = store(research, records_of(workspace_id, 3))
    export_id = _ready(research, workspace_id)
    folder_of(research, export_id).rename(research.exports_folder / "elsewhere")
    _withdraw(research, ids[0])
    assert publish_tombstones(research) == 1


def test_a_withdrawal_while_it_is_built_is_told_once_it_is_ready(
    research: Research, workspace_id: bytes, clock: MovableClock
) -> None:
    ids = store(research, records_of(workspace_id, 3))
    export_id = queue(research, workspace_id)
    clock.advance(seconds=1)
    assert publish_tombstones(research) == 0
    assert build_exports(research, at=clock()) == 1
    _withdraw(research, ids[1])
    assert publish_tombstones(research) == 1
    assert len(_vote_ids(research, export_id)) == 3


def test_every_notice_is_signed_and_none_can_be_made_up(
    client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes
) -> None:
    ids = store(research, records_of(workspace_id, 3))
    export_id = _ready(research, workspace_id)
    _withdraw(research, ids[0])
    publish_tombstones(research)
    told = Feed(client, workspace, export_id).read()
    (tombstone,) = told["data"]
    keys = [published.key for published in published_keys(research.keyring)]
    assert is_genuine_tombstone(tombstone, keys)
    assert is_genuine_count(told["count"], keys)
    assert not is_genuine_tombstone(tombstone, [])
    for name, value in [("vote_id", "v_other"), ("number", 2), ("export_id", "exp_x"), ("signature", "AAAA")]:
        assert not is_genuine_tombstone({**tombstone, name: value}, keys), name
    assert not is_genuine_tombstone({**tombstone, "more": 1}, keys)
    assert not is_genuine_count({**told["count"], "last_number": 0}, keys)
    assert not is_genuine_tombstone(told["count"], keys)


def test_sweeps_at_once_number_each_row_once(research: Research, workspace_id: bytes) -> None:
    ids = store(research, records_of(workspace_id, 40))
    _ready(research, workspace_id)
    _withdraw(research, *ids[:30])
    together = threading.Barrier(4)
    counts: list[int] = []

    def sweep() -> None:
        together.wait()
        counts.append(publish_tombstones(research))

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 30
    assert sorted(row.number for row in rows_of(research.db, tombstones)) == list(range(1, 31))


def test_tombstones_end_with_their_export(
    client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes, clock: MovableClock
) -> None:
    ids = store(research, records_of(workspace_id, 3))
    export_id = _ready(research, workspace_id)
    _withdraw(research, ids[0])
    publish_tombstones(research)
    assert forget_tombstones(research) == 0
    clock.advance(days=31)
    expire_exports(research, at=clock())
    assert forget_tombstones(research) == 1
    gone = client.get(Feed(client, workspace, export_id).url, headers=workspace.headers)
    assert (gone.status_code, gone.get_json()["code"]) == (410, "export-gone")


@pytest.mark.parametrize("query", [{"since": "-1"}, {"since": "x"}, {"limit": "0"}, {"limit": "10001"}])
def test_a_bad_page_is_refused(
    client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes, query: dict[str, str]
) -> None:
    store(research, records_of(workspace_id, 1))
    export_id = _ready(research, workspace_id)
    answer = client.get(Feed(client, workspace, export_id).url, headers=workspace.headers, query_string=query)
    assert answer.status_code == 400


def test_another_workspaces_export_is_not_found(
    client: FlaskClient, workspace: Host, research: Research
) -> None:
    store(research, records_of(b"another-workspac", 1))
    export_id = _ready(research, b"another-workspac")
    answer = client.get(Feed(client, workspace, export_id).url, headers=workspace.headers)
    assert answer.status_code == 404


def test_the_week_is_all_that_is_told_of_the_time(research: Research, workspace_id: bytes) -> None:
    ids = store(research, records_of(workspace_id, 1))
    _ready(research, workspace_id)
    _withdraw(research, ids[0])
    publish_tombstones(research)
    (row,) = rows_of(research.db, tombstones)
    assert row.withdrawn_week == week_of(row.withdrawn_week)


def test_a_downloaded_copy_is_brought_up_to_date_with_what_the_feed_says(
    app: Flask, client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes, tmp_path: Path
) -> None:
    ids = store(research, records_of(workspace_id, 12))
    export_id = _ready(research, workspace_id)
    copy = Path(shutil.copytree(folder_of(research, export_id), tmp_path / "copy"))
    _withdraw(research, ids[2], ids[5])
    publish_tombstones(research)
    page = tmp_path / "tombstones.json"
    page.write_text(json.dumps(Feed(client, workspace, export_id).read()))
    runner = app.test_cli_runner()
    done = runner.invoke(args=["export", "apply-tombstones", str(copy), str(page), "--json"])
    assert json.loads(done.output) == {"deleted": 2, "deleted_in_all": 2, "notices": 2}
    assert runner.invoke(args=["export", "verify", str(copy)]).exit_code == 0
    again = runner.invoke(args=["export", "apply-tombstones", str(copy), "-"], input=page.read_text())
    assert again.output == "Deleted 0 rows; 2 by all 2 tombstones so far.\n"
    refused = runner.invoke(args=["export", "apply-tombstones", str(copy), "-"], input="nothing")
    assert (refused.exit_code, refused.output) == (1, "Error: What was given is not a list of tombstones.\n")

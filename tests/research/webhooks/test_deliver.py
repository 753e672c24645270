"""Tombstones reach whoever registered an address: signed, in order, at least once, for as long as it takes."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.ids import from_text
from app.core.settings import Settings
from app.privacy.signatures import published_keys
from app.research.exports.jobs import build_exports, expire_exports
from app.research.exports.tombstone_signatures import is_genuine_count, is_genuine_tombstone
from app.research.recall.jobs import publish_tombstones
from app.research.webhooks import services
from app.research.webhooks.jobs import deliver_tombstones, forget_positions, forget_webhooks
from app.research.webhooks.models import webhook_positions, webhooks
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.invariants.source import ROOT
from tests.research.conftest import AuditEvent
from tests.research.exports.stored import folder_of, queue, records_of, store
from tests.research.exports.web import status
from tests.research.recall.test_tombstones import _withdraw
from tests.research.webhooks.receiver import Receiver
from tests.tables import rows_of


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As for every test, with leave to post to this machine."""
    return replace(settings, webhook_loopback="on")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().serving() as serving:
        yield serving


class Lab:
    """A recipient with an export, and whoever withdraws from it."""

    def __init__(self, client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes) -> None:
        self._client = client
        self._headers = workspace.headers
        self.research = research
        self.workspace_id = workspace_id
        self._ids = store(research, records_of(workspace_id, 12))
        self.export_id = self.export()

    def export(self) -> bytes:
        """An export of everything."""
        export_id = queue(self.research, self.workspace_id)
        assert build_exports(self.research, at=self.research.clock()) == 1
        return export_id

    def withdraw(self, count: int = 1) -> None:
        """Takes records out; the notices are there."""
        for _ in range(count):
            _withdraw(self.research, self._ids.pop())
        publish_tombstones(self.research)

    def register(self, url: str, **more: str) -> dict[str, Any]:
        """A webhook."""
        answer = self._client.post("/v1/webhooks", json={"url": url, **more}, headers=self._headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def look(self, webhook: dict[str, Any]) -> dict[str, Any]:
        """How it fares."""
        told: dict[str, Any] = self._client.get(
            f"/v1/webhooks/{webhook['id']}", headers=self._headers
        ).get_json()
        return told

    def deliver(self) -> int:
        """One sweep."""
        return deliver_tombstones(self.research, at=self.research.clock())


@pytest.fixture
def lab(client: FlaskClient, workspace: Host, research: Research, workspace_id: bytes) -> Lab:
    return Lab(client, workspace, research, workspace_id)


def test_what_is_withdrawn_is_posted_signed_and_can_be_applied(
    app: Flask, lab: Lab, receiver: Receiver, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder_of(lab.research, lab.export_id), tmp_path / "copy"))
    made = lab.register(receiver.url)
    assert lab.deliver() == 0
    lab.withdraw(2)
    assert (lab.deliver(), lab.deliver()) == (2, 0)
    (message,) = receiver.received

    keys = [published.key for published in published_keys(lab.research.keyring)]
    headers = message.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + message.body
    version, _, signature = headers["webhook-signature"].partition(",")
    assert version == "v1a"
    assert any(key.has_signed(signed, base64.b64decode(signature)) for key in keys)
    assert int(headers["webhook-timestamp"]) == lab.research.clock() // 1000
    assert headers["content-type"] == "application/json"
    assert not set(headers) & {"authorization", "cookie"}
    told = message.told
    assert told["type"] == "export.tombstones"
    assert [is_genuine_tombstone(each, keys) for each in told["data"]] == [True, True]
    assert is_genuine_count(told["count"], keys)

    page = tmp_path / "message.json"
    page.write_bytes(message.body)
    applied = app.test_cli_runner().invoke(
        args=["export", "apply-tombstones", str(copy), str(page), "--json"]
    )
    assert json.loads(applied.output)["deleted"] == 2
    now = lab.look(made)
    assert (now["state"], now["attempts"], now["last_status"]) == ("active", 0, 204)
    assert now["delivered_at"] is not None


def test_a_new_webhook_is_told_from_the_first_and_one_for_an_export_of_that_alone(
    lab: Lab, receiver: Receiver
) -> None:
    lab.withdraw()
    lab.export()
    lab.withdraw()
    lab.register(receiver.url)
    assert lab.deliver() == 3
    by_export = {message.told["count"]["export_id"]: message.numbers for message in receiver.received}
    assert sorted(by_export.values()) == [[1], [1, 2]]
    receiver.received.clear()
    only = next(export for export, numbers in by_export.items() if numbers == [1])
    lab.register(receiver.url, export_id=only)
    assert lab.deliver() == 1
    assert [message.told["count"]["export_id"] for message in receiver.received] == [only]


def test_a_recipient_that_fails_is_tried_again_with_growing_waits(
    lab: Lab, receiver: Receiver, clock: MovableClock
) -> None:
    made = lab.register(receiver.url)
    receiver.answer = status(500)
    lab.withdraw()
    waits = []
    for attempt in range(1, 6):
        assert lab.deliver() == 0
        assert lab.deliver() == 0
        now = lab.look(made)
        assert (now["state"], now["attempts"], now["last_failure"]) == ("failing", attempt, "status_refused")
        (row,) = rows_of(lab.research.db, webhooks)
        waits.append((row.next_attempt_at - clock()) // 1000)
        clock.advance(ms=row.next_attempt_at - clock())
    assert waits == [10, 20, 40, 80, 160]
    assert len({message.headers["webhook-id"] for message in receiver.received}) == 1
    receiver.answer = status(200)
    assert lab.deliver() == 1
    assert [message.numbers for message in receiver.received] == [[1]] * 6
    now = lab.look(made)
    assert (now["state"], now["last_failure"], now["failing_since"]) == ("active", None, None)


def test_a_recipient_that_fails_for_days_is_given_up_and_shown(
    lab: Lab, receiver: Receiver, clock: MovableClock
) -> None:
    made = lab.register(receiver.url)
    receiver.answer = status(503)
    lab.withdraw()
    attempts = 0
    while lab.look(made)["state"] != "given_up":
        attempts += 1
        assert attempts < 60
        lab.deliver()
        clock.advance(ms=6 * 3_600_000)
    assert 15 < attempts < 30
    sent = len(receiver.received)
    clock.advance(days=10)
    assert (lab.deliver(), len(receiver.received)) == (0, sent)
    # Registered anew, it is told everything.
    receiver.answer = status(200)
    lab.register(receiver.url)
    assert lab.deliver() == 1


def test_a_recipient_that_says_it_is_gone_is_believed(lab: Lab, receiver: Receiver) -> None:
    made = lab.register(receiver.url)
    receiver.answer = status(410)
    lab.withdraw()
    lab.deliver()
    assert (lab.look(made)["state"], lab.look(made)["last_failure"]) == ("given_up", "gone")


def test_a_recipient_that_was_away_gets_everything_in_order(lab: Lab, clock: MovableClock) -> None:
    receiver = Receiver()
    with receiver.serving():
        lab.register(receiver.url)
        lab.withdraw()
        assert lab.deliver() == 1
    lab.withdraw(2)
    assert lab.deliver() == 0
    clock.advance(seconds=11)
    with receiver.serving():
        lab.withdraw()
        assert lab.deliver() == 3
    assert [message.numbers for message in receiver.received] == [[1], [2, 3, 4]]


def test_a_deliverer_that_died_is_replaced_and_nobody_delivers_beside_one_that_lives(
    lab: Lab, receiver: Receiver, clock: MovableClock
) -> None:
    lab.register(receiver.url)
    lab.withdraw()
    (row,) = rows_of(lab.research.db, webhooks)
    held = lab.research.db.write(
        lambda tx: services.claim_webhook(tx, webhook_id=row.id, claim=b"of-another-one--", at=clock())
    )
    assert held is not None
    assert lab.deliver() == 0
    clock.advance(ms=services.CLAIM_MS + 1)
    assert lab.deliver() == 1


def test_sweeps_at_once_post_each_tombstone_once(lab: Lab, receiver: Receiver) -> None:
    lab.register(receiver.url)
    lab.withdraw(3)
    together = threading.Barrier(3)
    taken: list[int] = []

    def sweep() -> None:
        together.wait()
        taken.append(lab.deliver())

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [0, 0, 3]
    assert [message.numbers for message in receiver.received] == [[1, 2, 3]]


def test_who_keeps_silent_holds_up_nobody_else(
    lab: Lab, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.research.webhooks.posting.CONNECT_SECONDS", 0.3)
    over = threading.Event()
    silent = Receiver()
    silent.answer = lambda _: [over.wait(10)].clear()
    with silent.serving():
        mute = lab.register(silent.url)
        lab.register(receiver.url)
        lab.withdraw()
        assert lab.deliver() == 1
        assert lab.look(mute)["last_failure"] == "timed_out"
        over.set()


def test_a_webhook_goes_with_its_export_and_positions_with_theirs(
    lab: Lab, receiver: Receiver, client: FlaskClient, workspace: Host, clock: MovableClock
) -> None:
    everything = lab.register(receiver.url)
    lab.withdraw()
    lab.deliver()
    (message,) = receiver.received
    lab.register(receiver.url, export_id=message.told["count"]["export_id"])
    assert forget_webhooks(lab.research) == 0
    clock.advance(days=31)
    expire_exports(lab.research, at=clock())
    assert (forget_positions(lab.research), forget_webhooks(lab.research)) == (1, 1)
    assert len(rows_of(lab.research.db, webhooks)) == 1
    assert rows_of(lab.research.db, webhook_positions) == []
    deleted = client.delete(f"/v1/webhooks/{everything['id']}", headers=workspace.headers)
    assert deleted.status_code == 200
    assert rows_of(lab.research.db, webhooks) == []


def test_others_see_and_tell_nothing(
    lab: Lab,
    receiver: Receiver,
    client: FlaskClient,
    other_workspace: Host,
    comparisons_key: dict[str, str],
    workspace: Host,
) -> None:
    made = lab.register(receiver.url)
    path = f"/v1/webhooks/{made['id']}"
    for call in (client.get, client.delete):
        assert call(path, headers=other_workspace.headers).status_code == 404
        assert call(path, headers=comparisons_key).status_code == 403
    assert client.get("/v1/webhooks", headers=other_workspace.headers).get_json() == {"data": []}
    lab.withdraw()
    lab.deliver()
    export = receiver.received[0].told["count"]["export_id"]
    body = {"url": receiver.url, "export_id": export}
    assert client.post("/v1/webhooks", json=body, headers=other_workspace.headers).status_code == 404
    client.post("/v1/webhooks", json={"url": receiver.url}, headers=other_workspace.headers)
    assert lab.deliver() == 0
    for _ in range(services.MOST_WEBHOOKS - 1):
        lab.register(receiver.url)
    full = client.post("/v1/webhooks", json={"url": receiver.url}, headers=workspace.headers)
    assert (full.status_code, full.get_json()["code"]) == (409, "too-many-webhooks")


def test_the_audit_trail_tells_who_registers_and_deletes(
    lab: Lab,
    receiver: Receiver,
    app: Flask,
    client: FlaskClient,
    workspace: Host,
    audit_trail: Callable[[], list[AuditEvent]],
) -> None:
    first, second = (lab.register(receiver.url)["id"] for _ in range(2))
    client.delete(f"/v1/webhooks/{first}", headers=workspace.headers)
    command = ["webhook", "delete", "--workspace", workspace.workspace_id, second]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    assert client.delete(f"/v1/webhooks/{second}", headers=workspace.headers).status_code == 404
    told = [event for event in audit_trail() if event.kind.startswith("webhook_")]
    (key,) = {event.actor for event in told} - {"operator"}
    assert key.startswith("key_")
    # They have one time, so any order.
    assert set(told) == {
        AuditEvent("webhook_created", key, _hex(first)),
        AuditEvent("webhook_created", key, _hex(second)),
        AuditEvent("webhook_deleted", key, _hex(first)),
        AuditEvent("webhook_deleted", "operator", _hex(second)),
    }


def _hex(text: str) -> str:
    found = from_text(services.WEBHOOK_PREFIX, text)
    assert found is not None
    return found.hex()


def test_commands_register_list_and_delete(app: Flask, workspace: Host) -> None:
    def run(*command: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=["webhook", *command, "--workspace", workspace.workspace_id])
        return done.exit_code, done.output

    assert run("list")[1].startswith("There is no webhook yet.")
    assert run("create", "--url", "https://user:secret@lab.example/") == (
        1,
        "Error: Webhooks take an https address without credentials or query\n",
    )
    made = json.loads(run("create", "--url", "https://lab.example/told", "--json")[1])
    assert run("list")[1] == f"{made['id']}  active    all exports  https://lab.example/told\n"
    assert json.loads(run("list", "--json")[1]) == [made]
    assert run("delete", made["id"]) == (0, f"Deleted {made['id']}.\n")
    assert run("delete", made["id"]) == (1, "Error: Not found\n")


@pytest.mark.drill
@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_deliverer_that_is_killed_while_it_is_answered_delivers_again(
    lab: Lab, receiver: Receiver, settings: Settings, clock: MovableClock
) -> None:
    lab.register(receiver.url)
    lab.withdraw(2)
    children: list[subprocess.Popen[bytes]] = []
    started = threading.Event()

    def kill(_: object) -> None:
        started.wait(10)
        os.kill(children[0].pid, signal.SIGKILL)

    receiver.answer = kill
    environment = {
        **os.environ,
        "PAIRVOTE_DATA": str(settings.data),
        "PAIRVOTE_DATABASE_URL": settings.database_url,
        "PAIRVOTE_RESEARCH_URL": settings.research_url,
        "PAIRVOTE_KEYSTORE_URL": settings.keystore_url,
        "PAIRVOTE_WEBHOOK_LOOPBACK": "on",
    }
    command = [sys.executable, "-m", "flask", "jobs", "run", "--once"]
    children.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
    started.set()
    assert children[0].wait(60) == -signal.SIGKILL
    receiver.answer = status(204)
    (row,) = rows_of(lab.research.db, webhooks)
    # The child has lived in the present.
    clock.advance(ms=max(0, row.claimed_until - clock()) + 1)
    assert lab.deliver() == 2
    assert [message.numbers for message in receiver.received] == [[1, 2], [1, 2]]

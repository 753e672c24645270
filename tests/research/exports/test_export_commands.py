"""`flask export …`, as an operator types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.core.clock import MS_PER_DAY, iso_date, rfc3339
from app.research.exports.manifest import read_manifest
from app.research.exports.verification import verify
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.exports.conftest import AuditEvent
from tests.research.exports.records import MONDAY, record
from tests.research.exports.stored import queue, records_of, store


def run(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=["export", *command], catch_exceptions=False)


def test_create_builds_and_tells_where_it_is(
    app: Flask, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    settings = research.settings
    store(research, records_of(workspace_id, 40))
    made = run(app, "create", "--workspace", workspace.workspace_id, "--json")
    assert made.exit_code == 0, made.output
    # Nothing else on standard output: a script reads it.
    told = json.loads(made.stdout)
    path = Path(told["path"])
    assert path == Path(settings.exports).absolute() / told["export_id"]
    assert (told["rows"], told["dropped"]) == (40, {})
    assert told["expires_at"] == rfc3339(clock() + settings.export_days * MS_PER_DAY)
    assert verify(path) == []


def test_create_takes_a_workspaces_name_and_filters(
    app: Flask, workspace_id: bytes, research: Research
) -> None:
    keys = (b"one-one-one-one-", b"two-two-two-two-", b"three-three-thre")
    weeks = (MONDAY, MONDAY + 7, MONDAY + 14)
    store(
        research,
        [
            record(record_id=key, workspace_id=workspace_id, voted_week=week)
            for key, week in zip(keys, weeks, strict=True)
        ],
    )
    week = iso_date(MONDAY + 9)
    made = run(
        app, "create", "--workspace", "Host product", "--from-week", week, "--to-week", week, "--model", "acme-large",
        "--purpose", "A look", "--json",
    )  # fmt: skip
    told = json.loads(made.stdout)
    assert told["rows"] == 1
    manifest = read_manifest((Path(told["path"]) / "manifest.json").read_text())
    monday = iso_date(MONDAY + 7)
    assert manifest.filters == {
        "from_week": monday, "to_week": monday, "models": ["acme-large"], "review_statuses": ["unreviewed"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rater-scope", "export"], "needs a --rater-scope-reason"),
        (["--from-week", "last"], "Not a date such as"),
        (["--to-week", "2026-02-30"], "Not a date such as"),
    ],
)
def test_an_odd_request_is_refused_with_a_sentence(
    app: Flask, workspace: Host, options: list[str], sentence: str
) -> None:
    refused = run(app, "create", "--workspace", workspace.workspace_id, *options)
    assert refused.exit_code == 2
    assert sentence in refused.output


def test_an_unknown_workspace_is_refused_with_a_sentence(app: Flask) -> None:
    refused = run(app, "create", "--workspace", "Nobody")
    assert refused.exit_code == 1
    assert "There is no such workspace" in refused.output


def test_a_command_is_in_the_audit_trail_as_the_operators(
    app: Flask, workspace: Host, audit_trail: Callable[[], list[AuditEvent]]
) -> None:
    assert run(app, "create", "--workspace", workspace.workspace_id).exit_code == 0
    assert [event.actor for event in audit_trail() if event.kind == "export_requested"] == ["operator"]


def test_verify_says_that_an_export_is_whole(app: Flask, workspace: Host) -> None:
    told = json.loads(run(app, "create", "--workspace", workspace.workspace_id, "--json").stdout)
    found = run(app, "verify", told["path"])
    assert (found.exit_code, found.output) == (0, "The export is whole.\n")
    assert json.loads(run(app, "verify", told["path"], "--json").stdout) == {"ok": True, "findings": []}


def test_verify_names_what_is_damaged_and_ends_with_one(app: Flask, workspace: Host) -> None:
    path = Path(
        json.loads(run(app, "create", "--workspace", workspace.workspace_id, "--json").stdout)["path"]
    )
    (path / "csv/battles.csv").unlink()
    found = run(app, "verify", str(path))
    assert found.exit_code == 1
    assert "missing  csv/battles.csv" in found.output
    assert "The export is damaged." in found.output
    told = json.loads(run(app, "verify", str(path), "--json").stdout)
    assert told["ok"] is False
    assert {"missing"} <= {finding["problem"] for finding in told["findings"]}


def test_list_shows_exports_newest_first(
    app: Flask, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    assert "There is no export yet" in run(app, "list").output
    made = json.loads(run(app, "create", "--workspace", workspace.workspace_id, "--json").stdout)
    clock.advance(seconds=1)
    queue(research, workspace_id)
    listed = json.loads(run(app, "list", "--json").stdout)
    assert [each["state"] for each in listed] == ["queued", "ready"]
    assert listed[1]["export_id"] == made["export_id"]
    assert made["export_id"] in run(app, "list").output


def test_cancel_stops_what_is_not_built_yet(app: Flask, workspace_id: bytes, research: Research) -> None:
    queue(research, workspace_id)
    (waiting,) = json.loads(run(app, "list", "--json").stdout)
    assert run(app, "cancel", waiting["export_id"]).output == f"Cancelled {waiting['export_id']}.\n"
    again = run(app, "cancel", waiting["export_id"])
    assert (again.exit_code, "not being built" in again.output) == (1, True)
    assert run(app, "cancel", "exp_x").exit_code == 1

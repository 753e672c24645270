"""`flask retention` and `GET /v1/retention`: what is kept for how long, and what was deleted, to whom it concerns."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from app.access.workspaces.models import INTAKE, RESEARCH, WorkspaceOptions
from app.core.clock import rfc3339
from app.core.ids import from_text
from app.core.metrics import render
from app.core.retention import all_classes, settable_classes
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.conftest import Host
from tests.operations.retention.keeping import keep
from tests.research.conftest import other_workspace
from tests.tables import rows_of

__all__ = ["other_workspace"]
_HOUR_MS = 3_600_000


def _run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def _told(app: Flask, *arguments: str) -> Any:
    result = _run(app, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def _keep_reports(here: Installation, host: Host, clock: MovableClock, count: int) -> None:
    workspace_id = from_text("ws", host.workspace_id)
    assert workspace_id is not None
    (reports,) = [each for each in all_classes() if each.name == "reports"]
    for _ in range(count):
        keep(here, reports, workspace_id=workspace_id, at=clock())


def _of(listed: list[dict[str, Any]], name: str, key: str) -> dict[str, Any]:
    (found,) = [each for each in listed if each[key] == name and each["zone"] == "intake"]
    return found


def test_each_workspace_sees_what_was_deleted_of_its_own_and_the_operator_all(
    app: Flask,
    client: FlaskClient,
    workspace: Host,
    other_workspace: Host,
    installation: Installation,
    clock: MovableClock,
) -> None:
    def reports_of(host: Host) -> dict[str, Any]:
        answer = client.get("/v1/retention", headers=host.headers)
        assert answer.status_code == 200
        return _of(answer.get_json()["classes"], "reports", "name")

    before = reports_of(workspace)
    assert (before["days"], before["is_own"], before["least_days"], before["most_days"]) == (55, False, 1, 55)
    assert [before[name] for name in ("last_run_at", "next_run_at", "deleted", "deleted_total")] == [None] * 4

    assert _run(app, "workspace", "set", "Host product", "--retention", "reports=5").exit_code == 0
    _keep_reports(installation, workspace, clock, 2)
    _keep_reports(installation, other_workspace, clock, 3)
    clock.advance(days=6)
    dry = _told(app, "retention", "run", "--dry-run", "--class", "reports")
    assert dry == {
        "at": rfc3339(clock()),
        "dry_run": True,
        "classes": [{"zone": "intake", "class": "reports", "deleted": 2}],
    }
    assert _told(app, "retention", "run")["classes"] != []
    own, others = reports_of(workspace), reports_of(other_workspace)
    assert (own["days"], own["is_own"], own["deleted"], own["deleted_total"]) == (5, True, 2, 2)
    assert (others["days"], others["is_own"], others["deleted"], others["deleted_total"]) == (55, False, 0, 0)
    assert own["last_run_at"] == others["last_run_at"] == rfc3339(clock())
    assert own["next_run_at"] == rfc3339(clock() + _HOUR_MS)

    clock.advance(days=60)
    assert _run(app, "retention", "run", "--class", "reports").output.endswith("Deleted 3.\n")
    assert [reports_of(host)["deleted"] for host in (workspace, other_workspace)] == [0, 3]
    status = _of(_told(app, "retention", "status"), "reports", "class")
    assert (status["deleted"], status["deleted_total"]) == (3, 5)
    assert status["ended_at"] == status["last_run_at"] == rfc3339(clock())
    assert b'pairvote_retention_deleted_total{kept="reports",zone="intake"}' in render()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_table_for_people_names_every_class(app: Flask) -> None:
    shown = [_run(app, "retention", *command) for command in (("status",), ("run", "--dry-run"))]
    for result in shown:
        assert result.exit_code == 0, result.output
        assert all(name in result.output for name in settable_classes())
    assert "nothing was deleted" in shown[1].output
    assert _run(app, "retention", "run", "--class", "nothing").exit_code == 2


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_periods_outside_their_bounds_are_refused_with_a_sentence(
    app: Flask, installation: Installation
) -> None:
    def stored() -> list[dict[str, int]]:
        return [
            dict(WorkspaceOptions.from_json(row.options).retention)
            for database, tables in ((installation.intake_db, INTAKE), (installation.research_db, RESEARCH))
            for row in rows_of(database, tables.workspaces)
        ]

    def change(*texts: str) -> Result:
        options = [option for text in texts for option in ("--retention", text)]
        return _run(app, "workspace", "set", "Host product", *options)

    for name, (least, most) in settable_classes().items():
        for days in (str(least - 1), str(most + 1), "-1", "1.5", "many", "９", "9" * 30):
            refused = change(f"{name}={days}")
            assert refused.exit_code == 2, refused.output
            assert f"{least} to {most} days" in " ".join(refused.output.split())
        assert change(f"{name}={least}", f"{name}={most}").exit_code == 0
    for odd in ("audit_events=30", "uploads=2", "reports", "=3", ""):
        refused = change(odd)
        assert refused.exit_code == 2
        assert "comparisons" in refused.output
    chosen = {name: most for name, (_, most) in settable_classes().items()}
    assert stored() == [chosen, chosen]
    assert change("reports=").exit_code == 0
    del chosen["reports"]
    assert stored() == [chosen, chosen]

"""What an operator does with reports: list them, and read one, which is written down."""

from flask import Flask

from app.access.workspaces.models import INTAKE
from app.operations.installation import Installation
from app.trust.reports.models import reports
from tests.intake.conftest import HostServer
from tests.tables import rows_of
from tests.trust.reports.stored import listed, run, shown


def _report(server: HostServer, **more: object) -> str:
    answer = server.browser().report("right", "hateful", **more)
    assert answer.status_code == 201
    return str((answer.json or {})["reference"])


def _audited(here: Installation) -> list[tuple[str, str, bytes]]:
    found = [row for row in rows_of(here.intake_db, INTAKE.audit_events) if row.kind == "report_read"]
    return [(row.actor, row.subject, bytes(row.workspace_id)) for row in found]


def test_a_list_tells_everything_but_what_was_written(server: HostServer, app: Flask) -> None:
    reference = _report(server, comment="canary comment")
    assert listed(app) == [
        {
            "reference": reference,
            "workspace_id": server.host.workspace_id,
            "day": "2026-11-02",
            "side": "right",
            "category": "hateful",
            "state": "new",
        }
    ]
    assert run(app, "list").split() == [
        "2026-11-02", reference, server.host.workspace_id, "new", "right", "hateful",
    ]  # fmt: skip


def test_listing_reads_nothing_and_is_not_written_down(
    server: HostServer, app: Flask, installation: Installation
) -> None:
    _report(server)
    listed(app)
    assert _audited(installation) == []
    assert [each["state"] for each in listed(app)] == ["new"]


def test_reading_is_written_down_each_time(
    server: HostServer, app: Flask, installation: Installation
) -> None:
    reference = _report(server)
    assert shown(app, reference)["state"] == "seen"
    shown(app, reference)
    (row,) = rows_of(installation.intake_db, reports)
    assert _audited(installation) == [("operator", reference, bytes(row.workspace_id))] * 2
    assert row.state == "seen"


def test_a_list_can_be_of_one_state_or_one_workspace(server: HostServer, app: Flask) -> None:
    first, second = _report(server), _report(server)
    shown(app, first)
    assert [each["reference"] for each in listed(app, "--state", "new")] == [second]
    assert [each["reference"] for each in listed(app, "--state", "seen")] == [first]
    assert len(listed(app, "--workspace", server.host.workspace_id)) == 2
    app.test_cli_runner().invoke(args=["workspace", "create", "Another"], catch_exceptions=False)
    assert listed(app, "--workspace", "Another") == []


def test_what_is_no_reference_or_no_report_is_a_sentence(app: Flask, installation: Installation) -> None:
    for text in ("rpt_" + "0" * 26, "rpt_0", "cmp_" + "0" * 26, ""):
        result = app.test_cli_runner().invoke(args=["report", "show", text])
        assert result.exit_code == 1
        assert "There is no such report" in result.output
    assert _audited(installation) == []


def test_a_report_for_reading_cannot_steer_the_terminal(server: HostServer, app: Flask) -> None:
    told = run(app, "show", _report(server, comment="two\nlines \x1b]0;title\x07 \x9b31m \u202eback"))
    assert "two\nlines \\u{1b}]0;title\\u{7} \\u{9b}31m \\u{202e}back" in told
    assert not [c for c in told if not c.isprintable() and c != "\n"]
    assert "Why is the sky blue?" in told


def test_a_row_that_was_changed_does_not_open(
    server: HostServer, app: Flask, installation: Installation
) -> None:
    reference = _report(server)
    with installation.intake_db.engine.begin() as connection:
        connection.execute(reports.update().values(category="spam"))
    result = app.test_cli_runner().invoke(args=["report", "show", reference, "--json"])
    assert result.exit_code == 1
    assert "not as it was filed" in result.output
    assert "Why is the sky blue?" not in result.output
    assert _audited(installation) == []

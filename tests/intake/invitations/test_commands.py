"""An operator sees, sets and tries policies and reads the exposure report from the command line."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.invitations.calls import Calls

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def invoke(*arguments: str, document: Any = None) -> Result:
        text = document if isinstance(document, str) else json.dumps(document)
        return app.test_cli_runner().invoke(args=[*arguments], input=text)

    return invoke


def _json(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_policy_set_by_command_holds_and_is_shown(run: Run, calls: Calls, workspace: Host) -> None:
    of = ("--workspace", workspace.workspace_id)
    document = {"sampling_rate": 0.5, "locales": ["de"]}
    assert _json(run("policy", "set", *of, "--json", document=document))["version"] == 1
    assert _json(run("policy", "show", *of, "--json")) == calls.send("GET", "/v1/policy")
    shown = run("policy", "show", "--workspace", "Host product").output
    assert shown.startswith("version 1 (2026-")
    assert "sampling_rate                  0.5" in shown
    assert calls.send("GET", "/v1/policy/versions")["versions"][0]["actor"] == "operator"


def test_a_policy_is_read_from_a_file_too(run: Run, workspace: Host, tmp_path: Any) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"enabled": false}')
    answer = _json(run("policy", "set", "--workspace", workspace.workspace_id, "--json", str(file)))
    assert answer["policy"]["enabled"] is False


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not a JSON object"),
        ('{"sampling_rate": 2}', "sampling_rate"),
        ("[]", "refused"),
        ("", "not a JSON"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_document_that_is_no_policy_is_refused_with_a_sentence(
    run: Run, workspace: Host, document: str, said: str
) -> None:
    result = run("policy", "set", "--workspace", workspace.workspace_id, document=document)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_change_made_from_another_version_is_refused(run: Run, workspace: Host) -> None:
    of = ("--workspace", workspace.workspace_id, "--expected-version", "3")
    result = run("policy", "set", *of, document={})
    assert result.exit_code == 1
    assert "has been changed" in result.output


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_unknown_workspace_is_said_to_be_unknown(run: Run) -> None:
    result = run("policy", "show", "--workspace", "nobody")
    assert result.exit_code == 1
    assert "no such workspace" in result.output


def test_a_dry_run_tells_what_would_have_been(
    run: Run, calls: Calls, workspace: Host, clock: MovableClock
) -> None:
    of = ("--workspace", workspace.workspace_id)
    for _ in range(3):
        calls.invite_and_register()
    clock.advance(seconds=1)
    document = {"person_budget_per_day": 1}
    answer = _json(run("policy", "dry-run", *of, "--json", "--decisions", "2", document=document))
    assert answer == calls.dry_run(person_budget_per_day=1, decisions=2)
    told = run("policy", "dry-run", *of, "--decisions", "3", document=document).output
    assert "3 invitations to 1 people" in told
    assert "2 times: budget" in told
    assert told.count("inv_") == 3
    assert "on record" in told.splitlines()[-1]


def test_the_exposure_report_is_printed(run: Run, calls: Calls, workspace: Host) -> None:
    of = ("--workspace", workspace.workspace_id)
    calls.invite_and_register(surface="chat")
    assert _json(run("exposures", *of, "--json")) == calls.send("GET", "/v1/exposures")
    told = run("exposures", *of, "--from", "2026-11-01", "--to", "2026-11-30").output
    assert "2026-11-02 chat" in told
    assert "1 given, 1 redeemed, 0 unredeemed, 0 pending" in told
    assert run("exposures", *of, "--from", "2026-02-30").exit_code == 2

"""A policy is set in versions, by key or by command, and holds from the next decision on."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.core.clock import rfc3339
from app.core.settings import Settings
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.invitations.calls import Calls


def test_before_anything_is_decided_the_defaults_hold(calls: Calls) -> None:
    answer = calls.send("GET", "/v1/policy")
    assert answer["version"] == 0
    assert answer["updated_at"] is None
    assert answer["policy"]["sampling_rate"] == 1.0
    assert calls.send("GET", "/v1/policy/versions") == {"versions": []}


def test_a_change_is_a_new_version_with_every_field_spelled_out(calls: Calls, clock: MovableClock) -> None:
    answer = calls.set_policy(sampling_rate=0.5)
    assert (answer["version"], answer["updated_at"]) == (1, rfc3339(clock.at))
    assert answer["policy"]["sampling_rate"] == 0.5
    assert answer["policy"]["person_budget_per_day"] == 3
    assert calls.send("GET", "/v1/policy") == answer
    assert calls.set_policy(sampling_rate=0.25)["version"] == 2


def test_setting_what_holds_already_makes_no_version(calls: Calls, clock: MovableClock) -> None:
    first = calls.set_policy(sampling_rate=0.5)
    clock.advance(days=1)
    assert calls.set_policy(sampling_rate=0.5) == first


def test_versions_are_listed_newest_first_with_who_set_them(calls: Calls) -> None:
    for rate in (0.1, 0.2, 0.3):
        calls.set_policy(sampling_rate=rate)
    versions = calls.send("GET", "/v1/policy/versions")["versions"]
    assert [(v["version"], v["policy"]["sampling_rate"]) for v in versions] == [(3, 0.3), (2, 0.2), (1, 0.1)]
    assert all(version["actor"].startswith("key_") for version in versions)
    page = calls.send("GET", "/v1/policy/versions?before=3&most=1")["versions"]
    assert page == versions[1:2]


@pytest.mark.parametrize("query", ["before=x", "most=0", "most=101", "most=-1", "before=1_0", "after=1"])
def test_an_odd_page_is_refused(calls: Calls, query: str) -> None:
    assert calls.send("GET", f"/v1/policy/versions?{query}", expect=400)["code"] == "invalid-parameter"


def test_a_change_made_from_another_version_is_refused(calls: Calls) -> None:
    body = {"policy": {"sampling_rate": 0.5}, "expected_version": 0}
    assert calls.send("PUT", "/v1/policy", body)["version"] == 1
    assert calls.send("PUT", "/v1/policy", body, expect=409)["code"] == "policy-changed"
    assert calls.send("PUT", "/v1/policy", body | {"expected_version": 1})["version"] == 1


def test_of_many_changes_made_from_one_version_one_succeeds(app: Flask, workspace: Host) -> None:
    def change(n: int) -> int:
        body = {"policy": {"sampling_rate": n / 100}, "expected_version": 0}
        response = app.test_client().put("/v1/policy", json=body, headers=workspace.headers)
        return response.status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(change, range(1, 9))) == [200] + [409] * 7


def test_each_change_is_in_the_audit_trail(
    calls: Calls, installation: Installation, clock: MovableClock
) -> None:
    calls.set_policy(sampling_rate=0.5)
    with installation.intake_db.engine.connect() as connection:
        events = connection.exec_driver_sql(
            "SELECT actor, subject, at FROM audit_events WHERE kind = 'policy_changed'"
        ).all()
    assert [tuple(event)[1:] for event in events] == [("version 1", clock.at)]
    assert events[0][0].startswith("key_")


def test_a_change_holds_at_once_in_its_own_process(
    settings: Settings, clock: MovableClock, workspace: Host
) -> None:
    app = create_app(replace(settings, cache_seconds=300), clock)
    calls = Calls(app.test_client(), workspace.headers)
    assert calls.reason() is None
    calls.set_policy(enabled=False)
    assert calls.reason() == "paused"
    app.extensions["pairvote"].close()


def test_a_policy_is_its_workspaces_own(calls: Calls, other_calls: Calls) -> None:
    calls.set_policy(enabled=False)
    assert other_calls.send("GET", "/v1/policy")["version"] == 0
    assert other_calls.reason() is None


def test_a_document_that_breaks_a_rule_is_refused_by_place(calls: Calls) -> None:
    problem = calls.send("PUT", "/v1/policy", {"policy": {"sampling_rate": 2}}, expect=422)
    assert [error["pointer"] for error in problem["errors"]] == ["/policy/sampling_rate"]
    assert calls.send("GET", "/v1/policy")["version"] == 0


def test_the_policy_takes_a_scope_of_its_own(app: Flask, workspace: Host) -> None:
    arguments = ["apikey", "create", workspace.workspace_id, "--scope", "comparisons:write", "--json"]
    result = app.test_cli_runner().invoke(args=arguments, catch_exceptions=False)
    headers = {"Authorization": f"Bearer {json.loads(result.output)['api_key']}"}
    limited = Calls(app.test_client(), headers)
    assert limited.reason() is None
    for method, path in (("GET", "/v1/policy"), ("GET", "/v1/policy/versions"), ("GET", "/v1/exposures")):
        limited.send(method, path, expect=403)
    limited.send("PUT", "/v1/policy", {"policy": {}}, expect=403)
    limited.send("POST", "/v1/policy/dry-run", {"policy": {}}, expect=403)

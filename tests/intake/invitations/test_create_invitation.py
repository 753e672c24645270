"""A person is asked when the policy and the person allow it; a no costs nothing and a yes is written down once."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.core.clock import rfc3339
from app.core.settings import Settings
from app.intake.invitations.decision import InvitationRequest, NotAsked
from app.intake.invitations.inviter import Inviter
from app.intake.persons.services import Identifiers
from app.operations.installation import Installation
from app.privacy.identifiers import Identifier, IdentifierKind
from app.privacy.keyring import Keyring, Purpose
from app.privacy.pseudonyms import Pseudonyms
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.invitations.calls import Calls


def _together(app: Flask, headers: dict[str, str], bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers to invitations that are asked for at the same moment."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(
            pool.map(
                lambda body: Calls(app.test_client(), headers).send("POST", "/v1/invitations", body), bodies
            )
        )


def test_somebody_new_is_invited_and_told_until_when(calls: Calls, clock: MovableClock) -> None:
    answer = calls.invite(surface="chat", locale="de-AT", models=["a", "b", "c"])
    assert answer["ask"] is True
    assert answer["invitation"].startswith("inv_")
    assert set(answer["models"]) < {"a", "b", "c"}
    assert answer["propensity"] == pytest.approx(1 / 3)
    assert answer["expires_at"] == rfc3339(clock.at + 300_000)


def test_without_any_model_named_the_host_chooses(calls: Calls) -> None:
    answer = calls.invite()
    assert "models" not in answer
    assert answer["propensity"] == 1.0


def test_a_person_gets_the_same_no_at_every_trigger_and_nothing_is_stored(
    calls: Calls, count_rows: Callable[[str], int]
) -> None:
    calls.set_policy(sampling_rate=0.25)
    people = [f"user {n}" for n in range(60)]
    refused = {person for person in people if calls.reason(person) == "not_sampled"}
    assert abs(len(refused) - 45) < 5 * math.sqrt(60 * 0.25 * 0.75)
    asked = count_rows("invitations")
    assert asked == len(people) - len(refused)
    for _ in range(3):
        assert {calls.reason(person) for person in refused} == {"not_sampled"}
    assert count_rows("invitations") == asked == count_rows("persons")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_not_sampled_paused_and_gpc_read_no_row(
    settings: Settings, clock: MovableClock, workspace: Host, installation: Installation, tmp_path: Path
) -> None:
    app = create_app(replace(settings, cache_seconds=300), clock)
    calls = Calls(app.test_client(), workspace.headers)
    calls.set_policy(sampling_rate=0.0)
    assert calls.reason() == "not_sampled"
    # Without the database's file, whatever would read or write it ends in a 503.
    app.extensions["pairvote"].close()
    installation.close()
    Path(str(installation.intake_db.url.database)).rename(tmp_path / "elsewhere.db")
    assert calls.reason("somebody else") == "not_sampled"
    assert calls.reason(signals={"gpc": True}) == "gpc"
    app.extensions["pairvote"].close()


def test_a_gpc_signal_is_a_no_in_the_body_or_as_the_browsers_own_header(calls: Calls) -> None:
    assert calls.reason(signals={"gpc": True}) == "gpc"
    body = {"identifiers": {"account": "user"}}
    assert calls.send("POST", "/v1/invitations", body, headers={"Sec-GPC": "1"}) == {
        "ask": False,
        "reason": "gpc",
    }
    assert calls.reason(signals={"gpc": False}) is None
    calls.set_policy(gpc_counts_as_opt_out=False)
    assert calls.reason(signals={"gpc": True}) is None


def test_a_paused_workspace_and_a_paused_policy_ask_nobody(calls: Calls, app: Flask, workspace: Host) -> None:
    calls.set_policy(enabled=False)
    assert calls.reason() == "paused"
    calls.set_policy()
    assert calls.reason() is None
    pause = ["workspace", "set", workspace.workspace_id, "--pause"]
    assert app.test_cli_runner().invoke(args=pause).exit_code == 0
    assert calls.reason() == "paused"


def test_who_opted_out_is_not_asked_and_who_snoozes_not_yet(calls: Calls, clock: MovableClock) -> None:
    never = {"identifiers": {"account": "no"}, "ask": "never"}
    calls.send("PUT", "/v1/preferences", never)
    assert calls.reason("no") == "opted_out"
    calls.send("PUT", "/v1/preferences", {"identifiers": {"account": "off"}, "sharing": "off"})
    assert calls.reason("off") == "opted_out"
    calls.send(
        "PUT", "/v1/preferences", {"identifiers": {"account": "later"}, "ask": rfc3339(clock.at + 60_000)}
    )
    assert calls.reason("later") == "cooldown"
    clock.advance(seconds=60)
    assert calls.reason("later") is None


def test_nobody_is_asked_where_the_workspace_shares_nothing_by_default(
    calls: Calls, app: Flask, workspace: Host
) -> None:
    off = ["workspace", "set", workspace.workspace_id, "--sharing", "off"]
    assert app.test_cli_runner().invoke(args=off).exit_code == 0
    assert calls.reason("never met") == "opted_out"
    assert calls.send("POST", "/v1/invitations", {"identifiers": {"project": "p"}})["reason"] == "opted_out"


def test_a_restricted_person_is_not_asked(calls: Calls, installation: Installation) -> None:
    assert calls.reason() is None
    with installation.intake_db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE persons SET is_restricted = true")
    assert calls.reason() == "restricted"


def test_a_vote_and_longer_a_skip_are_followed_by_rest(calls: Calls, clock: MovableClock) -> None:
    calls.vote(calls.invite_and_register("voter"))
    assert calls.reason("voter") == "cooldown"
    clock.advance(days=1)
    assert calls.reason("voter") is None
    for days in (3, 6):
        calls.skip(calls.invite_and_register("skipper"))
        clock.advance(days=days, ms=-1)
        assert calls.reason("skipper") == "cooldown"
        clock.advance(ms=1)
    assert calls.reason("skipper") is None


def test_budgets_of_a_day_and_of_a_week_run_out_and_come_back(calls: Calls, clock: MovableClock) -> None:
    calls.set_policy(person_budget_per_day=2, person_budget_per_week=3)
    assert [calls.reason() for _ in range(3)] == [None, None, "budget"]
    clock.advance(days=1)
    assert [calls.reason() for _ in range(2)] == [None, "budget"]
    clock.advance(days=7)
    assert calls.reason() is None


def test_a_workspaces_budget_of_a_day_counts_everybody(calls: Calls, clock: MovableClock) -> None:
    calls.set_policy(workspace_budget_per_day=2)
    assert [calls.reason(name) for name in "abc"] == [None, None, "budget"]
    clock.advance(days=1)
    assert calls.reason("c") is None


def test_of_many_tabs_exactly_one_gets_a_budget_of_one(
    app: Flask, calls: Calls, workspace: Host, count_rows: Callable[[str], int]
) -> None:
    calls.set_policy(person_budget_per_day=1)
    answers = _together(app, workspace.headers, [{"identifiers": {"account": "user"}}] * 12)
    assert sorted(answer.get("reason", "asked") for answer in answers) == ["asked"] + ["budget"] * 11
    assert count_rows("invitations") == 1


def test_a_workspaces_budget_is_exact_in_one_process(app: Flask, calls: Calls, workspace: Host) -> None:
    calls.set_policy(workspace_budget_per_day=5)
    answers = _together(
        app, workspace.headers, [{"identifiers": {"account": f"user {n}"}} for n in range(12)]
    )
    assert sum(answer["ask"] for answer in answers) == 5


def test_a_pair_that_has_its_comparisons_is_not_drawn_again(calls: Calls) -> None:
    calls.set_policy(pair_quota=2, models=[{"name": "a"}, {"name": "b"}])
    for name in "xy":
        calls.invite_and_register(name)
    assert calls.reason("z") == "quota_met"
    calls.set_policy(pair_quota=3, models=[{"name": "a"}, {"name": "b"}])
    assert calls.reason("z") is None


def test_without_an_account_the_narrowest_reference_is_sampled(
    calls: Calls, count_rows: Callable[[str], int]
) -> None:
    calls.set_policy(sampling_rate=0.5)

    def reason(**identifiers: str) -> str | None:
        answer = calls.send("POST", "/v1/invitations", {"identifiers": identifiers})
        return str(answer.get("reason"))

    by_conversation = {n: reason(conversation=f"c{n}", project="p", api_key="k") for n in range(30)}
    assert set(by_conversation.values()) == {"None", "not_sampled"}
    assert by_conversation == {n: reason(conversation=f"c{n}", project="q") for n in range(30)}
    by_project = {n: reason(project=f"p{n}", api_key="k") for n in range(30)}
    assert by_project == {n: reason(project=f"p{n}") for n in range(30)}
    assert len({reason(api_key="k") for _ in range(3)}) == 1
    assert count_rows("persons") == 0


def test_a_rotation_of_the_pseudonym_key_redraws_nobody(installation: Installation, workspace: Host) -> None:
    here = installation.intake
    found = here.directory.caller(workspace.api_key)
    assert found is not None
    rotated: Keyring = installation.keyring.rotate(Purpose.PSEUDONYM, at=here.clock())
    people = [Identifiers(account=Identifier(IdentifierKind.ACCOUNT, f"user {n}")) for n in range(20)]
    values = []
    for ring in (installation.keyring, rotated):
        inviter = Inviter(here.db, Pseudonyms(ring), cache_seconds=0)
        proposals = [
            inviter.propose(found.workspace, person, InvitationRequest(), at=here.clock())
            for person in people
        ]
        values.append([None if isinstance(each, NotAsked) else each.sampling_value for each in proposals])
    assert values[0] == values[1]
    assert None not in values[0]
    assert len(set(values[0])) == 20


def test_a_retry_under_the_same_key_gets_the_same_invitation(
    calls: Calls, count_rows: Callable[[str], int]
) -> None:
    calls.set_policy(person_budget_per_day=1)
    body = {"identifiers": {"account": "user"}, "models": ["a", "b", "c", "d"]}
    key = {"Idempotency-Key": "once"}
    first = calls.send("POST", "/v1/invitations", body, headers=key)
    assert first["ask"]
    assert [calls.send("POST", "/v1/invitations", body, headers=key) for _ in range(3)] == [first] * 3
    assert count_rows("invitations") == 1
    assert calls.invite()["reason"] == "budget"


def test_two_workspaces_know_nothing_of_each_others_people(calls: Calls, other_calls: Calls) -> None:
    calls.set_policy(person_budget_per_day=1)
    other_calls.set_policy(person_budget_per_day=1)
    assert [calls.reason("same"), calls.reason("same")] == [None, "budget"]
    assert [other_calls.reason("same"), other_calls.reason("same")] == [None, "budget"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/identifiers"),
        ({"identifiers": {}}, "/identifiers"),
        ({"identifiers": {"account": ""}}, "/identifiers/account"),
        ({"identifiers": {"account": "x" * 513}}, "/identifiers/account"),
        ({"identifiers": {"account": "u"}, "models": [f"m{n}" for n in range(51)]}, "/models"),
        ({"identifiers": {"account": "u"}, "models": ["a", "m" * 201]}, "/models/1"),
        ({"identifiers": {"account": "u"}, "models": ["a", ""]}, "/models/1"),
        ({"identifiers": {"account": "u"}, "models": "a"}, "/models"),
        ({"identifiers": {"account": "u"}, "surface": "a b"}, "/surface"),
        ({"identifiers": {"account": "u"}, "locale": "x"}, "/locale"),
        ({"identifiers": {"account": "u"}, "signals": {"gpc": "yes"}}, "/signals/gpc"),
        ({"identifiers": {"account": "u"}, "person": "u"}, "/person"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_body_of_the_wrong_shape_is_refused_by_place(
    calls: Calls, body: dict[str, Any], pointer: str
) -> None:
    problem = calls.send("POST", "/v1/invitations", body, expect=422)
    assert problem["code"] == "invalid-body"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_fifty_models_of_two_hundred_characters_are_accepted(calls: Calls) -> None:
    answer = calls.invite(models=[f"{n:0200}" for n in range(50)])
    assert answer["propensity"] == pytest.approx(1 / math.comb(50, 2))

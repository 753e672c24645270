"""An invitation is good for one comparison, for a while, in its own workspace."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.core.ids import to_text, uuid7
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.invitations.calls import Calls


def test_a_comparison_takes_over_what_the_invitation_holds(calls: Calls, installation: Installation) -> None:
    invitation = calls.invite(surface="chat", locale="de", models=["a", "b"])
    registered = calls.register(invitation=invitation["invitation"], models=("a", "b"))
    assert registered["status"] == "open"
    columns = "person, surface, locale, propensity"
    with installation.intake_db.engine.connect() as connection:
        invited = connection.exec_driver_sql(f"SELECT {columns} FROM invitations").one()
        compared = connection.exec_driver_sql(f"SELECT {columns} FROM comparisons").one()
        links = "SELECT i.comparison_id = c.id, c.invitation_id = i.id FROM invitations i, comparisons c"
        assert tuple(connection.exec_driver_sql(links).one()) == (True, True)
    assert tuple(invited) == tuple(compared)


def test_an_invitation_is_used_once(calls: Calls) -> None:
    invitation = calls.invite()["invitation"]
    calls.register(invitation=invitation)
    assert calls.register(invitation=invitation, expect=409)["code"] == "invitation-unusable"


def test_of_many_that_use_it_at_the_same_moment_one_succeeds(
    app: Flask, calls: Calls, workspace: Host, count_rows: Callable[[str], int]
) -> None:
    invitation = calls.invite()["invitation"]

    def register(_: int) -> int:
        body = {
            "invitation": invitation,
            "conversation": [{"role": "user", "content": "Q"}],
            "responses": [{"model": "a", "content": "1"}, {"model": "b", "content": "2"}],
        }
        return app.test_client().post("/v1/comparisons", json=body, headers=workspace.headers).status_code

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(register, range(12))) == [201] + [409] * 11
    assert count_rows("comparisons") == 1


def test_an_invitation_expires(calls: Calls, clock: MovableClock) -> None:
    calls.set_policy(invitation_seconds=60, person_budget_per_day=9)
    just_in_time, too_late = calls.invite()["invitation"], calls.invite()["invitation"]
    clock.advance(seconds=60, ms=-1)
    calls.register(invitation=just_in_time)
    clock.advance(ms=1)
    calls.register(invitation=too_late, expect=409)


def test_an_invitation_of_another_workspace_is_no_invitation(calls: Calls, other_calls: Calls) -> None:
    invitation = calls.invite()["invitation"]
    other_calls.register(invitation=invitation, expect=409)
    calls.register(invitation=invitation)


@pytest.mark.parametrize(
    "text", ["inv_", "nonsense", "inv_00000000000000000000000000", "inv_7zzzzzzzzzzzzzzzzzzzzzzzzz"]
)
def test_an_unknown_invitation_is_refused(calls: Calls, text: str) -> None:
    calls.register(invitation=text, expect=409)


def test_another_kind_of_id_is_no_invitation(calls: Calls, clock: MovableClock) -> None:
    calls.register(invitation=to_text("cmp", uuid7(clock.at)), expect=409)


def test_an_invitation_given_before_midnight_is_good_after_it(calls: Calls, clock: MovableClock) -> None:
    clock.advance(seconds=12 * 3600 - 1)
    invitation = calls.invite()["invitation"]
    clock.advance(seconds=2)
    calls.register(invitation=invitation)

"""A person's wishes, from the card and from the host's settings page."""

import pytest
from werkzeug.test import TestResponse

from tests.clock import MovableClock
from tests.intake.conftest import HostServer

_ANNA = {"identifiers": {"account": "anna"}}


def _held(answer: TestResponse) -> dict[str, str]:
    """What an answer says that holds."""
    assert answer.status_code == 200
    told = answer.get_json()
    return {name: told[name] for name in ("sharing", "ask")}


def _look_up(server: HostServer, account: str = "anna") -> dict[str, str]:
    return _held(server.post("/v1/preferences/lookup", {"identifiers": {"account": account}}))


def test_somebody_never_met_has_the_workspaces_defaults(server: HostServer) -> None:
    assert _look_up(server) == {"sharing": "vote_and_content", "ask": "yes"}


def test_never_again_holds_at_the_next_call_everywhere(server: HostServer) -> None:
    browser = server.browser()
    assert _held(browser.prefer(ask="never")) == {"sharing": "vote_and_content", "ask": "never"}
    assert _look_up(server)["ask"] == "never"
    invited = server.post("/v1/invitations", _ANNA | {"surface": "elsewhere"}).json
    assert invited == {"ask": False, "reason": "opted_out"}


def test_never_again_can_be_taken_back(server: HostServer) -> None:
    server.browser().prefer(ask="never")
    server.put("/v1/preferences", _ANNA | {"ask": "yes"})
    assert (server.post("/v1/invitations", _ANNA).json or {})["ask"] is True


def test_a_snooze_ends_by_itself(server: HostServer, clock: MovableClock) -> None:
    browser = server.browser()
    assert (browser.prefer(ask="2026-11-09T12:00:00Z").json or {})["ask"] == "2026-11-09T12:00:00.000Z"
    assert server.post("/v1/invitations", _ANNA).json == {"ask": False, "reason": "cooldown"}
    clock.advance(days=7)
    assert _look_up(server)["ask"] == "yes"
    assert (server.post("/v1/invitations", _ANNA).json or {})["ask"] is True


def test_one_wish_leaves_the_other_alone(server: HostServer) -> None:
    server.put("/v1/preferences", _ANNA | {"sharing": "vote_only"})
    server.put("/v1/preferences", _ANNA | {"ask": "never"})
    assert _look_up(server) == {"sharing": "vote_only", "ask": "never"}


def test_another_person_is_not_touched(server: HostServer) -> None:
    server.browser().prefer(sharing="off")
    assert _look_up(server, "ben")["sharing"] == "vote_and_content"


def test_without_an_account_there_is_nobody_to_remember_it_for(server: HostServer) -> None:
    refused = server.browser(identifiers={"project": "p"}).prefer(ask="never")
    assert (refused.status_code, (refused.json or {})["code"]) == (422, "account-needed")


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"ask": "maybe"},
        {"ask": 3},
        {"ask": "2026-11-09"},
        {"ask": None},
        {"sharing": "all"},
        {"sharing": None},
        {"x": 1},
    ],
)
def test_bad_wishes_change_nothing(server: HostServer, wishes: dict[str, object]) -> None:
    assert server.browser().prefer(**wishes).status_code == 422
    assert _look_up(server) == {"sharing": "vote_and_content", "ask": "yes"}

"""Sharing levels of a workspace, a project, a person and a conversation: the strictest holds, on every surface."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.access.workspaces.models import INTAKE, SharingLevel
from app.intake.comparisons.jobs import close_unshared
from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.persons.levels import Levels, SharingScope
from app.intake.persons.models import project_sharing
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.privacy.keyring import Purpose, locked_update
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.conftest import HostServer
from tests.tables import rows_of

_WHO = {"account": "anna", "project": "p", "conversation": "talk-1"}
_PROJECT = {"project": "p"}


def _put(server: HostServer, identifiers: dict[str, str], **wishes: Any) -> dict[str, Any]:
    told = server.put("/v1/preferences", {"identifiers": identifiers, **wishes})
    assert told.status_code == 200, told.data
    answer: dict[str, Any] = told.get_json()
    return answer


def _status(server: HostServer, **identifiers: str) -> tuple[str, str | None]:
    registered = server.register(identifiers=identifiers or _WHO)
    return registered["status"], registered.get("reason")


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {}).get("code", "")


def test_the_strictest_of_all_holds_and_the_widest_that_says_so_decides() -> None:
    levels = (None, *SharingLevel)
    order = list(SharingLevel)
    for said in itertools.product(SharingLevel, levels, levels, levels):
        strictest = min((level for level in said if level is not None), key=order.index)
        held = Levels(*said)
        assert held.sharing is strictest
        assert held.decided_by is list(SharingScope)[said.index(strictest)]


def test_the_answer_says_what_each_scope_allows(server: HostServer) -> None:
    _put(server, _PROJECT, sharing="vote_only")
    _put(server, _WHO, sharing="vote_and_content")
    held = _put(server, _WHO, sharing="off", scope="conversation")
    assert held["levels"] == {
        "workspace": "vote_and_content", "project": "vote_only", "person": "vote_and_content", "conversation": "off",
    }  # fmt: skip
    assert (held["sharing"], held["decided_by"]) == ("off", "conversation")
    elsewhere = server.post(
        "/v1/preferences/lookup", {"identifiers": {"account": "anna", "project": "p"}}
    ).get_json()
    assert (elsewhere["sharing"], elsewhere["decided_by"]) == ("vote_only", "project")


def test_a_conversation_switched_off_is_asked_nothing_and_others_are(server: HostServer) -> None:
    browser = server.browser(identifiers=_WHO)
    elsewhere = server.browser(identifiers=_WHO | {"conversation": "talk-2"})
    assert browser.prefer(sharing="off", scope="conversation").status_code == 200
    assert server.post("/v1/invitations", {"identifiers": _WHO}).json == {"ask": False, "reason": "opted_out"}
    assert _status(server) == ("withheld", "opted_out")
    assert _code(browser.vote()) == (409, "opted-out")
    assert (browser.show().json or {})["state"] == "withheld"
    assert elsewhere.vote().status_code == 200
    assert _status(server, account="anna") == ("open", None)
    _put(server, _WHO, sharing="vote_and_content", scope="conversation")
    assert _status(server) == ("open", None)


def test_a_project_switched_off_holds_for_everybody_in_it_at_once(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browsers = [
        server.browser(identifiers=who) for who in (_WHO, {"account": "ben", "project": "p"}, _PROJECT)
    ]
    voted = server.browser(identifiers=_WHO)
    assert voted.vote().status_code == 200
    told = _put(server, _PROJECT, sharing="off")
    assert (told["sharing"], told["decided_by"], told["levels"]["person"]) == ("off", "project", None)
    for browser in browsers:
        assert (browser.show().json or {})["state"] == "withheld"
        assert "left" not in (browser.show().json or {})
        assert _code(browser.vote()) == (409, "opted-out")
    assert _code(voted.vote("right")) == (409, "opted-out")
    assert server.post("/v1/invitations", {"identifiers": _PROJECT}).json == {
        "ask": False, "reason": "opted_out",
    }  # fmt: skip
    assert _status(server) == _status(server, project="p") == ("withheld", "opted_out")
    assert _status(server, account="anna") == ("open", None)
    assert close_unshared(installation.intake, at=clock()) == 3
    assert close_unshared(installation.intake, at=clock()) == 0
    assert len(rows_of(installation.intake_db, comparison_contents)) == 2  # the one voted on, and the other's
    (event,) = [e for e in rows_of(installation.intake_db, INTAKE.audit_events) if "project" in e.kind]
    (row,) = rows_of(installation.intake_db, project_sharing)
    assert (event.subject, event.actor[:4]) == (f"off {bytes(row.project).hex()}", "key_")


def test_a_project_switched_on_again_revives_nothing(server: HostServer, installation: Installation) -> None:
    browser = server.browser(identifiers=_WHO)
    _put(server, _PROJECT, sharing="off")
    _put(server, _PROJECT, sharing="vote_and_content")
    assert _code(browser.vote()) == (409, "opted-out")
    assert _status(server) == ("open", None)
    assert rows_of(installation.intake_db, project_sharing) == []


def test_a_workspace_switched_off_takes_no_vote_from_the_next_call_on(
    app: Flask, server: HostServer, workspace: Host, installation: Installation, clock: MovableClock
) -> None:
    other = create_app(replace(installation.settings, cache_seconds=60), clock)
    browser = server.browser()
    elsewhere = replace(browser, client=other.test_client())
    assert elsewhere.show().status_code == 200  # from here on it remembers the workspace
    arguments = ["workspace", "set", workspace.workspace_id, "--sharing", "off"]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    assert _code(elsewhere.vote()) == (409, "opted-out")
    assert (elsewhere.show().json or {})["state"] == "withheld"
    other.extensions["pairvote"].close()
    assert close_unshared(installation.intake, at=clock()) == 1
    assert (
        rows_of(installation.intake_db, comparison_contents) == rows_of(installation.intake_db, votes) == []
    )
    (row,) = rows_of(installation.intake_db, comparisons)
    assert (row.state, row.withheld_reason) == ("withheld", "opted_out")


@pytest.mark.parametrize(
    ("identifiers", "wishes", "code"),
    [
        (_PROJECT, {"ask": "never"}, "account-needed"),
        (_PROJECT, {"sharing": "off", "ask": "never"}, "account-needed"),
        (_PROJECT, {"sharing": "off", "scope": "person"}, "account-needed"),
        (_PROJECT | {"conversation": "c"}, {"sharing": "off"}, "account-needed"),
        ({"account": "anna"}, {"sharing": "off", "scope": "project"}, "project-needed"),
        ({"account": "anna"}, {"sharing": "off", "scope": "conversation"}, "conversation-needed"),
        (_WHO, {"ask": "never", "scope": "person"}, "invalid-body"),
        (_WHO, {"sharing": "off", "scope": "workspace"}, "invalid-body"),
    ],
)
def test_a_scope_that_does_not_fit_is_refused_and_nothing_is_stored(
    server: HostServer, installation: Installation, identifiers: dict[str, str], wishes: Any, code: str
) -> None:
    assert _code(server.put("/v1/preferences", {"identifiers": identifiers, **wishes})) == (422, code)
    assert rows_of(installation.intake_db, project_sharing) == []
    assert _status(server) == ("open", None)


def test_a_ticket_cannot_switch_a_project(server: HostServer) -> None:
    assert server.browser(identifiers=_WHO).prefer(sharing="off", scope="project").status_code == 422
    assert _status(server) == ("open", None)


@pytest.fixture
def rotated(installation: Installation, server: HostServer, clock: MovableClock) -> Iterator[FlaskClient]:
    """A process that has started after a rotation of the pseudonym key; levels were set before."""
    _put(server, _PROJECT, sharing="vote_only")
    _put(server, {"account": "anna", "conversation": "talk-1"}, sharing="off", scope="conversation")
    locked_update(installation.settings.keyring, lambda ring: ring.rotate(Purpose.PSEUDONYM, clock()))
    app = create_app(replace(installation.settings), clock)
    yield app.test_client()
    app.extensions["pairvote"].close()


def test_nor_does_an_invitation_that_was_given_after_it(rotated: FlaskClient, workspace: Host) -> None:
    """Who redeems it is known by its pseudonyms alone, which are those of the new key."""
    server = HostServer(rotated, workspace)
    policy = server.get("/v1/policy").get_json()["policy"] | {"sampling_rate": 1}
    assert server.put("/v1/policy", {"policy": policy}).status_code == 200
    asked = server.post("/v1/invitations", {"identifiers": {"account": "ben", "project": "p"}}).get_json()
    browser = server.browser(identifiers=None, invitation=asked["invitation"])
    assert browser.prefer(ask="yes").get_json()["sharing"] == "vote_only"


def test_a_rotated_pseudonym_key_forgets_no_level(rotated: FlaskClient, workspace: Host) -> None:
    server = HostServer(rotated, workspace)
    held = server.post("/v1/preferences/lookup", {"identifiers": _WHO}).get_json()["levels"]
    assert (held["project"], held["conversation"]) == ("vote_only", "off")
    assert _status(server) == ("withheld", "opted_out")
    # A question that was registered under the new key is found by the switch, too.
    browser = server.browser(identifiers={"account": "ben", "project": "p"})
    _put(server, _PROJECT, sharing="off")
    assert _code(browser.vote()) == (409, "opted-out")
    _put(server, _PROJECT, sharing="vote_and_content")
    _put(server, _WHO, sharing="vote_and_content", scope="conversation")
    assert _status(server) == ("open", None)

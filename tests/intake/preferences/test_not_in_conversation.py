"""Not in this conversation: a person is left alone there, and asked elsewhere."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.intake.persons.models import persons, quiet_conversations
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.operations.key_usage import needed_by
from app.operations.retention import sweep_retention
from app.privacy.keyring import Purpose, locked_update
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.conftest import Browser, HostServer
from tests.tables import rows_of

_HERE = {"account": "anna", "conversation": "talk-1"}
_THERE = {"account": "anna", "conversation": "talk-2"}
_NOT_HERE = {"ask": "not_in_conversation"}


def _invite(server: HostServer, identifiers: dict[str, str] = _HERE) -> dict[str, Any]:
    return server.post("/v1/invitations", {"identifiers": identifiers}).get_json()  # type: ignore[no-any-return]


def _ask(server: HostServer, identifiers: dict[str, str]) -> str:
    found = server.post("/v1/preferences/lookup", {"identifiers": identifiers}).get_json()
    return str(found["ask"])


def _quieted(server: HostServer, identifiers: dict[str, str] = _HERE) -> Browser:
    browser = server.browser(identifiers=identifiers)
    told = browser.prefer(**_NOT_HERE).json or {}
    assert (told["sharing"], told["ask"]) == ("vote_and_content", "not_in_conversation")
    return browser


def test_nothing_is_asked_in_that_conversation_any_more(server: HostServer) -> None:
    _quieted(server)
    assert _invite(server) == {"ask": False, "reason": "opted_out"}
    registered = server.register(identifiers=_HERE)
    assert (registered["status"], registered["reason"]) == ("withheld", "opted_out")


def test_elsewhere_and_others_are_asked_as_before(server: HostServer) -> None:
    _quieted(server)
    somebody_else = {"account": "ben", "conversation": "talk-1"}
    for identifiers in (_THERE, {"account": "anna"}, somebody_else):
        assert _invite(server, identifiers)["ask"] is True
        assert server.register(identifiers=identifiers)["status"] == "open"


def test_several_conversations_are_remembered_and_one_twice_is_one(
    server: HostServer, installation: Installation
) -> None:
    browser = _quieted(server)
    assert browser.prefer(**_NOT_HERE).status_code == 200
    _quieted(server, _THERE)
    assert len(rows_of(installation.intake_db, quiet_conversations)) == 2
    assert [_invite(server, where)["ask"] for where in (_HERE, _THERE)] == [False, False]


def test_an_invitation_that_is_out_is_withheld(server: HostServer) -> None:
    browser = server.browser(identifiers=_HERE)
    invitation = _invite(server)["invitation"]
    browser.prefer(**_NOT_HERE)
    registered = server.register(identifiers=None, invitation=invitation)
    assert (registered["status"], registered["reason"]) == ("withheld", "opted_out")


def test_the_answer_tells_what_holds_longest(server: HostServer) -> None:
    browser = _quieted(server)
    assert (browser.prefer(ask="2026-11-09T12:00:00Z").json or {})["ask"] == "not_in_conversation"
    assert (browser.prefer(ask="never").json or {})["ask"] == "never"
    assert (browser.prefer(sharing="vote_only").json or {})["ask"] == "never"


def test_it_leaves_never_and_a_snooze_as_they_are(server: HostServer) -> None:
    browser = server.browser(identifiers=_HERE)
    browser.prefer(ask="2026-11-09T12:00:00Z")
    browser.prefer(**_NOT_HERE)
    assert _ask(server, _THERE) == "2026-11-09T12:00:00.000Z"


def test_the_host_can_say_it_too_and_look_it_up(server: HostServer) -> None:
    told = server.put("/v1/preferences", {"identifiers": _HERE, **_NOT_HERE})
    assert (told.json or {})["ask"] == "not_in_conversation"
    assert _ask(server, _HERE) == "not_in_conversation"
    assert (_ask(server, _THERE), _ask(server, {"account": "anna"})) == ("yes", "yes")
    assert _invite(server)["reason"] == "opted_out"


def test_yes_takes_it_back_in_the_conversation_at_hand_alone(server: HostServer) -> None:
    browser = _quieted(server)
    _quieted(server, _THERE)
    assert (browser.prefer(ask="yes").json or {})["ask"] == "yes"
    assert [_invite(server, where)["ask"] for where in (_HERE, _THERE)] == [True, False]


def test_yes_without_a_conversation_takes_all_back(server: HostServer, installation: Installation) -> None:
    _quieted(server)
    _quieted(server, _THERE)
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "ask": "yes"})
    assert [_invite(server, where)["ask"] for where in (_HERE, _THERE)] == [True, True]
    assert rows_of(installation.intake_db, quiet_conversations) == []


@pytest.mark.parametrize(
    ("identifiers", "code"),
    [
        ({"account": "anna"}, "conversation-needed"),
        ({"account": "anna", "project": "p"}, "conversation-needed"),
        ({"conversation": "talk-1"}, "account-needed"),
        ({"project": "p"}, "account-needed"),
    ],
)
def test_without_a_conversation_or_an_account_nothing_is_remembered(
    server: HostServer, installation: Installation, identifiers: dict[str, str], code: str
) -> None:
    browser = server.browser(identifiers=identifiers)
    before = rows_of(installation.intake_db, persons)
    wishes = {**_NOT_HERE, "sharing": "off"}
    for refused in (
        browser.prefer(**wishes),
        server.put("/v1/preferences", {"identifiers": identifiers, **wishes}),
    ):
        assert (refused.status_code, (refused.json or {})["code"]) == (422, code)
    assert rows_of(installation.intake_db, quiet_conversations) == []
    assert rows_of(installation.intake_db, persons) == before


def test_a_snooze_and_never_need_no_conversation(server: HostServer) -> None:
    assert server.browser().prefer(ask="never").status_code == 200


def test_no_raw_conversation_is_stored(server: HostServer, installation: Installation) -> None:
    _quieted(server)
    (row,) = rows_of(installation.intake_db, quiet_conversations)
    assert (len(bytes(row.person)), len(bytes(row.conversation))) == (18, 18)
    assert "talk-1" not in str(row)


def test_registrations_at_the_same_moment_are_before_it_or_withheld(
    app: Flask, server: HostServer, workspace: Host
) -> None:
    """None that begins after the answer is open; the others are one or the other, and nothing breaks."""
    browser = server.browser(identifiers=_HERE)

    def register(number: int) -> str:
        other = HostServer(app.test_client(), workspace)
        if number == 5:
            assert Browser(other.client, browser.ticket, {}).prefer(**_NOT_HERE).status_code == 200
        return str(other.register(identifiers=_HERE)["status"])

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(register, range(12)))
    assert set(statuses) <= {"open", "withheld"}
    assert statuses[5] == "withheld"
    assert server.register(identifiers=_HERE)["status"] == "withheld"


def test_a_vote_that_is_under_way_still_counts(server: HostServer) -> None:
    browser = _quieted(server)
    assert browser.vote("left").status_code == 200


@pytest.fixture
def rotated(installation: Installation, server: HostServer, clock: MovableClock) -> Iterator[FlaskClient]:
    """A process that has started after a rotation of the pseudonym key, when Anna had said it before."""
    _quieted(server)
    path = installation.settings.keyring
    locked_update(path, lambda ring: ring.rotate(Purpose.PSEUDONYM, clock()))
    app = create_app(replace(installation.settings), clock)
    yield app.test_client()
    app.extensions["pairvote"].close()


def test_a_rotated_pseudonym_key_forgets_no_conversation(
    rotated: FlaskClient, workspace: Host, installation: Installation
) -> None:
    server = HostServer(rotated, workspace)
    assert _invite(server) == {"ask": False, "reason": "opted_out"}
    assert server.register(identifiers=_HERE)["reason"] == "opted_out"
    assert _ask(server, _HERE) == "not_in_conversation"
    assert _invite(server, _THERE)["ask"] is True
    assert needed_by(installation, Purpose.PSEUDONYM, 1) >= 2
    told = server.put("/v1/preferences", {"identifiers": _HERE, "ask": "yes"})
    assert (told.json or {})["ask"] == "yes"
    assert _invite(server)["ask"] is True


def test_a_year_later_it_is_forgotten(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    _quieted(server)
    clock.advance(days=365)
    sweep_retention(installation, at=clock())
    assert len(rows_of(installation.intake_db, quiet_conversations)) == 1
    clock.advance(days=1)
    job_runner(installation).run_once()
    assert rows_of(installation.intake_db, quiet_conversations) == []
    assert _invite(server)["ask"] is True

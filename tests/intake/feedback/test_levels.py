"""A no closes what was offered, whoever says it and by whatever it is said."""

from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.core.turns import WAITING
from app.intake.feedback import services
from app.intake.feedback.jobs import close_unshared_feedback
from app.intake.feedback.models import feedback as table
from app.operations.installation import Installation
from tests.conftest import Host
from tests.intake.conftest import HostServer
from tests.intake.feedback.conftest import give
from tests.intake.feedback.test_tickets import Element
from tests.tables import rows_of

WHO = {"account": "anna", "conversation": "talk-1", "project": "p"}
GPC = {"Sec-GPC": "1"}


def _stored(here: Installation) -> list[tuple[str | None, str]]:
    return sorted((row.rating, row.sharing) for row in rows_of(here.intake_db, table))


def test_off_in_a_conversation_closes_what_was_offered_in_it(
    server: HostServer, installation: Installation
) -> None:
    inside, rated = Element(server, identifiers=WHO), Element(server, identifiers=WHO, target="msg-2")
    outside = Element(server, identifiers={**WHO, "conversation": "talk-2"}, target="msg-3")
    rated.rate("up")
    wish = {"identifiers": WHO, "sharing": "off", "scope": "conversation"}
    assert server.put("/v1/preferences", wish).status_code == 200
    assert inside.rate("up").status_code == 401
    assert outside.rate("down").status_code == 200
    assert _stored(installation) == [("down", "vote_and_content"), ("up", "off")]
    assert rated.rate("down").get_json()["code"] == "opted-out"
    assert rated.call("DELETE", "/rating").get_json()["state"] == "expired"
    assert _stored(installation) == [("down", "vote_and_content")]


@pytest.mark.parametrize("path", ["/v1/preferences", None])
def test_never_closes_what_was_offered_and_keeps_what_was_said(
    server: HostServer, installation: Installation, path: str | None
) -> None:
    offered, rated = Element(server), Element(server, target="msg-2")
    rated.rate("up")
    if path is not None:
        server.put(path, {"identifiers": {"account": "anna"}, "ask": "never"})
    else:
        assert offered.call("PUT", "/preferences", {"ask": "never"}).get_json()["ask"] == "never"
    assert offered.rate("up").status_code == 401
    assert _stored(installation) == [("up", "vote_and_content")]
    assert rated.rate("down").status_code == 200


@pytest.mark.parametrize("who", [WHO, {"project": "p"}])
def test_a_project_that_is_off_holds_for_everybody_in_it(
    server: HostServer, installation: Installation, who: dict[str, str]
) -> None:
    offered, rated = Element(server, identifiers=who), Element(server, identifiers=who, target="msg-2")
    rated.rate("up")
    server.put("/v1/preferences", {"identifiers": {"project": "p"}, "sharing": "off"})
    withheld = {"status": "withheld", "reason": "opted_out"}
    assert give(server, identifiers=who, target="msg-3") == withheld
    assert Element(server, identifiers=who, target="msg-3").offered == withheld
    assert offered.show()["code"] == "ticket-expired"
    assert offered.rate("up").get_json()["code"] == "opted-out"
    assert rated.rate("down").get_json()["code"] == "opted-out"
    assert close_unshared_feedback(installation.intake) == 1
    assert _stored(installation) == [("up", "off")]
    assert close_unshared_feedback(installation.intake) == 0
    keys = installation.intake.data_keys.count_by_version().values()
    assert sum(keys) == 1


def test_a_projects_no_waits_for_a_rating_that_is_under_way(
    server: HostServer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_feedback, began, said = services.give_feedback, Event(), Event()
    overtaken: list[bool] = []
    app = create_app(replace(installation.settings), installation.clock)
    other = HostServer(app.test_client(), server.host)
    body = {"identifiers": {"project": "p"}}
    other.put("/v1/preferences", {**body, "sharing": "vote_only"})  # all is open and compiled from here on

    def slowly(*arguments: Any, **named: Any) -> Any:
        given = give_feedback(*arguments, **named)
        began.set()
        with WAITING:
            overtaken.append(said.wait(0.5))
        return given

    def say_no() -> None:
        assert began.wait(10)
        other.put("/v1/preferences", {**body, "sharing": "off"})
        said.set()

    monkeypatch.setattr(services, "give_feedback", slowly)
    saying = Thread(target=say_no)
    saying.start()
    assert give(server, identifiers=WHO)["status"] == "recorded"
    saying.join()
    app.extensions["pairvote"].close()
    assert (overtaken, _stored(installation)) == ([False], [("down", "off")])


def test_a_workspace_that_is_off_is_swept(
    server: HostServer, installation: Installation, app: Flask, workspace: Host
) -> None:
    Element(server)
    give(server, target="msg-2")
    command = ["workspace", "set", workspace.workspace_id, "--sharing", "off"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    assert close_unshared_feedback(installation.intake) == 2
    assert _stored(installation) == [("down", "off")]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_browsers_signal_deletes_what_was_offered(
    server: HostServer, installation: Installation, method: str
) -> None:
    offered, rated = Element(server), Element(server, target="msg-2")
    rated.rate("up")
    answers = [_with_signal(server, element, method) for element in (offered, rated)]
    expected = {"GET": ["ticket-expired", None], "PUT": ["opted-out", "opted-out"]}[method]
    assert [answer.get("code") for answer in answers] == expected
    assert _stored(installation) == [("up", "vote_and_content")]


def _with_signal(server: HostServer, element: Element, method: str) -> dict[str, Any]:
    path, body = ("", None) if method == "GET" else ("/rating", {"rating": "down"})
    headers = {
        "Authorization": f"Bearer {element.offered['ticket']}",
        "Origin": "https://host.example",
        **GPC,
    }
    answer = server.client.open(f"/v1/feedback-ticket{path}", method=method, json=body, headers=headers)
    told: dict[str, Any] = answer.get_json()
    return told


def test_who_sends_the_signal_is_not_noted(server: HostServer, installation: Installation) -> None:
    assert give(server, signals={"gpc": True}) == {"status": "withheld", "reason": "gpc"}
    assert not any(installation.intake.data_keys.count_by_version().values())

"""A browser rates with a ticket that the host made for it."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.intake.feedback.jobs import expire_feedback
from app.intake.feedback.models import feedback as table
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.intake.conftest import HostServer
from tests.intake.feedback.conftest import feedback, give
from tests.tables import rows_of


class Element:
    """The element in a browser."""

    def __init__(self, server: HostServer, **changes: Any) -> None:
        body = feedback(**changes)
        del body["rating"]
        self.offered: dict[str, Any] = server.post("/v1/feedback-tickets", body).get_json()
        self._client = server.client

    def call(
        self, method: str, path: str = "", body: Any = None, *, origin: str = "https://host.example"
    ) -> TestResponse:
        """A call with the ticket."""
        headers = {"Authorization": f"Bearer {self.offered['ticket']}", "Origin": origin}
        return self._client.open(f"/v1/feedback-ticket{path}", method=method, json=body, headers=headers)

    def show(self) -> Any:
        """What it is shown."""
        return self.call("GET").get_json()

    def rate(self, rating: str = "up", **more: Any) -> TestResponse:
        """A tap."""
        return self.call("PUT", "/rating", {"rating": rating, **more})


def test_rate_change_undo(server: HostServer, clock: MovableClock) -> None:
    element = Element(server, locale="de-AT")
    shown = element.show()
    assert (shown["state"], shown["rating"], shown["target"]) == ("open", None, "response")
    assert "out_of_date" in shown["reasons"]["down"]
    assert "sky" not in repr(shown)
    assert "model-a" not in repr(shown)
    rated = element.rate("down", reasons=["other"], comment="Hm").get_json()
    shown = element.show()
    assert shown["rating"] == {"rating": "down", "reasons": ["other"], "comment": "Hm"}
    assert (shown["receipt"], shown["undo_until"]) == (rated["receipt"], rated["undo_until"])
    clock.advance(seconds=60)
    assert element.rate("up").get_json() == rated
    assert element.call("DELETE", "/rating").get_json()["state"] == "open"
    assert element.call("DELETE", "/rating").status_code == 200
    assert element.show()["rating"] is None
    element.rate("up")
    clock.advance(seconds=901)
    assert (element.rate("down").get_json()["code"], element.show()["state"]) == ("feedback-final", "final")
    assert element.call("DELETE", "/rating").get_json()["code"] == "feedback-final"


def test_the_hosts_own_button_and_the_ticket_are_of_one_feedback(
    server: HostServer, installation: Installation
) -> None:
    element = Element(server)
    rated = element.rate("up").get_json()
    given = give(server, rating="down")
    assert (given["id"], given["receipt"]) == (element.offered["id"], rated["receipt"])
    assert element.show()["rating"]["rating"] == "down"
    assert Element(server).show()["rating"]["rating"] == "down"
    assert element.call("GET").status_code == 401
    assert len(rows_of(installation.intake_db, table)) == 1


@pytest.mark.parametrize("wish", [{"ask": "never"}, {"ask": "not_in_conversation"}, {"sharing": "off"}])
def test_nobody_is_offered_it_who_does_not_want_to_be_asked(server: HostServer, wish: Any) -> None:
    who = {"account": "anna", "conversation": "talk-1"}
    server.put("/v1/preferences", {"identifiers": who, **wish})
    assert Element(server).offered == {"status": "withheld", "reason": "opted_out"}


def test_an_opt_out_deletes_what_was_offered_and_refuses_what_comes_after(
    server: HostServer, installation: Installation
) -> None:
    offered, rated = Element(server), Element(server, target="msg-2")
    rated.rate("up")
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "off"})
    assert len(rows_of(installation.intake_db, table)) == 1
    assert offered.rate("up").status_code == 401
    assert rated.rate("down").get_json()["code"] == "opted-out"


@pytest.mark.parametrize("who", [{"account": "anna"}, {"project": "p"}])
def test_what_nobody_rates_is_deleted_with_its_key(
    server: HostServer, installation: Installation, clock: MovableClock, who: dict[str, str]
) -> None:
    Element(server, identifiers=who)
    kept = Element(server, identifiers=who, target="msg-2")
    clock.advance(seconds=3_500)
    kept.rate("up")
    clock.advance(seconds=161)
    assert expire_feedback(installation.intake, at=clock()) == 1
    assert [row.rating for row in rows_of(installation.intake_db, table)] == ["up"]
    assert sum(installation.intake.data_keys.count_by_version().values()) == 1


def test_a_ticket_is_for_its_own_purpose_and_origin(server: HostServer) -> None:
    element, browser = Element(server), server.browser()
    element.offered["ticket"], browser.ticket = browser.ticket, element.offered["ticket"]
    for answer in (element.call("GET"), element.rate("up"), browser.show(), browser.vote("left")):
        assert (answer.status_code, (answer.json or {})["code"]) == (401, "ticket-invalid")
    other = Element(server)
    assert other.call("GET", origin="https://evil.example").status_code == 403

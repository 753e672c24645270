"""Whoever opts out beside a comparison may withdraw what they gave before, of themselves alone, and once."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.disconnection.erasures.models import erasures
from app.research.records.models import records
from tests.disconnection.erasures.conftest import Eraser
from tests.intake.conftest import Browser
from tests.intake.feedback.test_tickets import Element


def _withdraw(browser: Browser, **headers: str) -> TestResponse:
    return browser.client.post("/v1/ticket/withdrawal", headers=browser.headers | headers)


def test_an_opt_out_leads_to_the_withdrawal_of_everything_earlier(eraser: Eraser) -> None:
    receipts = [eraser.vote(), eraser.vote(conversation="talk")]
    others = eraser.vote("bert")
    eraser.disconnect()
    recent = eraser.vote()
    browser = eraser.server.browser()
    browser.vote()
    told: dict[str, Any] = browser.prefer(ask="never").get_json()
    assert told["withdrawable_votes"] == 2
    answer = _withdraw(browser)
    assert answer.status_code == 202, answer.text
    assert answer.get_json()["state"] == "running"
    # What is still in intake is gone at once, the vote beside the opt-out with it.
    assert eraser.state(recent) == "withdrawn"
    assert browser.show().get_json()["state"] == "withdrawn"
    eraser.finish(answer.get_json()["id"])
    assert [eraser.state(each) for each in (*receipts, recent)] == ["withdrawn"] * 3
    assert eraser.state(others) == "disconnected"
    assert len(eraser.rows(records)) == 1
    held = eraser.server.post("/v1/preferences/lookup", {"identifiers": {"account": "anna"}}).get_json()
    assert held["ask"] == "never"
    assert browser.prefer(ask="never").get_json()["withdrawable_votes"] == 0


def test_repeating_it_is_the_same_withdrawal_unless_something_new_was_given(eraser: Eraser) -> None:
    eraser.vote()
    first, second = eraser.server.browser(), eraser.server.browser()
    begun = _withdraw(first).get_json()
    assert _withdraw(first).get_json() == _withdraw(second).get_json() == begun
    assert len(eraser.rows(erasures)) == 1
    second.vote()
    again = _withdraw(first).get_json()
    assert again["id"] != begun["id"]
    assert second.show().get_json()["state"] == "withdrawn"


def test_a_ticket_withdraws_for_nobody_else(eraser: Eraser) -> None:
    annas = eraser.vote("anna")
    stranger = eraser.server.browser(identifiers={"account": "bert"})
    assert _withdraw(stranger).status_code == 202
    nobody = eraser.server.browser(identifiers={"project": "bot"})
    assert _withdraw(nobody).get_json()["code"] == "account-needed"
    forged = Browser(nobody.client, nobody.ticket[:-1] + ("A" if nobody.ticket[-1] != "A" else "B"), {})
    assert _withdraw(forged).status_code == 401
    elsewhere = eraser.server.browser()
    assert _withdraw(elsewhere, Origin="https://evil.example").get_json()["code"] == "origin-not-allowed"
    assert eraser.state(annas) == "recorded"


@pytest.mark.parametrize("opt_out", [{"sharing": "off"}, {"ask": "never"}])
def test_the_ticket_of_a_question_that_the_opt_out_closed_still_withdraws(
    eraser: Eraser, opt_out: dict[str, str]
) -> None:
    receipt = eraser.vote()
    eraser.disconnect()
    browser = eraser.server.browser()
    assert browser.prefer(**opt_out).get_json()["withdrawable_votes"] == 1
    assert browser.show().get_json()["state"] == "withheld"
    eraser.finish(_withdraw(browser).get_json()["id"])
    assert eraser.state(receipt) == "withdrawn"


def test_beside_a_rating_everything_earlier_goes_with_it(eraser: Eraser) -> None:
    receipts = [eraser.vote(), Element(eraser.server, target="msg-1").rate("up").get_json()["receipt"]]
    eraser.disconnect()
    element, others = Element(eraser.server, target="msg-2"), eraser.vote("bert")
    receipts.append(element.rate("down").get_json()["receipt"])
    assert element.call("PUT", "/preferences", {"ask": "never"}).get_json()["withdrawable_votes"] == 2
    assert element.call("POST", "/withdrawal", origin="https://evil.example").status_code == 403
    begun = element.call("POST", "/withdrawal")
    assert begun.status_code == 202, begun.text
    # The rating has gone with the rest, and the ticket with the rating.
    assert element.call("POST", "/withdrawal").get_json()["code"] == "ticket-invalid"
    eraser.finish(begun.get_json()["id"])
    assert [eraser.state(each) for each in receipts] == ["withdrawn"] * 3
    assert eraser.state(others) == "recorded"


def test_a_ticket_withdraws_by_its_own_path_alone(eraser: Eraser) -> None:
    element, browser = Element(eraser.server), eraser.server.browser()
    receipt = element.rate("up").get_json()["receipt"]
    element.offered["ticket"], browser.ticket = browser.ticket, element.offered["ticket"]
    for answer in (element.call("POST", "/withdrawal"), _withdraw(browser)):
        assert (answer.status_code, answer.get_json()["code"]) == (401, "ticket-invalid")
    nobody = Element(eraser.server, identifiers={"project": "bot"})
    nobody.rate("up")
    assert nobody.call("POST", "/withdrawal").get_json()["code"] == "account-needed"
    assert eraser.state(receipt) == "recorded"

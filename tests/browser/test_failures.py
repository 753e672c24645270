"""When the network, the server or the person's timing fails: nothing is lost silently, and the page carries on."""

from typing import Final

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Tab
from tests.browser.served import Served
from tests.browser.site import element

pytestmark = pytest.mark.browser

_REFUSALS: Final = [
    ("vote-final", 409, "The time to vote is over."),
    ("comparison-closed", 409, "This comparison takes no more votes."),
    ("opted-out", 409, "No vote is recorded for you."),
    ("ticket-expired", 410, "The time to vote is over."),
]


def _problem(code: str, status: int) -> dict[str, object]:
    return {
        "type": f"/docs/errors#{code}",
        "title": code,
        "status": status,
        "code": code,
        "request_id": "req_1",
    }


def test_a_vote_that_does_not_get_through_is_tried_again(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    tab.watch.allow("503")
    tries = []

    def fail_twice(route: Route) -> None:
        tries.append(1)
        if len(tries) < 3:
            route.fulfill(status=503, json=_problem("storage-unavailable", 503))
        else:
            route.continue_()

    tab.page.route("**/v1/ticket/vote", fail_twice)
    tab.vote("left")
    expect(compare.locator(".status")).to_have_text("Not saved yet. Trying again…")
    expect(compare.locator("button.vote").first).to_have_attribute("data-saving", "retrying")
    tab.wait_for("pairvote:vote")
    assert served.state(comparison)["choice"] == "left"
    assert [each["name"] for each in tab.watch.heard] == ["pairvote:ready", "pairvote:vote"]


def test_a_vote_made_offline_is_saved_on_coming_back(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    compare.hover()
    tab.page.wait_for_load_state("networkidle")
    tab.watch.allow("ERR_INTERNET_DISCONNECTED")
    tab.page.context.set_offline(True)
    tab.vote("tie")
    expect(compare.locator(".status")).to_have_text("Not saved yet. Trying again…")
    tab.page.context.set_offline(False)
    tab.wait_for("pairvote:vote")
    assert served.state(comparison)["choice"] == "tie"


def test_offline_from_the_start_it_says_so_and_another_tap_saves(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    tab.watch.allow("ERR_INTERNET_DISCONNECTED|Failed to")
    tab.page.context.set_offline(True)
    tab.vote("left")
    expect(compare.locator(".status")).to_have_text("That did not work. Please try again.")
    tab.page.context.set_offline(False)
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    assert served.state(comparison)["choice"] == "left"


def test_a_change_of_mind_while_trying_again_sends_only_the_last_wish(tab: Tab, served: Served) -> None:
    comparison = served.register()
    tab.open(comparison)
    tab.watch.allow("ERR_FAILED")
    tab.page.route("**/v1/ticket/vote", lambda route: route.abort())
    tab.vote("left")
    expect(tab.compare.locator(".status")).to_have_text("Not saved yet. Trying again…")
    tab.page.unroute("**/v1/ticket/vote")
    tab.vote("right")
    assert tab.wait_for("pairvote:vote")["choice"] == "right"
    assert served.state(comparison)["choice"] == "right"


def test_an_undo_of_a_vote_whose_answer_was_lost_reaches_the_server(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    tab.watch.allow("ERR_FAILED")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    tab.page.route("**/v1/ticket/vote", lose_the_answer, times=1)
    tab.vote("left")
    expect(compare.locator(".status")).to_have_text("Not saved yet. Trying again…")
    compare.get_by_role("button", name="Undo").click()
    tab.wait_for("pairvote:undo")
    assert "choice" not in served.state(comparison)


@pytest.mark.parametrize(("code", "status", "words"), _REFUSALS)
def test_a_refusal_is_said_in_words_and_told_to_the_host(
    tab: Tab, served: Served, code: str, status: int, words: str
) -> None:
    compare = tab.open(served.register())
    tab.watch.allow(str(status))
    tab.page.route(
        "**/v1/ticket/vote", lambda route: route.fulfill(status=status, json=_problem(code, status))
    )
    tab.vote("left")
    expect(compare.locator(".status")).to_have_text(words)
    if code == "ticket-expired":
        tab.wait_for("pairvote:expired")
    else:
        told = tab.wait_for("pairvote:error")
        assert told == {"code": code, "status": status, "title": code, "requestId": "req_1"}
    expect(compare.locator("button.vote[aria-pressed=true]")).to_have_count(0)


def test_a_refused_change_leaves_what_was_recorded(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    tab.watch.allow("422")
    tab.page.route(
        "**/v1/ticket/vote", lambda route: route.fulfill(status=422, json=_problem("unknown-reason", 422))
    )
    compare.get_by_role("button", name="Useful").click()
    expect(compare.locator(".status")).to_have_text("Your change could not be saved.")
    expect(compare.get_by_role("button", name="Useful")).to_have_attribute("aria-pressed", "false")
    expect(compare.get_by_role("button", name="A is better")).to_have_attribute("aria-pressed", "true")


def test_an_expired_ticket_is_hidden_and_told(tab: Tab, served: Served) -> None:
    tab.watch.allow("410")
    tab.page.route(
        "**/v1/ticket", lambda route: route.fulfill(status=410, json=_problem("ticket-expired", 410))
    )
    tab.page.goto(served.site.put_page(element(served.register().ticket)))
    tab.wait_for("pairvote:expired")
    expect(tab.compare).to_be_hidden()
    assert [each["name"] for each in tab.watch.heard] == ["pairvote:expired"]


def test_a_comparison_that_was_skipped_is_not_shown_again(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    compare.get_by_role("button", name="Skip").click()
    served.wait_for_state(comparison, "skipped")
    tab.page.reload()
    assert tab.wait_for("pairvote:error")["code"] == "comparison-closed"
    expect(tab.compare).to_be_hidden()


def test_identical_responses_ask_for_no_vote(tab: Tab, served: Served) -> None:
    comparison = served.register("The same *words*.", "The same *words*.\n")
    compare = tab.open(comparison)
    assert tab.wait_for("pairvote:error")["code"] == "identical-responses"
    expect(compare.locator(".status")).to_contain_text("Both responses are the same")
    expect(compare.locator("button.vote").first).to_be_hidden()
    expect(compare.get_by_text("The same words.").first).to_be_visible()


def test_an_opt_out_that_does_not_arrive_is_said(tab: Tab, served: Served) -> None:
    tab.watch.allow("422")
    tab.page.route(
        "**/v1/ticket/preferences",
        lambda route: route.fulfill(status=422, json=_problem("account-needed", 422)),
    )
    compare = tab.open(served.register())
    compare.get_by_role("button", name="Don’t ask me again").click()
    compare.get_by_role("button", name="Never").click()
    expect(compare.get_by_text("This could not be saved.")).to_be_visible()
    assert tab.wait_for("pairvote:error")["code"] == "account-needed"
    assert "pairvote:optout" not in [each["name"] for each in tab.watch.heard]


def test_an_element_that_leaves_while_loading_says_nothing_more(tab: Tab, served: Served) -> None:
    tab.page.route("**/v1/ticket", lambda _: None)
    tab.page.goto(served.site.put_page(element(served.register().ticket, 'timeout="3000"')))
    tab.page.evaluate("document.querySelector('pairvote-compare').remove()")
    tab.page.wait_for_timeout(3500)
    assert tab.watch.heard == []


def test_another_ticket_ends_the_request_for_the_first(tab: Tab, served: Served) -> None:
    second = served.register()
    asked = []

    def hold_the_first(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    tab.page.route("**/v1/ticket", hold_the_first)
    tab.page.goto(served.site.put_page(element(served.register().ticket)))
    tab.page.wait_for_function(
        "document.querySelector('pairvote-compare').shadowRoot.querySelector('.skeleton')"
    )
    tab.page.evaluate(
        "(ticket) => { document.querySelector('pairvote-compare').ticket = ticket; }", second.ticket
    )
    assert tab.wait_for("pairvote:ready")["id"] == second.id
    tab.page.wait_for_timeout(300)
    assert [each["name"] for each in tab.watch.heard] == ["pairvote:ready"]

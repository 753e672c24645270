"""After an opt-out the widget offers to withdraw what was given earlier: one question, then all of it."""

from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import violations
from tests.browser.conftest import Tab
from tests.browser.served import Served

# Four commands prepare it: on a busy machine each takes half a minute.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_LOOKS: Final = {
    "light": (1100, {"color_scheme": "light", "forced_colors": "none"}),
    "dark": (390, {"color_scheme": "dark", "forced_colors": "none"}),
    "forced-colours": (390, {"color_scheme": "light", "forced_colors": "active"}),
    "narrow": (320, {"color_scheme": "light", "forced_colors": "none"}),
}


@pytest.fixture(scope="module")
def voted(served: Served) -> Iterator[Served]:
    """A workspace in which these people have voted, and their votes have gone to research; later ones can be undone."""
    with served.other_workspace("Opted out", "--undo-seconds", "0") as other:
        for account in ("keys", "here", "unlucky", "de", "ar"):
            ticket = other.register(identifiers={"account": account}).ticket
            answer = httpx.put(
                f"{served.server.url}/v1/ticket/vote",
                json={"choice": "left"},
                headers={"Authorization": f"Bearer {ticket}"},
            )
            assert answer.is_success, answer.text
        served.server.run("workspace", "set", "Opted out", "--undo-seconds", "900")
        served.server.run("disconnect")
        yield other


def _opt_out(compare: Locator) -> Locator:
    """Says "never"; what is offered then."""
    compare.locator("button.opt_out").click()
    compare.locator(".panel .chip").last.click()
    return compare.locator("[part=withdraw]")


def test_it_is_offered_and_done_by_keys_and_told_once(tab: Tab, voted: Served) -> None:
    who = {"account": "keys"}
    compare = tab.open(voted.register(identifiers=who))
    offer = _opt_out(compare)
    status = compare.locator(".status")
    expect(offer).to_contain_text("Votes and ratings that you gave earlier: 1")
    expect(status).to_have_text(
        "You will not be asked again. You can also withdraw what you gave earlier, below."
    )
    # A second tap on the same place keeps everything.
    offer.get_by_role("button").dblclick()
    expect(offer.get_by_role("button")).to_have_text(["Withdraw them all"])
    assert voted.call("POST", "/v1/preferences/lookup", json={"identifiers": who})["ask"] == "never"
    tab.page.keyboard.press("Enter")
    expect(offer.locator("p")).to_be_focused()
    expect(offer.locator("p")).to_contain_text("This cannot be undone.")
    tab.page.keyboard.press("Tab")
    expect(offer.get_by_role("button", name="No, keep them")).to_be_focused()
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    expect(status).to_have_text("All your votes and ratings are being withdrawn.")
    expect(offer).to_have_count(0)
    assert compare.evaluate(
        "(host) => host.shadowRoot.activeElement === host.shadowRoot.querySelector('section')"
    )


def test_the_vote_beside_the_opt_out_goes_as_well_and_the_host_hears_of_it(tab: Tab, voted: Served) -> None:
    comparison = voted.register(identifiers={"account": "here"})
    compare = tab.open(comparison)
    tab.vote("tie")
    tab.wait_for("pairvote:vote")
    offer = _opt_out(compare)
    offer.get_by_role("button").click()
    offer.get_by_role("button", name="Yes, withdraw them all").click()
    tab.wait_for("pairvote:undo")
    expect(compare.locator(".status")).to_have_text("All your votes and ratings are being withdrawn.")
    expect(compare.locator("[part=receipt], button.undo:visible")).to_have_count(0)
    voted.wait_for_state(comparison, "withdrawn")


def test_who_has_given_nothing_is_offered_nothing(tab: Tab, voted: Served) -> None:
    compare = tab.open(voted.register())
    offer = _opt_out(compare)
    expect(compare.locator(".status")).to_have_text("You will not be asked again.")
    expect(offer).to_have_count(0)


def test_when_it_does_not_get_through_it_can_be_tried_again(tab: Tab, voted: Served) -> None:
    compare = tab.open(voted.register(identifiers={"account": "unlucky"}))
    offer = _opt_out(compare)
    tab.watch.allow("422")
    tab.page.route("**/v1/ticket/withdrawal", lambda route: route.fulfill(status=422, json={"code": "odd"}))
    offer.get_by_role("button").click()
    offer.get_by_role("button", name="Yes").click()
    expect(offer.get_by_role("status")).to_have_text("This could not be saved. Please try again.")
    tab.page.unroute("**/v1/ticket/withdrawal")
    offer.get_by_role("button", name="Yes").click()
    expect(compare.locator(".status")).to_have_text("All your votes and ratings are being withdrawn.")


@pytest.mark.parametrize(("lang", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_it_has_no_violation_in_any_look(tab: Tab, voted: Served, lang: str, direction: str) -> None:
    compare = tab.open(voted.register(identifiers={"account": lang}), lang=lang, direction=direction)
    offer = _opt_out(compare)
    for step in ("offered", "asked"):
        for name, (width, media) in _LOOKS.items():
            tab.page.emulate_media(**media)  # type: ignore[arg-type]
            tab.page.set_viewport_size({"width": width, "height": 844})
            tab.page.wait_for_timeout(250)
            tab.shoot(f"withdraw-{lang}-{step}-{name}")
            assert violations(tab.page) == [], name
            assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        offer.get_by_role("button").first.click()

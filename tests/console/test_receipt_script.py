"""With its script, the receipt page takes the receipt from the address and lets nobody see it there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.serving import Server, create_workspace

pytestmark = pytest.mark.browser
_CHROMIUM: Final = "/usr/bin/chromium"

_CUT_OFF: Final = """
    [...document.querySelectorAll("main *")]
        .filter(each => each.scrollWidth > each.clientWidth + 1)
        .filter(each => each.tagName !== "INPUT" && getComputedStyle(each).display !== "inline")
        .map(each => each.className || each.tagName)
"""
_TOO_SMALL: Final = """
    [...document.querySelectorAll("button, .languages a, #receipt")]
        .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 40)
        .map(each => each.textContent)
"""


class Site:
    """A server with a workspace whose votes can be made."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        made = create_workspace(server.environment, "w", "--origin", "https://host.example")
        self._host = {"Authorization": f"Bearer {made.api_key}"}

    def receipt(self) -> str:
        """The receipt of a new vote."""
        body = {
            "identifiers": {"account": "anna"},
            "conversation": [{"role": "user", "content": "Why?"}],
            "responses": [{"model": "a", "content": "x"}, {"model": "b", "content": "y"}],
        }
        made = httpx.post(f"{self.url}/v1/comparisons", json=body, headers=self._host).json()
        ticket = {"Authorization": f"Bearer {made['ticket']}"}
        voted = httpx.put(f"{self.url}/v1/ticket/vote", json={"choice": "left"}, headers=ticket)
        return str(voted.json()["receipt"])

    def state(self, receipt: str) -> str:
        """How the vote stands."""
        return str(httpx.post(f"{self.url}/v1/receipts/lookup", json={"receipt": receipt}).json()["state"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all: each test has votes of its own."""
    environment = {
        "PAIRVOTE_DATA": str(tmp_path_factory.mktemp("receipts") / "data"),
        "PAIRVOTE_JOB_SECONDS": "1",
        "PAIRVOTE_UNDO_SECONDS": "3",
    }
    with Server(environment) as server:
        yield Site(server)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser."""
    if not Path(_CHROMIUM).exists():
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


class Seen:
    """What a page asked for, and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page."""
    context = chromium.new_context(locale="en-GB", timezone_id="America/Los_Angeles")
    yield context.new_page()
    context.close()


@pytest.fixture
def seen(page: Page) -> Seen:
    """What happens on the page."""
    return Seen(page)


def _heading(page: Page) -> str:
    return page.locator("#answer h2").inner_text()


def test_a_link_is_looked_up_at_once_and_its_receipt_leaves_the_address(
    site: Site, page: Page, seen: Seen
) -> None:
    receipt = site.receipt()
    page.goto(f"{site.url}/receipt#{receipt}")
    page.wait_for_selector(".standing")
    assert _heading(page) in ("Your vote is recorded", "Your vote is final")
    assert page.url == f"{site.url}/receipt"
    assert page.input_value("#receipt") == receipt
    assert all(receipt not in address.partition("#")[0] for address in seen.addresses)
    assert {address.split("/")[2] for address in seen.addresses} == {site.url.split("/")[2]}
    kept: Any = page.evaluate("[document.cookie, localStorage.length, sessionStorage.length, history.state]")
    assert kept == ["", 0, 0, None]
    assert seen.complaints == []


def test_a_vote_is_withdrawn_after_a_question_and_nothing_happens_before(
    site: Site, page: Page, seen: Seen
) -> None:
    receipt = site.receipt()
    page.goto(f"{site.url}/receipt")
    page.fill("#receipt", f" {receipt} ")
    page.press("#receipt", "Enter")
    page.click("[data-withdraw]")
    assert page.locator("dialog[open] h2").inner_text() == "Withdraw this vote for good?"
    assert page.evaluate("document.activeElement.textContent") == "Keep it"
    page.keyboard.press("Escape")
    assert site.state(receipt) in ("recorded", "final", "disconnected")
    page.click("[data-withdraw]")
    page.click("[data-keep]")
    assert site.state(receipt) in ("recorded", "final", "disconnected")
    page.click("[data-withdraw]")
    page.click("[data-confirm]")
    page.wait_for_selector(".standing.withdrawn, .standing.withdrawing")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert site.state(receipt) in ("withdrawn", "withdrawing")
    assert seen.complaints == []


def test_a_withdrawal_from_research_is_followed_to_its_end(site: Site, page: Page) -> None:
    receipt = site.receipt()
    page.goto(f"{site.url}/receipt?lang=en#{receipt}")
    page.wait_for_selector(".standing")
    for _ in range(60):
        if site.state(receipt) == "disconnected":
            break
        page.wait_for_timeout(200)
    page.click("#ask button")
    page.wait_for_selector(".standing.disconnected")
    # The Monday of this week in Greenwich, whatever the day is in California.
    week = page.locator("#answer time").get_attribute("datetime")
    assert week is not None
    assert page.locator("#answer time").inner_text().startswith(str(int(week[8:])))
    page.click("[data-withdraw]")
    page.click("[data-confirm]")
    page.wait_for_selector(".standing.withdrawn")
    assert site.state(receipt) == "withdrawn"


def test_another_language_is_a_link_away_and_the_receipt_comes_along(
    site: Site, page: Page, seen: Seen
) -> None:
    receipt = site.receipt()
    page.goto(f"{site.url}/receipt#{receipt}")
    page.wait_for_selector(".standing")
    page.click("a[hreflang=ar]")
    page.wait_for_selector("html[dir=rtl] .standing")
    assert page.url == f"{site.url}/receipt?lang=ar"
    assert page.input_value("#receipt") == receipt
    assert all(receipt not in address.partition("#")[0] for address in seen.addresses)


def test_what_is_no_receipt_is_told_without_a_call_and_a_server_that_is_gone_without_a_crash(
    site: Site, page: Page, seen: Seen
) -> None:
    page.goto(f"{site.url}/receipt")
    page.fill("#receipt", "pvr_short")
    page.click("#ask button")
    assert _heading(page) == "No vote is found under this receipt"
    assert [address for address in seen.addresses if "/v1/" in address] == []
    page.fill("#receipt", "pvr_" + "A" * 32)
    page.route("**/v1/receipts/*", lambda route: route.abort())
    page.click("#ask button")
    page.wait_for_selector(".standing.unavailable")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "ja"])
def test_nothing_stands_over_at_320_pixels(site: Site, page: Page, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site.url}/receipt?lang={language}#{site.receipt()}")
    page.wait_for_selector(".standing")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(_CUT_OFF) == []
    assert page.evaluate(_TOO_SMALL) == []

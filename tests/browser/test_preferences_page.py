"""The settings page in a real browser: everything by forms alone, and nothing to complain about in any look."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.axe import violations
from tests.browser.served import Served

pytestmark = pytest.mark.browser

_WHO: Final = {"account": "anna-of-the-page", "conversation": "talk-7"}
_USUAL: Final[dict[str, Any]] = {"color_scheme": "light", "forced_colors": "none"}
# Width, language, media, and whether it is looked at with other colours alone.
_LOOKS: Final[dict[str, tuple[int, str, dict[str, Any], bool]]] = {
    "light": (1100, "en", {}, False),
    "dark": (1100, "en", {"color_scheme": "dark"}, True),
    "forced-colours": (1100, "en", {"forced_colors": "active"}, True),
    "phone-arabic": (390, "ar", {}, False),
    **{f"narrow-{language}": (320, language, {}, True) for language in ("de", "fr", "es", "ja")},
}
_TOO_SMALL: Final = """
    [...document.querySelectorAll("main button, .button, .languages a, main label, .back a, summary, .told a")]
        .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
        .map(each => each.textContent.trim())
"""


def _link(served: Served, **more: Any) -> str:
    asked = {"identifiers": _WHO, "return_url": f"{served.site.origin}/settings", **more}
    return str(served.call("POST", "/v1/preference-links", json=asked)["url"])


@pytest.fixture(scope="module")
def voted(served: Served) -> Served:
    """Anna has voted once, left one question unanswered, and asked not to be asked in a conversation."""
    tickets = [served.register(identifiers=_WHO).ticket for _ in range(2)]
    for path, body in (("vote", {"choice": "left"}), ("preferences", {"ask": "not_in_conversation"})):
        answer = httpx.put(
            f"{served.server.url}/v1/ticket/{path}",
            json=body,
            headers={"Authorization": f"Bearer {tickets[0]}"},
        )
        assert answer.is_success, answer.text
    return served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own."""
    made = browser.new_context(viewport={"width": 1100, "height": 900})
    yield made
    made.close()


def _shoot(page: Page, name: str) -> None:
    folder = os.environ.get("PAIRVOTE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder, f"preferences-{name}.png"), full_page=True)


def _look(page: Page, name: str, looks: Iterable[str] = _LOOKS) -> None:
    """Fails on what a person could not use, or would have to scroll for sideways."""
    for look in looks:
        width, language, media, is_other_colours = _LOOKS[look]
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(**{**_USUAL, **media})
        address, _, query = page.url.partition("?")
        told = "&told=1" if "told" in query else ""
        page.goto(f"{address}?lang={language}{told}")
        _shoot(page, f"{name}-{look}")
        if not look.startswith("narrow"):
            assert violations(page, of_colours=is_other_colours) == [], (name, look)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, look)
        assert page.evaluate(_TOO_SMALL) == [], (name, look)
    page.set_viewport_size({"width": 1100, "height": 844})
    page.emulate_media(**_USUAL)
    page.goto(f"{page.url.partition('?')[0]}?lang=en")


def test_no_look_of_any_step_has_a_violation(context: BrowserContext, voted: Served) -> None:
    page = context.new_page()
    page.goto(_link(voted, locale="en"))
    page.get_by_label("Only my vote").check()
    page.get_by_role("button", name="Save").click()
    assert page.locator("#told").evaluate("(told) => told === document.activeElement")
    _look(page, "choices")
    page.get_by_role("link", name="Erase me").click()
    _look(page, "erase", ("light", "narrow-de"))
    page.get_by_label("erased for good").check()
    page.get_by_role("button", name="Erase me now").click()
    _look(page, "erasure", ("light", "dark", "narrow-fr", "phone-arabic"))


def test_everything_is_done_without_a_script_and_by_keys_alone(browser: Browser, voted: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    link = _link(voted, identifiers={"account": "without-scripts"}, locale="en")
    page.goto(link)
    assert page.url == f"{voted.server.url}/preferences"
    # The box that somebody looked for is the first field; its levels are asked only where it is ticked.
    page.get_by_label("Use my votes and conversations").focus()
    page.keyboard.press("Space")
    assert not page.get_by_label("Only my vote").is_visible()
    for key in ("Tab", "ArrowUp", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/preferences?lang=en&told=1#told")
    assert (
        page.locator("[role=status] p").first.inner_text().startswith("Saved. From now on nothing is shared")
    )
    assert page.get_by_label("Never", exact=True).is_checked()
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_label("Use my votes and conversations").is_checked()
    assert page.get_by_label("Yes", exact=True).is_checked()
    page.go_back()
    page.get_by_role("link", name="Withdraw all my votes and ratings").click()
    page.get_by_role("button", name="Yes, withdraw them all").click()
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Your votes and ratings are")
    assert {urlsplit(address).netloc for address in asked} == {urlsplit(voted.server.url).netloc}
    assert said == []
    assert {cookie["httpOnly"] for cookie in context.cookies()} == {True}
    context.close()

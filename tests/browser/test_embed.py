"""The page that products frame: the same element, its ticket by message, its events and its height told back."""

import json
from typing import Any, Final

import pytest
from playwright.sync_api import Frame, FrameLocator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Comparison, Served

pytestmark = pytest.mark.browser

# As the documentation has it: it listens before the frame is there.
_HOST: Final = """
const { origin, ticket, wishes } = JSON.parse(document.getElementById("wish").textContent);
const told = [];
addEventListener("message", ({ source, origin: from, data }) => {
  const frame = document.querySelector("#frame");
  if (from !== origin || source !== frame.contentWindow) return;
  told.push(data);
  if (data.type === "pairvote:hello") source.postMessage({ type: "pairvote:ticket", ticket, ...wishes }, origin);
  if (data.type === "pairvote:height") frame.style.height = `${data.height}px`;
});
"""
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A product that frames</title><link rel="stylesheet" href="/host.css"></head>
<body><main><h1>A product</h1>
<script type="application/json" id="wish">WISH</script>
<script src="/framing.js"></script>
<iframe id="frame" src="SOURCE" title="Which answer is better?" width="900"
        sandbox="allow-scripts allow-same-origin allow-popups" allow="clipboard-write"></iframe>
</main></body></html>
"""


def _frame(tab: Tab, served: Served, comparison: Comparison, **wishes: str) -> FrameLocator:
    """A product's page with the question in a frame, once that can be voted on."""
    served.site.put("/framing.js", _HOST, "text/javascript")
    wish = json.dumps({"origin": served.server.url, "ticket": comparison.ticket, "wishes": wishes})
    page = _PAGE.replace("WISH", wish).replace(
        "SOURCE", f"{served.server.url}/embed?workspace={served.workspace_id}"
    )
    policy = (
        "default-src 'none'; script-src 'self'; connect-src 'none'; "
        f"style-src 'self' 'unsafe-inline'; frame-src {served.server.url}"
    )
    tab.page.goto(served.site.put_html(page, policy=policy))
    _told(tab.page, "pairvote:ready")
    return tab.page.frame_locator("#frame")


def _told(page: Page, kind: str) -> dict[str, Any]:
    """The first message of a kind that the product was told, once there is one."""
    page.wait_for_function("(kind) => told.some(({ type }) => type === kind)", arg=kind)
    message: dict[str, Any] = page.evaluate("(kind) => told.find(({ type }) => type === kind)", kind)
    return message


def _inside(tab: Tab) -> Frame:
    """The page in the frame."""
    element = tab.page.locator("#frame").element_handle()
    assert element is not None
    frame = element.content_frame()
    assert frame is not None
    return frame


def test_a_vote_in_a_frame_is_recorded_and_told(tab: Tab, served: Served) -> None:
    comparison = served.register()
    inside = _frame(tab, served, comparison)
    inside.get_by_role("button", name="B is better").click()
    detail = _told(tab.page, "pairvote:vote")["detail"]
    assert (detail["id"], detail["choice"], detail["content"]) == (comparison.id, "right", comparison.right)
    assert served.state(comparison)["choice"] == "right"
    inside.get_by_role("button", name="Undo").click()
    _told(tab.page, "pairvote:undo")
    served.wait_for_state(comparison, "open")


def test_the_frame_is_as_high_as_what_is_in_it(tab: Tab, served: Served) -> None:
    inside = _frame(tab, served, served.register())
    inside.get_by_role("button", name="What happens to my vote?").click()
    expect(inside.locator("#panel")).to_be_visible()
    tab.page.wait_for_function(
        """() => {
          const { height } = told.findLast(({ type }) => type === "pairvote:height");
          return Math.abs(document.getElementById("frame").getBoundingClientRect().height - height) < 6;
        }"""
    )
    _inside(tab).wait_for_function(
        "() => document.documentElement.scrollHeight <= document.documentElement.clientHeight + 1"
    )


def test_language_and_theme_come_with_the_ticket(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab(color_scheme="light")
    inside = _frame(tab, served, served.register(), lang="de", theme="dark", continues="left")
    expect(inside.locator("section")).to_have_attribute("lang", "de")
    expect(inside.get_by_role("button", name="Überspringen")).to_be_visible()
    # A frame is part of a page, which has the landmark and the heading.
    of_pages = ("landmark-one-main", "page-has-heading-one")
    assert [found for found in violations(_inside(tab)) if not found.startswith(of_pages)] == []
    tab.shoot("embedded-dark")


def test_the_ticket_is_in_no_address_and_no_markup(tab: Tab, served: Served) -> None:
    comparison = served.register()
    inside = _frame(tab, served, comparison)
    assert not [request.url for request in tab.watch.requests if comparison.ticket in request.url]
    assert comparison.ticket not in inside.locator("html").evaluate("(page) => page.outerHTML")


def test_a_page_that_the_workspace_does_not_know_is_not_let_frame_it(tab: Tab, served: Served) -> None:
    made = served.server.create_workspace("Elsewhere", "--origin", "https://elsewhere.example")
    tab.watch.allow("frame-ancestors")
    policy = f"default-src 'none'; frame-src {served.server.url}; style-src 'self'"
    address = f"{served.server.url}/embed?workspace={made.workspace_id}"
    page = f'<!doctype html><html lang="en"><title>A stranger</title><iframe id="frame" src="{address}"></iframe>'
    tab.page.goto(served.site.put_html(page, policy=policy))
    assert _inside(tab).url.startswith("chrome-error:")

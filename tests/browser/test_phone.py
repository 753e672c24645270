"""On a narrow screen: tabs that are also swiped, votes that stay in reach, nothing that scrolls sideways."""

from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Served

pytestmark = pytest.mark.browser

_PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 780},
    "has_touch": True,
    "is_mobile": True,
}
_LONG: Final = "\n\n".join(f"Step {number}: wait and look at the kettle." for number in range(60))
_CODE: Final = "```python\n" + "word = " + " + ".join(f"part_{number}" for number in range(40)) + "\n```\n\n"


# What watches the room there is has laid out anew by then.
_TWO_FRAMES: Final = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def _swipe(tab: Tab, start: tuple[float, float], distance: tuple[float, float]) -> None:
    """A finger that moves over the screen, in as many steps as a screen would report."""
    session = tab.page.context.new_cdp_session(tab.page)
    steps = 12
    for step in range(steps + 1):
        point = {"x": start[0] + distance[0] * step / steps, "y": start[1] + distance[1] * step / steps}
        kind = "touchMove" if step else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        tab.page.wait_for_timeout(16)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tab.page.wait_for_timeout(500)


def _front(tab: Tab) -> str:
    return tab.compare.locator("[role=tab][aria-selected=true]").inner_text()


def test_tabs_are_swiped_and_keep_their_places(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab(**_PHONE)
    compare = tab.open(served.register(_LONG, _LONG + "\n\nDone."))
    assert _front(tab) == "Response A"
    box = compare.locator(".body").first.bounding_box()
    assert box is not None
    height = box["y"] + box["height"] / 2
    _swipe(tab, (200, height), (0, -150))
    place = compare.locator(".body").first.evaluate("(body) => body.scrollTop")
    assert place > 50, "a swipe up scrolls the response"
    _swipe(tab, (330, height), (-250, 0))
    expect(compare.get_by_role("tab", name="Response B")).to_have_attribute("aria-selected", "true")
    compare.get_by_role("tab", name="Response A").tap()
    expect(compare.get_by_role("tab", name="Response A")).to_have_attribute("aria-selected", "true")
    assert compare.locator(".body").first.evaluate("(body) => body.scrollTop") == place


def test_one_response_is_in_view_and_the_other_is_out_of_reach(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab(**_PHONE)
    compare = tab.open(served.register())
    left, right = compare.locator(".response").all()
    assert left.evaluate("(card) => [card.inert, card.role]") == [False, "tabpanel"]
    assert right.evaluate("(card) => [card.inert, card.role]") == [True, "tabpanel"]
    compare.get_by_role("tab", name="Response B").tap()
    expect(right).to_be_in_viewport(ratio=0.9)
    assert left.evaluate("(card) => card.inert") is True
    tab.vote("right")
    tab.wait_for("pairvote:vote")


@pytest.mark.parametrize(
    ("lang", "direction", "forward"), [("en", "ltr", "ArrowRight"), ("ar", "rtl", "ArrowLeft")]
)
def test_arrows_move_between_tabs(
    open_tab: OpenTab, served: Served, lang: str, direction: str, forward: str
) -> None:
    tab = open_tab(**_PHONE)
    compare = tab.open(served.register(), lang=lang, direction=direction)
    first, second = compare.get_by_role("tab").all()
    first.focus()
    compare.locator("button.help").wait_for()
    tab.page.keyboard.press(forward)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-selected", "true")
    expect(compare.locator(".response").nth(1)).to_be_in_viewport(ratio=0.9)
    tab.page.keyboard.press("Home")
    expect(first).to_be_focused()
    expect(compare.locator(".response").first).to_be_in_viewport(ratio=0.9)


def test_the_votes_stay_in_reach(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab(**_PHONE)
    compare = tab.open(served.register(_LONG, _LONG + "\n\nDone."))
    compare.get_by_role("button", name="Show all").tap()
    tab.page.evaluate("scrollTo(0, 600)")
    expect(compare.get_by_role("button", name="Both are bad")).to_be_in_viewport(ratio=1)


def test_what_has_the_focus_is_not_hidden_by_the_votes(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab(**_PHONE)
    compare = tab.open(served.register())
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    compare.get_by_role("textbox", name="Comment").wait_for()
    tab.page.evaluate("scrollTo(0, 0)")
    tab.page.locator("#message").focus()
    for _ in range(24):
        tab.page.keyboard.press("Tab")
        hidden = tab.page.evaluate(
            """() => {
              const root = document.querySelector("pairvote-compare").shadowRoot;
              const focused = root.activeElement;
              if (!focused || focused.closest(".actions")) return null;
              const box = focused.getBoundingClientRect();
              const bar = root.querySelector(".actions").getBoundingClientRect();
              return box.bottom > bar.top + 2 && box.top < bar.bottom - 2 ? focused.outerHTML : null;
            }"""
        )
        assert hidden is None


@pytest.mark.parametrize("lang", ["en", "de", "ar", "ja"])
def test_nothing_scrolls_sideways(open_tab: OpenTab, served: Served, lang: str) -> None:
    tab = open_tab(viewport={"width": 320, "height": 700})
    compare = tab.open(served.register(_CODE + _LONG, "x" * 400), lang=lang)
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    compare.locator("button.report").click()
    compare.locator(".panel form").wait_for()
    # There and back: what was laid out for one width does not stay at another.
    for width in (320, 360, 639, 640, 1280, 360):
        tab.page.set_viewport_size({"width": width, "height": 700})
        tab.page.evaluate(_TWO_FRAMES)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        widths = compare.locator(".responses, .response").evaluate_all(
            "(all) => all.map((box) => box.offsetWidth)"
        )
        assert max(widths) == widths[0], f"a response is wider than its place: {width}"


def test_it_can_be_used_at_four_hundred_percent(open_tab: OpenTab, served: Served) -> None:
    # 1280 x 1024 at 400% is this many CSS pixels.
    tab = open_tab(viewport={"width": 320, "height": 256})
    compare = tab.open(served.register())
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
    # The bar would cover half of so small a window: it stays where it is.
    assert compare.locator(".actions").evaluate("(bar) => getComputedStyle(bar).position") == "static"
    tab.vote("both_bad")
    tab.wait_for("pairvote:vote")


@pytest.mark.parametrize(
    ("layout", "width", "mode"),
    [
        ("auto", 390, "tabs"),
        ("auto", 1100, "columns"),
        ("columns", 390, "columns"),
        ("tabs", 1100, "tabs"),
        ("stack", 1100, "stack"),
    ],
)
def test_a_host_can_choose_the_layout(
    open_tab: OpenTab, served: Served, layout: str, width: int, mode: str
) -> None:
    tab = open_tab(viewport={"width": width, "height": 800})
    compare = tab.open(served.register(), f'layout="{layout}"')
    expect(compare.locator(".responses")).to_have_attribute("data-layout", mode)


def test_the_layout_follows_the_room_there_is(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    expect(compare.locator(".responses")).to_have_attribute("data-layout", "columns")
    tab.page.set_viewport_size({"width": 400, "height": 800})
    expect(compare.locator(".responses")).to_have_attribute("data-layout", "tabs")
    expect(compare.get_by_role("tab")).to_have_count(2)


def test_everything_to_touch_is_large_enough(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab(**_PHONE)
    compare = tab.open(served.register(_LONG, _LONG + "\n\nDone."))
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    compare.locator(".after .chip").first.wait_for()
    sizes = compare.locator("button:visible").evaluate_all(
        "(all) => all.map((each) => [each.className, each.getBoundingClientRect().height])"
    )
    assert [size for size in sizes if size[1] < (28 if "link" in size[0] else 44)] == []

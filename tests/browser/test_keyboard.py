"""Everything works by keyboard alone, and no key that was meant for the host's page is a vote."""

from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.served import Served

pytestmark = pytest.mark.browser

# Longer than keys do nothing after the vote has opened or the focus has come in.
_GUARD_MS: Final = 600
_LONG: Final = "\n\n".join(f"Step {number}: wait and look at the kettle." for number in range(60))


def _enter(tab: Tab) -> None:
    """Goes into the element with the Tab key, from the host's field before it."""
    tab.page.locator("#message").focus()
    tab.page.keyboard.press("Tab")
    # What listens to keys has come.
    tab.compare.locator("button.undo").first.wait_for(state="attached")
    tab.page.wait_for_timeout(_GUARD_MS)


def _choice(tab: Tab) -> str | None:
    chosen = tab.compare.locator("button.vote[aria-pressed=true]")
    return chosen.inner_text().removeprefix("✓").strip() if chosen.count() else None


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("a", "A is better"),
        ("1", "A is better"),
        ("b", "B is better"),
        ("2", "B is better"),
        ("e", "About the same"),
        ("3", "About the same"),
        ("x", "Both are bad"),
        ("4", "Both are bad"),
    ],
)
def test_a_key_votes_while_the_focus_is_inside(tab: Tab, served: Served, key: str, label: str) -> None:
    tab.open(served.register())
    _enter(tab)
    tab.page.keyboard.press(key)
    tab.wait_for("pairvote:vote")
    assert _choice(tab) == label


def test_a_whole_story_without_a_pointer(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    _enter(tab)
    keyboard = tab.page.keyboard
    keyboard.press("b")
    tab.wait_for("pairvote:vote")
    chip = compare.get_by_role("button", name="Useful")
    for _ in range(40):
        keyboard.press("Tab")
        if chip.evaluate("(chip) => chip.getRootNode().activeElement === chip"):
            break
    keyboard.press("Space")
    expect(chip).to_have_attribute("aria-pressed", "true")
    keyboard.press("u")
    tab.wait_for("pairvote:undo")
    keyboard.press("?")
    expect(compare.get_by_text("These keys work only")).to_be_visible()
    keyboard.press("Escape")
    expect(compare.get_by_text("These keys work only")).to_have_count(0)
    expect(compare.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    keyboard.press("s")
    tab.wait_for("pairvote:skip")
    served.wait_for_state(comparison, "skipped")


def test_keys_in_the_hosts_page_are_no_votes(tab: Tab, served: Served) -> None:
    comparison = served.register()
    tab.open(comparison)
    tab.page.wait_for_timeout(_GUARD_MS)
    for key in "ab12ex34su":
        tab.page.keyboard.press(key)
    tab.page.locator("#message").focus()
    tab.page.keyboard.type("a b 1 2 e x s")
    tab.page.wait_for_timeout(200)
    assert [each["name"] for each in tab.watch.heard] == ["pairvote:ready"]
    assert tab.page.locator("#message").input_value() == "a b 1 2 e x s"


def test_a_key_that_follows_the_focus_too_fast_is_no_vote(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    compare.hover()
    tab.page.wait_for_load_state("networkidle")
    tab.page.wait_for_timeout(_GUARD_MS)
    tab.page.locator("#message").focus()
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("a")
    tab.page.wait_for_timeout(200)
    assert _choice(tab) is None
    tab.page.wait_for_timeout(_GUARD_MS)
    tab.page.keyboard.press("a")
    tab.wait_for("pairvote:vote")


@pytest.mark.parametrize("chord", ["Control+b", "Alt+b", "Meta+b", "Shift+B"])
def test_keys_with_modifiers_are_somebody_elses(tab: Tab, served: Served, chord: str) -> None:
    tab.open(served.register())
    _enter(tab)
    tab.page.keyboard.press(chord)
    tab.page.wait_for_timeout(200)
    assert _choice(tab) is None


def test_a_key_that_is_held_down_votes_once(tab: Tab, served: Served) -> None:
    tab.open(served.register())
    _enter(tab)
    tab.page.keyboard.down("a")
    tab.wait_for("pairvote:vote")
    tab.page.keyboard.press("u")
    tab.wait_for("pairvote:undo")
    tab.page.keyboard.down("a")
    tab.page.wait_for_timeout(200)
    tab.page.keyboard.up("a")
    assert _choice(tab) is None


def test_what_is_typed_into_a_field_is_text_and_does_not_reach_the_hosts_own_keys(
    tab: Tab, served: Served
) -> None:
    compare = tab.open(served.register())
    tab.page.evaluate(
        "document.addEventListener('keydown', (event) => { (window.keys ??= []).push(event.key); })"
    )
    tab.vote("left")
    field = compare.get_by_role("textbox", name="Comment")
    field.press_sequentially("Bees xx u s?")
    expect(field).to_have_value("Bees xx u s?")
    assert _choice(tab) == "A is better"
    assert tab.page.evaluate("window.keys ?? []") == []


def test_keys_can_be_turned_off(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register(), "no-shortcuts")
    _enter(tab)
    tab.page.keyboard.press("a")
    tab.page.wait_for_timeout(200)
    assert _choice(tab) is None
    expect(compare.locator("[aria-keyshortcuts]")).to_have_count(0)
    expect(compare.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()


def test_the_keys_are_told_on_the_buttons(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    told = compare.locator("button.vote").evaluate_all("(all) => all.map((each) => each.ariaKeyShortcuts)")
    assert told == ["A 1", "B 2", "E 3", "X 4"]


def test_d_marks_the_differences_and_takes_them_away(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register(_LONG, _LONG.replace("Step 3:", "Stage 3:")))
    _enter(tab)
    tab.page.keyboard.press("d")
    expect(compare.get_by_role("button", name="Hide differences")).to_have_attribute("aria-pressed", "true")
    expect(compare.locator("mark")).to_have_count(2)
    tab.page.keyboard.press("d")
    expect(compare.locator("mark")).to_have_count(0)


def test_escape_closes_a_panel_and_goes_back_to_what_opened_it(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    opener = compare.get_by_role("button", name="Report")
    opener.focus()
    tab.page.keyboard.press("Enter")
    field = compare.get_by_label("What should we know?")
    field.focus()
    tab.page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_the_order_of_the_focus_is_the_order_on_the_screen(tab: Tab, served: Served) -> None:
    tab.open(served.register(_LONG, _LONG + "\n\nDone."))
    _enter(tab)
    places = []
    for _ in range(14):
        places.append(
            tab.page.evaluate(
                """() => {
                  const focused = document.querySelector("pairvote-compare").shadowRoot.activeElement;
                  if (!focused) return null;
                  // A response is read as a whole before the one beside it.
                  const box = (focused.closest(".responses") ?? focused).getBoundingClientRect();
                  const column = (focused.closest(".response") ?? focused).getBoundingClientRect();
                  const row = Math.round((box.top + box.height / 2) / 16);
                  return [row, column.left, focused.getBoundingClientRect().top];
                }"""
            )
        )
        tab.page.keyboard.press("Tab")
    inside = [place for place in places if place]
    assert len(inside) >= 12
    assert inside == sorted(inside)

"""Two streams are shown in step: neither side's speed can be seen, and the vote opens when both are done."""

from itertools import pairwise
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Tab
from tests.browser.served import Served
from tests.browser.site import element

pytestmark = pytest.mark.browser

_STREAM: Final = """([left, right]) => {
  async function* words({text, size, pause, fails}) {
    for (let at = 0; at < text.length; at += size) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (fails && at > text.length / 2) throw new Error("cut");
      yield text.slice(at, at + size);
    }
  }
  const element = document.querySelector("pairvote-compare");
  element.streams = {left: words(left), right: words(right)};
  window.seen = [];
  const bodies = () => [...element.shadowRoot.querySelectorAll(".content")].filter((box) => box.closest(".body"));
  const look = () => {
    const lengths = bodies().map((box) => box.textContent.length);
    const last = window.seen.at(-1);
    if (lengths.length === 2 && (!last || last[1] !== lengths[0] || last[2] !== lengths[1]))
      window.seen.push([performance.now(), ...lengths]);
    requestAnimationFrame(look);
  };
  look();
}"""
_TEXT: Final = " ".join(f"word{number:03d}" for number in range(90))
_OTHER: Final = " ".join(f"term{number:03d}" for number in range(90))


def _fast(text: str) -> dict[str, Any]:
    return {"text": text, "size": 400, "pause": 1}


def _slow(text: str) -> dict[str, Any]:
    return {"text": text, "size": 12, "pause": 25}


def _start(tab: Tab, served: Served, left: dict[str, Any], right: dict[str, Any]) -> None:
    tab.page.goto(served.site.put_page(element(None)))
    tab.page.evaluate(_STREAM, [left, right])


def _seen(page: Page) -> list[list[float]]:
    seen: list[list[float]] = page.evaluate("window.seen")
    return seen


@pytest.mark.parametrize("swapped", [False, True])
def test_both_grow_at_the_pace_of_the_slower_one(tab: Tab, served: Served, swapped: bool) -> None:
    sides = (_slow(_TEXT), _fast(_OTHER)) if swapped else (_fast(_TEXT), _slow(_OTHER))
    _start(tab, served, *sides)
    expect(tab.compare.locator(".status")).to_contain_text("complete", timeout=20_000)
    tab.compare.get_by_text("Both responses are complete").wait_for()
    seen = _seen(tab.page)
    assert len(seen) > 8
    # Both are drawn one after the other in a step; within it they may differ by that step.
    most = max(abs(left - right) for _, left, right in seen)
    assert most <= 120, seen
    assert seen[-1][1:] == [len(_TEXT), len(_OTHER)]


def test_the_page_changes_at_most_ten_times_a_second(tab: Tab, served: Served) -> None:
    _start(tab, served, _slow(_TEXT), _slow(_OTHER))
    tab.compare.get_by_text("Both responses are complete").wait_for()
    seen = _seen(tab.page)
    seconds = (seen[-1][0] - seen[0][0]) / 1000
    lefts = len({left for _, left, _ in seen})
    assert lefts <= 10 * seconds + 3


def test_what_waited_for_its_turn_does_not_come_in_one_burst(tab: Tab, served: Served) -> None:
    _start(tab, served, _slow(_TEXT[:200]), _fast(_OTHER * 2))
    tab.compare.get_by_text("Both responses are complete").wait_for()
    rest = [right for _, left, right in _seen(tab.page) if right > 230]
    steps = [after - before for before, after in pairwise(rest)]
    assert len(steps) > 8
    # One burst would be most of the text; a page that had no time for a while may catch up with a part of it.
    assert max(steps) < (rest[-1] - rest[0]) / 2


def test_no_vote_before_both_are_done_and_the_ticket_is_there(tab: Tab, served: Served) -> None:
    # The order is drawn when both responses are registered; a host that streams has drawn its own before.
    comparison = served.register(_TEXT, _OTHER)
    _start(tab, served, _fast(comparison.left), _slow(comparison.right))
    vote = tab.compare.locator("button.vote").first
    vote.wait_for()
    assert vote.get_attribute("aria-disabled") == "true"
    expect(vote).to_have_accessible_description(
        "Both responses are still being written. You can vote when they are complete."
    )
    vote.dispatch_event("click")
    tab.compare.get_by_text("Both responses are complete").wait_for()
    assert vote.get_attribute("aria-disabled") == "true"
    assert tab.watch.heard == []
    tab.page.evaluate(
        """(ticket) => {
          const element = document.querySelector("pairvote-compare");
          element.endpoint = "/pairvote/v1";
          element.ticket = ticket;
        }""",
        comparison.ticket,
    )
    tab.wait_for("pairvote:ready")
    expect(vote).not_to_have_attribute("aria-disabled", "true")
    tab.vote("right")
    assert tab.wait_for("pairvote:vote")["content"] == comparison.right


def test_a_ticket_that_comes_early_waits_for_the_streams(tab: Tab, served: Served) -> None:
    comparison = served.register(_TEXT, _OTHER)
    _start(tab, served, _slow(comparison.left), _slow(comparison.right))
    tab.page.evaluate(
        """(ticket) => {
          const element = document.querySelector("pairvote-compare");
          element.endpoint = "/pairvote/v1";
          element.ticket = ticket;
        }""",
        comparison.ticket,
    )
    tab.compare.get_by_text("word005").or_(tab.compare.get_by_text("term005")).first.wait_for()
    assert tab.watch.heard == []
    tab.wait_for("pairvote:ready")
    assert _seen(tab.page)[-1][1:] == [len(_TEXT), len(_OTHER)]


def test_a_ticket_that_is_quicker_than_a_part_of_the_widget_shows_nothing_before_the_streams(
    tab: Tab, served: Served
) -> None:
    comparison = served.register(_TEXT, _OTHER)
    held: list[Route] = []
    tab.page.route("**/parts/panels-*", lambda route: held.append(route))  # noqa: PLW0108  (Playwright marks it)
    _start(tab, served, _slow(comparison.left), _slow(comparison.right))
    with tab.page.expect_response("**/v1/ticket"):
        tab.page.evaluate(
            """(ticket) => {
              const element = document.querySelector("pairvote-compare");
              element.endpoint = "/pairvote/v1";
              element.ticket = ticket;
            }""",
            comparison.ticket,
        )
    tab.page.wait_for_timeout(300)
    assert _seen(tab.page) == []
    for route in held:
        route.continue_()
    tab.wait_for("pairvote:ready")
    grown = [left for _, left, _ in _seen(tab.page)]
    assert len(grown) > 10
    assert grown == sorted(grown)
    assert _seen(tab.page)[-1][1:] == [len(_TEXT), len(_OTHER)]


def test_when_a_side_fails_no_vote_is_asked_and_the_text_stays(tab: Tab, served: Served) -> None:
    _start(tab, served, _slow(_TEXT), {**_fast(_OTHER), "size": 40, "fails": True})
    assert tab.wait_for("pairvote:error")["code"] == "stream-failed"
    expect(tab.compare.locator(".status")).to_contain_text("not complete")
    expect(tab.compare.locator("button.vote").first).to_be_hidden()
    expect(tab.compare.get_by_text("term001")).to_be_visible()


def test_characters_of_two_halves_are_never_cut(tab: Tab, served: Served) -> None:
    text = "😀" * 150
    left = {"text": text, "size": 3, "pause": 5}
    _start(tab, served, left, {**left, "text": text + "🎉"})
    tab.page.evaluate(
        """() => {
          const element = document.querySelector("pairvote-compare");
          window.broken = 0;
          const look = () => {
            for (const box of element.shadowRoot.querySelectorAll(".body .content"))
              if (!box.textContent.isWellFormed()) window.broken++;
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    tab.compare.get_by_text("Both responses are complete").wait_for()
    assert tab.page.evaluate("window.broken") == 0

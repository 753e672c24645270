"""What a screen reader is told: a named region, headings, a named group of votes, and few words at the right time."""

from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Served
from tests.browser.site import element

pytestmark = pytest.mark.browser

_TREE: Final = """
- region "Which response do you prefer?":
  - heading "Which response do you prefer?" [level=2]
  - group "Your question":
    - paragraph: How do I boil water?
  - group "Response A":
    - heading "Response A" [level=3]
  - group "Response B":
    - heading "Response B" [level=3]
  - group "Your choice":
    - button "A is better"
    - button "B is better"
    - button "About the same"
    - button "Both are bad"
  - status: "Two responses to compare. Voting is optional: if you just keep typing, no vote is recorded."
  - button "Skip"
  - button "Don’t ask me again"
  - button "Report"
  - button "What happens to my vote?"
"""
# Notes each text that a polite live region says.
_LISTEN: Final = """
window.spoken = [];
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  new MutationObserver((records) => {
    const heard = new Set();
    for (const { target } of records) {
      const at = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      const region = at?.closest?.("[role=status]");
      if (region && region.textContent) heard.add(region.textContent);
    }
    window.spoken.push(...heard);
  }).observe(root, {subtree: true, childList: true, characterData: true});
  return root;
};
"""


def test_the_tree_is_as_it_looks(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    expect(compare).to_match_aria_snapshot(_TREE)


def test_on_a_phone_the_responses_are_tabs(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab(viewport={"width": 390, "height": 780})
    compare = tab.open(served.register())
    expect(compare).to_match_aria_snapshot(
        """
- tablist:
  - tab "Response A" [selected]
  - tab "Response B"
- tabpanel "Response A"
- group "Your choice"
"""
    )


def test_headings_stand_where_the_host_says(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register(), 'heading-level="4"')
    expect(compare.get_by_role("heading", level=4)).to_have_text("Which response do you prefer?")
    expect(compare.get_by_role("heading", level=5)).to_have_count(2)


def test_a_chosen_vote_is_told_as_pressed(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    tab.vote("tie")
    tab.wait_for("pairvote:vote")
    expect(compare.get_by_role("button", name="About the same", pressed=True)).to_have_count(1)
    expect(compare.get_by_role("button", name="A is better", pressed=False)).to_have_count(1)


def test_each_change_is_said_once(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab()
    tab.page.add_init_script(_LISTEN)
    compare = tab.open(served.register())
    tab.equip()
    tab.page.wait_for_timeout(300)
    assert len(tab.page.evaluate("window.spoken")) == 1
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    expect(compare.locator(".status")).to_contain_text("saved")
    compare.get_by_role("button", name="Undo").click()
    tab.wait_for("pairvote:undo")
    tab.page.wait_for_timeout(300)
    spoken = tab.page.evaluate("window.spoken")
    assert [text.split(".")[0].split("…")[0] for text in spoken] == [
        "Two responses to compare",
        "Saving your vote",
        "Your vote is saved",
        "Your vote is undone",
    ]


def test_a_stream_is_not_read_out_piece_by_piece(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab()
    tab.page.add_init_script(_LISTEN)
    tab.page.goto(served.site.put_page(element(None)))
    tab.page.evaluate(
        """() => {
          async function* words() {
            for (let number = 0; number < 30; number++) {
              yield `word ${number} `;
              await new Promise((resolve) => setTimeout(resolve, 30));
            }
          }
          document.querySelector("pairvote-compare").streams = {left: words(), right: words()};
        }"""
    )
    expect(tab.compare.locator(".status")).to_contain_text("Both responses are complete", timeout=20_000)
    assert [text.split(".")[0] for text in tab.page.evaluate("window.spoken")] == [
        "Both responses are still being written",
        "Both responses are complete",
    ]

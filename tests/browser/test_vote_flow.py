"""What a person does with a comparison, by pointer: vote, change, say more, undo, skip, opt out, report, read."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Served

pytestmark = pytest.mark.browser

_LONG: Final = "\n\n".join(f"Step {number}: wait and look at the kettle." for number in range(60))


@pytest.fixture(scope="module")
def hasty(served: Served) -> Iterator[Served]:
    """A workspace whose tickets and undo windows last seconds."""
    options = ("--ticket-seconds", "8", "--undo-seconds", "8")
    with served.other_workspace("Hasty votes", *options) as other:
        yield other


@pytest.fixture(scope="module")
def opinionated(served: Served) -> Iterator[Served]:
    """A workspace with reasons of its own, one of which has words in two languages and one in none."""
    options = ["--reason", "cites_sources", "--reason", "well_structured"]
    for label in ("cites_sources:en=Cites its sources", "cites_sources:de=Nennt Quellen"):
        options += ["--reason-label", label]
    with served.other_workspace("Own reasons", *options) as other:
        yield other


def _names(tab: Tab) -> list[str]:
    return [each["name"].removeprefix("pairvote:") for each in tab.watch.heard]


def _sent(tab: Tab, path: str) -> list[Any]:
    asked = [each for each in tab.watch.requests if each.url.endswith(path) and each.post_data]
    return [json.loads(each.post_data or "") for each in asked]


@pytest.mark.parametrize("choice", ["left", "right", "tie", "both_bad"])
def test_one_tap_votes_and_the_focus_stays(tab: Tab, served: Served, choice: str) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    tab.vote(choice)
    told = tab.wait_for("pairvote:vote")
    assert served.state(comparison)["choice"] == choice
    assert told["content"] == {"left": comparison.left, "right": comparison.right}.get(choice)
    pressed = compare.locator("button.vote[aria-pressed=true]")
    expect(pressed).to_have_count(1)
    expect(pressed).to_be_focused()
    expect(compare.locator(".after .card")).to_be_visible()
    expect(pressed).to_be_focused()


def test_a_double_click_is_one_vote(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    compare.get_by_role("button", name="About the same").dblclick()
    tab.wait_for("pairvote:vote")
    tab.page.wait_for_timeout(300)
    assert len(_sent(tab, "/vote")) == 1
    assert _names(tab) == ["ready", "vote"]


def test_hasty_changes_reach_the_server_in_order_and_the_last_one_stands(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    for choice in ("left", "right", "tie", "right", "both_bad"):
        tab.vote(choice)
    expect(compare.locator(".status")).to_contain_text("Your vote is saved")
    assert served.state(comparison)["choice"] == "both_bad"


def test_strength_is_asked_only_of_a_side_and_does_not_outlive_it(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    tab.vote("left")
    compare.get_by_role("button", name="Slightly better").click()
    expect(compare.get_by_role("button", name="Slightly better")).to_have_attribute("aria-pressed", "true")
    tab.vote("tie")
    expect(compare.get_by_text("How much better?")).to_be_hidden()
    tab.wait_for("pairvote:vote", 2)
    assert _sent(tab, "/vote")[-1]["strength"] is None


def test_more_is_not_asked_where_the_host_does_not_want_it(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register(), 'reasons="off" comment="off"')
    tab.vote("tie")
    tab.wait_for("pairvote:vote")
    expect(compare.get_by_text("With your receipt")).to_be_visible()
    expect(compare.get_by_role("textbox")).to_have_count(0)
    expect(compare.get_by_role("button", name="Useful")).to_have_count(0)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Cites its sources"), ("de", "Nennt Quellen"), ("fr", "Cites its sources")]
)
def test_a_workspaces_own_reasons_have_its_own_words(
    tab: Tab, opinionated: Served, lang: str, words: str
) -> None:
    compare = tab.open(opinionated.register(), lang=lang)
    tab.vote("left")
    compare.get_by_role("button", name=words).click()
    # Without words of its own a reason is told by its code.
    expect(compare.get_by_role("button", name="well structured")).to_be_visible()
    expect(compare.get_by_role("button", name=words)).to_have_attribute("aria-pressed", "true")
    tab.page.wait_for_load_state("networkidle")
    assert _sent(tab, "/vote")[-1]["reasons"] == ["cites_sources"]


def test_a_comment_is_sent_with_control_and_enter(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    tab.vote("right")
    field = compare.get_by_role("textbox", name="Comment")
    field.fill("Shorter, and right.")
    field.press("Control+Enter")
    expect(compare.get_by_text("Your comment is saved.")).to_be_visible()
    assert _sent(tab, "/vote")[-1]["comment"] == "Shorter, and right."


def test_the_receipt_is_linked_in_the_fragment(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    tab.vote("left")
    receipt = tab.wait_for("pairvote:vote")["receipt"]
    link = compare.get_by_role("link", name="Open receipt")
    assert str(link.get_attribute("href")).endswith(f"/receipt#{receipt}")


def test_a_vote_can_be_undone_and_the_focus_is_left_at_the_choice(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    undo = compare.get_by_role("button", name="Undo")
    expect(undo).to_have_text(re.compile(r"Undo \(until .*\d"))
    undo.click()
    tab.wait_for("pairvote:undo")
    expect(compare.locator("button.vote[aria-pressed=true]")).to_have_count(0)
    expect(compare.get_by_role("button", name="A is better")).to_be_focused()
    expect(compare.locator(".status")).to_have_text("Your vote is undone.")
    assert "choice" not in served.state(comparison)


def test_after_its_time_a_vote_is_final(tab: Tab, hasty: Served) -> None:
    compare = tab.open(hasty.register())
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    expect(compare.locator(".status")).to_have_text("Your vote is final.")
    expect(compare.get_by_role("button", name="Undo")).to_be_hidden()
    chosen = compare.get_by_role("button", name="A is better")
    expect(chosen).to_have_attribute("aria-disabled", "true")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    compare.get_by_role("button", name="B is better").dispatch_event("click")
    tab.page.wait_for_timeout(300)
    assert len(_sent(tab, "/vote")) == 1


def test_when_the_time_to_vote_is_over_the_text_stays_and_the_host_is_told(tab: Tab, hasty: Served) -> None:
    comparison = hasty.register()
    compare = tab.open(comparison)
    assert tab.wait_for("pairvote:expired") == {"id": comparison.id}
    expect(compare.locator(".status")).to_have_text("The time to vote is over.")
    expect(compare.locator("#left")).to_contain_text("kettle")
    expect(compare.locator("button.vote").first).to_be_hidden()


def test_a_skip_is_one_tap_and_never_asks_why(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    compare.get_by_role("button", name="Skip").click()
    assert tab.wait_for("pairvote:skip") == {"id": comparison.id, "reason": "not_now"}
    served.wait_for_state(comparison, "skipped")
    expect(compare.locator("button.vote").first).to_be_hidden()
    # The focus is still inside.
    assert tab.page.evaluate("document.activeElement.localName") == "pairvote-compare"
    compare.get_by_role("button", name="Too long").click()
    expect(compare.get_by_text("Thank you.")).to_be_visible()
    tab.page.wait_for_load_state("networkidle")
    assert _sent(tab, "/skip") == [{"reason": "not_now"}, {"reason": "too_long"}]
    assert _names(tab) == ["ready", "skip"]


def test_whoever_never_wants_to_be_asked_is_not_asked_this_either(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    compare.get_by_role("button", name="Don’t ask me again").click()
    compare.get_by_role("button", name="Never").click()
    assert tab.wait_for("pairvote:optout") == {"id": comparison.id, "ask": "never"}
    expect(compare.locator(".status")).to_have_text("You will not be asked again.")
    served.wait_for_state(comparison, "withheld")
    assert _sent(tab, "/preferences") == [{"ask": "never"}]


def test_opting_out_leaves_a_vote_as_it_is(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison)
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    compare.get_by_role("button", name="Don’t ask me again").click()
    compare.get_by_role("button", name="Not for a week").click()
    tab.wait_for("pairvote:optout")
    expect(compare.locator(".status")).to_have_text("You will not be asked for a week.")
    assert served.state(comparison)["choice"] == "left"
    expect(compare.locator("button.vote[aria-pressed=true]")).to_have_count(1)


def test_a_response_can_be_reported_apart_from_the_vote(tab: Tab, served: Served) -> None:
    comparison = served.register()
    tab.page.route(
        "**/v1/ticket/report", lambda route: route.fulfill(status=201, json={"reference": "R-7F3K"})
    )
    compare = tab.open(comparison)
    compare.get_by_role("button", name="Report").click()
    compare.get_by_role("radio", name="Response B").check()
    compare.get_by_label("What is wrong?").select_option("spam")
    compare.get_by_label("What should we know?").fill("An advertisement.")
    compare.get_by_role("button", name="Send report").click()
    expect(compare.get_by_text("Reference: R-7F3K")).to_be_visible()
    told = tab.wait_for("pairvote:report")
    assert told == {"id": comparison.id, "side": "right", "category": "spam", "reference": "R-7F3K"}
    assert _sent(tab, "/report") == [{"side": "right", "category": "spam", "comment": "An advertisement."}]
    assert "choice" not in served.state(comparison)


def test_a_report_that_does_not_arrive_keeps_what_was_written(tab: Tab, served: Served) -> None:
    tab.watch.allow("503")
    tab.page.route("**/v1/ticket/report", lambda route: route.fulfill(status=503, json={"code": "x"}))
    compare = tab.open(served.register())
    compare.get_by_role("button", name="Report").click()
    compare.get_by_role("radio", name="Both").check()
    compare.get_by_label("What is wrong?").select_option("other")
    compare.get_by_label("What should we know?").fill("Odd.")
    compare.get_by_role("button", name="Send report").click()
    expect(compare.get_by_text("could not be sent")).to_be_visible()
    expect(compare.get_by_label("What should we know?")).to_have_value("Odd.")


@pytest.mark.parametrize(
    ("continues", "words"),
    [
        ("", "no vote is recorded"),
        ('continues="chosen"', "goes on with your choice"),
        ('continues="left"', "goes on with Response A"),
        ('continues="right"', "goes on with Response B"),
    ],
)
def test_it_says_before_the_vote_what_happens_if_one_types_on(
    tab: Tab, served: Served, continues: str, words: str
) -> None:
    compare = tab.open(served.register(), continues)
    expect(compare.locator(".status")).to_contain_text(words)
    compare.get_by_role("button", name="What happens to my vote?").click()
    notice = compare.locator("[part=notice]")
    expect(notice).to_contain_text("cut loose from your account")
    expect(notice).to_contain_text("no vote is recorded")


def test_without_a_side_the_host_goes_on_with_the_one_it_named(tab: Tab, served: Served) -> None:
    comparison = served.register()
    tab.open(comparison, 'continues="right"')
    tab.vote("tie")
    told = tab.wait_for("pairvote:vote")
    assert (told["side"], told["content"]) == (None, comparison.right)


def test_long_responses_unfold_together_and_scroll_together(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register(_LONG, _LONG + "\n\nDone."))
    left, right = compare.locator(".body").all()
    tab.equip()
    heights = [side.evaluate("(body) => body.clientHeight") for side in (left, right)]
    assert heights[0] == heights[1] < 420
    compare.get_by_role("checkbox", name="Scroll together").check()
    left.evaluate("(body) => { body.scrollTop = body.scrollHeight; }")
    tab.page.wait_for_function(
        "(body) => body.scrollTop > 0.95 * (body.scrollHeight - body.clientHeight)",
        arg=right.element_handle(),
    )
    fold = compare.get_by_role("button", name="Show all")
    fold.click()
    assert all(
        side.evaluate("(body) => body.scrollHeight <= body.clientHeight + 1") for side in (left, right)
    )
    expect(compare.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")


def test_earlier_messages_are_folded_and_instructions_to_the_model_are_not_shown(
    tab: Tab, served: Served
) -> None:
    talk = [
        {"role": "system", "content": "Be brief, secretly."},
        {"role": "user", "content": "What is a kettle?"},
        {"role": "assistant", "content": "A vessel with a **spout**."},
        {"role": "user", "content": "How do I boil water in it?"},
    ]
    compare = tab.open(served.register(conversation=talk))
    expect(compare.get_by_text("How do I boil water in it?")).to_be_visible()
    expect(compare.get_by_text("What is a kettle?")).to_have_count(0)
    compare.get_by_text("Earlier in this conversation").click()
    expect(compare.get_by_text("What is a kettle?")).to_be_visible()
    expect(compare.locator(".turn strong", has_text="spout")).to_be_visible()
    expect(compare.get_by_text("secretly")).to_have_count(0)
    expect(compare.get_by_text("How do I boil water in it?")).to_have_count(1)


def test_a_reload_shows_the_vote_that_stands_and_loses_nothing_of_it(tab: Tab, served: Served) -> None:
    tab.open(served.register())
    tab.vote("right")
    receipt = tab.wait_for("pairvote:vote")["receipt"]
    tab.compare.get_by_role("textbox", name="Comment").fill("Shorter, and right.")
    tab.compare.get_by_role("button", name="Send").click()
    expect(tab.compare.get_by_text("Your comment is saved.")).to_be_visible()
    tab.page.reload()
    tab.wait_for("pairvote:ready")
    chosen = tab.compare.get_by_role("button", name="B is better")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(tab.compare.get_by_role("button", name="Undo")).to_be_visible()
    expect(tab.compare.get_by_role("textbox", name="Comment")).to_have_value("Shorter, and right.")
    expect(tab.compare.get_by_role("link", name="receipt")).to_have_attribute("href", re.compile(receipt))
    tab.compare.get_by_role("button", name="Useful").click()
    expect(tab.compare.locator(".status")).to_contain_text("Your vote is saved")
    assert _sent(tab, "/vote")[-1]["comment"] == "Shorter, and right."


def test_the_element_is_made_by_script_moved_and_given_another_ticket(tab: Tab, served: Served) -> None:
    first, second = served.register(), served.register()
    tab.page.goto(served.site.put_page("<div id=a></div><div id=b></div>"))
    tab.page.evaluate(
        """async (ticket) => {
          const element = document.createElement("pairvote-compare");
          element.endpoint = "/pairvote/v1";
          element.ticket = ticket;
          document.querySelector("#a").append(element);
        }""",
        first.ticket,
    )
    tab.wait_for("pairvote:ready")
    assert tab.compare.get_attribute("ticket") is None
    tab.page.evaluate("document.querySelector('#b').append(document.querySelector('pairvote-compare'))")
    tab.vote("left")
    assert tab.wait_for("pairvote:vote")["id"] == first.id
    tab.page.evaluate(
        "(ticket) => { document.querySelector('pairvote-compare').ticket = ticket; }", second.ticket
    )
    assert tab.wait_for("pairvote:ready", 2)["id"] == second.id
    expect(tab.compare.locator("button.vote[aria-pressed=true]")).to_have_count(0)
    tab.vote("right")
    assert tab.wait_for("pairvote:vote", 2)["id"] == second.id
    assert tab.watch.addresses.count("GET /pairvote/v1/ticket") == 2
    tab.page.evaluate("document.querySelector('pairvote-compare').ticket = null")
    expect(tab.compare).to_be_hidden()


def test_two_elements_on_a_page_do_not_disturb_each_other(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab()
    first, second = served.register(), served.register()
    tags = "".join(
        f'<pairvote-compare endpoint="/pairvote/v1" ticket="{each.ticket}"></pairvote-compare>'
        for each in (first, second)
    )
    tab.page.goto(served.site.put_page(tags))
    tab.wait_for("pairvote:ready", 2)
    tab.compare.nth(1).get_by_role("button", name="A is better").click()
    assert tab.wait_for("pairvote:vote")["id"] == second.id
    expect(tab.compare.nth(0).locator("button.vote[aria-pressed=true]")).to_have_count(0)
    assert "choice" not in served.state(first)


def test_the_hosts_words_and_methods_work(tab: Tab, served: Served) -> None:
    comparison = served.register()
    compare = tab.open(comparison, inside="<h2 slot=heading>Help us choose</h2><p slot=notice>By us.</p>")
    expect(compare.get_by_role("heading", name="Which response")).to_be_hidden()
    tab.page.evaluate("document.querySelector('pairvote-compare').messages = {vote_tie: 'A draw'}")
    expect(compare.get_by_role("button", name="A draw")).to_be_visible()
    expect(compare.get_by_text("By us.")).to_be_visible()
    tab.page.evaluate("document.querySelector('pairvote-compare').vote('tie')")
    tab.wait_for("pairvote:vote")
    tab.page.evaluate("document.querySelector('pairvote-compare').undo()")
    tab.wait_for("pairvote:undo")
    tab.page.evaluate("document.querySelector('pairvote-compare').skip()")
    tab.wait_for("pairvote:skip")

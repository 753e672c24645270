"""The widget tells once that a notice has changed, takes the choice that it asks for, and stands in nobody's way."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Tab
from tests.browser.served import Served

pytestmark = pytest.mark.browser

_WAIT_SECONDS: Final = 30
_LOOKS: Final = {
    "light": (1100, {"color_scheme": "light", "forced_colors": "none"}),
    "dark": (1100, {"color_scheme": "dark", "forced_colors": "none"}),
    "forced-colours": (1100, {"color_scheme": "light", "forced_colors": "active"}),
    "narrow": (320, {"color_scheme": "light", "forced_colors": "none"}),
}


@pytest.fixture(scope="module")
def changed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workspace with a privacy notice of its own since today: whom it meets today counts as met before."""
    folder: Path = tmp_path_factory.mktemp("notices")
    files = {"en": "# Privacy\n\nNew words.", "ar": "# الخصوصية\n\nكلمات جديدة."}
    paths = []
    for language, text in files.items():
        paths.append(folder / f"privacy.{language}.md")
        paths[-1].write_text(text, "utf-8")
    with served.other_workspace("Changed notices") as other:
        summaries = ("--summary", "We keep less for less time.", "--summary", "ar=نحتفظ بأقل ولمدة أقصر.")
        served.server.run(
            "document", "publish", "Changed notices", "privacy_notice",
            *map(str, paths), "--requires-choice", *summaries
        )  # fmt: skip
        deadline = time.perf_counter() + _WAIT_SECONDS
        while not any(
            each["is_in_effect"] and each["effective_at"]
            for each in other.call("GET", f"/v1/documents/{other.workspace_id}")["documents"]
        ):
            assert time.perf_counter() < deadline
            time.sleep(0.2)
        yield other


def test_it_is_told_below_the_votes_and_a_vote_needs_no_answer(tab: Tab, changed: Served) -> None:
    who = {"account": "anna"}
    compare = tab.open(changed.register(identifiers=who))
    card = compare.locator(".update")
    expect(card).to_contain_text("We keep less for less time.")
    expect(compare.locator(".status")).to_contain_text("Our notices have changed.")
    assert compare.locator("[role=status]").count() == 1
    votes, told = compare.locator("[part=actions]").bounding_box(), card.bounding_box()
    assert votes is not None
    assert told is not None
    assert votes["y"] < told["y"]
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    expect(card).to_be_visible()
    with tab.page.context.expect_page() as opened:
        card.get_by_role("link").click()
    expect(opened.value.locator("article")).to_contain_text("New words.")
    opened.value.close()
    # Who loads the page anew has lost nothing.
    tab.page.reload()
    expect(card).to_contain_text("We keep less for less time.")
    # The next time nothing is said; the choice stays where one looks for it.
    again = tab.open(changed.register(identifiers=who))
    tab.equip()
    expect(again.locator(".update")).to_have_count(0)
    again.locator("button.notice").click()
    again.get_by_role("button", name="Vote and conversation").click()
    expect(again.locator(".status")).to_have_text("Saved: votes are shared with their conversation.")
    expect(again.get_by_role("button", name="Vote and conversation")).to_have_count(0)


def test_one_tap_chooses_and_who_shares_nothing_is_not_asked(tab: Tab, changed: Served) -> None:
    compare = tab.open(changed.register())
    card = compare.locator(".update")
    card.get_by_role("button", name="Vote only").click()
    expect(compare.locator(".status")).to_have_text("Saved: only votes are shared.")
    expect(card.get_by_role("button")).to_have_count(0)
    expect(compare.locator("button.vote").first).to_be_enabled()

    comparison = changed.register()
    compare = tab.open(comparison)
    compare.locator(".update").get_by_role("button", name="Nothing").click()
    expect(compare.locator(".status")).to_contain_text("nothing is shared")
    changed.wait_for_state(comparison, "withheld")


@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_it_has_no_violation_in_any_look(tab: Tab, changed: Served, lang: str, direction: str) -> None:
    compare = tab.open(changed.register(locale=lang), lang=lang, direction=direction)
    compare.locator(".update button").first.wait_for()
    for name, (width, media) in _LOOKS.items():
        tab.page.emulate_media(**media)  # type: ignore[arg-type]
        tab.page.set_viewport_size({"width": width, "height": 900})
        tab.page.wait_for_timeout(250)
        tab.shoot(f"notice-update-{lang}-{name}")
        assert violations(tab.page) == [], name
        assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name

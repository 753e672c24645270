"""<pairvote-feedback>: two thumbs, what may be said after the tap, undo, in six languages and any look."""

import gzip
import itertools
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, expect

from app.operations.widget_files import BUILT_FOLDER
from tests.browser.axe import violations
from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Served

pytestmark = pytest.mark.browser

_SOURCE: Final = Path(__file__).parents[2] / "static" / "widget" / "src" / "feedback"
_ENGLISH: Final = dict(
    re.findall(r'^  (\w+): "(.*)",$', (_SOURCE / "words.js").read_text(encoding="utf-8"), re.MULTILINE)
)
_BYTES: Final = 7168
_SCRIPT: Final = (
    '<script type="module" crossorigin src="/pairvote/static/widget/v1/pairvote-feedback.js"></script>'
)
_HEARD: Final = """document.addEventListener("pairvote:feedback", (event) =>
  window.pairvoteHeard.push({name: "pairvote:feedback", detail: event.detail}))"""
_PEOPLE: Final = itertools.count(1)


def _offer(served: Served, *, account: str = "", target: str = "answer-1") -> str:
    body = {
        "identifiers": {"account": account or f"reader-{next(_PEOPLE)}", "conversation": "talk"},
        "target": target,
        "conversation": [
            {"role": "user", "content": "How do I boil water?"},
            {"role": "assistant", "content": "Use a kettle."},
        ],
    }
    return str(served.call("POST", "/v1/feedback-tickets", json=body)["ticket"])


def _open(tab: Tab, served: Served, *, ticket: str | None = None, lang: str = "en") -> Locator:
    held = ticket or _offer(served)
    tag = f'<pairvote-feedback ticket="{held}" endpoint="/pairvote/v1"></pairvote-feedback>{_SCRIPT}'
    tab.page.add_init_script(_HEARD)
    tab.page.goto(served.site.put_page(tag, lang=lang, direction="rtl" if lang == "ar" else "ltr"))
    tab.wait_for("pairvote:ready")
    return tab.page.locator("pairvote-feedback")


def _status(form: Locator) -> Locator:
    return form.get_by_role("status")


def test_it_is_small() -> None:
    size = len(gzip.compress((BUILT_FOLDER / "pairvote-feedback.js").read_bytes(), mtime=0))
    print(f"feedback: {size} bytes")
    assert size <= _BYTES


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr", "ja"])
def test_no_language_misses_a_key_or_a_place(language: str) -> None:
    words = json.loads((_SOURCE / "locales" / f"{language}.json").read_text(encoding="utf-8"))
    assert list(words) == list(_ENGLISH)
    for place in ("{time}", "{count}"):
        assert [key for key, text in words.items() if (place in text) != (place in _ENGLISH[key])] == []
    assert [key for key, text in words.items() if text == _ENGLISH[key]] == []


def test_a_thumb_a_reason_a_comment_and_undo(tab: Tab, served: Served) -> None:
    ticket = _offer(served)
    form = _open(tab, served, ticket=ticket)
    up, down = (
        form.get_by_role("button", name=name, exact=True) for name in (_ENGLISH["up"], _ENGLISH["down"])
    )
    down.click()
    said = tab.wait_for("pairvote:feedback")
    assert (said["rating"], said["reasons"], said["changed"]) == ("down", [], False)
    assert said["receipt"].startswith("pvr_")
    # The focus stays where the person is.
    assert tab.page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "thumb down"
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(_status(form)).to_contain_text("Thank you.")
    form.get_by_role("button", name="Too complicated").click()
    assert tab.wait_for("pairvote:feedback", 2)["reasons"] == ["too_complicated"]
    form.get_by_label("Comment").fill("Too many <b>steps</b>.")
    form.get_by_role("button", name="Send").click()
    tab.wait_for("pairvote:feedback", 3)
    expect(_status(form)).to_have_text(_ENGLISH["comment_saved"])
    again = _open(tab, served, ticket=ticket)
    expect(again.get_by_label("Comment")).to_have_value("Too many <b>steps</b>.")
    up.click()
    assert tab.wait_for("pairvote:feedback")["changed"] is True
    expect(again.get_by_role("button", name="Solved my problem")).to_be_visible()
    again.get_by_role("button", name="Undo").click()
    tab.wait_for("pairvote:undo")
    expect(_status(again)).to_have_text(_ENGLISH["undone"])
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(again.get_by_label("Comment")).to_be_hidden()


def test_with_keys_alone(tab: Tab, served: Served) -> None:
    form = _open(tab, served)
    form.get_by_role("button", name=_ENGLISH["up"], exact=True).focus()
    tab.page.keyboard.press("Space")
    tab.wait_for("pairvote:feedback")
    for _ in range(2):
        tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    assert tab.wait_for("pairvote:feedback", 2)["reasons"] == ["easy_to_understand"]


def test_who_does_not_want_to_be_asked_says_so_here(tab: Tab, served: Served) -> None:
    form = _open(tab, served)
    form.get_by_role("button", name=_ENGLISH["opt_out"]).click()
    form.get_by_role("button", name="Never").click()
    assert tab.wait_for("pairvote:optout")["ask"] == "never"
    expect(_status(form)).to_have_text(_ENGLISH["ask_done_never"])
    expect(form.get_by_role("button", name=_ENGLISH["up"], exact=True)).to_have_attribute(
        "aria-disabled", "true"
    )
    form.get_by_role("button", name=_ENGLISH["notice"]).click()
    expect(form.get_by_text("sets no cookie")).to_be_visible()


def test_whoever_stops_after_a_rating_is_offered_to_withdraw_everything(tab: Tab, served: Served) -> None:
    with served.other_workspace("Rated before", "--undo-seconds", "0") as other:
        before = _open(tab, other, ticket=_offer(other, account="leaves"))
        before.get_by_role("button", name=_ENGLISH["up"], exact=True).click()
        tab.wait_for("pairvote:feedback")
        other.server.run("workspace", "set", "Rated before", "--undo-seconds", "900")
        other.server.run("disconnect")
        form = _open(tab, other, ticket=_offer(other, account="leaves", target="answer-2"))
        form.get_by_role("button", name=_ENGLISH["down"], exact=True).click()
        tab.wait_for("pairvote:feedback")
        form.get_by_role("button", name=_ENGLISH["opt_out"]).click()
        form.get_by_role("button", name="Never").click()
        offer = form.locator("[part=withdraw]")
        expect(offer).to_contain_text("Votes and ratings that you gave earlier: 1")
        assert violations(tab.page) == []
        tab.shoot("feedback-withdraw-offered")
        offer.get_by_role("button").click()
        offer.get_by_role("button", name=_ENGLISH["withdraw_keep"]).click()
        expect(offer.get_by_role("button")).to_have_text([_ENGLISH["withdraw"]])
        offer.get_by_role("button").click()
        expect(offer.locator("p")).to_be_focused()
        tab.watch.allow("422")
        tab.page.route("**/withdrawal", lambda route: route.fulfill(status=422, json={"code": "odd"}))
        offer.get_by_role("button", name=_ENGLISH["withdraw_confirm"]).click()
        expect(offer.get_by_role("status")).to_have_text(_ENGLISH["unsaved"])
        for width, scheme in ((1100, "light"), (320, "dark")):
            tab.page.set_viewport_size({"width": width, "height": 700})
            tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            tab.page.wait_for_timeout(250)
            assert violations(tab.page) == []
            assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            tab.shoot(f"feedback-withdraw-asked-{scheme}")
        tab.page.unroute("**/withdrawal")
        offer.get_by_role("button", name=_ENGLISH["withdraw_confirm"]).click()
        tab.wait_for("pairvote:undo")
        expect(_status(form).first).to_have_text(_ENGLISH["withdraw_done"])
        expect(offer).to_have_count(0)
        expect(form.get_by_role("button", name=_ENGLISH["down"], exact=True)).to_have_attribute(
            "aria-pressed", "false"
        )
        held = other.call("POST", "/v1/preferences/lookup", json={"identifiers": {"account": "leaves"}})
        assert held["ask"] == "never"


def test_what_cannot_be_saved_is_not_shown_as_said(tab: Tab, served: Served) -> None:
    tab.watch.allow("status of 500|status of 422|Failed to load resource")
    form = _open(tab, served)
    tab.page.route("**/rating", lambda route: route.fulfill(status=422, json={"code": "odd", "title": "Odd"}))
    up = form.get_by_role("button", name=_ENGLISH["up"], exact=True)
    up.click()
    assert tab.wait_for("pairvote:error")["code"] == "odd"
    expect(_status(form)).to_have_text(_ENGLISH["unsaved"])
    expect(up).to_have_attribute("aria-pressed", "false")


_LOOKS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "light": ("en", {"color_scheme": "light"}),
    "dark": ("en", {"color_scheme": "dark"}),
    "forced-colours": ("de", {"forced_colors": "active"}),
    "phone": ("ja", {"viewport": {"width": 320, "height": 700}}),
    "arabic": ("ar", {"viewport": {"width": 420, "height": 700}, "reduced_motion": "reduce"}),
}


@pytest.mark.parametrize("look", _LOOKS)
def test_nobody_is_left_out_in_any_look(open_tab: OpenTab, served: Served, look: str) -> None:
    language, options = _LOOKS[look]
    tab = open_tab(**options)
    form = _open(tab, served, lang=language)
    section = form.locator("section")
    expect(section).to_have_attribute("lang", language)
    expect(section).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    form.locator("button.up").click()
    tab.wait_for("pairvote:feedback")
    form.locator("button.chip").first.click()
    tab.wait_for("pairvote:feedback", 2)
    for opener in form.locator(".quiet button").all():
        opener.click()
    tab.page.wait_for_timeout(300)
    tab.shoot(f"feedback-{look}")
    assert violations(tab.page) == []
    width = tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0

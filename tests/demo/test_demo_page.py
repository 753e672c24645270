"""The demo in a browser: a message, a comparison, a vote, and what the product makes of each event."""

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect, sync_playwright

from app.demo.conversations import USUAL_MODEL, conversations
from tests.browser.axe import violations
from tests.serving import Server

pytestmark = pytest.mark.browser

_FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WAIT_MS: Final = 20_000
_MOON = conversations()["moon"]
_UNIQUE = conversations()["unique"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    program = shutil.which("chromium")
    expect.set_options(timeout=_WAIT_MS)
    assert program is not None, "these tests drive Chromium: run `make browser`"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=program, args=list(_FLAGS), chromium_sandbox=os.geteuid() != 0
        )
        yield made
        made.close()


class Visit:
    """The demo's page with somebody in front of it."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.said: list[str] = []
        self.asked_for: list[str] = []
        page.set_default_timeout(_WAIT_MS)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked_for.append(request.url))

    def open(self, where: str = "") -> None:
        """Opens the page, and waits until it can be used."""
        self.page.goto(f"{self.server.url}/demo{where}")
        self.page.locator(".talk").first.wait_for(state="attached")

    def take_suggestion(self, text: str) -> None:
        """Sends a suggested message."""
        self.page.locator("#suggestions .chip, .card").filter(has_text=text).first.click()

    @property
    def thread(self) -> Locator:
        """The open conversation."""
        return self.page.locator("#thread")

    @property
    def compare(self) -> Locator:
        """The comparison that waits or has been voted on last."""
        return self.thread.locator(".comparison:not([hidden]) > .frame > pairvote-compare").last

    def wait_for_comparison(self) -> None:
        """Waits until there is something to vote on."""
        self.compare.get_by_role("button", name="A is better").wait_for()

    def do(self, script: str) -> None:
        """Runs a method of the element, as a host may."""
        self.compare.evaluate(f"(element) => element.{script}")

    def events(self) -> list[str]:
        """The names in the panel, in order."""
        return self.page.locator("#log .entry .name").all_inner_texts()


@pytest.fixture
def visit(browser: Browser, demo_server: Server, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visit on a wide screen unless the test asks for something else; nothing complains, nobody else is called."""
    options: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
    context = browser.new_context(**options | getattr(request, "param", {}))
    visit = Visit(context.new_page(), demo_server)
    yield visit
    assert visit.said == []
    assert [url for url in visit.asked_for if not url.startswith(demo_server.url)] == []
    assert context.storage_state() == {"cookies": [], "origins": []}
    context.close()


def test_from_the_first_screen_to_a_vote_in_two_taps(visit: Visit) -> None:
    visit.open()
    visit.take_suggestion("Explain to a twelve-year-old")
    visit.compare.get_by_role("button", name="A is better").click()
    expect(visit.thread.get_by_text("Plover goes on with the answer you chose.")).to_be_visible()
    assert visit.events()[:4] == [
        "POST /v1/invitations",
        "POST /v1/comparisons",
        "pairvote:ready",
        "pairvote:vote",
    ]


def test_the_chosen_answer_becomes_the_chats_and_the_conversation_goes_on_with_it(visit: Visit) -> None:
    visit.open("#moon")
    visit.take_suggestion(_MOON.steps[0].prompt)
    visit.wait_for_comparison()
    ticket = visit.compare.evaluate("(element) => element.ticket")
    shown = visit.page.request.get(
        f"{visit.server.url}/v1/ticket", headers={"Authorization": f"Bearer {ticket}"}
    ).json()
    visit.do("vote('right')")
    visit.thread.get_by_role("button", name="Continue").click()
    first = visit.thread.locator(".turn").first
    words = shown["right"]["content"].replace("*", "").split("\n")[0][:60]
    expect(first.locator(".answer")).to_contain_text(words)
    expect(first.locator("details.compared")).not_to_have_attribute("open", "")

    with visit.page.expect_response("**/demo/api/messages") as sent:
        visit.take_suggestion(_MOON.steps[1].prompt)
    assert _sent(sent.value)["kept"] == [shown["right"]["content"]]
    visit.wait_for_comparison()
    assert visit.thread.locator(".turn").count() == 2


def _sent(response: Response) -> dict[str, Any]:
    body = response.request.post_data_json
    assert isinstance(body, dict)
    return body


def test_models_are_named_in_the_panel_after_the_vote_and_not_before(visit: Visit) -> None:
    visit.open()
    visit.take_suggestion("French press")
    visit.wait_for_comparison()
    visit.page.locator("#log .call summary").nth(1).click()
    request = visit.page.locator("#log .call pre").nth(2)
    expect(request).to_contain_text("‹left out until the vote›")
    visit.do("vote('left')")
    expect(request).not_to_contain_text("‹left out until the vote›")
    text = request.inner_text()
    answers = conversations()["coffee"].steps[0].answers
    named = re.findall(r'"model": "([\w-]+)",\s+"content": "(.{12})', text)
    assert len(named) == 2
    assert all(answers[model].startswith(beginning) for model, beginning in named)
    for model, _ in named:
        expect(visit.compare).to_contain_text(model)
    assert "pvt_…" in visit.page.locator("#log .call pre").nth(3).inner_text()
    assert "pv_sk_…" in request.inner_text()


def test_a_skip_brings_one_answer(visit: Visit) -> None:
    visit.open("#unique")
    visit.take_suggestion(_UNIQUE.steps[0].prompt)
    visit.wait_for_comparison()
    visit.do("skip()")
    expect(visit.thread.locator(".answer")).to_contain_text("result.append(item)")
    expect(visit.page.locator("#suggestions .chip")).to_have_text(_UNIQUE.steps[1].prompt)


def test_who_types_on_has_skipped_and_what_is_typed_stays_in_the_page(visit: Visit) -> None:
    visit.open("#moon")
    visit.take_suggestion(_MOON.steps[0].prompt)
    visit.wait_for_comparison()
    visit.page.get_by_label("Message to Plover").fill("And what about Mars?")
    visit.page.keyboard.press("Enter")
    expect(visit.thread).to_contain_text("I am a demo and know only my own conversations.")
    expect(visit.thread.locator(".answer").first).to_contain_text("The sun lights one half of the moon.")
    expect(visit.thread.locator("pairvote-compare")).to_have_count(0)
    assert "pairvote:skip" in visit.events()


def test_do_not_ask_me_again_is_kept_and_shown_and_can_be_taken_back(visit: Visit) -> None:
    visit.open("#moon")
    visit.take_suggestion(_MOON.steps[0].prompt)
    visit.wait_for_comparison()
    visit.compare.get_by_role("button", name="Don’t ask me again").click()
    visit.compare.get_by_role("button", name="Never", exact=True).click()
    expect(visit.page.locator("#setting")).to_contain_text("You are not asked to compare answers.")
    expect(visit.thread).to_contain_text("Plover will not ask you to compare again.")
    visit.take_suggestion(_MOON.steps[1].prompt)
    expect(visit.thread.locator(".turn").last).to_contain_text(
        _MOON.steps[1].answers[USUAL_MODEL].split(",")[0]
    )
    expect(visit.thread).to_contain_text("You asked not to compare answers, so there is one.")
    visit.page.locator("#setting").get_by_role("button", name="Ask me again").click()
    expect(visit.page.locator("#setting")).to_contain_text("You are asked to compare answers.")
    assert visit.events()[-1] == "PUT /v1/preferences"


def test_an_answer_that_stands_alone_has_thumbs(visit: Visit) -> None:
    visit.open("#lisbon")
    thumbs = visit.thread.locator("pairvote-feedback")
    thumbs.get_by_role("button", name="Yes, helpful").click()
    expect(thumbs.get_by_role("status")).to_contain_text("Thank you.")
    assert visit.events() == ["POST /v1/feedback-tickets", "pairvote:ready", "pairvote:feedback"]
    assert violations(visit.page) == []
    # A comparison has none; the answer that stands where it was skipped does.
    visit.take_suggestion(conversations()["lisbon"].steps[0].prompt)
    visit.wait_for_comparison()
    expect(thumbs).to_have_count(1)
    visit.do("skip()")
    expect(thumbs).to_have_count(2)


def test_the_settings_page_opens_in_a_tab_of_its_own(visit: Visit) -> None:
    visit.open()
    with visit.page.context.expect_page() as opened:
        visit.page.get_by_role("button", name="Your votes and your choice").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Your votes and your choice")
    assert visit.events() == ["POST /v1/preference-links"]
    opened.value.close()
    visit.page.context.clear_cookies()  # the settings page's own


def test_an_undo_takes_the_answer_back(visit: Visit) -> None:
    visit.open("#moon")
    visit.take_suggestion(_MOON.steps[0].prompt)
    visit.wait_for_comparison()
    visit.do("vote('left')")
    expect(visit.page.locator("#suggestions .chip")).to_have_text(_MOON.steps[1].prompt)
    visit.do("undo()")
    expect(visit.page.locator("#suggestions .chip")).to_have_count(0)
    expect(visit.thread.get_by_role("button", name="Continue")).to_have_count(0)


def test_a_new_visitor_is_somebody_else_and_nothing_is_left(visit: Visit) -> None:
    visit.open("#moon")
    before = visit.page.locator("#account").inner_text()
    visit.take_suggestion(_MOON.steps[0].prompt)
    visit.wait_for_comparison()
    visit.page.get_by_role("button", name="New visitor").click()
    expect(visit.page.locator("#account")).not_to_have_text(before)
    expect(visit.page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    expect(visit.page.locator("#log .entry")).to_have_count(0)
    visit.page.locator('.talk[data-id="moon"]').click()
    expect(visit.thread.locator(".turn")).to_have_count(0)


def test_without_the_widgets_script_there_is_an_answer_all_the_same(visit: Visit) -> None:
    visit.page.route("**/static/widget/v1/pairvote.js", lambda route: route.abort())
    visit.open("#moon")
    visit.take_suggestion(_MOON.steps[0].prompt)
    expect(visit.thread.locator(".answer")).to_contain_text("The sun lights one half of the moon.")
    assert all("pairvote.js" in text or "ERR_FAILED" in text for text in visit.said)
    visit.said.clear()


def test_without_the_server_the_page_says_so_and_tries_again(visit: Visit) -> None:
    visit.open("#moon")
    visit.page.route("**/demo/api/messages", lambda route: route.abort())
    visit.take_suggestion(_MOON.steps[0].prompt)
    expect(visit.thread).to_contain_text("Plover’s server does not answer.")
    visit.page.unroute("**/demo/api/messages")
    visit.said.clear()
    visit.thread.get_by_role("button", name="Try again").click()
    visit.wait_for_comparison()
    assert visit.thread.locator(".turn").count() == 1


@pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_on_a_phone_lists_are_drawers_and_escape_closes_them(visit: Visit) -> None:
    visit.open()
    opener = visit.page.get_by_role("button", name="Conversations")
    opener.click()
    drawer = visit.page.get_by_role("dialog", name="Conversations")
    expect(drawer.get_by_role("button", name="Close the conversations")).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    drawer.get_by_role("button", name=_MOON.title).click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(_MOON.title)
    visit.take_suggestion(_MOON.steps[0].prompt)
    visit.wait_for_comparison()
    visit.page.get_by_role("button", name="Server").click()
    expect(visit.page.get_by_role("dialog", name="What your server sees")).to_contain_text("/v1/comparisons")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    "visit",
    [
        {"reduced_motion": "no-preference"},
        {"color_scheme": "dark"},
        {"viewport": {"width": 320, "height": 640}},
    ],
    indirect=True,
    ids=["moving", "dark", "320px"],
)
def test_it_works_by_keyboard_alone(visit: Visit) -> None:
    visit.open("#moon")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_label("Message to Plover")).to_be_focused()
    visit.page.keyboard.press("Shift+Tab")
    expect(visit.page.locator("#suggestions .chip")).to_be_focused()
    visit.page.keyboard.press("Enter")
    visit.wait_for_comparison()
    visit.compare.get_by_role("button", name="B is better").focus()
    visit.page.wait_for_timeout(1_000)  # keys meant for the host are no vote
    visit.page.keyboard.press("Enter")
    expect(visit.thread.get_by_text("Plover goes on with the answer you chose.")).to_be_attached()
    visit.thread.get_by_role("button", name="Continue").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_label("Message to Plover")).to_be_focused()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "visit",
    [
        {"color_scheme": "dark"},
        {"color_scheme": "light"},
        {"viewport": {"width": 390, "height": 780}},
        {"forced_colors": "active"},
    ],
    indirect=True,
    ids=["dark", "light", "phone", "forced-colours"],
)
def test_there_is_nothing_that_a_person_could_not_use(visit: Visit) -> None:
    visit.open()
    assert violations(visit.page) == []
    visit.open("#moon")
    visit.take_suggestion(_MOON.steps[0].prompt)
    visit.wait_for_comparison()
    assert violations(visit.page) == []
    visit.do("vote('left')")
    expect(visit.thread.get_by_text("Plover goes on with the answer you chose.")).to_be_visible()
    assert violations(visit.page) == []

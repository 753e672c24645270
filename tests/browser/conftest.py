"""Real Chromium, a real server and a host's site: what every test of the widget stands on."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.lab import open_lab
from tests.browser.served import Comparison, Served, serve
from tests.browser.site import HostSite, element
from tests.browser.watch import RECORDER, Watch

_FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# In the order in which the buttons stand.
_CHOICES: Final = ("left", "right", "tie", "both_bad")
# For what has to happen; a machine may be slow.
_WAIT_MS: Final = 20_000
expect.set_options(timeout=_WAIT_MS)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An installation on SQLite, shared by the tests of one process."""
    # What a command sets holds at once.
    with serve(tmp_path_factory.mktemp("served"), PAIRVOTE_CACHE_SECONDS="0") as made:
        yield made


# Each module starts its own: while Playwright runs, no other test of the process may run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    program = shutil.which("chromium")
    assert program is not None, "these tests drive Chromium: run `make browser`"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=program, args=list(_FLAGS), chromium_sandbox=os.geteuid() != 0
        )
        yield made
        made.close()


class Tab:
    """A page under watch, with what the tests do to it."""

    def __init__(self, page: Page, watch: Watch, served: Served) -> None:
        self.page = page
        self.watch = watch
        self._served = served

    def open(
        self,
        comparison: Comparison,
        attributes: str = "",
        *,
        inside: str = "",
        first_party: bool = True,
        lang: str = "en",
        direction: str = "ltr",
    ) -> Locator:
        """Shows a comparison in a page of the host, and returns the element once it can be voted on."""
        tag = element(comparison.ticket, attributes, inside=inside, first_party=first_party)
        self.page.goto(
            self._served.site.put_page(tag, first_party=first_party, lang=lang, direction=direction)
        )
        self.wait_for("pairvote:ready")
        return self.compare

    @property
    def compare(self) -> Locator:
        """The element."""
        return self.page.locator("pairvote-compare")

    def equip(self) -> None:
        """Comes near, and waits for what only comes then."""
        self.compare.locator("section").hover()
        expect(self.compare.locator("button.help")).to_be_attached()

    def vote(self, choice: str) -> None:
        """Presses one of the four votes, whatever the language."""
        self.compare.locator("button.vote").nth(_CHOICES.index(choice)).click()

    def wait_for(self, event: str, count: int = 1) -> dict[str, Any]:
        """The detail of the host's `count`th event of a name."""
        self.page.wait_for_function(
            "([name, count]) => window.pairvoteHeard.filter((each) => each.name === name).length >= count",
            arg=[event, count],
        )
        heard = [each["detail"] for each in self.watch.heard if each["name"] == event]
        detail: dict[str, Any] = heard[count - 1]
        return detail

    def shoot(self, name: str) -> None:
        """Keeps a picture in the folder that PAIRVOTE_SCREENSHOTS names, where it names one."""
        folder = os.environ.get("PAIRVOTE_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


OpenTab = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser, served: Served) -> Iterator[OpenTab]:
    """Opens tabs of any size, colours and language (options of a Playwright context), each in a profile of its own.

    Each is looked through at the end. `at` is the installation whose pages are shown, if it is not the usual one.
    """
    tabs: list[Tab] = []

    def open_one(*, at: Served = served, **options: Any) -> Tab:
        context = browser.new_context(**{"viewport": {"width": 1100, "height": 900}, **options})
        context.set_default_timeout(_WAIT_MS)
        context.add_init_script(RECORDER)
        page = context.new_page()
        tabs.append(Tab(page, Watch(page, {at.site.origin, at.server.url}), at))
        return tabs[-1]

    yield open_one
    try:
        for tab in tabs:
            tab.watch.finish()
    finally:
        for tab in tabs:
            tab.page.context.close()


@pytest.fixture
def tab(open_tab: OpenTab) -> Tab:
    """A tab of a desktop's size."""
    return open_tab()


@pytest.fixture(scope="module")
def lab(browser: Browser) -> Iterator[Page]:
    """The lab under the strict policy; what it says in its console fails the tests that look."""
    with HostSite() as site:
        context = browser.new_context(viewport={"width": 700, "height": 900})
        context.set_default_timeout(_WAIT_MS)
        page = context.new_page()
        page.on(
            "console",
            lambda message: page.evaluate("(text) => (window.said ??= []).push(text)", message.text),
        )
        page.on(
            "pageerror", lambda error: page.evaluate("(text) => (window.said ??= []).push(text)", str(error))
        )
        open_lab(page, site)
        page.evaluate("lab.never = () => new Promise(() => {}); lab.pause = 0")
        yield page
        assert page.evaluate("window.said ?? []") == []
        context.close()

"""Markdown made to be slow is rendered or cut off in under a second, and the page stays responsive."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.hostile.pathological import made, repeated
from tests.browser.lab import open_lab
from tests.browser.site import HostSite

_KB: Final = 1024
_LONGEST_S: Final = 1.0
# The second is the renderer's own limit; a busy machine may spoil one measurement.
_TRIES: Final = 3
_SHOW: Final = """async (text) => {
  lab.clear();
  const box = lab.box();
  box.append(lab.render.renderContent(text, { ...lab.context }));
  box.getBoundingClientRect();
  await lab.twoFrames();
}"""
# Lazy parts (colours, formulas) come afterwards: the longest time in which the page could not have answered a key.
_FINISH: Final = """async () => {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration / 1000);
  });
  observer.observe({ type: "longtask" });
  await lab.settled();
  observer.disconnect();
  const [box] = lab.root.children;
  return { longest, broken: lab.INVARIANTS(box), length: box.textContent.length };
}"""


class Clock:
    """What the page's main thread has worked, in seconds of the processor: other work of the machine does not count."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked(self) -> float:
        """Seconds so far."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        (seconds,) = [float(each["value"]) for each in metrics if each["name"] == "TaskDuration"]
        return seconds


def _shown(page: Page, clock: Clock, text: str) -> dict[str, Any]:
    before = clock.worked()
    page.evaluate(_SHOW, text)
    shown = clock.worked() - before
    return {"shown": shown, **page.evaluate(_FINISH)}


def _is_slow(found: dict[str, Any]) -> bool:
    return bool(max(found["shown"], found["longest"]) > _LONGEST_S)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with HostSite() as site:
        context = browser.new_context()
        context.set_default_timeout(60_000)
        page = context.new_page()
        open_lab(page, site)
        yield page
        context.close()


def test_the_clock_counts_work(page: Page) -> None:
    clock = Clock(page)
    before = clock.worked()
    page.evaluate("() => { for (const end = performance.now() + 300; performance.now() < end; ); }")
    assert clock.worked() - before > 0.02


@pytest.mark.parametrize(
    "texts",
    [repeated(20 * _KB), repeated(100 * _KB), repeated(199 * _KB), made()],
    ids=["20 KB", "100 KB", "199 KB", "made"],
)
def test_no_markdown_takes_a_second(page: Page, texts: dict[str, str]) -> None:
    slow: dict[str, Any] = {}
    empty = []
    clock = Clock(page)
    for name, text in texts.items():
        found = _shown(page, clock, text)
        tries = 1
        while _is_slow(found) and tries < _TRIES:
            found, tries = _shown(page, clock, text), tries + 1
        assert found["broken"] == [], name
        if _is_slow(found):
            slow[name] = found
        if found["length"] == 0 and text.strip():
            empty.append(name)
    assert slow == {}
    # Definitions of addresses that nobody refers to show nothing, in any Markdown; rules have no text.
    assert set(empty) <= {"references", "long_references", "footnotes", "deep_markers"}


def test_what_is_cut_off_is_shown_as_it_was_written(page: Page) -> None:
    text = ">" * 3_000 + " the end"
    shown = page.evaluate("(text) => lab.make([text])[0].textContent", text)
    assert "without formatting" in shown
    assert text in shown


def test_a_response_beyond_the_limit_is_plain_and_whole(page: Page) -> None:
    text = "Some **words**.\n" * 13_000
    whole = page.evaluate("(text) => lab.make([text])[0].textContent.includes(text)", text)
    assert whole
    assert page.evaluate("lab.root.querySelectorAll('strong').length") == 0


def test_a_slow_answer_does_not_take_the_other_with_it(page: Page) -> None:
    slow, usual = "[" * 20_000, "Some **words**."
    shown = page.evaluate(
        "(texts) => lab.make(texts).map((box) => box.querySelector('strong')?.innerText)", [slow, usual]
    )
    assert shown == [None, "words"]

"""What the widget costs a host's page: bytes, requests, script time, movement."""

import gzip
import statistics
from typing import Final

import pytest
from playwright.sync_api import Page, Route

from app.operations.widget_files import BUILT_FOLDER
from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Comparison, Served
from tests.browser.site import element

pytestmark = pytest.mark.browser

_CORE_BYTES: Final = 8192
_FIRST_BYTES: Final = 36 * 1024
_SCRIPT_MS: Final = 100
_SLOWER: Final = 4
_RUNS: Final = 5
_READY: Final = """new Promise((done) => {
  if (window.pairvoteHeard.some((each) => each.name === "pairvote:ready")) done();
  else document.addEventListener("pairvote:ready", done, {once: true});
})"""


def _comparison(served: Served) -> Comparison:
    """An ordinary one: two answers of a few hundred words with lists and emphasis."""
    text = "A kettle **boils** water in *minutes*.\n\n" + "\n".join(
        f"{number}. Fill it with water, switch it on, and wait until it clicks." for number in range(1, 13)
    )
    return served.register(text, text.replace("minutes", "seconds"))


def test_the_core_weighs_8_kilobytes_at_most() -> None:
    size = len(gzip.compress((BUILT_FOLDER / "pairvote.js").read_bytes(), mtime=0))
    print(f"core: {size} bytes")
    assert size <= _CORE_BYTES


def test_a_first_text_comparison_takes_three_requests_and_36_kilobytes(tab: Tab, served: Served) -> None:
    tab.open(_comparison(served))
    tab.page.wait_for_load_state("networkidle")
    names = [address.rpartition("/")[2].partition("-")[0] for address in tab.watch.addresses]
    assert sorted(names) == ["pairvote.js", "render", "ticket"]
    sizes = {}
    for request in tab.watch.requests:
        if "/pairvote/" in request.url:
            size = request.sizes()
            sizes[request.url] = size["responseBodySize"] + size["responseHeadersSize"]
    print(f"first comparison: {sum(sizes.values())} bytes with headers: {sizes}")
    assert sum(sizes.values()) <= _FIRST_BYTES


def test_from_another_origin_only_the_browsers_own_question_is_added(tab: Tab, served: Served) -> None:
    tab.open(_comparison(served), first_party=False)
    tab.page.wait_for_load_state("networkidle")
    names = [address.rpartition("/")[2].partition("-")[0] for address in tab.watch.addresses]
    assert sorted(set(names)) == ["pairvote.js", "render", "ticket"]


def test_script_runs_less_than_100_ms_on_a_processor_a_quarter_as_fast(
    open_tab: OpenTab, served: Served
) -> None:
    spent = []
    for _ in range(_RUNS):
        tab = open_tab()
        without = _script_ms(tab.page, served.site.put_page("<p>No widget</p>"), "1")
        with_widget = _script_ms(tab.page, served.site.put_page(element(_comparison(served).ticket)), _READY)
        spent.append(with_widget - without)
    print(f"script time at 1/{_SLOWER}: {[round(ms) for ms in spent]} ms")
    assert statistics.median(spent) < _SCRIPT_MS


def _script_ms(page: Page, url: str, until: str) -> float:
    """Processor time of the page's own thread in scripts; time that it waits for a busy machine does not count."""
    session = page.context.new_cdp_session(page)
    page.goto("about:blank")
    session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _script_seconds(session.send("Performance.getMetrics"))
    page.goto(url)
    page.evaluate(until)
    after = _script_seconds(session.send("Performance.getMetrics"))
    session.detach()
    return 1000 * (after - before)


def _script_seconds(answer: dict[str, list[dict[str, float | str]]]) -> float:
    return float(next(each["value"] for each in answer["metrics"] if each["name"] == "ScriptDuration"))


def test_nothing_moves_when_the_comparison_comes_or_is_voted_on(tab: Tab, served: Served) -> None:
    tab.open(_comparison(served))
    tab.page.wait_for_timeout(500)
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    tab.page.wait_for_timeout(800)
    assert tab.page.evaluate("window.layoutShifts") == []


def test_what_stands_below_does_not_move_once_the_place_is_taken(tab: Tab, served: Served) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    tab.page.route("**/v1/ticket", hold)
    page = served.site.put_page(element(_comparison(served).ticket) + "<p>What stands below</p>")
    tab.page.goto(page)
    tab.page.wait_for_timeout(500)
    below = tab.page.get_by_text("What stands below")
    place = below.bounding_box()
    # What moved until here is the host's own doing: it shows the page before it has the script.
    tab.page.evaluate("window.layoutShifts.length = 0")
    waiting[0].continue_()
    tab.wait_for("pairvote:ready")
    tab.page.wait_for_timeout(500)
    assert tab.page.evaluate("window.layoutShifts") == []
    assert below.bounding_box() == place


def test_a_movement_would_be_noticed(tab: Tab, served: Served) -> None:
    tab.page.goto(served.site.put_page("<div id='above'></div><p>What stands below</p>"))
    tab.page.wait_for_timeout(500)
    tab.page.evaluate("document.querySelector('#above').style.height = '300px'")
    tab.page.wait_for_function("window.layoutShifts.length > 0")

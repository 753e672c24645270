"""Hostile answers, clicked and hovered: nothing runs, nobody is asked, only known elements are made."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.conftest import OpenTab
from tests.browser.hostile.payloads import parts, payloads
from tests.browser.hostile.words import BEACON
from tests.browser.lab import open_lab
from tests.browser.served import Served
from tests.browser.site import FIRST_PARTY_POLICY, HostSite, element

# A page that forbids nothing: what the renderer promises, it keeps without the policy's help.
_NO_POLICY: Final = "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'"
_BATCH: Final = 70
_FUZZ_SECONDS: Final = 8
_PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
# Runs before the page: what script of an answer would call, and where clicks on links would have led.
_TRAPS: Final = """
window.ran = []; window.pwn = () => window.ran.push("pwn"); window.alert = window.pwn; window.followed = [];
document.addEventListener("click", (event) => {
  const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement);
  if (!link || link.download) return;
  window.followed.push(link.href);
  if (!window.letThrough) event.preventDefault();
}, true);
"""
_INVARIANTS: Final = (Path(__file__).parent / "hostile" / "invariants.js").read_text("utf-8")
# Real pointer positions of what could be pressed, with the page as large as its content.
_PLACES: Final = """() => [...lab.root.querySelectorAll("a, button, img, canvas")].map((each) => {
  const { x, y, width, height } = each.getBoundingClientRect();
  return [x + Math.min(width, 8) / 2, y + height / 2, each.localName];
})"""
_ALL_INVARIANTS: Final = (
    '() => [...lab.root.querySelectorAll(".content")].flatMap((box) => lab.INVARIANTS(box, {images: true}))'
)
_PRESS_BUTTONS: Final = """async () => {
  const buttons = [...lab.root.querySelectorAll("button")];
  for (const button of buttons) { button.focus(); button.click(); }
  for (const link of lab.root.querySelectorAll("a")) link.focus();
  await lab.settled();
  return buttons.length;
}"""
_SHOW: Final = """async (contents) => {
  const boxes = lab.make(contents);
  await lab.settled();
  return boxes.map((box) => lab.INVARIANTS(box));
}"""
_FUZZ: Final = """async ([texts, seconds]) => {
  const until = performance.now() + seconds * 1000;
  let done = 0;
  for (const text of texts) {
    if (performance.now() > until) break;
    const [box] = lab.make([text]);
    if (done % 25 === 0) await lab.settled();
    const broken = lab.INVARIANTS(box);
    if (broken.length > 0) return { done, text, broken };
    done += 1;
  }
  return { done, text: "", broken: [] };
}"""


class Trapped:
    """A page whose every request to a stranger, popup, download and call of `pwn` is caught."""

    def __init__(self, context: BrowserContext, site: HostSite) -> None:
        self.strangers: list[tuple[str, dict[str, str]]] = []
        self.popups: list[Page] = []
        self.downloads: list[str] = []
        self.navigations: list[str] = []
        self._site = site
        context.set_default_timeout(30_000)
        context.add_init_script(_TRAPS)
        context.route(lambda url: not url.startswith(site.origin), self._catch)
        self.page = context.new_page()
        context.on("page", self._pop_up)
        self.page.on("download", lambda download: self.downloads.append(download.suggested_filename))
        self.page.on("framenavigated", lambda frame: self.navigations.append(frame.url))

    def open(self, policy: str) -> None:
        """Shows the lab under a policy."""
        open_lab(self.page, self._site, policy=policy)
        self.navigations.clear()

    def show(self, contents: list[Any]) -> list[list[str]]:
        """Renders contents and returns, for each, what breaks the invariants."""
        broken: list[list[str]] = self.page.evaluate(_SHOW, contents)
        return broken

    def hover_and_click(self) -> int:
        """The pointer goes over everything that could be pressed and presses the links; then buttons are pressed."""
        places = self.page.evaluate(_PLACES)
        for x, y, name in places:
            self.page.mouse.move(x, y)
            if name == "a":
                self.page.mouse.click(x, y)
        pressed: int = self.page.evaluate(_PRESS_BUTTONS)
        return len(places) + pressed

    @property
    def followed(self) -> list[str]:
        """Where clicked links led."""
        followed: list[str] = self.page.evaluate("window.followed")
        return followed

    def assert_untouched(self) -> None:
        """Nothing ran, nothing opened, the page is still the page."""
        assert self.page.evaluate("window.ran") == []
        assert self.popups == []
        assert self.navigations == []
        assert all(each.split(":")[0] in {"http", "https", "mailto"} for each in self.followed)

    def _pop_up(self, popup: Page) -> None:
        self.popups.append(popup)

    def _catch(self, route: Route) -> None:
        self.strangers.append((route.request.url, route.request.headers))
        if route.request.resource_type == "image":
            route.fulfill(body=_PIXEL, content_type="image/png")
        else:
            route.fulfill(body="<p>a stranger's page</p>", content_type="text/html")


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with HostSite() as made:
        yield made


@pytest.fixture
def trapped(browser: Browser, site: HostSite) -> Iterator[Trapped]:
    context = browser.new_context(viewport={"width": 1200, "height": 9000})
    yield Trapped(context, site)
    context.close()


def _batches() -> Iterator[list[Any]]:
    contents: list[Any] = [*payloads(), *parts()]
    for start in range(0, len(contents), _BATCH):
        yield contents[start : start + _BATCH]


def test_the_corpus_is_large_enough() -> None:
    assert len(payloads()) >= 300


def test_no_hostile_answer_runs_or_calls_home(trapped: Trapped) -> None:
    trapped.open(FIRST_PARTY_POLICY)
    pressed = 0
    for batch in _batches():
        broken = trapped.show(batch)
        assert [(text, said) for text, said in zip(batch, broken, strict=True) if said] == []
        pressed += trapped.hover_and_click()
        assert trapped.page.evaluate(_ALL_INVARIANTS) == []
        trapped.assert_untouched()
    assert trapped.strangers == [], "the policy lets nothing through, and nothing is tried"
    assert pressed > 200
    assert len(trapped.followed) > 50


def test_the_same_holds_in_a_page_that_forbids_nothing(trapped: Trapped) -> None:
    trapped.open(_NO_POLICY)
    for batch in _batches():
        broken = trapped.show(batch)
        assert [(text, said) for text, said in zip(batch, broken, strict=True) if said] == []
        assert trapped.strangers == [], "nobody is asked before a click"
        trapped.hover_and_click()
        trapped.assert_untouched()
        for url, headers in trapped.strangers:
            assert headers.get("sec-fetch-dest", "image") == "image", url
            assert "referer" not in headers, url
            assert "cookie" not in headers, url
        trapped.strangers.clear()


def test_downloads_have_harmless_names(trapped: Trapped) -> None:
    trapped.open(FIRST_PARTY_POLICY)
    trapped.show(parts())
    trapped.hover_and_click()
    trapped.page.wait_for_timeout(300)
    assert trapped.downloads
    assert all("\u202e" not in name and "/" not in name and "<" not in name for name in trapped.downloads)


def test_a_link_opens_without_opener_or_referrer(trapped: Trapped) -> None:
    trapped.open(_NO_POLICY)
    trapped.show([f"[go](https://{BEACON}/page)"])
    trapped.page.evaluate("window.letThrough = true")
    with trapped.page.expect_popup() as opened:
        trapped.page.mouse.click(*trapped.page.evaluate(_PLACES)[0][:2])
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("[window.opener === null, document.referrer]") == [True, ""]
    [(url, headers)] = [each for each in trapped.strangers if "favicon" not in each[0]]
    assert url == f"https://{BEACON}/page"
    assert "referer" not in headers


def test_a_picture_elsewhere_is_asked_for_after_a_click_only(trapped: Trapped) -> None:
    trapped.open(_NO_POLICY)
    trapped.show([f"![a chart](https://{BEACON}/chart.png)"])
    button = trapped.page.get_by_role("button", name=f"Load image from {BEACON}")
    button.hover()
    button.focus()
    trapped.page.wait_for_timeout(200)
    assert trapped.strangers == []
    button.click()
    trapped.page.get_by_role("img", name="a chart").wait_for()
    [(url, headers)] = trapped.strangers
    assert url == f"https://{BEACON}/chart.png"
    assert "referer" not in headers


def test_where_the_page_forbids_pictures_the_answer_says_so(trapped: Trapped) -> None:
    trapped.open(FIRST_PARTY_POLICY)
    trapped.show([f"![a chart](https://{BEACON}/chart.png)"])
    trapped.page.get_by_role("button", name="Load image").click()
    trapped.page.get_by_text("The image could not be shown.").wait_for()
    assert trapped.page.get_by_role("link", name=f"Open it at {BEACON}").get_attribute("rel") is not None
    assert trapped.strangers == []


def _words(seed: int) -> str:
    """Markdown by chance, from pieces that mean something."""
    chance = random.Random(seed)
    pieces = [
        "*",
        "**",
        "_",
        "~~",
        "`",
        "``",
        "```",
        "\n",
        "\n\n",
        "    ",
        "- ",
        "1. ",
        "> ",
        "# ",
        "|",
        "|-|",
        "[",
        "]",
        "(",
        ")",
        "](",
        "![",
        "<",
        ">",
        "</",
        "\\",
        "&",
        "&#x3c;",
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        ":",
        "//",
        '"',
        "'",
        "=",
        " ",
        "javascript:",
        "data:",
        "https:",
        "https://a.example",
        "img src=x onerror=pwn()",
        "script",
        "pwn()",
        "[a]: ",
        "a",
        "é",
        "漢",
        "ع",
        "\u202e",
        "\u200f",
        "\ufeff",
        "\x00",
        "\U000e0041",
        "😀",
        "\\frac{",
        "}",
        "\\href{",
        "x^2",
        "- [ ] ",
        "---",
    ]
    return "".join(chance.choice(pieces) for _ in range(chance.randrange(4, 120)))


def test_markdown_by_chance_keeps_to_the_known_elements(trapped: Trapped) -> None:
    trapped.open(_NO_POLICY)
    found = trapped.page.evaluate(_FUZZ, [[_words(seed) for seed in range(4_000)], _FUZZ_SECONDS])
    assert (found["text"], found["broken"]) == ("", [])
    assert found["done"] > 300
    trapped.assert_untouched()
    assert trapped.strangers == []


@pytest.mark.parametrize(
    ("renderer", "noticed"),
    [
        # Markup taken as markup.
        ("(text) => document.createRange().createContextualFragment(text)", {"elements", "ran", "strangers"}),
        # Addresses taken as they are, pictures loaded at once.
        (
            """(text) => {
              const made = document.createDocumentFragment();
              for (const [, bang, address] of String(text).matchAll(/(!?)\\[[^\\]]*\\]\\(([^)]*)\\)/g)) {
                const each = document.createElement(bang ? "img" : "a");
                each[bang ? "src" : "href"] = address;
                each.textContent = "go";
                made.append(each, document.createElement("br"));
              }
              return made;
            }""",
            {"elements", "strangers", "followed"},
        ),
    ],
)
def test_the_traps_catch_an_unsafe_renderer(trapped: Trapped, renderer: str, noticed: set[str]) -> None:
    trapped.open(_NO_POLICY)
    caught = set()
    for start in range(0, len(payloads()), _BATCH):
        batch = payloads()[start : start + _BATCH]
        trapped.page.evaluate(f"(contents) => {{ lab.make(contents, {renderer}); }}", batch)
        trapped.page.wait_for_timeout(100)
        for x, y, name in trapped.page.evaluate(_PLACES)[:40]:
            trapped.page.mouse.move(x, y)
            if name == "a":
                trapped.page.mouse.click(x, y)
        if trapped.page.evaluate("lab.INVARIANTS(lab.root)"):
            caught.add("elements")
        if trapped.page.evaluate("window.ran.length"):
            caught.add("ran")
        if any(not each.startswith(("http", "mailto")) for each in trapped.followed):
            caught.add("followed")
    if trapped.strangers:
        caught.add("strangers")
    assert noticed <= caught


def _pairs() -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """All texts of the corpus as parts of a few comparisons' responses."""
    texts = [
        {"type": "text", "text": text} for text in payloads() if text.isprintable() or "\x00" not in text
    ]
    size = 50
    for start in range(0, len(texts), 2 * size):
        left, right = texts[start : start + size], texts[start + size : start + 2 * size]
        yield left, right or left[:1]


def test_in_the_widget_itself_too(open_tab: OpenTab, served: Served) -> None:
    check: Callable[[Page], Any] = lambda page: page.evaluate(  # noqa: E731
        f"""() => {{ {_INVARIANTS.replace("export ", "")}
          const root = document.querySelector("pairvote-compare").shadowRoot;
          const boxes = [...root.querySelectorAll(".content")];
          return [boxes.length, boxes.flatMap((box) => INVARIANTS(box, {{images: true}}))];
        }}"""
    )
    for left, right in _pairs():
        comparison = served.register(left, right)
        tab = open_tab()
        tab.page.add_init_script(_TRAPS)
        tab.page.goto(served.site.put_page(element(comparison.ticket)))
        tab.wait_for("pairvote:ready")
        tab.page.wait_for_timeout(300)
        boxes, broken = check(tab.page)
        assert boxes >= 2
        assert broken == []
        tab.page.evaluate(
            """() => {
              const root = document.querySelector("pairvote-compare").shadowRoot;
              for (const each of root.querySelectorAll(".content a, .content button:not(.c-load)")) {
                each.focus();
                each.click();
              }
            }"""
        )
        tab.page.wait_for_timeout(200)
        assert tab.page.evaluate("window.ran") == []
        assert check(tab.page)[1] == []
        tab.page.close()

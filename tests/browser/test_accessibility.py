"""axe-core finds nothing to complain about, in any state and any look."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Tab
from tests.browser.served import Comparison, Served
from tests.browser.site import element

pytestmark = pytest.mark.browser

_RICH: Final = """# Boiling water

A [kettle](https://example.com/kettle) needs `230 V`, and **three minutes**:

| litres | minutes |
| ---: | ---: |
| 1 | 2 |
| 2 | 4 |

```python
def boil(litres: float) -> float:
    return litres * 2
```

> Steam is hot: $P = 2400\\,\\mathrm{W}$.

![A kettle](https://example.com/kettle.png)

$$E = m c \\Delta T$$
"""
_LONG: Final = "\n\n".join(
    f"{number}. Wait {number} minutes and look at the kettle." for number in range(1, 60)
)
_TALK: Final = [
    {"role": "user", "content": "What is a kettle?"},
    {"role": "assistant", "content": "A vessel with a **spout**."},
    {"role": "user", "content": "How do I boil water in it?"},
]
_STREAM: Final = """(element) => {
  async function* words(text) {
    yield text;
    await new Promise(() => {});
  }
  element.streams = {left: words("A kettle boils"), right: words("Put water into")};
}"""


# Colours that are still on their way from one look to the next are neither look's.
_AT_REST: Final = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const roots = [document, ...[...document.querySelectorAll("pairvote-compare")].map((one) => one.shadowRoot)];
  await Promise.allSettled(roots.flatMap((root) => root.getAnimations()).map((one) => one.finished));
}"""


class Look(NamedTuple):
    """How the person sees the page."""

    width: int = 1100
    media: Mapping[str, Any] = {}
    is_other_colours: bool = False
    """Whether nothing else differs from the first look."""


_LOOKS: Final = {
    "light": Look(media={"color_scheme": "light"}),
    "dark": Look(media={"color_scheme": "dark"}, is_other_colours=True),
    "forced-colours": Look(media={"forced_colors": "active"}, is_other_colours=True),
    "narrow": Look(width=320),
}
_USUAL: Final = {"color_scheme": "light", "forced_colors": "none"}
_LANGUAGES: Final = {
    "en": ("ltr", ("light", "dark", "forced-colours", "narrow")),
    "ar": ("rtl", ("light", "narrow")),
}


class Stage:
    """What a state is made with."""

    def __init__(self, tab: Tab, workspaces: tuple[Served, Served, Served], lang: str) -> None:
        self.tab = tab
        self.served, self.hasty, self.resolute = workspaces
        self._lang, self._direction = lang, _LANGUAGES[lang][0]

    def open(self, comparison: Comparison | None = None) -> None:
        """Shows a comparison."""
        shown = comparison or self.served.register()
        self.tab.open(shown, lang=self._lang, direction=self._direction)

    def blank(self) -> None:
        """Shows the page with an element that has no ticket."""
        page = self.served.site.put_page(element(None), lang=self._lang, direction=self._direction)
        self.tab.page.goto(page)

    def press(self, name: str) -> None:
        """Presses a button, by the class it has in every language."""
        self.tab.compare.locator(f"button.{name}").click()

    def vote(self) -> None:
        """Votes, and waits for what opens after it."""
        self.tab.vote("left")
        self.tab.wait_for("pairvote:vote")
        self.tab.compare.locator(".after fieldset").first.wait_for()

    def panel(self, name: str) -> None:
        """Opens a panel of the quiet row."""
        self.open()
        # Some buttons come with the first touch.
        self.tab.compare.hover()
        self.press(f"link.{name}")
        self.tab.compare.locator(".panel > *").first.wait_for()


def _rich(stage: Stage) -> None:
    stage.open(stage.served.register(_RICH, _RICH.replace("three", "four")))
    stage.tab.compare.locator("math").first.wait_for()
    stage.tab.compare.locator(".hljs-keyword, [class*=keyword]").first.wait_for()


def _long(stage: Stage) -> None:
    stage.open(stage.served.register(_LONG, _LONG + "\n\nDone."))


def _expanded(stage: Stage) -> None:
    _long(stage)
    stage.tab.compare.locator("button.fold").click()


def _differences(stage: Stage) -> None:
    _long(stage)
    stage.tab.compare.locator("button.differences").click()
    stage.tab.compare.locator("mark").first.wait_for(state="attached")


def _context(stage: Stage) -> None:
    stage.open(stage.served.register(conversation=_TALK))
    stage.tab.compare.locator("summary").click()
    stage.tab.compare.locator(".turn").first.wait_for()


def _voted(stage: Stage) -> None:
    stage.open()
    stage.vote()


def _explained(stage: Stage) -> None:
    _voted(stage)
    chips = stage.tab.compare.locator(".after fieldset .chip")
    chips.nth(1).click()
    chips.nth(3).click()
    stage.tab.compare.locator("textarea").fill("Shorter.")
    stage.tab.compare.locator(".after .field button.chip").click()


def _skipped(stage: Stage) -> None:
    stage.open()
    stage.press("link.skip")
    stage.tab.wait_for("pairvote:skip")
    stage.tab.compare.locator(".after .chip").first.wait_for()


def _opted_out(stage: Stage) -> None:
    stage.panel("opt_out")
    stage.tab.compare.locator(".panel .chip").last.click()
    stage.tab.wait_for("pairvote:optout")


def _identical(stage: Stage) -> None:
    stage.open(stage.served.register("The same.", "The same."))


def _streaming(stage: Stage) -> None:
    stage.blank()
    stage.tab.compare.evaluate(_STREAM)
    stage.tab.compare.get_by_text("Put water into").wait_for(state="attached")


def _expired(stage: Stage) -> None:
    stage.open(stage.hasty.register())
    stage.tab.wait_for("pairvote:expired")


def _final(stage: Stage) -> None:
    stage.open(stage.resolute.register())
    stage.tab.vote("left")
    stage.tab.wait_for("pairvote:vote")
    stage.tab.compare.locator("button.vote[aria-disabled=true]").first.wait_for()


def _unsaved(stage: Stage) -> None:
    stage.open()
    stage.tab.compare.hover()
    stage.tab.compare.locator("button.link.help").wait_for()
    stage.tab.watch.allow("ERR_INTERNET_DISCONNECTED")
    stage.tab.page.context.set_offline(True)
    stage.tab.vote("left")
    stage.tab.compare.locator("[data-saving=retrying]").wait_for()


_STATES: Final[dict[str, Callable[[Stage], None]]] = {
    "hidden": Stage.blank,
    "ready": Stage.open,
    "rich": _rich,
    "long": _long,
    "expanded": _expanded,
    "differences": _differences,
    "context": _context,
    "voted": _voted,
    "explained": _explained,
    "opt-out": lambda stage: stage.panel("opt_out"),
    "report": lambda stage: stage.panel("report"),
    "notice": lambda stage: stage.panel("notice"),
    "help": lambda stage: stage.panel("help"),
    "skipped": _skipped,
    "opted-out": _opted_out,
    "identical": _identical,
    "streaming": _streaming,
    "expired": _expired,
    "final": _final,
    "unsaved": _unsaved,
}


@pytest.fixture(scope="session")
def workspaces(served: Served) -> Iterator[tuple[Served, Served, Served]]:
    """The usual one, one whose tickets last seconds, and one where a vote is final after seconds."""
    with (
        served.other_workspace("Hasty", "--ticket-seconds", "3") as hasty,
        served.other_workspace("Resolute", "--undo-seconds", "3") as resolute,
    ):
        yield served, hasty, resolute


@pytest.mark.parametrize("lang", _LANGUAGES)
@pytest.mark.parametrize("state", _STATES)
def test_no_state_has_a_violation(
    tab: Tab, workspaces: tuple[Served, Served, Served], state: str, lang: str
) -> None:
    _STATES[state](Stage(tab, workspaces, lang))
    for name in _LANGUAGES[lang][1]:
        look = _LOOKS[name]
        tab.page.emulate_media(**{**_USUAL, **look.media})
        tab.page.set_viewport_size({"width": look.width, "height": 900})
        tab.page.evaluate(_AT_REST)
        tab.shoot(f"{state}-{lang}-{name}")
        assert violations(tab.page, of_colours=look.is_other_colours) == [], name
        overflow = tab.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"the page scrolls sideways: {name}"


def test_axe_looks_into_the_shadow_root(tab: Tab, served: Served) -> None:
    tab.open(served.register())
    tab.compare.locator("button.vote").first.evaluate(
        "(button) => { button.replaceChildren(); button.style.height = '10px'; }"
    )
    assert any(found.startswith("button-name: pairvote-compare") for found in violations(tab.page))

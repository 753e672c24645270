"""Six languages: none misses a key or a place for a value, and each is chosen as it should be."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from app.intake.comparisons.models import Choice
from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Served

_SOURCE: Final = Path(__file__).parents[2] / "static" / "widget" / "src"
_LANGUAGES: Final = ("ar", "de", "en", "es", "fr", "ja")
_ENGLISH: Final[dict[str, str]] = json.loads((_SOURCE / "locales" / "en.json").read_text())
# Words that some other language shares with English.
_SAME: Final = {
    "comment",
    "content_audio",
    "content_code",
    "content_code_in",
    "content_image",
    "reason_superficial",
    "report_illegal",
    "role_assistant",
}


def _words(language: str) -> dict[str, str]:
    words: dict[str, str] = json.loads((_SOURCE / "locales" / f"{language}.json").read_text())
    return words


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def test_there_are_just_these_languages() -> None:
    assert sorted(path.stem for path in (_SOURCE / "locales").iterdir()) == list(_LANGUAGES)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_language_misses_a_key_or_a_place(language: str) -> None:
    words = _words(language)
    assert list(words) == list(_ENGLISH)
    assert [key for key, text in words.items() if not text.strip()] == []
    assert [key for key, text in words.items() if _places(text) != _places(_ENGLISH[key])] == []


@pytest.mark.parametrize("language", [each for each in _LANGUAGES if each != "en"])
def test_everything_is_translated(language: str) -> None:
    words = _words(language)
    left_out = {key for key, text in words.items() if text == _ENGLISH[key]}
    assert left_out <= _SAME


@pytest.mark.parametrize("language", _LANGUAGES)
def test_nobody_is_told_left_or_right(language: str) -> None:
    sides = r"\b(left|right|links|rechts|gauche|droite|izquierda|derecha)\b|يسار|يمين|左|右"
    assert [text for text in _words(language).values() if re.search(sides, text, re.IGNORECASE)] == []


def test_the_core_has_the_same_english() -> None:
    source = (_SOURCE / "core" / "english.js").read_text()
    core = {key: json.loads(text) for key, text in re.findall(r'^  (\w+): (".*"),$', source, re.MULTILINE)}
    assert len(core) > 20
    assert core.items() <= _ENGLISH.items()


def test_every_key_that_is_asked_for_exists_and_every_one_is_used() -> None:
    source = "\n".join(path.read_text() for path in _SOURCE.rglob("*.js"))
    # `t("key")`, and words of buttons; the others are put together from codes.
    asked = set(re.findall(r'\bt\("([a-z_]+)"', source))
    assert asked <= _ENGLISH.keys()
    assert {f"vote_{choice}" for choice in Choice} <= _ENGLISH.keys()
    put_together = re.compile(
        r"(vote|response|role|hint|status|reason|ask_done|ask|report|strength|notice_typing|update|share|share_done|skip|help|content)_"
    )
    unused = {key for key in _ENGLISH if f'"{key}"' not in source and not put_together.match(key)}
    assert unused == set()


@pytest.mark.browser
@pytest.mark.parametrize("language", _LANGUAGES)
def test_each_language_is_shown_with_its_direction(open_tab: OpenTab, served: Served, language: str) -> None:
    tab = open_tab()
    compare = tab.open(served.register(), lang=language, direction="rtl" if language == "ar" else "ltr")
    section = compare.locator("section")
    expect(section).to_have_attribute("lang", language)
    expect(section).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    words = _words(language)
    expect(compare.locator("h2")).to_have_text(words["heading"])
    tab.vote("left")
    tab.wait_for("pairvote:vote")
    expect(compare.locator(".after legend").first).to_have_text(words["strength"])
    locales = [address for address in tab.watch.addresses if "/locales/" in address]
    assert len(locales) == (0 if language == "en" else 1)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("attribute", "page", "preferred", "spoken"),
    [
        ('lang="fr-CA"', "de", "ja", "fr"),
        ("", "de-AT", "ja", "de"),
        ("", "", "ja-JP", "ja"),
        ('lang="nl"', "de", "ja", "en"),
    ],
)
def test_the_elements_language_comes_first_then_the_pages_then_the_browsers(
    open_tab: OpenTab, served: Served, attribute: str, page: str, preferred: str, spoken: str
) -> None:
    tab = open_tab(locale=preferred)
    compare = tab.open(served.register(), attribute, lang=page)
    expect(compare.locator("section")).to_have_attribute("lang", spoken)


@pytest.mark.browser
def test_a_language_that_does_not_come_leaves_english(tab: Tab, served: Served) -> None:
    tab.watch.allow("404")
    tab.page.route("**/locales/de.json", lambda route: route.fulfill(status=404, body="gone"))
    compare = tab.open(served.register(), lang="de")
    expect(compare.get_by_role("button", name="A is better")).to_be_visible()


@pytest.mark.browser
def test_a_change_of_language_keeps_the_vote(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    tab.vote("right")
    tab.wait_for("pairvote:vote")
    tab.page.evaluate("document.querySelector('pairvote-compare').setAttribute('lang', 'es')")
    expect(compare.get_by_role("button", name="B es mejor", pressed=True)).to_be_visible()
    expect(compare.locator(".status")).to_contain_text("El voto está guardado")


@pytest.mark.browser
def test_columns_stand_from_right_to_left_and_code_does_not(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab()
    text = "مرحبا بالعالم.\n\n```python\nprint(1)\n```"
    compare = tab.open(served.register(text, text + "\n\nنعم."), lang="ar", direction="rtl")
    left, right = (card.bounding_box() for card in compare.locator(".response").all())
    assert left is not None
    assert right is not None
    assert left["x"] > right["x"]
    assert compare.locator("pre").first.evaluate("(pre) => getComputedStyle(pre).direction") == "ltr"
    paragraph = compare.locator(".response .content p").first
    assert paragraph.evaluate("(p) => getComputedStyle(p).direction") == "rtl"

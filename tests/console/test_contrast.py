"""Colours of the pages have the contrast of WCAG 2.2 AA, by light and by dark."""

import re
from pathlib import Path
from typing import Final

import pytest

_FOLDER: Final = Path(__file__).parents[2] / "static/console"
_CSS: Final = (_FOLDER / "console.css").read_text("utf-8")
_PALETTES: Final = tuple(
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", _CSS, re.DOTALL)
)
_TEXT: Final = 4.5
_SHAPE: Final = 3.0
_PAIRS: Final = [
    *((ink, paper, _TEXT) for ink in ("ink", "quiet", "link") for paper in ("paper", "card", "tint")),
    *((ink, "paper", _TEXT) for ink in ("get", "post", "put", "delete")),
    ("code-ink", "code-paper", _TEXT),
    ("edge", "paper", _SHAPE),
    # The receipt page: words on buttons, buttons on cards, and lines and dots that mean something.
    *((ink, "card", _TEXT) for ink in ("delete", "link")),
    *((shape, "card", _SHAPE) for shape in ("edge", "get", "put")),
]


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_published_one() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_light_and_dark_name_the_same_colours() -> None:
    light, dark = _PALETTES
    assert set(light) == set(dark)


@pytest.mark.parametrize("palette", _PALETTES, ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper", "least"), _PAIRS)
def test_contrast_is_enough(palette: dict[str, str], ink: str, paper: str, least: float) -> None:
    assert _contrast(palette[ink], palette[paper]) >= least


@pytest.mark.parametrize("sheet", sorted(path.name for path in _FOLDER.glob("*.css")))
def test_colours_are_named_in_the_palette_only(sheet: str) -> None:
    beyond = re.sub(r":root \{.*?\}", "", (_FOLDER / sheet).read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", beyond) == []


def test_focus_is_always_visible_and_motion_can_be_switched_off() -> None:
    assert ":focus-visible { outline: 3px solid" in _CSS
    assert "prefers-reduced-motion: reduce" in _CSS
    assert "forced-colors: active" in _CSS

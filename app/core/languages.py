"""The languages in which people are spoken to, where a page's texts in them are kept, and the language of a locale."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

Texts = Mapping[str, str]

FALLBACK: Final = "en"
LANGUAGES: Final = (FALLBACK, "de", "fr", "es", "ar", "ja")
_RIGHT_TO_LEFT: Final = frozenset({"ar"})


def direction_of(language: str) -> str:
    """Which way a language is written: the value of `dir`."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def language_of(locale: str | None) -> str | None:
    """The language of a BCP 47 tag, without region, script or variant; None where there is no tag."""
    return locale.replace("_", "-").partition("-")[0].lower() if locale else None


def load_texts(folder: Path) -> Mapping[str, Texts]:
    """What a page says in every language, from one JSON file for each."""
    return {language: json.loads((folder / f"{language}.json").read_text("utf-8")) for language in LANGUAGES}

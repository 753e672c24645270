"""The languages of the pages that people read, and where a page's texts are kept."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

Texts = Mapping[str, str]

DEFAULT: Final = "en"
LANGUAGES: Final = (DEFAULT, "de", "fr", "es", "ar", "ja")
_RIGHT_TO_LEFT: Final = frozenset({"ar"})


def direction_of(language: str) -> str:
    """Which way a language is written: the value of `dir`."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def load_texts(folder: Path) -> Mapping[str, Texts]:
    """What a page says in every language, from one JSON file for each."""
    return {language: json.loads((folder / f"{language}.json").read_text("utf-8")) for language in LANGUAGES}

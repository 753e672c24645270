"""What the receipt page says, in every language it speaks."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

Texts = Mapping[str, str]

DEFAULT: Final = "en"
LANGUAGES: Final = (DEFAULT, "de", "fr", "es", "ar", "ja")
_RIGHT_TO_LEFT: Final = frozenset({"ar"})
_FOLDER: Final = Path(__file__).parent / "texts"

TEXTS: Final[Mapping[str, Texts]] = {
    language: json.loads((_FOLDER / f"{language}.json").read_text("utf-8")) for language in LANGUAGES
}


def direction_of(language: str) -> str:
    """Which way a language is written: the value of `dir`."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"

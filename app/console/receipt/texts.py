"""What the receipt page says, in every language it speaks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.core.languages import Texts, load_texts

TEXTS: Final[Mapping[str, Texts]] = load_texts(Path(__file__).parent / "texts")

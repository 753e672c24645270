"""Telling the language of a text, so that a text which no model reads is not taken for one without names."""

import re
import threading
from functools import lru_cache
from typing import Any, Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Code, addresses and quotations of numbers say nothing of a language.
_NO_PROSE: Final = re.compile(
    r"```.*?(?:```|$)|`[^`\n]*`|\S*(?:://|www\.|@)\S*|\[[A-Z_]+_[0-9]+\]", re.DOTALL
)
# Of fewer letters nobody can tell, and hardly anybody is named in them without a capital or a cue.
_FEWEST_LETTERS: Final = 60
_FEWEST_LETTERS_FOREIGN_SCRIPT: Final = 4
_MOST_PARAGRAPHS: Final = 200
_SAMPLE: Final = 3_000
_LATIN_END: Final = 0x250
_LATIN_ADDED: Final = range(0x1E00, 0x1F00)
_MOST_FOREIGN_LETTERS: Final = 0.1
_CERTAIN: Final = 0.9
_ENGLISH: Final = frozenset(
    """
    the a an and or but of to in on for with at by from is are was were be been it its this that these those i
    you he she
    we they my your his her our their me him them us what which who how why when where not no do does did have has had
    can could will would should may might if so as than then there here all some any one about into just like
    """.split()  # noqa: SIM905 - a block of words reads better
)
_ENGLISH_SHARE: Final = 0.2
_loading: Final = threading.Lock()


@lru_cache(maxsize=1)
def _detector() -> Any:
    # Not at the top: the model takes memory that only the process which disconnects votes should spend.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def languages_of(text: str) -> frozenset[str]:
    """The languages (ISO 639-1) of a text's longer parts, `und` for strange letters; empty for a short text."""
    found = set()
    prose = _NO_PROSE.sub(" ", text)
    for part in [prose, *_paragraphs(prose)]:
        language = _language_of(part)
        if language is not None:
            found.add(language)
    return frozenset(found)


def _paragraphs(text: str) -> list[str]:
    parts = text.split("\n")
    return (
        [part for part in parts if len(part) >= 2 * _FEWEST_LETTERS][:_MOST_PARAGRAPHS]
        if len(parts) > 1
        else []
    )


def _language_of(text: str) -> str | None:
    sample = text if len(text) <= 2 * _SAMPLE else text[:_SAMPLE] + " " + text[-_SAMPLE:]
    letters = [letter for letter in sample if letter.isalpha()]
    foreign = sum(not _is_latin(letter) for letter in letters)
    if foreign >= _FEWEST_LETTERS_FOREIGN_SCRIPT and foreign > _MOST_FOREIGN_LETTERS * len(letters):
        return _classified(sample) or "und"
    if len(letters) < _FEWEST_LETTERS:
        return None
    words = [word.lower() for word in _WORD.findall(sample)]
    if sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words):
        return "en"
    return _classified(sample)


def _classified(sample: str) -> str | None:
    with _loading:
        detector = _detector()
    language, certainty = detector.classify(sample)
    return str(language) if certainty >= _CERTAIN else None


def _is_latin(letter: str) -> bool:
    return ord(letter) < _LATIN_END or ord(letter) in _LATIN_ADDED

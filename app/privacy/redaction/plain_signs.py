"""The digits and marks of other scripts as ASCII has them, place for place, so that one rule reads all of them."""

import re
import unicodedata
from typing import Final

_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES: Final = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DIGIT_BLOCKS: Final = (
    *(
        0x0660,
        0x06F0,
        0x07C0,
        0x0966,
        0x09E6,
        0x0A66,
        0x0AE6,
        0x0B66,
        0x0BE6,
        0x0C66,
        0x0CE6,
        0x0D66,
        0x0E50,
        0x0ED0,
    ),
    *(0x0F20, 0x1040, 0x17E0, 0x1810, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6),
)
_TABLE: Final = (
    dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _SPACES), " ")
    # Full width: letters, digits and marks.
    | {place: unicodedata.normalize("NFKC", chr(place)) for place in range(0xFF01, 0xFF5F) if place != 0xFF0D}
    | {first + value: str(value) for first in _DIGIT_BLOCKS for value in range(10)}
)
_BETWEEN: Final = re.escape(_DASHES + _SPACES)
_ODD: Final = re.compile(
    "[" + "".join(re.escape(chr(place)) for place in _TABLE if chr(place) not in _DASHES + _SPACES) + "]"
    rf"|(?<=[0-9)])[{_BETWEEN}](?=[0-9(])"
)


def in_plain_signs(text: str) -> str:
    """A text of the same length, with each such sign replaced by one of ASCII; the text itself if it has none.

    Dashes and spaces count between digits alone, where they make a number of several groups.
    """
    return text if text.isascii() or _ODD.search(text) is None else text.translate(_TABLE)


def in_small_letters(text: str) -> str:
    """Lower case of the same length, so that places in it are places in `text`: one letter would become two."""
    return text.replace("\u0130", "I").lower()

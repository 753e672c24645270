"""A detail about a person, with the marks by which one that survived redaction is known."""

import math
import re
from dataclasses import dataclass
from typing import Final

# What must leave no trace at all: its shape alone says what it is, or its check digit does.
STRUCTURED: Final = frozenset(
    {
        "e-mail",
        "phone",
        "IBAN",
        "payment card",
        "national id",
        "IP or MAC address",
        "URL",
        "known key",
        "JWT",
        "private key",
        "credential in code",
        "wallet",
    }
)
# Of a private key or a token, so many letters in a row are enough to call it out.
LONGEST_PIECE: Final = 24


def compact(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


@dataclass(frozen=True)
class Detail:
    """Something about one person that a text tells.

    It has leaked if one of `words` stands in the text by itself, or if half of one of `pieces` does, whatever the
    separators. `echoes` are the ways in which an answer or a comment may repeat it, `parts` what may be repeated of it
    alone; that is then a detail of its own.
    """

    kind: str
    value: str
    place: str
    words: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()
    echoes: tuple[str, ...] = ()
    parts: tuple["Detail", ...] = ()

    def survives_in(self, text: str) -> bool:
        """Whether enough of it is left to find the person."""
        folded = text.casefold()
        if any(_stands_in(word.casefold(), folded) for word in self.words):
            return True
        tight = compact(text)
        return any(part in tight for piece in self.pieces for part in _parts(compact(piece)))


def _stands_in(word: str, folded: str) -> bool:
    return word in folded and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded))


def _parts(piece: str) -> list[str]:
    length = min(len(piece), max(6, math.ceil(len(piece) * 0.55)), LONGEST_PIECE)
    return [piece[i : i + length] for i in range(len(piece) - length + 1)]

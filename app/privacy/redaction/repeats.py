"""Details that were found anywhere in a conversation are found everywhere in it, also without the words beside them."""

import re
from collections.abc import Iterator
from typing import Final

from app.privacy.opaque import Opaque
from app.privacy.redaction.lexicon import Lexicon
from app.privacy.redaction.spans import Kind, Span

_SHORTEST: Final = 4
# A conversation of hostile making: more details than anybody tells would only cost time.
_MOST: Final = 400
_LONGEST: Final = 400
_LETTERS_ONLY: Final = re.compile(r"[^\W\d_]+")
_STREET: Final = re.compile(r"[^,\n]*[0-9][^,\n]*")


class Repeats(Opaque):
    """What was found in one conversation, letter for letter."""

    __slots__ = ("_known", "_lexicon", "_pattern")

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, tuple[Kind, str]] = {}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, text: str, span: Span) -> None:
        """Remembers a detail that is long or strange enough to be told from an ordinary word."""
        if span.kind is Kind.PERSON or span.kept:
            return
        found = text[span.start : span.end].strip(" ,.\n")
        self._remember(found, span)
        if span.kind is Kind.ADDRESS and (street := _STREET.match(found)) and " " in street[0].strip():
            self._remember(street[0].strip(), span)
        if span.kind is Kind.HANDLE:
            self._remember(found.lstrip("@"), span)

    def _remember(self, found: str, span: Span) -> None:
        is_word = _LETTERS_ONLY.fullmatch(found) is not None and self._lexicon.is_ordinary(found)
        if _SHORTEST <= len(found) <= _LONGEST and not is_word and len(self._known) < _MOST:
            self._known.setdefault(found.lower(), (span.kind, span.identity))
            self._pattern = None

    def identity_of(self, found: str, otherwise: str) -> str:
        """What a detail is known by, if it was met before: a street alone is the address that it is part of."""
        known = self._known.get(found.strip(" ,.\n").lower())
        return known[1] if known is not None else otherwise

    def find_known(self, text: str) -> Iterator[Span]:
        """Every place where one of them stands again."""
        if not self._known:
            return
        if self._pattern is None:
            literals = "|".join(map(re.escape, sorted(self._known, key=len, reverse=True)))
            self._pattern = re.compile(rf"(?<![^\W_])(?:{literals})(?![^\W_])", re.IGNORECASE)
        for match in self._pattern.finditer(text):
            # Some letters have another length in lower case, or none: such a place is found by the detectors alone.
            known = self._known.get(match[0].lower())
            if known is not None:
                yield Span(match.start(), match.end(), *known)

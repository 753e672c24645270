"""Names that were found anywhere in a conversation are found everywhere in it: in full, in part, with a possessive."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from app.privacy.opaque import Opaque
from app.privacy.redaction.lexicon import Lexicon, without_accents
from app.privacy.redaction.spans import Kind, Span

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LETTERS: Final = re.compile(r"[^\W_]+")
_LOCAL_PART: Final = re.compile(r"[a-z]{3,}")
_SHORTEST_PART: Final = 3
_LONG_PART: Final = 5
_SHORTEST_TOGETHER: Final = 8
# A conversation of hostile making: more names than anybody talks about would only cost time.
_MOST_NAMES: Final = 400
_NO_PARTS: Final = frozenset(
    """
    van von der den ter ten de da das dos del della di la le los las bin ibn abu jr sr dr mr mrs ms miss prof the and
    """.split()  # noqa: SIM905 - a block of words reads better
)
# How names are written where a keyboard has no such letters; the plain letter alone is usual as well.
_SPELLED: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "þ": "th"}
)


class People(Opaque):
    """Whose names one conversation has. A part of a name stands for the first person that had it."""

    __slots__ = ("_exact", "_folded", "_known", "_lexicon", "_pattern")

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, str] = {}
        # What is also a word of the language counts only as it was written, or with a capital.
        self._exact: set[str] = set()
        self._folded: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, name: str) -> None:
        """Remembers a name and its parts, with and without accents."""
        words = [_without_possessive(match[0]) for match in _TOKEN.finditer(name)]
        plain = [without_accents(word) for word in words]
        self._learn(plain)
        if not name.isascii():
            spelled = [without_accents(word.lower().translate(_SPELLED)) for word in words]
            self._learn(spelled, self._known.get(" ".join(plain).lower()))

    def _learn(self, words: Sequence[str], known: str | None = None) -> None:
        full = " ".join(words).lower()
        if not full or full in self._known or len(self._known) >= _MOST_NAMES:
            return
        person = known or next((self._known[w.lower()] for w in words if w.lower() in self._known), full)
        self._known[full] = person
        if len(words) > 1:
            self._folded.add(full)
        for word in words:
            if len(word) >= _SHORTEST_PART and word.lower() not in _NO_PARTS:
                self._known.setdefault(word.lower(), person)
                self._learn_part(word)
        self._pattern = None

    def _learn_part(self, word: str) -> None:
        if self._lexicon.is_ordinary(word):
            if word[0].isupper():
                self._exact.update(
                    {word, word.capitalize()} if word.isupper() else {word, word[0].upper() + word[1:]}
                )
        else:
            self._folded.add(word.lower())

    def learn_address(self, local_part: str) -> None:
        """Remembers what an e-mail address or handle such as "jane.doe" says of a name."""
        parts = [
            part for part in _LOCAL_PART.findall(local_part.lower()) if not self._lexicon.is_ordinary(part)
        ]
        for part in parts:
            if part not in self._known and len(part) > _SHORTEST_PART and len(self._known) < _MOST_NAMES:
                self._known[part] = part
                self._folded.add(part)
                self._pattern = None

    def identity_of(self, name: str) -> str:
        """The same for every way in which a person is named here."""
        words = [without_accents(_without_possessive(match[0]).lower()) for match in _TOKEN.finditer(name)]
        full = " ".join(words)
        if full in self._known:
            return self._known[full]
        return next((self._known[word] for word in words if word in self._known), full)

    def find_known(self, text: str) -> Iterator[Span]:
        """Every mention of somebody known."""
        if not self._exact and not self._folded:
            return
        if self._pattern is None:
            self._pattern = self._compiled()
        for match in self._pattern.finditer(without_accents(text)):
            yield Span(match.start(), match.end(), Kind.PERSON, text[match.start() : match.end()])
        yield from self._joined(text)

    def outside(self, text: str, names: Iterable[Span], others: Sequence[Span]) -> Iterator[Span]:
        """What of the names lies outside other findings: a model takes "knew jane@example.org" for a name."""
        starts = [other.start for other in others]
        for name in names:
            index = max(0, bisect_right(starts, name.start) - 1)
            position, is_cut = name.start, False
            while index < len(others) and others[index].start < name.end:
                other = others[index]
                if other.end > position:
                    yield from self._rest(text, position, other.start)
                    position, is_cut = other.end, True
                index += 1
            if is_cut:
                yield from self._rest(text, position, name.end)
            else:
                yield name

    def _rest(self, text: str, start: int, end: int) -> Iterator[Span]:
        words = [*_TOKEN.finditer(text, start, max(start, end))]
        while words and self._lexicon.is_ordinary(words[0][0]):
            words.pop(0)
        while words and self._lexicon.is_ordinary(words[-1][0]):
            words.pop()
        if words:
            first, last = words[0].start(), words[-1].end()
            yield Span(first, last, Kind.PERSON, text[first:last])

    def _compiled(self) -> re.Pattern[str]:
        folded = "|".join(_spaced(name) for name in sorted(self._folded, key=len, reverse=True))
        exact = "|".join(map(re.escape, sorted(self._exact, key=len, reverse=True)))
        groups = [rf"(?i:(?:{folded})s?)" if folded else "", exact]
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(filter(None, groups))})(?![^\W_])")

    def _joined(self, text: str) -> Iterator[Span]:
        """`janedoe92`, `jdoe`: two parts of one name in a word."""
        words = {together for full in self._known if " " in full for together in _together(full.split())}
        if not words:
            return
        lowered = without_accents(text).lower()
        if len(lowered) != len(text):
            return
        for joined in sorted(words):
            at = lowered.find(joined)
            while at >= 0:
                start, end = at, at + len(joined)
                while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
                    start -= 1
                while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                    end += 1
                word = lowered[start:end]
                if not self._lexicon.is_ordinary(word) and not self._lexicon.is_name(word):
                    yield Span(start, end, Kind.HANDLE, word)
                at = lowered.find(joined, end)


def _together(words: Sequence[str]) -> Iterator[str]:
    first, last = words[0], words[-1]
    if len(first) >= _SHORTEST_PART and len(last) >= _SHORTEST_PART:
        yield from (first + last, last + first, f"{first}.{last}", f"{first}_{last}", f"{first}-{last}")
    if len(words) > 2 and sum(map(len, words)) >= _SHORTEST_TOGETHER:
        yield "".join(words)
    if len(first) + len(last) >= _SHORTEST_TOGETHER and len(last) >= _LONG_PART:
        yield first[0] + last
        yield last + first[0]


def _spaced(name: str) -> str:
    return r"\s{1,3}".join(map(re.escape, name.split()))


def _without_possessive(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else word

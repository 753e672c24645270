"""Details that were found anywhere in a conversation are found everywhere in it, with whatever marks between."""

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers

from app.privacy.opaque import Opaque
from app.privacy.redaction.spans import Kind, Span

_WRITTEN_MANY_WAYS: Final = frozenset(Kind) - {
    Kind.PERSON,
    Kind.ADDRESS,
    Kind.BIRTH_DATE,
    Kind.PRIVATE_KEY,
    Kind.IP_ADDRESS,
}
_SHORTEST: Final = 6
_SHORTEST_NUMBER: Final = 5
# A word may stand anywhere; of letters alone, only a long row is told from a few words that happen to make it.
_SHORTEST_OF_LETTERS: Final = 10
_LONGEST: Final = 400
_MOST: Final = 400
# Between two signs of one detail: a space, a hyphen, a bracket and a space.
_WIDEST_GAP: Final = 3
_SIGN: Final = re.compile(r"[^\W_]")
_PART: Final = re.compile(r"[0-9](?:[ ./-]?[0-9]){5,}")
_IN_URL: Final = re.compile(r"[^\s/?&=#:@,;]{7,80}")
_ALREADY_CODED: Final = re.compile(r"\+|00")
_LEAST_NATIONAL: Final = 7


class Spellings(Opaque):
    """What was found in one conversation, by its letters and digits alone."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, tuple[Kind, str]] = {}

    def learn(self, text: str, span: Span) -> None:
        """Remembers a detail, and what of it may be told alone: a number among words, a telephone number at home."""
        if span.kind not in _WRITTEN_MANY_WAYS:
            return
        found = text[span.start : min(span.end, span.start + 4 * _LONGEST)]
        if span.kind is Kind.URL:
            for part in _IN_URL.findall(found.removeprefix(span.kept)):
                if sum(map(str.isdigit, part)) >= 2 and any(map(str.isalpha, part)):
                    self._remember(part, span.kind, part.lower())
            return
        self._remember(found, span.kind, span.identity)
        if span.kind is Kind.PHONE:
            for number in _at_home_and_abroad(found):
                self._remember(number, span.kind, span.identity)
        elif len(found) <= _LONGEST and any(map(str.isalpha, found)) and span.kind is Kind.ACCOUNT_NUMBER:
            for part in _PART.findall(found):
                self._remember(part, span.kind, part)

    def _remember(self, found: str, kind: Kind, identity: str) -> None:
        tight = "".join(_SIGN.findall(found)).lower()
        if tight.isdigit():
            is_long = len(tight) >= _SHORTEST_NUMBER
        elif tight.isalpha():
            is_long = len(tight) >= _SHORTEST_OF_LETTERS
        else:
            is_long = len(tight) >= _SHORTEST
        if is_long and len(tight) <= _LONGEST and len(self._known) < _MOST and len(set(tight)) > 1:
            self._known.setdefault(tight, (kind, identity))

    def identity_of(self, found: str, span: Span) -> str:
        """What a detail is known by if it was met before in another spelling; else what the span says."""
        if span.kept or len(found) > _LONGEST:
            return span.identity
        kind, identity = self._known.get("".join(_SIGN.findall(found)).lower(), (span.kind, span.identity))
        return identity if kind is span.kind else span.identity

    def find_known(self, text: str) -> Iterator[Span]:
        """Every place where one of them stands again, with other marks between or none."""
        if not self._known:
            return
        places = [match.start() for match in _SIGN.finditer(text)]
        tight = "".join([text[place] for place in places]).lower()
        if len(tight) != len(places):
            # Some letters have another length in lower case.
            tight = "".join(
                [low if len(low := text[place].lower()) == 1 else text[place] for place in places]
            )
        for known, (kind, identity) in self._known.items():
            index = tight.find(known)
            while index >= 0:
                last = index + len(known) - 1
                if _is_whole(text, places, index, last) and not (
                    known.isdigit() and _is_list(text, places, index, last)
                ):
                    yield Span(places[index], places[last] + 1, kind, identity)
                index = tight.find(known, last + 1)


def _is_whole(text: str, places: list[int], first: int, last: int) -> bool:
    """Is it no part of a longer word or number, and in one piece?"""
    start, end = places[first], places[last] + 1
    if _goes_on(text[start - 1 : start], text[start]) or _goes_on(text[end : end + 1], text[end - 1]):
        return False
    size = last - first
    if end - start > size + 1:
        return (
            all(places[index + 1] - places[index] - 1 <= _WIDEST_GAP for index in range(first, last))
            and "\n\n" not in text[start:end]
        )
    return True


def _is_list(text: str, places: list[int], first: int, last: int) -> bool:
    """Numbers in a row, of which some happen to make the one that is known."""
    return any(sign in text[places[first] : places[last]] for sign in ",;")


def _goes_on(beside: str, sign: str) -> bool:
    return bool(beside) and (
        (beside.isdigit() and sign.isdigit()) or (beside.isalpha() and sign.isalpha() and beside.isascii())
    )


def _at_home_and_abroad(found: str) -> Iterator[str]:
    """A telephone number without its country code, with and without the zero in front, and without an extension."""
    number = re.split("[xe]", found, maxsplit=1, flags=re.IGNORECASE)[0]
    yield number
    digits = re.sub("[^0-9]", "", number)
    if _ALREADY_CODED.match(number.strip("( ")):
        digits = digits[2:] if not number.lstrip("( ").startswith("+") else digits
        for size in (1, 2, 3):
            if int(digits[:size] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
                yield digits
                home = digits[size:].lstrip("0")
                if len(home) >= _LEAST_NATIONAL:
                    yield from (home, "0" + home)
    elif digits.startswith("0") and len(digits.lstrip("0")) >= _LEAST_NATIONAL:
        yield digits.lstrip("0")
        if digits[1:] != digits.lstrip("0"):
            yield digits[1:]

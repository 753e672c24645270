"""What a detector found, how findings that overlap become one, and what of them lies outside older placeholders."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """The kinds of detail that are looked for; the value is the word in the placeholder."""

    PRIVATE_KEY = "PRIVATE_KEY"
    JWT = "JWT"
    WALLET = "WALLET"
    API_KEY = "API_KEY"
    PASSWORD = "PASSWORD"  # noqa: S105 - the name of a kind
    URL = "URL"
    EMAIL = "EMAIL"
    IBAN = "IBAN"
    CREDIT_CARD = "CREDIT_CARD"
    IP_ADDRESS = "IP_ADDRESS"
    MAC_ADDRESS = "MAC_ADDRESS"
    NATIONAL_ID = "NATIONAL_ID"
    PHONE = "PHONE"
    BIRTH_DATE = "BIRTH_DATE"
    ACCOUNT_NUMBER = "ACCOUNT_NUMBER"
    COORDINATES = "COORDINATES"
    HANDLE = "HANDLE"
    ADDRESS = "ADDRESS"
    PERSON = "PERSON"


class Span(NamedTuple):
    """A stretch of text to replace. Spans of one kind and identity get one number in a conversation."""

    start: int
    end: int
    kind: Kind
    identity: str
    kept: str = ""
    """What stays in front of the placeholder, such as the slash after a host."""


# The order of `Kind`: what is harder to mistake for something else comes first.
_RANK: Final = {kind: rank for rank, kind in enumerate(Kind)}


def without_overlaps(spans: Iterable[Span]) -> Iterator[Span]:
    """Disjoint spans in order of the text that cover exactly what `spans` cover.

    Overlapping findings become one, named after its longest member; letting the longest win and dropping the others
    would leave their ends in the text.
    """
    group: list[Span] = []
    end = 0
    for span in sorted(spans):
        if group and span.start >= end:
            yield _merged(group, end)
            group = []
        end = max(end, span.end) if group else span.end
        group.append(span)
    if group:
        yield _merged(group, end)


def _merged(group: list[Span], end: int) -> Span:
    if len(group) == 1:
        return group[0]
    start = group[0].start
    name = min(group, key=lambda span: (span.start - span.end, _RANK[span.kind]))
    return name._replace(start=start, end=end, kept=name.kept if name.start == start else "")


PLACEHOLDER: Final = re.compile(rf"\[({'|'.join(Kind)})_([0-9]{{1,9}})\]")
"""What stands for a detail: its kind, and its number in the conversation."""


def placeholders_in(text: str) -> list[Span]:
    """The placeholders that a text has already, in order."""
    return [Span(*match.span(), Kind(match[1]), match[0]) for match in PLACEHOLDER.finditer(text)]


def outside(text: str, spans: Iterable[Span], taken: Sequence[Span]) -> Iterator[Span]:
    """What of the spans lies outside `taken` (in order, disjoint), where it says anything."""
    starts = [other.start for other in taken]
    for span in spans:
        index = max(0, bisect_right(starts, span.start) - 1)
        position = span.start
        while index < len(taken) and taken[index].start < span.end:
            yield from _piece(text, span, position, taken[index].start)
            position = max(position, taken[index].end)
            index += 1
        yield from _piece(text, span, position, span.end)


def _piece(text: str, span: Span, start: int, end: int) -> Iterator[Span]:
    """What of a span is left between two places, without the marks beside what was cut away."""
    while start > span.start and start < end and not text[start].isalnum():
        start += 1
    while end < span.end and start < end and not text[end - 1].isalnum():
        end -= 1
    if (start, end) == (span.start, span.end):
        yield span
    elif any(map(str.isalnum, text[start:end])):
        kept = span.kept if start == span.start else ""
        yield span._replace(start=start, end=end, identity=text[start:end], kept=kept)

"""What a detector found, and how findings that overlap become one."""

from collections.abc import Iterable, Iterator
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

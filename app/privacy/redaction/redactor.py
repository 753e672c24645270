"""Replacing what the detectors find by numbered placeholders, the same ones throughout a conversation."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from app.privacy.opaque import Opaque
from app.privacy.redaction.addresses import find_ip_addresses, find_mac_addresses, find_urls
from app.privacy.redaction.contacts import find_emails, find_handles
from app.privacy.redaction.credentials import (
    find_api_keys,
    find_jwts,
    find_passwords,
    find_private_keys,
)
from app.privacy.redaction.national_ids import find_national_ids
from app.privacy.redaction.payments import find_credit_cards, find_ibans
from app.privacy.redaction.phones import find_phones
from app.privacy.redaction.spans import Kind, Span, without_overlaps

RULES_VERSION: Final = "patterns-1"
"""Named in every record made under these rules; raise it when a rule changes what is found."""

DETECTORS: Final[tuple[Callable[[str], Iterable[Span]], ...]] = (
    find_private_keys,
    find_jwts,
    find_api_keys,
    find_passwords,
    find_urls,
    find_emails,
    find_ibans,
    find_credit_cards,
    find_ip_addresses,
    find_mac_addresses,
    find_national_ids,
    find_phones,
    find_handles,
)
_PLACEHOLDER: Final = re.compile(rf"\[(?:{'|'.join(Kind)})_[0-9]{{1,9}}\]")


class ConversationRedactor(Opaque):
    """Redacts the texts of one conversation; the same detail gets the same placeholder in all of them.

    It holds the details it replaced, so it must not outlive the conversation's turn through it.
    """

    __slots__ = ("_counts", "_numbers", "_used")

    def __init__(self) -> None:
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._used: Counter[Kind] = Counter()
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> dict[str, int]:
        """How many replacements of each kind were made so far."""
        return dict(self._counts)

    def redact(self, text: str) -> str:
        """`text` with each detail replaced by `[KIND_NUMBER]`; everything around the details stays as it was."""
        found = [span for detect in DETECTORS for span in detect(text) if not _is_placeholder(text, span)]
        if not found:
            return text
        pieces: list[str] = []
        position = 0
        for span in without_overlaps(found):
            pieces += (text[position : span.start], span.kept, self._placeholder(span))
            self._counts[span.kind.value] += 1
            position = span.end
        pieces.append(text[position:])
        return "".join(pieces)

    def _placeholder(self, span: Span) -> str:
        number = self._numbers.get((span.kind, span.identity))
        if number is None:
            self._used[span.kind] += 1
            number = self._numbers[span.kind, span.identity] = self._used[span.kind]
        return f"[{span.kind.value}_{number}]"

    def __repr__(self) -> str:
        return f"<ConversationRedactor: {sum(self._counts.values())} replacements>"


def _is_placeholder(text: str, span: Span) -> bool:
    """Is nothing left of the span but placeholders, as in a text that was redacted before?"""
    found = text[span.start : span.end]
    if "[" not in found:
        return False
    return not any(map(str.isalnum, _PLACEHOLDER.sub("", found)))

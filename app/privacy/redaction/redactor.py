"""Replacing what the detectors find by numbered placeholders, the same ones throughout a conversation."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from app.privacy.opaque import Opaque
from app.privacy.redaction.addresses import (
    find_ip_addresses,
    find_mac_addresses,
    find_onions,
    find_urls,
)
from app.privacy.redaction.births import find_birth_dates
from app.privacy.redaction.code_credentials import find_code_credentials
from app.privacy.redaction.contacts import find_emails, find_handles
from app.privacy.redaction.coordinates import find_coordinates
from app.privacy.redaction.credentials import (
    find_called_keys,
    find_jwts,
    find_passwords,
    find_private_keys,
)
from app.privacy.redaction.guesses import beside
from app.privacy.redaction.identifiers import find_identifiers
from app.privacy.redaction.lexicon import Lexicon
from app.privacy.redaction.names import NameFinder
from app.privacy.redaction.national_ids import find_national_ids
from app.privacy.redaction.payments import find_credit_cards, find_expiry_dates, find_ibans
from app.privacy.redaction.people import People
from app.privacy.redaction.phones import find_phones
from app.privacy.redaction.plain_signs import in_plain_signs
from app.privacy.redaction.postal import find_addresses
from app.privacy.redaction.recognition import NOT_PERSONS, Recognizer
from app.privacy.redaction.repeats import Repeats
from app.privacy.redaction.said_passwords import find_said_passwords
from app.privacy.redaction.spans import Kind, Span, outside, placeholders_in, without_overlaps
from app.privacy.redaction.spellings import Spellings
from app.privacy.redaction.tokens import (
    find_keys,
    find_user_names,
)
from app.privacy.redaction.towns import find_towns
from app.privacy.redaction.wallets import find_codes, find_wallets

DETECTORS: Final[tuple[Callable[[str], Iterable[Span]], ...]] = (
    find_private_keys,
    find_jwts,
    find_called_keys,
    find_passwords,
    find_said_passwords,
    find_code_credentials,
    find_codes,
    find_urls,
    find_onions,
    find_emails,
    find_ibans,
    find_credit_cards,
    find_expiry_dates,
    find_ip_addresses,
    find_mac_addresses,
    find_national_ids,
    find_phones,
    find_handles,
    find_keys,
    find_wallets,
    find_coordinates,
    find_birth_dates,
    find_identifiers,
    find_addresses,
)
# Somebody may have written a placeholder themselves, with any number: ours must stay numbers that fit into one.
_HIGHEST_BEFORE: Final = 99_999
# What a URL keeps of itself. A model that reads it beside a placeholder takes it for a name.
_KEPT_OF_URL: Final = re.compile(
    r"[a-z][a-z0-9+.-]{1,10}://[^\s/\[\]]{1,253}/?(?=\[URL_[0-9])", re.IGNORECASE
)


class ConversationRedactor(Opaque):
    """Redacts the texts of one conversation; the same detail gets the same placeholder in all of them.

    It holds the details it replaced, so it must not outlive the conversation's turn through it. Without a recognizer
    it finds what has a form, and names only beside words that introduce them. Placeholders that are in the texts
    already stay as they are, and new ones are numbered after them. `cleared` are passages that a person has found to
    be no detail. `find_more` finds what else is to be replaced in each of the texts.
    """

    __slots__ = (
        "_check",
        "_cleared",
        "_counts",
        "_find_more",
        "_lexicon",
        "_names",
        "_numbers",
        "_people",
        "_recognizers",
        "_repeats",
        "_spellings",
        "_used",
    )

    def __init__(
        self,
        recognizers: Sequence[Recognizer] = (),
        *,
        cleared: Collection[str] = (),
        find_more: Callable[[Sequence[str]], Iterable[list[Span]]] | None = None,
        check: Callable[[], object] = lambda: None,
    ) -> None:
        lexicon = recognizers[0].lexicon if recognizers else Lexicon()
        self._recognizers = recognizers
        self._lexicon = lexicon
        self._cleared = frozenset(cleared)
        self._find_more = find_more
        self._check = check
        self._names = NameFinder(lexicon)
        self._people = People(lexicon)
        self._repeats = Repeats(lexicon)
        self._spellings = Spellings()
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._used: Counter[Kind] = Counter()
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> dict[str, int]:
        """How many replacements of each kind were made so far."""
        return dict(self._counts)

    def redact(self, text: str) -> str:
        """`text` with each detail replaced by `[KIND_NUMBER]`; everything around the details stays as it was."""
        return self.redact_all([text])[0]

    def redact_all(self, texts: Sequence[str]) -> list[str]:
        """The texts of a conversation in the order in which they are read; a name in one of them is found in all."""
        for text in texts:
            for taken in placeholders_in(text):
                self._number_after(taken)
        return [self._replaced(text, spans) for text, spans in zip(texts, self.find_all(texts), strict=True)]

    def find_all(self, texts: Sequence[str]) -> list[list[Span]]:
        """What would be replaced in each of the texts."""
        found = [[*self._find(text)] for text in texts]
        for recognizer in self._recognizers:
            for number, recognized in enumerate(recognizer.find_persons(texts, self._check)):
                found[number] += self._outside_urls(texts[number], recognized)
        if self._find_more is not None:
            for number, more in enumerate(self._find_more(texts)):
                found[number] += more
        for number, text in enumerate(texts):
            self._check()
            spans = self._new(text, found[number])
            names = [(span.start, span.end) for span in spans if span.kind is Kind.PERSON]
            besides = (
                Span(start, end, Kind.PERSON, text[start:end])
                for start, end in beside(text, names, self._lexicon, NOT_PERSONS)
            )
            found[number] = [*spans, *self._new(text, besides)]
        self._learn(texts, found)
        for text, spans in zip(texts, found, strict=True):
            self._check()
            known = [*self._people.find_known(text), *self._repeats.find_known(text)]
            spans.extend(self._new(text, [*known, *self._spellings.find_known(text)]))
        return [self._merged(text, spans) for text, spans in zip(texts, found, strict=True)]

    def _outside_urls(self, text: str, names: Sequence[Span]) -> Iterable[Span]:
        kept = [Span(*match.span(), Kind.URL, "") for match in _KEPT_OF_URL.finditer(text)]
        return self._people.outside(text, names, kept) if kept else names

    def _new(self, text: str, spans: Iterable[Span]) -> list[Span]:
        """What is neither a placeholder already nor cleared by a person."""
        found = [span for span in spans if text[span.start : span.end] not in self._cleared]
        taken = placeholders_in(text)
        if not taken:
            return found
        names = [span for span in found if span.kind is Kind.PERSON]
        formed = [span for span in found if span.kind is not Kind.PERSON]
        return [*outside(text, formed, taken), *self._people.outside(text, names, taken)]

    def _find(self, text: str) -> Iterator[Span]:
        detectors: Sequence[Callable[[str], Iterable[Span]]] = (
            *DETECTORS,
            self._names.find_names,
            partial(find_user_names, lexicon=self._lexicon),
            partial(find_towns, lexicon=self._lexicon),
        )
        plain = in_plain_signs(text)
        for detect in detectors:
            for written in (text,) if plain is text else (text, plain):
                self._check()
                for span in detect(written):
                    self._check()
                    if written is text or not span.kept:
                        yield span

    def _learn(self, texts: Sequence[str], found: Sequence[Sequence[Span]]) -> None:
        """Full names first, so that a part of one that stands before it is known for the same person."""
        names: list[str] = []
        for text, spans in zip(texts, found, strict=True):
            for span in spans:
                self._repeats.learn(text, span)
                self._spellings.learn(text, span)
                if span.kind is Kind.PERSON:
                    names.append(text[span.start : span.end])
        for name in sorted(names, key=lambda name: " " not in name.strip()):
            self._people.learn(name)
        for span in (span for spans in found for span in spans):
            if span.kind is Kind.EMAIL:
                self._people.learn_address(span.identity.partition("@")[0])

    def _merged(self, text: str, spans: Iterable[Span]) -> list[Span]:
        found = [*spans]
        formed = [*without_overlaps(span for span in found if span.kind is not Kind.PERSON)]
        names = [span for span in found if span.kind is Kind.PERSON]
        merged = without_overlaps([*formed, *self._people.outside(text, names, formed)])
        return [span._replace(identity=self._identity(text[span.start : span.end], span)) for span in merged]

    def _identity(self, found: str, span: Span) -> str:
        if span.kind is Kind.PERSON:
            return self._people.identity_of(found)
        spelled = self._spellings.identity_of(found, span)
        return self._repeats.identity_of(found, span.identity) if spelled == span.identity else spelled

    def _replaced(self, text: str, spans: Sequence[Span]) -> str:
        pieces: list[str] = []
        position = 0
        for span in spans:
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

    def _number_after(self, taken: Span) -> None:
        number = int(taken.identity.rpartition("_")[2].rstrip("]"))
        if number <= _HIGHEST_BEFORE:
            self._used[taken.kind] = max(self._used[taken.kind], number)

    def __repr__(self) -> str:
        return f"<ConversationRedactor: {sum(self._counts.values())} replacements>"

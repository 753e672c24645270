"""Finding payment card numbers and IBANs by their shape and their check digits."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from stdnum import iban

from app.privacy.redaction.spans import Kind, Span

# Groups of digits with single separators. Not inside a word or a decimal fraction, nor behind four hexadecimal
# digits and a dash, where the last group of a UUID stands. The look-behinds stand after the first digit so that the
# engine can skip to digits; nothing is asked of what follows, or a long run would be tried again from each group.
_DIGIT_GROUPS: Final = re.compile(
    r"[0-9](?<![A-Za-z0-9_][0-9])(?<![0-9]\.[0-9])(?<![0-9a-f]{4}-[0-9])[0-9]*+(?:[ -][0-9]++)*+"
)
# Other ways to write sixteen digits in fours.
_FOURS: Final = re.compile(
    r"(?<![0-9.])[0-9]{4}([./_]|[ ]?-[ ]?|[ ]{2,3}|\u00A0)[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![0-9]|\.[0-9])"
)
_DIGITS: Final = re.compile(r"[0-9]+")
_WORD_GOES_ON: Final = re.compile(r"[A-Za-z_]")
_SHORTEST_CARD: Final = 12
_LONGEST_CARD: Final = 19
_MAX_GROUPS: Final = 5
_GROUP_SIZES: Final = range(3, 9)

# Visa, Mastercard, American Express, Diners Club, JCB, Discover, UnionPay, Mir, Maestro: prefixes and lengths.
_CARD_BRANDS: Final = re.compile(
    r"""
    4[0-9]{12}(?:[0-9]{3}){0,2}
    | (?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}
    | 3[47][0-9]{13}
    | 3(?:0[0-59]|[689][0-9])[0-9]{11,16}
    | (?:2131|1800)[0-9]{11} | 35[0-9]{14,17}
    | 6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12,15}
    | (?:62|81)[0-9]{14,17}
    | 220[0-4][0-9]{12,15}
    | (?:5018|5020|5038|5[678][0-9]{2}|6[0-9]{3})[0-9]{8,15}
    """,
    re.VERBOSE,
)
# Beside one of these words a mistyped number is redacted too.
_CARD_CUE: Final = re.compile(
    r"(?<![a-z])(?:cards?|cc|visa|master ?card|amex|maestro)(?![a-z])", re.IGNORECASE
)
_EXPIRY: Final = re.compile(
    r"(?<![a-z])(?:exp(?:\.|iry|ires|iration)?(?: date)?|valid (?:thru|until|till)|"
    r"good thru)[:. ]{1,3}((?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?[2-4][0-9])(?![0-9/-])",
    re.IGNORECASE,
)
_NEAR: Final = 30
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

_CHECK_DIGITS: Final = re.compile(r"[0-9]{2}(?<=[A-Za-z]{2}[0-9]{2})(?<![A-Za-z0-9][A-Za-z]{2}[0-9]{2})")
_IBAN_CHARACTER: Final = re.compile(r"[ .-]?([A-Za-z0-9])")
# Lengths from the SWIFT IBAN registry: where spaces are allowed, only the length tells where an IBAN ends.
_IBAN_LENGTHS: Final = {
    entry[:2]: int(entry[2:])
    for entry in """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29
    ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
    LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29
    PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20
    YE30
    """.split()  # noqa: SIM905 - a block of words reads better
}


def find_credit_cards(text: str) -> Iterator[Span]:
    """Card numbers of a known brand and length that pass the Luhn check, in one piece or in groups.

    In one piece behind a word such as "card", any number of that length.
    """
    for match in _FOURS.finditer(text):
        digits = "".join(_DIGITS.findall(match[0]))
        if _CARD_BRANDS.fullmatch(digits) and _passes_luhn(digits):
            yield Span(match.start(), match.end(), Kind.CREDIT_CARD, digits)
    for match in _DIGIT_GROUPS.finditer(text):
        if len(match[0]) < _SHORTEST_CARD:
            continue
        groups = [group.span() for group in _DIGITS.finditer(text, match.start(), match.end())]
        if _WORD_GOES_ON.match(text, match.end()):
            groups.pop()
        elif len(groups) == 1 and _is_called_card(text, match):
            yield Span(match.start(), match.end(), Kind.CREDIT_CARD, match[0])
            continue
        yield from _cards_in(text, groups)


def find_expiry_dates(text: str) -> Iterator[Span]:
    """The month in which a card ends."""
    for match in _EXPIRY.finditer(text):
        yield Span(*match.span(1), Kind.CREDIT_CARD, match[1])


def _cards_in(text: str, groups: list[tuple[int, int]]) -> Iterator[Span]:
    index = 0
    while index < len(groups):
        taken = _card_groups(text, groups[index : index + _MAX_GROUPS])
        if taken:
            start, end = groups[index][0], groups[index + taken - 1][1]
            yield Span(start, end, Kind.CREDIT_CARD, re.sub(r"[ -]", "", text[start:end]))
        index += taken or 1


def _is_called_card(text: str, match: re.Match[str]) -> bool:
    nearby = text[max(0, match.start() - _NEAR) : match.start()]
    return len(match[0]) <= _LONGEST_CARD and _CARD_CUE.search(nearby) is not None


def _card_groups(text: str, groups: list[tuple[int, int]]) -> int:
    """How many of the groups, from the first on, make the longest card number; 0 if none do."""
    sizes = [end - start for start, end in groups]
    usable = len(list(takewhile(_GROUP_SIZES.__contains__, sizes)))
    for count in range(max(usable, 1), 0, -1):
        if _SHORTEST_CARD <= sum(sizes[:count]) <= _LONGEST_CARD:
            digits = "".join(text[start:end] for start, end in groups[:count])
            if _CARD_BRANDS.fullmatch(digits) and _passes_luhn(digits):
                return count
    return 0


def _passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


def find_ibans(text: str) -> Iterator[Span]:
    """Account numbers with the length of their country and right check digits."""
    for match in _CHECK_DIGITS.finditer(text):
        start = match.start() - 2
        length = _IBAN_LENGTHS.get(text[start : start + 2].upper())
        if length is None:
            continue
        characters = [*text[start : match.end()]]
        end = match.end()
        while len(characters) < length and (following := _IBAN_CHARACTER.match(text, end)):
            characters.append(following[1])
            end = following.end()
        compact = "".join(characters).upper()
        ends_here = not text[end : end + 1].isalnum()
        if len(compact) == length and ends_here and iban.is_valid(compact, check_country=False):
            yield Span(start, end, Kind.IBAN, compact)

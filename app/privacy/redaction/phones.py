"""Finding telephone numbers: by an international prefix, by a national way of writing, or by a word beside them."""

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers

from app.privacy.redaction.spans import Kind, Span

_EXTENSION: Final = r"(?: ?(?:x|ext\.?|extension) ?[0-9]{1,6})?"
_SEPARATORS: Final = r"(?! [/|] )[ ./()\u00A0\u2011-]{1,3}"
# One run of digit groups, tried once from its start: nothing is asked of what follows, or a long run would be tried
# again from each of its groups. Whether it is a telephone number is decided below. The
# look-behinds stand after the first character so that the engine can skip to where a number can begin.
_CANDIDATE: Final = re.compile(
    r"[0-9+(](?<![A-Za-z0-9_+.][0-9+(])(?:(?<=\()\+)?"
    rf"[0-9]*+(?:{_SEPARATORS}[0-9]++)*+{_EXTENSION}",
    re.IGNORECASE,
)
_US_NUMBER: Final = re.compile(
    r"(?<![0-9.+-])(?:(?:001|1)[ .-])?(?:\([2-9][0-9]{2}\)[ -]?[0-9]{3}[ .-]|[2-9][0-9]{2}([.-])[0-9]{3}\1)[0-9]{4}"
    rf"{_EXTENSION}(?![0-9A-Za-z_-])",
    re.IGNORECASE,
)
_DAY: Final = "(?:0?[1-9]|[12][0-9]|3[01])"
_DATE: Final = re.compile(
    rf"{_DAY}([./ -]){_DAY}\1(?:(?:19|20)[0-9]{{2}}(?![0-9])|[0-9]{{2}}(?![0-9]|\1[0-9]))"
    rf"|(?:19|20)[0-9]{{2}}([./ -])(?:0?[1-9]|1[0-2])\2{_DAY}(?![0-9])"
)

_NEAR_BEFORE: Final = 40
_DIGIT_WORD: Final = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)"
# As they are said: oh seven nine double one.
_SPELLED: Final = re.compile(
    rf"(?<![^\W_]){_DIGIT_WORD}(?:(?:[ ]|, ?|-| - |\. ?){_DIGIT_WORD}){{5,19}}(?![^\W_])", re.IGNORECASE
)
_NEAR_ROW: Final = 30
_NEAR_AFTER: Final = 12
_THEM: Final = r"(?:\s(?:me|us|him|her|them|you|back|directly|now|today))*"
_CUE_BEFORE: Final = re.compile(
    rf"""
    тел\w* | моб\w* | номер\w* | τηλ\w* | هاتف | جوال | رقم\w* | טלפון
    | 手机 | 电话 | 電話 | 携帯 | 番号 | 전화 | 번호 | फ़ोन
    | मोबाइल | (?<![a-z])(?:
        (?:tele|smart|cell|i)?phones? | tel | telefon\w* | telefoon\w* | tlf | ruf(?:nummer)? | mobil\w* | m[óo]vil
        | celular | cel | gsm | kom[óo]rk\w* | num[ée]ro | n[úu]mero | cell'?s |
        viber | signal | imessage | facetime | ph | m | t | fon | mein[e]?\snummer | my\snumber\sis
        | t[ée]l[ée]phone | tél | tel[ée]fono | telefone
        | mobiles? | mob | cell | handy(?:nummer)? | portable | fax | hotline | landline | pager
        | (?:desk|office|home|work)(?:\s(?:number|line|no)|\s?:)
        | whats ?app | sms | imessage | dial(?:l?ing|l?ed)? | extension
        | (?:call|ring|reach|contact|text|message)(?:s|ed|ing)?{_THEM}\s(?:at|on|via)
        | (?:call|text|ring){_THEM}:? | answering\sat | messages?\s(?:at|to)
        | (?:my|your|his|her|their|our|registered|the|new|old|work|home|private|personal|emergency|contact|
        direct)\s(?:number|no\.?|digits|line)
        | (?:calls?|texts?|sms|messages?|voicemail)\sfrom | (?:call|ring|ringing|text)\s(?:me\s)?under | under |
        (?:give|gave)\s(?:me|him|her|us|them)\sa\s(?:ring|call|buzz|bell)(?:\s(?:at|on|under))? | my\sregistered
    )(?![a-z])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CUE_AFTER: Final = re.compile(r"[ ,(-]{0,3}(?:office|fax|mobile|cell|tel|phone)(?![a-z])", re.IGNORECASE)
# What says of a row of digits that could be dialled that it is: words about calling, and about who calls.
_WEAK_CUE: Final = re.compile(
    r"(?<![a-z])(?:who(?:se)?|numbers?|contact\w*|call\w*|text(?:s|ed|ing)?|rang|rings?|ringing|dial\w*|messag\w+|"
    r"block(?:s|ed|ing)?|spam\w*|scam\w*|fraud\w*|telemarket\w*|robocall\w*|belongs?|owner|trace|reach|"
    r"phon(?:es?|ed|ing)|"
    r"voicemail|sms|whats ?app)(?![a-z])",
    re.IGNORECASE,
)
_ROW: Final = re.compile(r"[0-9]{10,11}")
_DIGIT: Final = re.compile(r"[0-9]")
_FEWEST_DIGITS: Final = 6
_AFTER_LATIN: Final = "\u0250"
_US_DIGITS: Final = 10
_MOST_DIGITS: Final = 17
_TRUNK_ZERO: Final = re.compile(r"\(?0\)? ?[1-9]")
_TRUNK_REGIONS: Final = ("GB", "DE", "FR", "NL", "SE", "IT", "BE", "AU", "CH", "AT", "IE", "TR", "IN")
# Where numbers are dialled as they are, in groups of three, or two of the area and two more.
# Where numbers are dialled as they are, and how they are grouped there; mobile ones also in one piece.
_OPEN_GROUPS: Final = (
    (re.compile(r"[2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}"), ("US",)),
    (
        re.compile(
            r"[2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{3}|[2-9][0-9]{2}[ .-][0-9]{2}[ .-][0-9]{2}[ .-][0-9]{2}"
            r"|[1-9][0-9][ .-][0-9]{3}[ .-][0-9]{2}[ .-][0-9]{2}"
        ),
        ("ES", "PL", "PT", "NO", "CZ", "GR"),
    ),
    (re.compile(r"3[0-9]{2}[ .-][0-9]{3}[ .-]?[0-9]{3,4}|3[0-9]{2}[ .-][0-9]{6,7}"), ("IT",)),
    (re.compile(r"(?:\([1-9][0-9]\)[ ]?|[1-9][0-9][ ])9?[0-9]{4}[ -]?[0-9]{4}"), ("BR",)),
    (re.compile(r"0(?:6|7|15|16|17)[0-9]{7,9}"), ("GB", "DE", "FR", "NL", "SE", "AU", "CH", "AT", "IE")),
    (re.compile(r"\(?0[0-9]{1,4}\)?[ /-][0-9]{5,8}"), ("DE", "NL", "SE", "IT", "AT", "GB", "FR", "BR")),
)


def find_phones(text: str) -> Iterator[Span]:
    """Telephone numbers. A bare row of digits counts only beside a word such as "phone" or "call me on"."""
    for match in _SPELLED.finditer(text):
        yield Span(*match.span(), Kind.PHONE, " ".join(match[0].lower().split()))
    for match in _CANDIDATE.finditer(text):
        found = match[0]
        digits = sum(map(found.count, "0123456789"))
        if digits < _FEWEST_DIGITS or _DATE.match(found) or _goes_on(text, match.end()):
            continue
        if digits >= _US_DIGITS:
            # Also inside a longer run, where two numbers stand side by side.
            yield from map(_span, _US_NUMBER.finditer(text, match.start(), match.end()))
        if digits <= _MOST_DIGITS and (
            _is_international(found, digits)
            or _is_national(found, digits)
            or _has_cue(text, match)
            or _is_dialled(text, match)
        ):
            yield _span(match)


def _goes_on(text: str, end: int) -> bool:
    """Are the digits the beginning of a word, or a percentage?"""
    following = text[end : end + 1]
    return (following.isalnum() and following < _AFTER_LATIN) or following in ("_", "%")


def _span(match: re.Match[str]) -> Span:
    number = re.split(r"[xe]", match[0], maxsplit=1, flags=re.IGNORECASE)[0]
    # A bracket around the number as a whole belongs to the sentence.
    opened_before = match[0].startswith("(") and ")" not in match[0]
    return Span(match.start() + int(opened_before), match.end(), Kind.PHONE, re.sub(r"[^0-9]", "", number))


def _is_international(found: str, digits: int) -> bool:
    """`+` or `00` and a country code that exists."""
    number = found.lstrip("(")
    if number.startswith("00"):
        number, digits = "+" + number[2:], digits - 2
        if digits < 10:
            return False
    if not number.startswith("+") or digits < 8:
        return False
    leading = re.sub(r"[^0-9]", "", number[:8])
    return any(int(leading[:size]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for size in (1, 2, 3))


def _is_national(found: str, digits: int) -> bool:
    """Written as numbers are in a country where it is valid: in groups, or behind a trunk zero."""
    if not 8 <= digits <= 13:
        return False
    for groups, regions in _OPEN_GROUPS:
        if groups.fullmatch(found) and any(_is_valid_in(region, found) for region in regions):
            return True
    if digits < 9 or not _TRUNK_ZERO.match(found) or found.isdigit():
        return False
    return any(_is_valid_in(region, found) for region in _TRUNK_REGIONS)


def _is_valid_in(region: str, found: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(found, region))
    except phonenumbers.NumberParseException:
        return False


def _has_cue(text: str, match: re.Match[str]) -> bool:
    """A telling word close before, with no other number in between, or right after."""
    before = text[max(0, match.start() - _NEAR_BEFORE) : match.start()]
    nearest = _DIGIT.split(before)[-1]
    if _CUE_BEFORE.search(nearest):
        return True
    return _CUE_AFTER.match(text[match.end() : match.end() + _NEAR_AFTER]) is not None


def _is_dialled(text: str, match: re.Match[str]) -> bool:
    """A row of digits that somebody in some country could dial, near a word about calling."""
    if _ROW.fullmatch(match[0]) is None:
        return False
    before = _DIGIT.split(text[max(0, match.start() - _NEAR_ROW) : match.start()])[-1]
    after = _DIGIT.split(text[match.end() : match.end() + _NEAR_ROW])[0]
    if not _WEAK_CUE.search(before) and not _WEAK_CUE.search(after):
        return False
    return any(_is_valid_in(region, match[0]) for region in ("US", *_TRUNK_REGIONS))

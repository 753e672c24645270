"""Finding postcodes with their towns where no street stands before them, and what is called a postcode."""

import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.lexicon import Lexicon
from app.privacy.redaction.spans import Kind, Span
from app.privacy.redaction.street_patterns import CAPITAL

_L: Final = r"[^\W\d_]"
_TOWN_WORD: Final = rf"{_L}(?:{_L}|['’.-](?={_L}))+"
# Nothing but a postcode looks like these. The others are five or six digits, or digits in two groups.
_SURE_CODE: Final = (
    r"(?:(?:A|B|CH|D|DK|E|F|FIN|FR|GR|H|I|L|N|NL|P|PL|S|SE|SK|CZ|DE|AT|BE|ES|IT|PT|LT|LV|EE|FI|NO|RO|HU)-"
    r"(?:[0-9]{4,5}|[0-9]{3}[ -][0-9]{2})|[1-9][0-9]{3}[ ]?(?!AD|AM|BC|CE|PM)(?-i:[A-Z]{2})|"
    r"[0-9]{5}-[0-9]{3}|〒[ ]?[0-9]{3}-?[0-9]{4})"
)
_CODE: Final = (
    rf"(?:{_SURE_CODE}|[0-9]{{2}}-[0-9]{{3}}|[0-9]{{4}}-[0-9]{{3}}|[0-9]{{3}}[ -][0-9]{{2,4}}|[0-9]{{5,6}})"
)
_CODE_FIRST: Final = re.compile(
    rf"(?<![\w.,/$€£#+-])(?P<code>{_CODE})(?![\w.,/%-]|[ ]?[-–][ ]?[0-9])[ ]"
    rf"(?P<town>{_TOWN_WORD}(?:[ ]{CAPITAL}{_L}+){{0,2}})(?![\w@])",
    re.IGNORECASE,
)
_TOWN_FIRST: Final = re.compile(
    rf"(?<![\w@./-])(?P<town>(?:{CAPITAL}{_L}+[ ]){{0,2}}{_TOWN_WORD})(?:[ ]?[-–,][ ]?|[ ])"
    rf"(?P<code>(?:{_CODE}|[0-9]{{3}}[ ][0-9]{{3}}))(?![\w%]|[.,/-][0-9])",
    re.IGNORECASE,
)
_LEADS: Final = re.compile(
    r"(?:(?<![^\W_])(?:in|near|nearby|around|from|to|at|outside|within|via|of|for|is|reach|aus|nach|bei|à|en|em|di|da|w|z|te|"
    r"visit|leave|left|live|town|city|home|code)[ ]{1,2}|[:|(\n][ ]?|^)$",
    re.IGNORECASE,
)
_LONGEST_LEAD: Final = 12
_NO_TOWNS: Final = frozenset(
    """
    euro eur usd gbp yen jpy inr rs naira ngn won baht peso rupee real reais chf sek nok dkk pln zloty franc dollar
    people km kms kg lbs mg ml mhz ghz kb mb gb tb rpm mph kwh hz btu cal kcal sqft units pcs am pm utc gmt est pst
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec ad bc american indian german room page line order error code case bus flight number no nr
    version item model port ticket invoice zip pin postcode postal plz cep cap isbn chapter section year
    badge batch bay block box card class desk exit floor form gate grade key level locker lot part platform row rule
    seat serial size sku suite table tag track type unit
    """.split()  # noqa: SIM905 - a block of words reads better
)
_CALLED: Final = re.compile(
    r"(?<![^\W_])(?:zip[ -]?(?:code)?|post(?:al)?[ -]?codes?|postcode|postleitzahl|plz|code[ ]postal|"
    r"c[óo]digo[ ]postal|"
    r"pin[ -]?code|eircode|cep|kod[ ]pocztowy|postnummer|postinumero|irányítószám|c\.?a\.?p\.?|c\.?p\.?|"
    r"psč|郵便番号)(?![^\W_])"
    r"(?:[ ]and[ ](?:town|city))?[ ]?(?:(?:is|was|of|for|in|at|the|my|area|near|to|number|no\.?)[ ]){0,4}[:=#]?[ ]{0,2}"
    r"(?P<code>(?=[A-Z0-9 -]{0,4}[0-9])[A-Z0-9]{2,6}+(?:[ -][A-Z0-9]{2,4}){0,1})(?![\w@])",
    re.IGNORECASE,
)
# Tokyo and other towns whose streets have no names: block and building.
_BLOCK_FIRST: Final = re.compile(
    rf"(?<![\w.,/$€£#+-])[0-9]{{1,3}}(?:-[0-9]{{1,3}}){{2}}[ ,]{{1,2}}(?P<town>{_TOWN_WORD})", re.IGNORECASE
)
_BLOCK_BEHIND: Final = re.compile(
    rf"(?<![\w@./-])(?P<town>{_TOWN_WORD})[ ][0-9]{{1,2}}(?:-?ch[ōo]me)?(?:-[0-9]{{1,3}}){{1,2}}(?![\w/-])",
    re.IGNORECASE,
)
_DISTRICT: Final = re.compile(
    rf"[ ]?(?:\#?[ ]?[0-9]{{1,4}}[ ]?)?,?[ ]?(?:{_TOWN_WORD}-(?:ku|shi|cho|machi|ken|fu|gun|"
    rf"son)(?![^\W_])[ ,]{{0,2}}){{1,3}}"
    rf"(?:(?-i:{CAPITAL}){_L}+|{_TOWN_WORD}(?=[,.;!?\n]|$))?|[ ]?\#[ ]?[0-9]{{1,4}}(?![\w])",
    re.IGNORECASE,
)


def find_towns(text: str, lexicon: Lexicon) -> Iterator[Span]:
    """`16179 Kassel`, `Pune - 411 001`, `zip code 90210`, `7-24-10 Nishi-Azabu`."""
    if not any(map(str.isdigit, text)):
        return
    for match in _CALLED.finditer(text):
        if sum(map(str.isdigit, match["code"])) >= 3:
            yield _span(text, *match.span("code"))
    for pattern in (_CODE_FIRST, _TOWN_FIRST):
        for match in pattern.finditer(text):
            if _is_town(text, match, lexicon, is_behind=pattern is _TOWN_FIRST):
                yield _span(text, *match.span())
    for pattern in (_BLOCK_FIRST, _BLOCK_BEHIND):
        for match in pattern.finditer(text):
            district = _DISTRICT.match(text, match.end())
            if district or _is_place(match["town"], lexicon):
                yield _span(text, match.start(), district.end() if district else match.end())


def _is_town(text: str, match: re.Match[str], lexicon: Lexicon, *, is_behind: bool) -> bool:
    """Whether a word with a code is a town; a code behind an ordinary one ("badge B-1234") is not its postcode."""
    first = match["town"].split()[0]
    is_led = _LEADS.search(text, max(0, match.start() - _LONGEST_LEAD), match.start()) is not None
    if re.fullmatch(_SURE_CODE, match["code"]) and first[0].isupper():
        return first.lower() not in _NO_TOWNS and (
            (is_led and not is_behind) or not lexicon.is_ordinary(first)
        )
    return (is_led or first[0].isupper()) and _is_place(first, lexicon)


def _is_place(word: str, lexicon: Lexicon) -> bool:
    """Could it be a town, and neither a currency nor a people?"""
    if word.lower() in _NO_TOWNS:
        return False
    is_plural = word.endswith("s") and not lexicon.is_name(word)
    return not lexicon.is_ordinary(word) and not is_plural


def _span(text: str, start: int, end: int) -> Span:
    end -= len(text[start:end]) - len(text[start:end].rstrip(" ,"))
    return Span(start, end, Kind.ADDRESS, " ".join(re.sub(r"[\W_]+", " ", text[start:end]).lower().split()))

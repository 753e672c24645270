"""Finding numbers that stand for somebody: behind a word such as "customer", or long enough to be nothing else."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.spans import Kind, Span

# Groups of letters and digits with single marks between, tried once from their start. What they are is decided below.
_CANDIDATE: Final = re.compile(
    r"[0-9](?<![A-Za-z0-9_][0-9])(?<![0-9][.,][0-9])(?<![0-9a-f]{4}-[0-9])[0-9]*+(?:(?: ?- ?|"
    r"[ ./])[0-9]++)*+(?:(?:[ ]?[-/])?[A-Za-z]{1,2}(?![\w-]))?"
    r"|[A-Z](?<![A-Za-z0-9_@#&./-][A-Za-z])(?=[A-Z]{0,11}[-/]?[0-9])[A-Z0-9]*+(?:[-/][A-Z0-9]++)*+",
    re.IGNORECASE,
)
_CODE_OF_DIGITS_FIRST: Final = re.compile(
    r"[0-9](?<![A-Za-z0-9_@#&./-][0-9])[0-9]{0,9}+[A-Za-z]{1,6}[0-9][A-Za-z0-9]*+(?:[-/][A-Za-z0-9]++)*+"
)
_GROUPS: Final = re.compile("[0-9]+")
_MARKS_BEFORE: Final = " :=#\"'(.\n"
_FEWEST: Final = 4
_FEWEST_BARE: Final = 5
_FEWEST_LOWER: Final = 6
_LONG: Final = range(9, 27)
_LONGEST: Final = 40
_LOCATOR: Final = 6
# Bookings have six letters, banks eight or eleven.
_LENGTHS_OF_CODES: Final = (6, 8, 11)
_AFTER_LATIN: Final = "\u0250"
_MOST_GROUPS: Final = 7
_NEAR: Final = 48

# Whose number it is. In other languages what is seen most in forms and letters.
_OF_WHAT: Final = re.compile(
    r"""(?<![^\W_])(?:
    account|acct|a/c|acc|bank|banking|checking|savings|giro|routing|aba|transit|sort[ -]?code|bsb|ifsc|swift|bic|clabe|
    iban|
    rib|blz|bankleitzahl|konto\w*|rekening\w*|conto|compte|cuenta|conta|ag[êe]ncia|rachun\w+|n[úu]mero|num[ée]ro|numer|
    customer|client|kunden\w*|klant\w*|cliente?|member\w*|mitglied\w*|employee|emp|staff|worker|personal\w*|
    payroll|student|matrikel\w*|pupil|patient\w*|paziente|mrn|medical|hospital|health|nhs|chart|insurance|insured|
    versicherten\w*|policy\w*|p[óo]liza|polizza|police|claims?|bookings?|reservations?|confirmation|pnr|
    record[ ]locator|
    tickets?|flight|order|bestell\w*|invoices?|rechnung\w*|facture|factura|tracking|shipment|parcel|package|case|reference|
    ref|dossier|file|docket|contract|vertrags\w*|subscriber|subscription|user|login|loyalty|frequent[ ]flyer|miles|
    rewards?|library|badge|card|id|ids|identification|identity|identifier|meter|z[äa]hler\w*|voter|enrol?lment|prescription|
    rx|
    serial|s/n|seriennummer|imei|imsi|iccid|sim|eid|meid|udid|vin|chassis|fahrgestell\w*|nric|fin|
    hkid|pps|ppsn|dl|steam|passport\w*|reisepass\w*|passeport|
    pasaporte|passaporto|paszport\w*|licen[cs]e|permit|permis|permiso|visa|green[ ]card|alien|uscis|a-number|residence|
    f[üu]hrerschein\w*|patente|rijbewijs|carn[ée]t|tax|vat|tin|tva|ust\w*|iva|btw|nip|regon|gst(?:in)?|abn|acn|tfn|ein|siret|
    siren|cnpj|cuit|cuil|rfc|nino?|ssn|sin|bvn|pan|aadhaa?r|emirates[ ]id|social|national|citizen|
    personnummer|my[ ]number|
    individual|
    registration|reg|matr[íi]cula|placa|plates?|targa|kennzeichen|kenteken|immatriculation|licence|dossiernummer|
    pin|unlock|tan|case|complaint|incident|inmate|prisoner|badge|register\w*|charity|npi|dea|employer|tenant|wallet|voucher|gift
    )(?![^\W_])""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER_WORD: Final = re.compile(
    r"(?<![^\W_])(?:numbers?(?! of)|num|nr|nos?\.|no(?=[:# ]{0,2}$)|n[°º]|id|ids|code(?! of)|ref|reference|"
    r"account|acct|a/c|acc|mrn|"
    r"\w*nummer|\w*nr|n[úu]mero|num[ée]ro|numer|imei|imsi|vin|pnr|bsb|routing|iban|clabe|konto\w*|conto|compte|"
    r"cuenta|conta|"
    r"ag[êe]ncia|sort[ -]code|nino?|bvn|pan|ein|tin|tfn|abn|eid|serial)(?![^\W_])|\#[ ]?$",
    re.IGNORECASE,
)
# Numbers of things, of which no more is to be told: books, errors, towns, norms, places in a text.
_OF_THINGS: Final = re.compile(
    r"(?<![^\W_])(?:isbn|issn|doi|pmid|arxiv|rfc|cve|iso|din|ieee|error|errno|http|status|exit|zip|post(?:al)?|"
    r"area|country|"
    r"version|build|port|page|line|chapter|verse|atomic|lot|model|part|sku|asin|ean|upc|article|paragraph|section|"
    r"figure|table|gate|room|highway|route|bus|channel|season|episode|bill|resolution|public law|title)"
    r"(?:[ ](?:code|number|no|nr|id))?[.:# ]{0,3}(?:is |was )?[A-Z]{0,4}[- ]?$",
    re.IGNORECASE,
)
# As in: K-8932-9009 is my customer number.
_SAID_AFTER: Final = re.compile(
    r"[\"'”)]?,? (?:is|was|as|are) (?:my|his|her|our|their|your|the|a|an) (?:\w{1,14} ){0,3}?"
    r"(?:number|no|nr|id|code|reference|account|licen[cs]e|permit|passport|plate|ticket|policy|card|pnr)(?![^\W_])",
    re.IGNORECASE,
)
_DIRECT: Final = re.compile(
    r"(?:[\"'”)]?(?:[ ]?[:=#]|[ ](?:is|was|are|ist|est|es|é|è|jest|number|no\.?|nr\.?|code|id|"
    r"[A-Z]{1,3})(?![^\W_]))){0,3}[\s\"'“(#.:]{0,4}$",
    re.IGNORECASE,
)
_NUMBER_AT_END: Final = re.compile(rf"(?:{_NUMBER_WORD.pattern})$", re.IGNORECASE)
_WHAT_AT_END: Final = re.compile(rf"(?:{_OF_WHAT.pattern})$", re.IGNORECASE | re.VERBOSE)
_COUNTED_BEFORE: Final = re.compile(
    r"(?:[$€£¥₹₩₽*×÷^<>≈~]|(?<![^\W_])(?:usd|eur|gbp|inr|rs\.?|population|counted|total(?:s|ling)?|sum|about|"
    r"over|around|nearly|"
    r"almost|approximately|roughly|than|exactly|equals?|worth|costs?|paid|pay|earns?|isbn(?:-?1[03])?:?|of|"
    r"times|to the|"
    r"divided by|multiplied by|plus|minus|root of|number of(?: \w+){0,3}(?: is| was| are)?|pi is))\s?$",
    re.IGNORECASE,
)
_COUNTED_BEHIND: Final = re.compile(
    r"\s?(?:[*×÷^<>%$€£¥₹°]|\+ ?[0-9]|(?:of|people|persons|men|women|inhabitants|years?|days|hours|minutes|"
    r"seconds|dollars?|"
    r"usd|eur|euros?|pounds?|yen|rupees|naira|pesos|km|kilomet\w*|miles?|m|met(?:er|re)s?|feet|ft|acres|kg|"
    r"tons?|tonnes|"
    r"grams?|bytes|bits|[kmgt]b|hz|times|million|billion|trillion|thousand|cells|users|views|copies|units|deaths|"
    r"is divisible|divided|plus|minus|mod)(?![^\W_]))",
    re.IGNORECASE,
)
_MEASURE: Final = re.compile(
    r"[0-9]+(?:[kcm]?m|[km]?g|m?l|m?s|h|k|b|[kmgt]i?b|[kmg]?hz|st|nd|rd|th|am|pm|px|pt|x|ft|in|w|kw|v|a|bc|ad|d)",
    re.IGNORECASE,
)
_YEAR: Final = re.compile("1[0-9]{3}|20[0-9]{2}")
_YEARS: Final = re.compile(rf"(?:{_YEAR.pattern})(?: ?[-/ ] ?(?:{_YEAR.pattern}|[0-9]{{2}}))+")
_DATES: Final = re.compile(
    r"(?:(?:19|20)[0-9]{2}([-./ ]?)(?:0[1-9]|1[0-2]|[1-9])\1(?:[0-2][0-9]|3[01]|[1-9])"
    r"|[0-3]?[0-9][-./ ][0-3]?[0-9][-./ ](?:19|20)?[0-9]{2})"
    r"(?:[ -./]{1,3}[0-9]{1,6})*"
)
_BOOK: Final = re.compile(r"97[89][0-9]{10}")
_PLATE: Final = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z]{2}-[0-9]{2,3}-[A-Z]{2}|[a-z]{2}-[0-9]{3}-[a-z]{2}|"
    r"[A-ZÄÖÜ]{1,3}[- :][A-Z]{1,2}[ -][1-9][0-9]{2,3}[EH]?)(?![\w-])"
)
_CALLED_PLATE: Final = re.compile(
    r"(?<![^\W_])(?:(?:number|licen[cs]e|car(?:['’]s)?|registration|reg|vehicle)[ ]?(?:number[ ])?plates?|"
    r"(?:car|vehicle)(?:['’]s)?(?:[ ](?:registration|reg)|(?= is))|reg(?:istration)?(?:[ ](?:no\.?|number))?|"
    r"vrm|plates?|"
    r"plaque(?:[ ]d['’]immatriculation)?|immatriculation|kennzeichen|nummernschild|matr[íi]cula|placa|targa|kenteken|"
    r"tablica rejestracyjna|rejestracja)(?:[ ](?:number|no\.?|is|was|reads?|says)|:|[ ]?=|,|[ ]-){0,3}[ ]{0,2}[\"'“(]?"
    r"([A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?[0-9]{1,4}|[A-Z0-9]{1,4}(?:[-·][A-Z0-9]{1,4}){1,3}|"
    r"[A-Z]{1,3}[0-9]{1,4}[ ]?[A-Z]{0,3}|[0-9]{1,4}[ -]?[A-Z]{1,3}(?:[ -]?[0-9]{1,4})?|"
    r"[A-Z]{1,3}[ -][0-9]{1,4}(?:[ -][A-Z]{1,3})?|[A-Z]{1,3}[ -][A-Z]{1,2}[ -]?[0-9]{1,4}|"
    r"[A-Z]{2}[ ]?[0-9]{1,2}[ ]?[A-Z]{1,3}[ ]?[0-9]{4})(?![\w-])",
    re.IGNORECASE,
)
# Codes that name a bank, or that a booking or a bank has in letters alone.
_BANK_CODE: Final = re.compile(r"(?<![\w-])[A-Z]{4}0[A-Z0-9]{6}(?![\w-])")
_CALLED_CODE: Final = re.compile(
    r"(?<![^\W_])(?:bic(?:/swift)?|swift(?:/bic)?|pnr|record locator|(?:booking|confirmation|reservation|ticket)[ ]"
    r"(?:ref(?:erence)?|code|number|no\.?|locator))(?:[ ](?:code|is|was)|:|[ ]?=){0,3}[ ]{1,2}[\"'“(]?"
    r"([A-Z0-9]{5,11})(?![\w-])",
    re.IGNORECASE,
)
_DOCKET: Final = re.compile(r"(?<![\w-])[0-9]{1,2}:[0-9]{2}-[a-z]{2}-[0-9]{3,6}(?![\w])", re.IGNORECASE)
_STEAM: Final = re.compile(r"(?<![\w])STEAM_[0-9]:[01]:[0-9]{4,12}", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"(?<![\w])[A-Z]{1,2}[0-9]{6}\([0-9A]\)", re.IGNORECASE)


def find_identifiers(text: str) -> Iterator[Span]:
    """Numbers of customers, accounts, documents, devices; long numbers that nothing says to be a count."""
    for match in _CALLED_CODE.finditer(text):
        is_locator = match[0][:3].lower() in ("pnr", "rec") and len(match[1]) == _LOCATOR
        is_capital = match[1].isupper() and len(match[1]) in _LENGTHS_OF_CODES
        if is_locator or is_capital or any(map(str.isdigit, match[1])):
            yield _span(text, *match.span(1))
    if _GROUPS.search(text) is None:
        return
    for pattern in (_CANDIDATE, _CODE_OF_DIGITS_FIRST):
        for match in pattern.finditer(text):
            yield from _identifiers(text, match)
    for match in itertools.chain.from_iterable(
        pattern.finditer(text) for pattern in (_PLATE, _BANK_CODE, _DOCKET, _STEAM, _IN_BRACKETS)
    ):
        yield _span(text, *match.span())
    for match in _CALLED_PLATE.finditer(text):
        if any(map(str.isdigit, match[1])):
            yield _span(text, *match.span(1))


def _identifiers(text: str, match: re.Match[str]) -> Iterator[Span]:
    start, end = match.span()
    following = text[end : end + 1]
    groups = [group.span() for group in _GROUPS.finditer(text, start, end)]
    if goes_on(following) or following in ("_", "@") or (text[end - 1].isdigit() and _is_fraction(text, end)):
        # The last group begins something else: a measure, a word, a fraction.
        groups = groups[:-1]
        if not groups:
            return
        end = groups[-1][1]
    digits = sum(last - first for first, last in groups)
    if digits < _FEWEST or _MEASURE.fullmatch(text, start, end) or _is_counted(text, start, end):
        return
    if end - start <= _LONGEST and (
        _is_called(text, start, end, digits) or _is_telling(text[start:end], digits, groups, start)
    ):
        yield _span(text, start, end)
    elif len(groups) > 1 and not any(map(str.isalpha, text[start:end])):
        # Each of several long numbers in a row.
        for first, last in groups:
            is_apart = text[first - 1 : first] not in (".", ",") or first == start
            if is_apart and last - first in _LONG and _is_row(text[first:last]):
                yield _span(text, first, last)


def goes_on(sign: str) -> bool:
    """Does it belong to a word of Latin letters, or to a number? Other scripts write words right beside a number."""
    return sign.isalnum() and sign < _AFTER_LATIN


def _is_fraction(text: str, end: int) -> bool:
    return text[end : end + 1] in (".", ",") and text[end + 1 : end + 2].isdigit()


def _is_counted(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _NEAR) : start]
    return (
        _COUNTED_BEFORE.search(before[-24:]) is not None
        or _COUNTED_BEHIND.match(text, end) is not None
        or (not any(map(str.isalpha, text[start:end])) and _OF_THINGS.search(before) is not None)
    )


def _is_called(text: str, start: int, end: int, digits: int) -> bool:
    """Is it said, close before or right after, whose number it is?"""
    found = text[start:end]
    before = _GROUPS.split(text[max(0, start - _NEAR) : start])[-1]
    is_mixed = not found.isdigit()
    if _YEARS.fullmatch(found) or _YEAR.fullmatch(found):
        return False
    if _is_named(before, digits) or _SAID_AFTER.match(text, end):
        return True
    if _DATES.fullmatch(found) or (not is_mixed and (digits < _FEWEST_BARE or _is_round(found))):
        return False
    before = re.split(r"[.!?]\s(?=\S{0,30}\s\S)|\n\n", before)[-1]
    is_code = is_mixed and any(map(str.isalpha, found)) and (found.isupper() or digits >= _FEWEST)
    is_code = is_code or (is_mixed and "-" in found and " " not in found and digits >= _FEWEST_BARE)
    return (_OF_WHAT.search(before) is not None and (is_code or digits >= 8)) or (
        _NUMBER_WORD.search(before) is not None and (not is_mixed or is_code or digits >= 7)
    )


def _is_named(before: str, digits: int) -> bool:
    """Does a word for a number end right here, but for a colon or "is"?"""
    direct = _DIRECT.search(before)
    said = [before[: direct.start()] if direct else before, before.rstrip(_MARKS_BEFORE)]
    return any(
        _NUMBER_AT_END.search(words) or (digits > _FEWEST and _WHAT_AT_END.search(words)) for words in said
    )


def _is_telling(found: str, digits: int, groups: list[tuple[int, int]], start: int) -> bool:
    """Without a word beside it: a long number, or letters and many digits, in a shape that no quantity has."""
    letters = sum(map(str.isalpha, found))
    tight = "".join(sign for sign in found if sign.isdigit())
    if _DATES.fullmatch(found) or _is_filler(tight):
        return False
    if letters:
        least = _FEWEST_BARE if found.isupper() else _FEWEST_LOWER
        is_joined = "/" not in found and " " not in found
        return is_joined and digits >= least + ("-" in found) and letters <= 12 and len(found) <= 24
    if len(groups) == 1:
        return digits in _LONG and _is_row(found)
    sizes = [last - first for first, last in groups]
    parts = [found[first - start : last - start] for first, last in groups]
    if (
        digits not in _LONG
        or len(groups) > _MOST_GROUPS
        or (
            all(part.endswith("0") for part in parts)
            or sum(_YEAR.fullmatch(part) is not None for part in parts) * 2 >= len(parts)
            or "/" in found
            or "." in found
        )
    ):
        return False
    if "-" in found:
        return max(sizes) >= 3 and " - " not in found and not (sizes[0] < 4 and _BOOK.match(tight))
    return (
        min(sizes) >= 3
        and max(sizes) >= 4
        and len(set(sizes)) <= 2
        and not (sizes[0] <= 3 and all(size == 3 for size in sizes[1:]))
    )


def _is_row(digits: str) -> bool:
    return not (_is_round(digits) or _is_filler(digits) or _DATES.fullmatch(digits) or _is_book(digits))


def _is_round(digits: str) -> bool:
    return len(digits.rstrip("0")) * 2 <= len(digits) + 1


def _is_filler(digits: str) -> bool:
    """1234567890 and 1111111111 are nobody's."""
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(digits)}
    return steps <= {1} or steps <= {9} or len(set(digits)) <= 2


def _is_book(digits: str) -> bool:
    weights = (1, 3) * 6
    return _BOOK.fullmatch(digits) is not None and (
        10 - sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 10
    ) % 10 == int(digits[12])


def _span(text: str, start: int, end: int) -> Span:
    identity = re.sub(r"[ ./·-]", "", text[start:end]).upper()
    return Span(start, end, Kind.ACCOUNT_NUMBER, identity)

"""Finding postal addresses, with all their lines: by the word for street, a postcode, or what is said before them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.privacy.redaction.spans import Kind, Span
from app.privacy.redaction.street_patterns import (
    ARMED_FORCES,
    BARE_ENGLISH,
    CANADIAN,
    CAPITAL,
    COMPOUND,
    CORNER,
    CORNER_LOWER,
    COUNTRY_CODE,
    CUE,
    CUED,
    CUED_END,
    ENCLOSED,
    ENCLOSED_LOWER,
    ENGLISH,
    FEET_ROAD,
    FOREIGN,
    FOREIGN_BEHIND,
    FOREIGN_LOWER,
    HOUSE_NUMBER,
    LOWER_TOWN,
    NAMED,
    NEXT_POSTCODE,
    NEXT_TOWN,
    NEXT_UNIT,
    NUMBERS_BEFORE,
    PO_BOX,
    POSTCODE,
    SMALL_WORD,
    STREET_BEHIND,
    SURE_COMPOUND,
    SURE_ENGLISH,
    TOWN_LINE,
    UK,
    US_LINE,
)

_NOT_STREETS: Final = frozenset(
    """
    the a an of on in to at and or for with is are was were be by from this that these those your my his her
    their our its
    years year days day months hours minutes people times percent out miles feet more most good best other
    different new
    ways in per each every all some any steps things tips minute hour week weeks dollars meters km degrees
    """.split()  # noqa: SIM905 - a block of words reads better
)
# `12 the crescent`
_WITH_ARTICLE: Final = frozenset(
    "avenue close crescent drive esplanade gardens green grove lane mews oval parade ridge strand terrace".split()  # noqa: SIM905
)
# A sentence's first word has a capital as well.
_LEADING: Final = re.compile(
    r"(?:(?:See|Send|Visit|At|In|On|Ship|To|From|Write|Our|My|Your|His|Her|Their|The|Is|It|It's|Go|Come|"
    r"Meet|Address|Deliver|Mail|Find|"
    r"Try|Near|And|Or|But|So|Yes|No|Hi|Hello|Also|Then|Now|Here|There|Where|What|When|Why|How|We|I|He|"
    r"She|They|You|This|That|For|Of|By|"
    r"Home|User|Bot|Assistant|Human|Live|Lives|Located|Please|Is)[ :,]{1,2})+(?=[^\W_])"
)
_BY_NUMBER: Final = (FOREIGN_BEHIND, FEET_ROAD)
_MOST_PARTS: Final = 6
_MOST_WORDS: Final = 9
_ENDS: Final = re.compile(r"[.!?:;](?:\s|$)|\n\s*\n")
_POSTCODE_ONLY: Final = re.compile(POSTCODE)


def find_addresses(text: str) -> Iterator[Span]:
    """Postal addresses, from the house number or the name of the street to the postcode, the town and the country."""
    if not any(map(str.isdigit, text)) and "corner of" not in text:
        return
    for start, end in _streets(text):
        before = NUMBERS_BEFORE.search(text, max(0, start - 20), start)
        yield _span(text, before.start() if before else start, _extended(text, end))
    for pattern in (PO_BOX, ARMED_FORCES, UK, CANADIAN, US_LINE):
        for match in pattern.finditer(text):
            start = match.start()
            if pattern is US_LINE:
                start = _line_start(text, start)
            elif pattern in (UK, CANADIAN):
                start = _number_before(text, start)
            yield _span(text, start, _extended(text, match.end()))
    for match in TOWN_LINE.finditer(text):
        start = _line_start(text, match.start())
        if start < match.start() or match[0][0].isalpha():
            yield _span(text, start, _extended(text, match.end()))
    yield from _cued(text)


def _streets(text: str) -> Iterator[tuple[int, int]]:
    for match in ENGLISH.finditer(text):
        if _is_english_street(match[1].split(), match[2]):
            yield match.span()
    for match in FOREIGN.finditer(text):
        if any(map(str.isdigit, match[0])) or (NEXT_POSTCODE.match(text, match.end()) and " " in match[0]):
            yield match.span()
    for match in FOREIGN_LOWER.finditer(text):
        if NEXT_POSTCODE.match(text, match.end()) or NEXT_UNIT.match(text, match.end()):
            yield match.span()
    for match in COMPOUND.finditer(text):
        if SURE_COMPOUND.search(match[0]) or match[0][:1].isupper():
            yield match.span()
    for pattern in (
        BARE_ENGLISH,
        STREET_BEHIND,
        ENCLOSED,
        ENCLOSED_LOWER,
        NAMED,
        CORNER,
        CORNER_LOWER,
        *_BY_NUMBER,
    ):
        yield from (match.span() for match in pattern.finditer(text))


def _is_english_street(words: Sequence[str], kind: str) -> bool:
    if [word.lower() for word in words] == ["the"]:
        return kind[0].isupper() or kind.lower() in _WITH_ARTICLE
    if any(word.lower().rstrip(".") in _NOT_STREETS for word in words):
        return False
    is_written_large = all(word[0].isupper() or word[0].isdigit() for word in words) and kind[0].isupper()
    return is_written_large or kind.lower() in SURE_ENGLISH


def _extended(text: str, end: int) -> int:
    """Where an address ends of which the first part ends at `end`."""
    has_postcode = False
    for _ in range(_MOST_PARTS):
        following = NEXT_UNIT.match(text, end)
        if following is None and not has_postcode:
            following = NEXT_POSTCODE.match(text, end)
            has_postcode = following is not None
            if following:
                lower = LOWER_TOWN.match(text, following.end())
                end = following.end()
                town = NEXT_TOWN.match(text, end)
                end = town.end() if town else lower.end() if lower else end
                continue
        if following is None:
            following = NEXT_TOWN.match(text, end) or (
                COUNTRY_CODE.match(text, end) if has_postcode else None
            )
            if following is not None and text[following.start()] == " " and not has_postcode:
                following = None
        if following is None:
            break
        end = following.end()
    return end


def _line_start(text: str, position: int) -> int:
    """Where an address begins whose town begins at `position`: the line or the part before, if it has a number."""
    before = text[max(0, position - 80) : position]
    stripped = before.rstrip(" ,\n")
    if len(before) - len(stripped) > 3 or stripped.endswith((".", ":", "!", "?")):
        return position
    line = max(
        stripped.rfind("\n"),
        stripped.rfind(": "),
        stripped.rfind(". "),
        stripped.rfind(" at "),
        stripped.rfind(" to "),
    )
    number = HOUSE_NUMBER.search(stripped, line + 1)
    if number is None:
        return position
    part = stripped[line + 1 :]
    starts_with_number = number.start() - (line + 1) <= 1
    begin = number.start() if starts_with_number else _first_capital(stripped, line + 1)
    if len(part.split()) > 9 or begin is None:
        return position
    return position - len(before) + begin


def _number_before(text: str, position: int) -> int:
    """The house number, a line or two and not many words before a postcode that nothing else looks like."""
    window = max(0, position - 80)
    ends = [match.end() for match in _ENDS.finditer(text, window, position)]
    numbers = HOUSE_NUMBER.finditer(text, ends[-1] if ends else window, position)
    return next(
        (
            number.start()
            for number in numbers
            if 1 <= len(text[number.end() : position].split()) <= _MOST_WORDS
            and text[number.end()] in " ,"
            and not SMALL_WORD.search(text, number.end(), position)
        ),
        position,
    )


def _first_capital(text: str, start: int) -> int | None:
    match = re.compile(rf"(?<!\w){CAPITAL}").search(text, start)
    return match.start() if match else None


def _cued(text: str) -> Iterator[Span]:
    """Whatever has a house number behind words such as "I live at"."""
    for cue in CUE.finditer(text):
        match = CUED.match(text, cue.end())
        if match is None:
            continue
        cut = CUED_END.search(match[0])
        found = match[0][: cut.start()] if cut else match[0]
        found = found.rstrip(" ,\n-:(")
        number = HOUSE_NUMBER.search(found)
        if number is None and not _POSTCODE_ONLY.search(found):
            continue
        words = found.split()
        if len(words) < 2 or {word.lower().strip(",.") for word in words} & _NOT_STREETS - {
            "the",
            "of",
            "in",
            "on",
            "at",
            "new",
            "good",
            "a",
        }:
            continue
        yield _span(text, cue.end(), _extended(text, cue.end() + len(found)))


def _span(text: str, start: int, end: int) -> Span:
    leading = _LEADING.match(text, start)
    start = leading.end() if leading and leading.end() < end else start
    end -= len(text[start:end]) - len(text[start:end].rstrip(" ,.\n"))
    return Span(start, end, Kind.ADDRESS, " ".join(re.sub(r"[\W_]+", " ", text[start:end]).lower().split()))

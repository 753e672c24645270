"""Finding places on the map: as decimal numbers, in degrees, minutes and seconds, as codes."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.spans import Kind, Span

_PAIR: Final = re.compile(
    r"[-+−]?[0-9]{1,3}\.[0-9]{4,15}°?[ ]?[NS]?[ ]?[,;/ ][ ]?"
    r"[-+−]?[0-9]{1,3}\.[0-9]{4,15}°?(?:[ ]?[EWO])?(?![0-9]|\.[0-9])",
    re.IGNORECASE,
)
_DECIMAL: Final = r"[-+−]?[0-9]{1,3}[.,][0-9]{2,15}"
_LABEL: Final = r"(?:lat(?:itude|\.)?|breite(?:ngrad)?|y)"
_OTHER_LABEL: Final = r"(?:lo?ng?(?:itude|\.)?|l(?:ä|ae)nge(?:ngrad)?|x)"
_SAID: Final = r"[\"']?(?:\s?[:=]\s?|\s(?:is\s)?)[\"']?"
_CALLED: Final = re.compile(
    rf"(?<![^\W_]){_LABEL}{_SAID}({_DECIMAL})°?[\"']?[ ]?[NS]?(?:\s?[,;/&]\s?|\s|"
    rf"\sand\s){{1,3}}[\"']?{_OTHER_LABEL}{_SAID}({_DECIMAL})"
    rf"|(?<![^\W_]){_OTHER_LABEL}{_SAID}({_DECIMAL})°?[\"']?[ ]?[EW]?(?:\s?[,;/&]\s?|\s|"
    rf"\sand\s){{1,3}}[\"']?{_LABEL}{_SAID}({_DECIMAL})",
    re.IGNORECASE,
)
_ONE: Final = re.compile(
    r"(?<![^\W_])(?:latitude|longitude|lat|lng|lon)[\"']?\s?[:=]?\s?[\"']?([-+−]?[0-9]{1,3}\.[0-9]{3,15})",
    re.IGNORECASE,
)
_DEGREES: Final = (
    r"[0-9]{1,3}(?:\.[0-9]{1,10})?[ ]?(?:°|º|˚|deg(?:rees)?\.?|d)[ ]?"
    r"(?:[0-9]{1,2}(?:\.[0-9]{1,8})?[ ]?(?:['′’‘´]|min(?:utes)?\.?|m)[ ]?)?"
    r"(?:[0-9]{1,2}(?:\.[0-9]{1,6})?[ ]?(?:\"|″|”|“|''|′′|’’|sec(?:onds)?\.?|s)[ ]?)?"
)
_SEXAGESIMAL: Final = re.compile(
    rf"(?<![\w.])(?:[NS][ ]?)?{_DEGREES}[NS]?[ ,;/]{{0,3}}(?:and )?(?:[EWO][ ]?)?{_DEGREES}[EWO]?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_AXES: Final = re.compile(
    rf"(?<![\w.])(?:{_DECIMAL}[ ]?°?[ ]?[NS][ ,;/]{{1,3}}{_DECIMAL}[ ]?°?[ ]?[EWO]|"
    rf"[NS][ ]?{_DECIMAL}°?[ ,;/]{{1,3}}[EWO][ ]?{_DECIMAL}°?"
    r"|[0-9]{1,2}°?[ ][0-9]{1,2}\.[0-9]{1,4}['′]?[ ]?[NS][ ,;/]{1,3}[0-9]{1,3}°?[ ][0-9]{1,2}\.[0-9]{1,4}['′]?[ ]?[EWO]"
    r"|[NS][ ]?[0-9]{1,2}°?[ ][0-9]{1,2}\.[0-9]{1,4}['′]?[ ,;/]{1,3}"
    r"[EWO][ ]?[0-9]{1,3}°?[ ][0-9]{1,2}\.[0-9]{1,4}['′]?)(?![\w])",
    re.IGNORECASE,
)
_PLUS_CODE: Final = re.compile(
    r"(?<![\w+])(?:[23456789CFGHJMPQRVWX]{4}){1,2}\+[23456789CFGHJMPQRVWX]{2,3}(?![\w+])", re.IGNORECASE
)
_THREE_WORDS: Final = re.compile(r"///[a-z]{3,20}\.[a-z]{3,20}\.[a-z]{3,20}(?![\w.])")
_GRID: Final = re.compile(r"(?<![\w])[0-9]{1,2}[C-X][ ]?[A-Z]{2}[ ]?[0-9]{4,5}[ ]?[0-9]{4,5}(?![\w])")
_DEGREE_SIGN: Final = re.compile("[°º˚]|deg|min", re.IGNORECASE)
_DIGIT: Final = re.compile("[0-9]")
_LABELLED: Final = re.compile(r"lat|breite|lng|lon", re.IGNORECASE)


def find_coordinates(text: str) -> Iterator[Span]:
    """A latitude and a longitude, fine enough to be somebody's house."""
    if "///" in text:
        for match in _THREE_WORDS.finditer(text):
            yield _span(text, *match.span())
    if _DIGIT.search(text) is None:
        return
    patterns = [_PAIR, _GRID]
    if "+" in text:
        patterns.append(_PLUS_CODE)
    if _DEGREE_SIGN.search(text):
        patterns.append(_SEXAGESIMAL)
    if "." in text:
        patterns.append(_AXES)
    for match in itertools.chain.from_iterable(pattern.finditer(text) for pattern in patterns):
        yield _span(text, *match.span())
    yield from _labelled(text)


def _labelled(text: str) -> Iterator[Span]:
    """Behind "lat" and "lon"."""
    if _LABELLED.search(text):
        for match in _CALLED.finditer(text):
            first, second = (1, 2) if match[1] else (3, 4)
            yield _span(text, match.start(first), match.end(second))
        for match in _ONE.finditer(text):
            yield _span(text, *match.span(1))


def _span(text: str, start: int, end: int) -> Span:
    while text[end - 1] in " ,;/":
        end -= 1
    return Span(start, end, Kind.COORDINATES, text[start:end].lower())

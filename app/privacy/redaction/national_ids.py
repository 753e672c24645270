"""Finding numbers that states give to persons: by shape and check digits, or by the word in front of them."""

import re
import string
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from stdnum.br import cpf
from stdnum.cn import ric
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.pl import pesel
from stdnum.se import personnummer

from app.privacy.redaction.spans import Kind, Span


class _Shape(NamedTuple):
    pattern: str
    is_valid: Callable[[str], bool]


def _always(_number: str) -> bool:
    return True


def _is_eleven_digits(number: str) -> bool:
    """Poland, Brazil, Germany: a date or check digits tell it from other numbers of this length, most of the time."""
    return pesel.is_valid(number) or cpf.is_valid(number) or idnr.is_valid(number)


# Shapes telling enough to need no word beside them. For the United States nothing is checked but the dashes: numbers
# are given out at random since 2011, and an invalid one may still be somebody's with a slip.
_DIGIT_SHAPES: Final = (
    _Shape("[0-9]{3}-[0-9]{2}-[0-9]{4}", _always),
    _Shape(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", cpf.is_valid),
    _Shape("[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}", nir.is_valid),
    _Shape("[0-9]{8}-?[A-Z]", dni.is_valid),
    _Shape("(?:[0-9]{2})?[0-9]{6}[-+][0-9]{4}", personnummer.is_valid),
    _Shape("[0-9]{6}-[0-9]{4}", cpr.is_valid),
    _Shape("[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]", hetu.is_valid),
    _Shape("[0-9]{17}[0-9X]", ric.is_valid),
    _Shape("[0-9]{6}-[0-9]{7}", rrn.is_valid),
    _Shape("[0-9]{11}", _is_eleven_digits),
    _Shape("(?:[0-9]{2})?[0-9]{10}", personnummer.is_valid),
)
_LETTER_SHAPES: Final = (
    _Shape("[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Z]", _always),
    _Shape("[XYZ]-?[0-9]{7}-?[A-Z]", nie.is_valid),
    _Shape("[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]", codicefiscale.is_valid),
    _Shape("[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]", curp.is_valid),
)


def _any_of(shapes: tuple[_Shape, ...]) -> re.Pattern[str]:
    alternatives = "|".join(shape.pattern for shape in shapes)
    return re.compile(rf"(?:{alternatives})(?![A-Za-z0-9_]|[.-][0-9])")


# Where a shape can begin, and the shapes to try there. The look-behind stands after the first character so that the
# engine can skip to it.
_SEARCHES: Final = (
    (re.compile("[0-9](?<![A-Za-z0-9_.-][0-9])(?=[0-9 ][0-9])"), _any_of(_DIGIT_SHAPES), _DIGIT_SHAPES),
    (re.compile("[A-Z](?<![A-Za-z0-9_.-][A-Z])(?=[A-Z0-9-])"), _any_of(_LETTER_SHAPES), _LETTER_SHAPES),
)

# Behind one of these words, whatever looks like a number is taken for one: a slip in a digit is still the person's.
_CUE: Final = re.compile(
    r"""
    (?<![a-z])(?:
        ssn | itin | social\ security | sozialversicherungs\w* | sin\ (?=num) | national\ insurance | nino
        | (?:national|personal|citizen|government)[ -]id(?:entity|entification)?\w* | identity\ card
        | num[ée]ro\ de\ s[ée]curit[ée]\ sociale | seguridad\ social | rentenversicherungs\w*
        | passport | reisepass\w* | passeport | pasaporte | personalausweis\w*
        | driv(?:er|ing|er['’]?s|ers['’]?)[ ]?(?:licen[cs]e|permit) | f[üu]hrerschein\w* | permis\ de\ conduire
        | tax(?:payer)?[ -](?:id\w*|file) | steuer-?\ ?id\w* | steuer(?:identifikations)?nummer | idnr
        | nhs | medicare | bsn | burgerservicenummer | pesel | personnummer | f[øo]dselsnummer | cpr | hetu
        | aadhaar | aadhar | cpf | rut | curp | dni | nie | nif | codice\ fiscale | oib | egn | cnp | jmbg | amka
    )(?![a-z])
    (?:['’]?s)?
    (?:[\s:;.,#=_()-]{1,3}(?:number|numbers|num|no|nr|which|that|n°|id|code|card|is|are|was|ist|est|es|the|my|and|it|it's|
    licen[cs]e)(?![a-z])){0,5}
    [\s:;.,#=_("'-]{0,4}
    """,
    re.IGNORECASE | re.VERBOSE,
)
# As in: 123456789 is my social security number.
_CUE_BEHIND: Final = re.compile(
    rf"[ ,]{{0,2}}[(\[-]?(?:(?:is|as|was|a|an|my|his|her|your|the|valid|real|fake|correct|"
    rf"for)[ ]){{0,5}}{_CUE.pattern}",
    re.IGNORECASE | re.VERBOSE,
)
_NEAR: Final = 64
_NUMBER: Final = re.compile(r"[0-9](?<![0-9][0-9])[A-Za-z0-9]*+(?:[ ./-][0-9][A-Za-z0-9]*+)*+")
_DIGIT: Final = re.compile("[0-9]")
_FEWEST_DIGITS: Final = 5
_LONGEST_NUMBER: Final = 40
_LEADING_LETTERS: Final = 3


def find_national_ids(text: str) -> Iterator[Span]:
    """Numbers of persons, licences and passports."""
    for start, any_shape, shapes in _SEARCHES:
        for place in start.finditer(text):
            found = any_shape.match(text, place.start())
            if found and any(
                re.fullmatch(shape.pattern, found[0]) and shape.is_valid(found[0]) for shape in shapes
            ):
                yield _span(text, found.start(), found.end())
    yield from _called_ids(text)


def _called_ids(text: str) -> Iterator[Span]:
    """Numbers behind a word such as "passport number"."""
    for match in _NUMBER.finditer(text):
        number = match[0]
        if text[match.end() : match.end() + 1] == "_":
            continue
        if len(number) <= _LONGEST_NUMBER and sum(map(number.count, "0123456789")) >= _FEWEST_DIGITS:
            start = _with_leading_letters(text, match.start())
            if start is not None and (_has_cue(text, start) or _CUE_BEHIND.match(text, match.end())):
                yield _span(text, start, match.end())


def _with_leading_letters(text: str, start: int) -> int | None:
    """Where the number begins if it begins with a few letters, as many licences do; None inside a longer word."""
    before = text[max(0, start - _LEADING_LETTERS - 1) : start]
    letters = len(before) - len(before.rstrip(string.ascii_letters))
    return None if letters > _LEADING_LETTERS else start - letters


def _has_cue(text: str, start: int) -> bool:
    """Does a telling word end where the number starts, but for small words in between?"""
    nearby = _DIGIT.split(text[max(0, start - _NEAR) : start])[-1]
    return any(cue.end() == len(nearby) for cue in _CUE.finditer(nearby))


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, Kind.NATIONAL_ID, re.sub(r"[ ./-]", "", text[start:end]).upper())

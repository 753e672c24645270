"""Finding dates of birth, in the ways and the languages in which people give them."""

import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.spans import Kind, Span

_MONTH: Final = r"""
    (?:jan(?:uary|uar|vier|eiro)?|enero|ene|gennaio|gen|januari|stycznia|sty
    |feb(?:ruary|ruar|rero|braio|ruari)?|f[ée]v(?:rier|ereiro)?|lutego|lut
    |mar(?:ch|s|zo|ço|ca|et)?|m[äa]rz|maart|mrt
    |apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|kwi(?:etnia)?
    |may|mai|mayo|maggio|mag|maio|mei|maj(?:a)?
    |june?|juni|juin|junio|giugno|giu|junho|czerwca|cze
    |july?|juli|juillet|juil|julio|luglio|lug|julho|lipca|lip
    |aug(?:ust|ustus|usti)?|ao[ûu]t|agosto|ago|sierpnia|sie
    |sept?(?:ember|embre|iembre)?|settembre|set(?:embro)?|wrze[śs]nia|wrz
    |o[ck]t(?:ober|obre|ubre)?|ottobre|ott|out(?:ubro)?|pa[źz]dziernika|pa[źz]
    |nov(?:ember|embre|iembre|embro)?|listopada|lis
    |de[cz](?:ember|embre|embro)?|d[ée]c(?:embre)?|dic(?:iembre|embre)?|grudnia|gru)\.?
"""
_OF: Final = r"(?:of|de[l]?|di)"
_DAY: Final = r"[0-9]{1,2}(?:st|nd|rd|th|er|º|ª|°|\.)?"
_YEAR: Final = r"(?:['’]?[0-9]{2}|[0-9]{4})"
_DATE: Final = rf"""
    (?:[0-9]{{1,2}}[ ]?[./-][ ]?[0-9]{{1,2}}[ ]?[./-][ ]?(?:[0-9]{{4}}|[0-9]{{2}})
    | [0-9]{{4}}[ ]?[./-][ ]?[0-9]{{1,2}}[ ]?[./-][ ]?[0-9]{{1,2}}
    | [0-9]{{4}}[ ]?年[ ]?[0-9]{{1,2}}[ ]?月[ ]?[0-9]{{1,2}}[ ]?日
    | {_DAY}[ -]?(?:{_OF}[ ])?{_MONTH}(?:,?[ -]?(?:{_OF}[ ])?{_YEAR})?(?![^\W_])
    | {_MONTH}[ -](?:the[ ])?{_DAY}(?:[ ]?,?[ ]?(?:of[ ])?{_YEAR})?
    | {_MONTH},?[ ](?:of[ ])?[0-9]{{4}}
    | (?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])
    | (?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{{2}}
    )(?![0-9])
"""
# What may stand between "born" and the date: a few words, a place, the next line of a dialogue; no other number.
_CUE: Final = re.compile(
    r"""
    (?<![^\W_])(?:
        born(?:[ ]on)? | birth[ -]?da(?:y|te)s? | (?:date|day|year)[ ]of[ ](?:my[ ]|his[ ]|her[ ])?birth
        | d\.?[ ]?o\.?[ ]?b\.? | b-?day | birthed | turn(?:s|ed|ing)?[ ](?:[0-9]{1,3}|\w{3,12})(?:[ ]years[ ]old)?[ ]on
        | geb(?:\.|oren(?:[ ]am)?|urtsdatum|oortedatum)? | geburtstag | geboren[ ]op | verjaardag
        | n[ée]e?[ ]le | date[ ]de[ ]naissance | ddn | n[ée]e?\(e\)[ ]le | anniversaire
        | nacid[oa](?:[ ]el)? | nac[íi](?:[óo])?[ ]el | fecha[ ]de[ ]nac(?:imiento|\.)? | f\.?[ ]?nac\.? | cumplea[ñn]os
        | nat[oa](?:[ ](?:il|a))? | data[ ]di[ ]nascita | compleanno
        | nascid[oa](?:[ ]em)? | nasci[ ]em | nasceu[ ]em | data[ ]de[ ]nasc(?:imento|\.)? | d\.?n\. | anivers[áa]rio
        | ur\. | urodz(?:ony|ona|i[łl](?:em|am|a)?)(?:[ ]si[ęe])? | data[ ]urodzenia | urodziny
        | f[öo]dd | f[øo]dt | f[öo]delsedatum | f[øo]dselsdato | syntynyt | narozen[áy]?a? | do[ğg]um[ ]tarihi
        | birth[ ]?(?=[:=]) | b\.(?=[ ]?[0-9]) | 生年月日
    )(?![^\W_])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DAY_AND_MONTH: Final = re.compile(
    r"(?<![^\W_])(?:birth[ ]?day|b-?day)s?(?![^\W_])(?:[ ](?:is|was|on|it['’]?s|"
    r"the)){0,3}[ ]?:?[ ]?([0-9]{1,2}[./-][0-9]{1,2})(?![./-]?[0-9])",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[^0-9]{0,40}?(?<![^\W_])(?=" + _DATE + ")", re.IGNORECASE | re.VERBOSE)
_WORDS_BETWEEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MOST_WORDS: Final = 6
_FOUND: Final = re.compile(_DATE, re.IGNORECASE | re.VERBOSE)
_TOLD_BEHIND: Final = re.compile(
    rf"(?<![^\W_])({_DATE})"
    r"""[\s,;()–—-]{0,3}(?:
        (?:(?:is|was|being|as|that['’]?s)[ ](?:when[ ])?)(?:\w{1,12}[ ]){0,2}
        (?:birth[ ]?da(?:y|te)|b-?day|date[ ]of[ ]birth|dob|born)
        | (?:dob|d\.o\.b\.?|date[ ]of[ ]birth|birth[ ]?da(?:y|te))(?![^\W_])
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def find_birth_dates(text: str) -> Iterator[Span]:
    """Dates behind "born" and the like, or in front of "is my birthday"."""
    if not any(map(str.isdigit, text)):
        return
    for cue in _CUE.finditer(text):
        between = _BETWEEN.match(text, cue.end())
        if between is None or not _is_one_sentence(between[0]):
            continue
        found = _FOUND.match(text, between.end())
        if found:
            yield _span(found.start(), found.end(), text)
    for day in _DAY_AND_MONTH.finditer(text):
        yield _span(day.start(1), day.end(1), text)
    for told in _TOLD_BEHIND.finditer(text):
        yield _span(told.start(1), told.end(1), text)


def _is_one_sentence(between: str) -> bool:
    """Or a question with its answer."""
    return (
        len(_WORDS_BETWEEN.findall(between)) <= _MOST_WORDS
        and re.search(r"[.!] ", between) is None
        and between.count("\n") <= 2
    )


def _span(start: int, end: int, text: str) -> Span:
    return Span(start, end, Kind.BIRTH_DATE, " ".join(text[start:end].lower().split()))

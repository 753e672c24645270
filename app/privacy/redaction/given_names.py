"""Names of one word that people are given, with or without a capital, and without anything that introduces them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.privacy.redaction.lexicon import Lexicon

_WORD: Final = re.compile(
    r"(?<![\w@/.#$&'’-])[^\W\d_]{2,}+(?![\w@/(=]|\.[^\W_]|['’](?!s(?![^\W_])|[\s.,!?]))"
)
_SHORTEST: Final = 3
_SHORTEST_OF_CAPITALS: Final = 4
# Children are called after these as well.
_PLACES_AND_OTHERS: Final = frozenset(
    """
    africa alabama alaska alaskan albania albuquerque alexandria algeria america american americas amsterdam andes
    angola arabia argentina arizona armenia asia asian athens atlanta australia austria aztec bahamas bali
    baltimore bangladesh barcelona bavaria belgium benin berkeley berlin bethlehem birmingham bolivia boston
    botswana bosnia brazil
    britain british brooklyn bronx bulgaria burma cairo calcutta california cambodia cambridge cameroon canada
    caribbean catalina catholic celtic chechnya chicago chile china cleveland colombia colorado congo cornwall
    croatia cuba cuban cyprus dakota dallas delaware delhi denmark denver detroit dominican dublin dubai ecuador
    egypt england english eritrea essex estonia ethiopia europe finland florence florida france frankfurt french
    gambia
    geneva german germany ghana greece greek guatemala guinea haiti havana hawaii hindu holland hollywood
    honduras houston hungary iceland idaho illinois india indian indiana indonesia iowa iran iraq ireland irish
    israel israeli istanbul italian italy jamaica japan japanese java jerusalem jewish jordan judah kansas
    kashmir kent kentucky kenya korea korean kuwait kyoto laos latin latina latino latvia lebanon liberia libya
    lima lisbon london louisiana lourdes luxembourg macedonia madagascar madrid maine malawi malaysia mali malta
    manchester manhattan manila maryland massachusetts melbourne memphis mexican mexico miami michigan milan
    minnesota mississippi missouri moldova monaco mongolia montana montenegro montreal morocco moscow mozambique
    muslim naples nashville navajo nebraska nepal nevada nigeria norway norwegian ohio oklahoma oman oregon orlando
    oxford pakistan palestine panama paraguay paris pennsylvania persia persian peru petra philippines phoenix
    poland polish portland portugal prague qatar quebec raleigh rhodesia romania rome russia russian rwanda salem
    samoa savannah scotland scottish senegal seoul serbia seville siberia sicily sierra singapore slovenia
    somalia spain spanish stockholm sudan sweden swedish switzerland sydney syria taipei taiwan tampa tanzania
    tennessee texas texan thailand tibet tokyo tonga toronto troy tunisia turkey turkish tuscany uganda ukraine
    utah valencia vatican vegas venezuela venice verona vienna vietnam virginia wales warsaw washington
    westminster wisconsin wyoming yemen york yorkshire yugoslavia zambia zimbabwe zion zurich
    january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday christmas easter halloween ramadan kwanzaa diwali hanukkah
    apollo athena zeus hera thor loki odin isis osiris venus jupiter neptune pluto saturn buddha krishna shiva
    allah messiah christ jesus satan lucifer god islam quran koran torah genesis
    alexa siri cortana echo tesla nike toyota lexus mercedes honda kia chanel armani dior gucci prada versace
    bentley porsche ferrari jaguar lincoln chrysler dodge ford chevy harley disney nintendo sega sony intel nokia
    pepsi coke excel linux python java ruby perl julia django mario luigi zelda pokemon barbie lego
    axe ain aren tre ams cia fbi nas bing mora alot doesnt aint isnt dont covid corona kava sativa indica axel
    san los las santa del der den des dos das une van von sir madam lord lady prince princess king queen duke baron
    mister miss doctor mr mrs ms dr st ai tv id pc señor senor chi the her sie ist und est les que con
    por ser era dai dei due era las per sur
    """.split()  # noqa: SIM905 - a block of words reads better
)
_GOES_ON: Final = re.compile(r"[^\W_][,;:]? $")
_ARTICLE: Final = re.compile(
    r"(?i)(?:^|[^\w])(?:the|an?|of|this|that|some|any|no|your|my|our|his|her|its|their|very|more|new|old|each|every) $"
)
_CAPITAL_AFTER: Final = re.compile(r" [^\W\d_a-z][^\W\d_]*[^\W\d_A-Z](?![^\W_])")
_CAPITAL_BEFORE: Final = re.compile(r"(?<![^\W_])[^\W\d_a-z][^\W\d_]* $")
_BEFORE: Final = 12

Place = tuple[int, int]


def find_given_names(
    text: str,
    settled: Sequence[Place],
    labelled: Sequence[Place],
    lexicon: Lexicon,
    unlikely: frozenset[str],
) -> Iterator[Place]:
    """Given names that are no word of the language, or that have a capital inside a sentence.

    `settled` is what the model took for a place or a date, `labelled` what it took for anything but a person.
    """
    for match in _WORD.finditer(text):
        word = match[0]
        lowered = word.lower()
        if lowered in unlikely or lowered in _PLACES_AND_OTHERS:
            continue
        if not lexicon.is_given_name(word):
            if (
                word == word.capitalize()
                and not lexicon.is_ordinary(word)
                and not lexicon.is_name(word)
                and _is_inside(text, match.start())
                and not _is_within(match.span(), labelled)
            ):
                yield match.span()
            continue
        if len(word) < (_SHORTEST_OF_CAPITALS if word.isupper() else _SHORTEST) and not (
            word == word.capitalize() and _is_set_apart(text, *match.span(), word)
        ):
            continue
        if not (word.islower() or word.isupper() or word == word.capitalize()):
            continue
        is_ordinary = lexicon.is_ordinary(word)
        if is_ordinary and not (
            lexicon.is_common_name(word) and _is_set_apart(text, match.start(), match.end(), word)
        ):
            continue
        if not ((is_ordinary or lexicon.is_name(word)) and _is_within(match.span(), settled)):
            yield match.span()


def _is_inside(text: str, start: int) -> bool:
    """Is there something of a sentence before it?"""
    return _GOES_ON.search(text, max(0, start - _BEFORE), start) is not None


def _is_within(place: Place, others: Sequence[Place]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end in others)


def _is_set_apart(text: str, start: int, end: int, word: str) -> bool:
    """Has an ordinary word a capital that no sentence begins with, and no title of a thing or an office goes on?"""
    window = text[max(0, start - _BEFORE) : start]
    return (
        word == word.capitalize()
        and _GOES_ON.search(window) is not None
        and _ARTICLE.search(window) is None
        and (_CAPITAL_AFTER.match(text, end) is None or _CAPITAL_BEFORE.search(window) is None)
    )

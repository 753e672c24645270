"""Names that the model did not see at all: capitals in a row, who speaks in a dialogue, who did or said something."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from app.privacy.redaction.lexicon import Lexicon
from app.privacy.redaction.names import NO_INITIALS

_LETTER: Final = r"[^\W\d_]"
_TITLE_CASE: Final = rf"(?=[^\W\d_a-z]){_LETTER}{_LETTER}*(?:['’-]{_LETTER}+)*"
_TOKEN: Final = re.compile(rf"(?<![^\W_])(?<![@/.#$&_-]){_TITLE_CASE}(?![\w@/(=_])")
_JOINT: Final = re.compile(
    r" (?:[A-Z]\.? )?(?:(?:de|da|do|dos|del|della|di|van|von|der|den|de la|la|le|al|el|bin|y) ){0,2}"
)
_ENDINGS: Final = ("'s", "’s")
_SPEAKER: Final = re.compile(r"[ ]?:(?=\s)")
_DOES: Final = re.compile(
    r"['’]s (?:mother|father|mom|dad|wife|husband|house|phone|boyfriend|girlfriend|brother|sister|son|"
    r"daughter|name|car|room|kids?|"
    r"child|baby|friend|dog|cat|boss|birthday|wedding|parents|family|address|number|email|job|life|death|"
    r"ex)(?![^\W_])"
    r"| (?:and I |just |also |then |never |always |really |once |had |has )?(?:said|says|told|tells|asked|"
    r"asks|replied|shouted|screamed|"
    r"whispered|answered|called|texted|emailed|wrote|thinks?|thought|wants|wanted|likes|liked|loves|loved|"
    r"hates|hated|knows|knew|"
    r"lives|lived|works|worked|moved|married|died|smiled|laughed|cried|kissed|hugged|hit|lied|cheated|"
    r"forgot|promised|agreed|"
    r"and I|owes|stole|took|gave|given|keeps|broke up)(?![^\W_])"
    r"| (?:is|was) (?:from|my|his|her|our|born|in love|(?:a )?(?:very |so |really |quite )?(?:sympathetic|"
    r"nice|kind|reliable|mean|rude|"
    r"angry|sick|pregnant|dead|single|married|gay|smart|funny|tall|late|sad|happy|friendly|young|old|"
    r"lovely))(?![^\W_])"
    r"|, (?:can|could|please|would|will|do|did|are|I|you|what|how|why|where|when|thanks|thank|let|come|"
    r"tell|if)(?![^\W_])"
)
_IS: Final = re.compile(r" (?:is|was|has|isn't|wasn't|will|would|did|does|can)(?![^\W_])")
_TOLD: Final = re.compile(
    r"(?:said|told|tell|asked?|by|calls?|called|texted|gave|owed?|fired|hired|sued|trust|miss(?:ed)?|dumped|forgive|"
    r"thank(?:ed)?|blamed?|emailed|messaged|dated|paid|introduced?|shouted at|yelled at|married|dating|"
    r"kissed|loves?|hates?|"
    r"knows?|met|meet|visit(?:ed)?|"
    r"between|with|under|was|remind|invite[ds]?|marry|follow|hurt|help|know|ex-\w+|son|daughter|husband|"
    r"wife|friend|brother|sister|mother|father|uncle|aunt) $"
)
_ORGANISATION: Final = re.compile(
    r"(?i)(?<![^\W_])(?:inc|ltd|llc|gmbh|corp|co|company|university|college|school|institute|department|"
    r"church|bank|hospital|street|"
    r"avenue|road|river|lake|mount|islands?|county|city|states?|kingdom|republic|north|south|east|west|"
    r"new|saint|american|"
    r"european|african|asian|act|war|league|cup|award|party|day|god|bible)(?![^\W_])"
)
_LOWER_PAIR: Final = re.compile(
    r"(?<![\w@./'’-])[^\W\d_A-Z]{3,}(?:-[^\W\d_A-Z]{3,})? [^\W\d_A-Z]{3,}(?:-[^\W\d_A-Z]{3,})?(?![\w@/'’(=-])"
)
_WORD_BEFORE: Final = re.compile(r"(?<![^\W_])([^\W\d_]{2,}) $")
_WORD_AFTER: Final = re.compile(r" ([^\W\d_]{2,})(?![^\W_]|['’])")
_NAME: Final = (
    r"[^\W\d_a-z][^\W\d_]*[^\W\d_A-Z](?:[ ](?:[^\W\d_a-z]\.|[^\W\d_a-z][^\W\d_]*[^\W\d_A-Z])){0,2}(?![^\W_])"
)
_AND: Final = r"(?:, (?:and |or )?| and | & | or |/)"
_LISTED_AFTER: Final = re.compile(rf"{_AND}({_NAME})")
_LISTED_BEFORE: Final = re.compile(rf"(?<![^\W_])({_NAME}){_AND}$")
_CAPITAL: Final = re.compile(r"(?<![^\W_])(?=[^\W\d_a-z])")
_LONGEST_LISTED: Final = 60
_MOST_LISTED: Final = 400
_LIST: Final = re.compile(rf"(?<![^\W_]){_NAME}(?:{_AND}{_NAME}){{2,20}}")
_ITEM: Final = re.compile(rf"(?<![^\W_])({_NAME})")
# The family name first, as registers write it: `DE LA CRUZ, Ana`, `cruz, ana`, `CRUZ Ana`.
_FAMILY_BEFORE: Final = re.compile(
    r"(?<![\w.@/'’-])(?:[^\W\d_a-z]{2,}[ -]){0,3}([^\W\d_]{2,}(?:['’-][^\W\d_]{2,})?)(, ?| )$"
)
_FAMILY_AFTER: Final = re.compile(
    r",? ((?:[^\W\d_a-z]{2,}[ -]){0,3}[^\W\d_a-z]{3,}(?:['’-][^\W\d_a-z]{2,})?)(?![\w'’])"
)
_IN_SENTENCE: Final = re.compile(r"[^\W\d_A-Z],? $")
_PARTICLE_AND_NAME: Final = re.compile(
    r"(?i:[ ](?:van|von|vom|de|da|do|dos|das|del|della|di|du|der|den|ter|ten|la|le|los|las|bin|ibn|bint|"
    r"al|el|af|av|zu|zur|"
    r"y|e|san|st\.?|['’]t)){1,3}[ ]([^\W\d_]{2,}(?:['’-][^\W\d_]{2,})?)(?![\w'’(=-])"
)
_INITIALS_BEFORE: Final = re.compile(r"(?<![\w.])(?:[^\W\d_]\.[ -]?){1,3}$")
_INITIALS_AFTER: Final = re.compile(r",? (?:[^\W\d_a-z]\.-?){1,3}")
_INITIAL_BETWEEN: Final = re.compile(r" [^\W\d_a-z]\.? ([^\W\d_a-z][^\W\d_]*[^\W\d_A-Z])(?![\w'’])")
_HYPHENATED: Final = re.compile(r"(?:-[^\W\d_]{2,})+")
_FEWEST_STRANGE: Final = 2
_LONGEST_ACRONYM: Final = 3
_ENDS_ITEM: Final = re.compile(r"[.,;:!?)\n]|$| and | or ")
_BEFORE: Final = 24


Place = tuple[int, int]


def guess_names(
    text: str, known: Iterable[Place], settled: Iterable[Place], lexicon: Lexicon, unlikely: frozenset[str]
) -> Iterator[Place]:
    """Places of names that the model has not found; `settled` is what it took for a place or a date."""
    found, other = sorted(known), sorted(settled)
    runs = [run for run in _runs(text, lexicon, unlikely) if not _overlaps(run, found)]
    for start, end in runs:
        if _acts(text, start, end) or (
            not _is_within((start, end), other) and _is_name(text, start, end, lexicon)
        ):
            yield start, end
    yield from _lists(text, other, lexicon)
    for match in _LOWER_PAIR.finditer(text):
        if not any(map(lexicon.is_ordinary, match[0].split())):
            yield match.span()


def beside(text: str, found: Iterable[Place], lexicon: Lexicon, unlikely: frozenset[str]) -> list[Place]:
    """All names, as wide as they are written, and what is listed with one: `Anna, Efimiya and Reed`."""
    queue = [*found]
    seen = {*queue}
    while queue and len(seen) < _MOST_LISTED:
        start, end = queue.pop()
        for match in (_LISTED_AFTER.match(text, end), _listed_before(text, start)):
            if match is None or match.span(1) in seen:
                continue
            words = match[1].split()
            is_item = match.start() >= end and _ENDS_ITEM.match(text, match.end()) is not None
            if (is_item or not lexicon.is_ordinary(words[0])) and unlikely.isdisjoint(
                word.lower() for word in words
            ):
                seen.add(match.span(1))
                queue.append(match.span(1))
    return [_widened(text, *place, lexicon) for place in sorted(seen)]


def _listed_before(text: str, start: int) -> re.Match[str] | None:
    """The name in front of a comma or "and" at `start`."""
    window = text[max(0, start - _LONGEST_LISTED) : start]
    if not window.endswith((" ", "/")):
        return None
    for place in _CAPITAL.finditer(window):
        match = _LISTED_BEFORE.match(text, max(0, start - _LONGEST_LISTED) + place.start(), start)
        if match:
            return match
    return None


def _widened(text: str, start: int, end: int, lexicon: Lexicon) -> Place:
    """A name with the words beside it that could belong to it, written like it."""
    while start > 1 and text[start - 1] in "-'’" and text[start - 2].isalpha():
        start -= 1
        while start and text[start - 1].isalpha():
            start -= 1
    hyphenated = _HYPHENATED.match(text, end)
    end = hyphenated.end() if hyphenated else end
    is_lower = text[start:end].islower()
    return _widened_before(text, start, lexicon, is_lower=is_lower), _widened_after(
        text, end, lexicon, is_lower=is_lower
    )


def _widened_before(text: str, start: int, lexicon: Lexicon, *, is_lower: bool) -> int:
    window = max(0, start - _LONGEST_LISTED)
    before = _WORD_BEFORE.search(text, max(0, start - _BEFORE), start)
    if before and (
        _belongs(before[1], lexicon, is_lower=is_lower)
        or (_IN_SENTENCE.search(text, window, before.start(1)) and _is_given(before[1], lexicon))
    ):
        start = before.start(1)
    family = _FAMILY_BEFORE.search(text, window, start)
    if family and _is_family_name(family[1], lexicon, is_lower=is_lower and family[2] != " "):
        start = family.start()
    initials = _INITIALS_BEFORE.search(text, max(0, start - _BEFORE), start)
    if initials and initials[0].replace(" ", "").lower() not in NO_INITIALS:
        start = initials.start()
    return start


def _widened_after(text: str, end: int, lexicon: Lexicon, *, is_lower: bool) -> int:
    after = _WORD_AFTER.match(text, end) or _INITIAL_BETWEEN.match(text, end)
    if (
        after
        and _belongs(after[1], lexicon, is_lower=is_lower)
        and not (is_lower and lexicon.is_ordinary(after[1]))
    ):
        end = after.end(1)
    more = _PARTICLE_AND_NAME.match(text, end)
    if more and (more[1][0].isupper() or (is_lower and not lexicon.is_ordinary(more[1]))):
        end = more.end()
    family = _FAMILY_AFTER.match(text, end)
    if family and _is_family_name(family[1].rsplit(maxsplit=1)[-1], lexicon, is_lower=False):
        end = family.end()
    initials = _INITIALS_AFTER.match(text, end)
    return initials.end() if initials else end


def _is_family_name(word: str, lexicon: Lexicon, *, is_lower: bool) -> bool:
    """All in capitals, or in lower case where the rest of the name is, and no word of the language."""
    is_written_so = word.isupper() and len(word) > _LONGEST_ACRONYM if not is_lower else word.islower()
    return is_written_so and not lexicon.is_ordinary(word)


def _is_given(word: str, lexicon: Lexicon) -> bool:
    return word[0].isupper() and word[1:].islower() and lexicon.is_given_name(word)


def _belongs(word: str, lexicon: Lexicon, *, is_lower: bool) -> bool:
    if is_lower:
        return word.islower() and (
            not lexicon.is_ordinary(word) or (lexicon.is_name(word) and lexicon.is_given_name(word))
        )
    return (
        word[0].isupper() and word[1:].islower() and (not lexicon.is_ordinary(word) or lexicon.is_name(word))
    )


def _acts(text: str, start: int, end: int) -> bool:
    """Does a single word stand where only a person can: in front of a line in a dialogue, of "said" and the like?"""
    found = text[start:end]
    if not found.isalpha() or found != found.capitalize() or len(found) < 2:
        return False
    at_line_start = start == 0 or text[start - 1] in "\n>"
    return (at_line_start and _SPEAKER.match(text, end) is not None) or _DOES.match(text, end) is not None


def _runs(text: str, lexicon: Lexicon, unlikely: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Rows of capitalised words, of which at least one is no ordinary word."""
    run: list[re.Match[str]] = []
    for token in [*_TOKEN.finditer(text), None]:
        joined = run and token and _JOINT.fullmatch(text, run[-1].end(), token.start())
        if run and not joined:
            yield from _trimmed(run, lexicon, unlikely)
            run = []
        if token and not (token[0].isupper() and len(token[0]) > 1):
            run.append(token)


def _trimmed(
    run: list[re.Match[str]], lexicon: Lexicon, unlikely: frozenset[str]
) -> Iterator[tuple[int, int]]:
    while run and lexicon.is_ordinary(run[0][0]) and not lexicon.is_name(run[0][0]):
        run = run[1:]
    words = [token[0] for token in run]
    if (
        run
        and not all(map(lexicon.is_ordinary, words))
        and {word.lower() for word in words}.isdisjoint(unlikely)
    ):
        end = run[-1].end()
        for ending in _ENDINGS:
            end -= len(ending) if words[-1].endswith(ending) else 0
        yield run[0].start(), end


def _overlaps(run: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < run[1] and run[0] < end for start, end in taken)


def _is_within(run: Place, others: Sequence[Place]) -> bool:
    return any(start <= run[0] and run[1] <= end for start, end in others)


def _is_name(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    found = text[start:end]
    words = found.split()
    if any(
        word != word.capitalize()
        and not word.startswith(("Mc", "Mac", "De", "Di", "La", "Le", "Van", "O'", "O’"))
        and "-" not in word
        for word in words
        if word[0].isupper()
    ):
        return False  # camel case: a product, a class
    if len(words) > 1:
        return len(words) <= 4 and not _ORGANISATION.search(found) and _looks_personal(words, lexicon)
    if len(found) < 2:
        return False
    if lexicon.is_name(found) and _IS.match(text, end):
        return True
    return _TOLD.search(text, max(0, start - _BEFORE), start) is not None


def _looks_personal(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Of a sentence's first word and a name, both may be capitalised: the last one decides."""
    return not lexicon.is_ordinary(words[-1]) or (
        lexicon.is_name(words[0]) or not lexicon.is_ordinary(words[0])
    )


def _lists(text: str, settled: Sequence[Place], lexicon: Lexicon) -> Iterator[Place]:
    """Three or more in a row, with commas or "and" between; two of them may not be words of the language."""
    for match in _LIST.finditer(text):
        items = [(item.start(1), item.end(1)) for item in _ITEM.finditer(text, match.start(), match.end())]
        strange = sum(not lexicon.is_ordinary(text[start:end].rsplit(maxsplit=1)[-1]) for start, end in items)
        if strange >= _FEWEST_STRANGE and not any(_is_within(item, settled) for item in items):
            yield from items

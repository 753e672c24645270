"""Finds where a response gives away which model wrote it: its own configured name, or words of self-introduction.

Everything is linear in the text's length: patterns cannot backtrack far, and what has been walked over is not walked
over again.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from app.intake.comparisons.identity_words import (
    ACCENTED_CUES,
    AI_WORDS,
    ARTICLES,
    AS,
    BEFORE_VENDOR,
    END,
    ENGLISH_CUES,
    FILLERS,
    FIRST_PERSON,
    GAP,
    LONGEST_WITHOUT_ACCENT,
    NAME,
    NAME_STARTS,
    NOT_ONESELF,
    ORDINARY_NAMES,
    OTHER_CUES,
    SURNAME,
    WORD,
)

PLACEHOLDER: Final = "[model]"

_PATH: Final = re.compile(r"[/:]")
_HOSTED: Final = re.compile(
    r"(?:[a-z]{2}\.)?(?:openai|anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\.", re.IGNORECASE
)
# A date, a build, a format: nobody says them when they name a model.
_BUILD: Final = re.compile(
    r"(?:[-_.@](?:\d{3,4}|\d{8}|\d{4}-\d\d-\d\d|\d\d-\d\d|v\d|latest|preview|exp|instruct|chat|it|fp8|awq|gguf))+\Z",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[^\W_]+")
_SHORTEST_WORD: Final = 4
_FEWEST_LETTERS: Final = 3
_MOST_NAMES: Final = 16
# How far a first person may be from the name, and how many marks may stand in front of a cue.
_FARTHEST: Final = 160
_MARKS: Final = 8
_DECORATION: Final = " *_\"'“”«»"
_CLAUSE_ENDS: Final = frozenset(["", *".!?:;,(\n—–-…¡¿"])
_KNOWN_WORDS: Final = AI_WORDS | FILLERS
_ALL_CUES: Final = ENGLISH_CUES + ACCENTED_CUES + OTHER_CUES


class ModelNames(NamedTuple):
    """What a host calls the model of one response."""

    model: str
    response_model: str | None = None
    provider: str | None = None


class Span(NamedTuple):
    """Characters of a text, the last one not included."""

    start: int
    end: int


class _Known(NamedTuple):
    """The patterns for one response: its own names, and those that either response may introduce itself by."""

    needles: tuple[str, ...]
    own: re.Pattern[str] | None
    introduced: re.Pattern[str] | None
    starts: frozenset[str]
    """First words of the latter."""


class _Found(NamedTuple):
    """The names in one self-introduction, none if it is none, and where it ends."""

    spans: list[Span]
    end: int


def find_identity(text: str, own: ModelNames, other: ModelNames) -> list[Span]:
    """Where a response tells which model wrote it, in order and without overlaps; empty for nearly all texts."""
    known = _known(own, other)
    spans: list[Span] = []
    if known.own is not None:
        lowered = text.lower()
        for needle in known.needles:
            if needle in lowered:
                spans = [Span(*match.span()) for match in known.own.finditer(text)]
                break
    for cues in _cues_for(text):
        if (cue := cues.search(text)) is not None:
            spans += _introductions(cues, cue, text, known)
    return _without_overlaps(spans) if spans else spans


def mask(text: str, spans: Sequence[Span]) -> str:
    """The text with those names replaced, and with the first of them the same words anywhere else in it."""
    if not spans:
        return text
    pieces, at = [], 0
    for span in spans:
        pieces.append(text[at : span.start])
        at = span.end
    pieces.append(text[at:])
    # A text that claims a thousand names is not worth a search for each of them.
    names = list(dict.fromkeys(text[span.start : span.end] for span in spans))[:_MOST_NAMES]
    names.sort(key=len, reverse=True)
    again = re.compile(rf"(?<![A-Za-z0-9À-ɏ])(?:{'|'.join(map(re.escape, names))}){END}")
    return PLACEHOLDER.join(again.sub(PLACEHOLDER, piece) for piece in pieces)


def _without_overlaps(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            kept[-1] = Span(kept[-1].start, span.end)
    return kept


def _cues_for(text: str) -> tuple[re.Pattern[str], ...]:
    return ENGLISH_CUES if text.isascii() and len(text) > LONGEST_WITHOUT_ACCENT else _ALL_CUES


def _introductions(cues: re.Pattern[str], first: re.Match[str], text: str, known: _Known) -> Iterator[Span]:
    cue: re.Match[str] | None = first
    first_person = 0
    while cue is not None:
        at = cue.end()
        is_as = AS.match(cue[0]) is not None
        found = _walk(text, at, known) if _is_cue(text, cue.start(), is_as=is_as) else _Found([], at)
        at = found.end
        if found.spans and is_as and first_person < at:
            # Searched for once for all that stand before it.
            following = FIRST_PERSON.search(text, at)
            first_person = following.start() if following else len(text) + _FARTHEST
        if found.spans and (not is_as or _is_near(text, at, first_person)):
            yield from found.spans
        cue = cues.search(text, at)


def _is_cue(text: str, start: int, *, is_as: bool) -> bool:
    """Whether a cue stands where somebody may begin to speak of themselves."""
    if start == 0 or not text[start].isupper():
        return True
    if not is_as:
        return not text[start - 1].isalnum()
    # "As" behind a word is part of something else: "known As", "such As".
    return text[max(start - _MARKS, 0) : start].rstrip(_DECORATION)[-1:] in _CLAUSE_ENDS


def _is_near(text: str, start: int, end: int) -> bool:
    """Whether two places are in one sentence."""
    if end - start > _FARTHEST:
        return False
    between = text[start:end]
    return not any(stop in between for stop in (". ", "! ", "? ", "\n"))


def _walk(text: str, at: int, known: _Known) -> _Found:
    """Goes on from a cue as long as the words may belong to a self-introduction, and notes the names among them."""
    certain: list[Span] = []
    possible: list[Span] = []
    has_ai_word = False
    before: str | None = None
    while True:
        start = GAP.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too
        word = WORD.match(text, start)
        said = word[0].lower() if word is not None else ""
        name = _name_at(text, start, known, before) if _may_begin_a_name(said, known) else None
        if name is not None:
            (certain if name.lastgroup == "assistant" and before not in ARTICLES else possible).append(
                Span(*name.span())
            )
            before, at = None, name.end()
            continue
        if word is None:
            break
        if said in AI_WORDS or word.lastgroup == "japanese_ai":
            has_ai_word = True
        elif said not in FILLERS and word.lastgroup != "japanese":
            break
        before, at = said, word.end()
    return _Found(certain + possible if certain or has_ai_word else [], at)


def _may_begin_a_name(said: str, known: _Known) -> bool:
    return said in NAME_STARTS or said in known.starts or not said or not said.isascii()


def _name_at(text: str, start: int, known: _Known, before: str | None) -> re.Match[str] | None:
    """The name that begins here; None where none does, or it is not one's own that is meant.

    An assistant's name behind an article is as weak as a maker's: "a Gemini" may be somebody's sign.
    """
    configured = known.introduced.match(text, start) if known.introduced is not None else None
    if configured is not None:
        return configured
    match = NAME.match(text, start)
    if match is None or NOT_ONESELF.match(text, match.end()):
        return None
    if match.lastgroup == "vendor":
        return match if before is None or before in BEFORE_VENDOR else None
    surname = SURNAME.match(text, match.end())
    is_somebody = surname is not None and surname["word"].lower() not in _KNOWN_WORDS
    is_a_thing = match.lastgroup == "ambiguous" and before in ARTICLES  # "the Titan", "a falcon"
    return None if is_somebody or is_a_thing else match


@lru_cache(maxsize=1024)
def _known(own: ModelNames, other: ModelNames) -> _Known:
    """What to look for: made once for a pair of models."""
    own_names = [*_spellings(own.model, own.response_model)]
    mine = [_pattern(tokens) for tokens in own_names]
    other_names = [*_spellings(other.model, other.response_model)]
    theirs = [_pattern(tokens) for tokens in other_names]
    makers = [re.escape(name) for name in (own.provider, other.provider) if name and name.isprintable()]
    introduced = [rf"(?P<assistant>{'|'.join(_longest_first(mine + theirs))})"] if mine or theirs else []
    introduced += [rf"(?P<vendor>{'|'.join(_longest_first(makers))})"] if makers else []
    return _Known(
        needles=tuple({_needle(tokens) for tokens in own_names}),
        own=_whole_words(_longest_first(mine)) if mine else None,
        introduced=re.compile(rf"(?:{'|'.join(introduced)}){END}", re.IGNORECASE) if introduced else None,
        starts=frozenset(
            _start(name)
            for name in (*(tokens[0] for tokens in own_names + other_names), own.provider, other.provider)
            if name
        ),
    )


def _start(name: str) -> str:
    word = WORD.match(name)
    return word[0].lower() if word else ""


def _longest_first(patterns: Sequence[str]) -> list[str]:
    return sorted(set(patterns), key=lambda pattern: (-len(pattern), pattern))


def _whole_words(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9À-ɏ])(?:{'|'.join(patterns)}){END}", re.IGNORECASE)


def _spellings(*names: str | None) -> Iterator[list[str]]:
    """The parts of configured names as a model may write them; none of what is too ordinary to tell anything."""
    for name in filter(None, names):
        for part in dict.fromkeys([name, *_PATH.split(name)]):
            whole = _HOSTED.sub("", part)
            for spelled in dict.fromkeys([whole, _BUILD.sub("", whole)]):
                tokens = _TOKEN.findall(spelled)
                if _is_telling(tokens, is_configured=spelled == name):
                    yield tokens


def _is_telling(tokens: Sequence[str], *, is_configured: bool) -> bool:
    joined = "".join(tokens)
    has_digit = any(character.isdigit() for character in joined)
    if not any(character.isalpha() for character in joined) or len(joined) < 2:
        return False
    if len(tokens) == 1 and not has_digit:
        return is_configured and len(joined) >= _SHORTEST_WORD and joined.lower() not in ORDINARY_NAMES
    return is_configured or len(joined) >= _SHORTEST_WORD


def _pattern(tokens: Sequence[str]) -> str:
    """Spellings of one name: "gpt-4o" is also "GPT 4o" and "GPT4o"; "model-a" is not "model a", which is English."""
    if tokens[0].lower() in ORDINARY_NAMES:
        between = "[-_./:]"
    elif any(any(character.isdigit() for character in token) for token in tokens):
        between = "[-_./: ]?"
    else:
        between = "[-_./: ]" if all(len(token) >= _FEWEST_LETTERS for token in tokens) else "[-_./:]"
    return between.join(map(re.escape, tokens))


def _needle(tokens: Sequence[str]) -> str:
    """The part of a name to look for first."""
    return max(tokens, key=lambda token: (token.isalpha(), len(token))).lower()

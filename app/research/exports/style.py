"""Arena's style-control measures of a comparison's two answers."""

import operator
import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.research.records.record import Message, RecordContent

_BYTES_PER_TOKEN: Final = 4
_FENCE: Final = "```"

# Every pattern starts with literal characters, which `re` finds fast; a line break is put in front of the text
# so that the first line is matched like the others. None of them can backtrack beyond a line.
_LINE_START: Final = re.compile(r"\n(?=[ \t#*+\-\d])(?:(#{1,6})|[ \t]*(?:([-*+])|\d+\.))(?=\s)")
_BOLD_STARS: Final = re.compile(r"\*\*[^*\n]+\*\*")
_BOLD_UNDERSCORES: Final = re.compile(r"__[^_\n]+__")

# UTF-8 bytes, headers of six levels, ordered and unordered list items, bold by stars and by underscores.
_NOTHING: Final = (0,) * 11

Measures = tuple[int | None, ...]
"""A row of `conv_metadata`: its numbers in the order in which the struct has them."""


def style_measures(
    content: RecordContent, *, turns: int, context_a: int | None, context_b: int | None
) -> Measures:
    """What style-control code reads.

    As in Arena's own data, a side's measures cover everything its assistant said in the conversation: the earlier
    answers, which both sides share, and the one compared. Markdown inside fenced code is not counted.
    """
    earlier = _joined(content.prompt, "assistant")
    # Both sides share the earlier answers: they are measured once. An open fence would swallow what follows it;
    # then the texts have to be read as one.
    is_closed = earlier.count(_FENCE) % 2 == 0
    before = _counts(f"{earlier}\n") if earlier and is_closed else _NOTHING
    user_tokens = estimated_tokens(_joined(content.prompt, "user"))
    sides = [
        map(operator.add, before, _counts(response if is_closed else f"{earlier}\n{response}"))
        for response in (content.response_a, content.response_b)
    ]
    return (turns, user_tokens, context_a, context_b, *_with_tokens(sides[0]), *_with_tokens(sides[1]))


def estimated_tokens(text: str) -> int:
    """A length in tokens, estimated as a quarter of the UTF-8 bytes, rounded up.

    One rule for every model: what a host reports is counted by each vendor's own tokenizer, hidden reasoning
    included, and would compare vendors, not answers.
    """
    return _tokens(_utf8_bytes(text))


def _with_tokens(counts: Iterator[int]) -> tuple[int, ...]:
    return (_tokens(next(counts)), *counts)


def _tokens(utf8_bytes: int) -> int:
    return -(-utf8_bytes // _BYTES_PER_TOKEN)


def _utf8_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _joined(messages: Sequence[Message], role: str) -> str:
    return "\n".join([message.content for message in messages if message.role == role])


def _counts(text: str) -> list[int]:
    """The UTF-8 bytes of a text, its headers by level, its list items by kind, its bold passages by mark."""
    counts = [_utf8_bytes(text), *_NOTHING[1:]]
    prose = "\n" + (_without_fenced(text) if _FENCE in text else text)
    for header, bullet in _LINE_START.findall(prose):
        counts[len(header) if header else 8 if bullet else 7] += 1
    # Looking for the marks first is a tenth of the work, and most answers have none of one kind.
    counts[9] = len(_BOLD_STARS.findall(prose)) if "**" in prose else 0
    counts[10] = len(_BOLD_UNDERSCORES.findall(prose)) if "__" in prose else 0
    return counts


def _without_fenced(text: str) -> str:
    """What stands outside pairs of fences; a fence that nothing closes hides nothing."""
    passages = text.split(_FENCE)
    if len(passages) % 2 == 0:
        passages[-2:] = [f"{passages[-2]}{_FENCE}", "", passages[-1]]
    return "".join(passages[::2])

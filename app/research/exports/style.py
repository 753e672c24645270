"""Arena's style-control measures of a comparison's two answers."""

import operator
import re
from collections.abc import Sequence
from typing import Final

from app.research.records.record import Message, RecordContent

_BYTES_PER_TOKEN: Final = 4

# Every pattern starts with literal characters, which `re` finds fast; a line break is put in front of the text
# so that the first line is matched like the others. None of them can backtrack beyond a line or a fence.
_FENCED: Final = re.compile(r"```.*?```", re.DOTALL)
_LINE_START: Final = re.compile(r"\n(?=[ \t#*+\-\d])(?:(#{1,6})|[ \t]*(?:([-*+])|\d+\.))(?=\s)")
_BOLD_STARS: Final = re.compile(r"\*\*[^*\n]+\*\*")
_BOLD_UNDERSCORES: Final = re.compile(r"__[^_\n]+__")

_HEADERS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS: Final = ("ordered", "unordered")
_BOLD: Final = ("**", "__")
_NOTHING: Final = (0,) * (1 + len(_HEADERS) + len(_LISTS) + len(_BOLD))

StyleValue = int | None | dict[str, int]


def conv_metadata(
    content: RecordContent, *, turns: int, context_a: int | None, context_b: int | None
) -> dict[str, StyleValue]:
    """The struct that style-control code reads.

    As in Arena's own data, a side's measures cover everything its assistant said in the conversation: the earlier
    answers, which both sides share, and the one compared. Markdown inside fenced code is not counted.
    """
    earlier = _joined(content.prompt, "assistant")
    # Both sides share the earlier answers: they are measured once. An open fence would swallow what follows it;
    # then the texts have to be read as one.
    is_closed = earlier.count("```") % 2 == 0
    before = _counts(f"{earlier}\n") if earlier and is_closed else _NOTHING
    metadata: dict[str, StyleValue] = {
        "turns": turns,
        "sum_user_tokens": estimated_tokens(_joined(content.prompt, "user")),
        "context_a_tokens": context_a,
        "context_b_tokens": context_b,
    }
    for side, response in (("a", content.response_a), ("b", content.response_b)):
        said = _counts(response if is_closed else f"{earlier}\n{response}")
        utf8_bytes, *marks = map(operator.add, before, said)
        metadata[f"sum_assistant_{side}_tokens"] = _tokens(utf8_bytes)
        metadata[f"header_count_{side}"] = dict(zip(_HEADERS, marks[:6], strict=True))
        metadata[f"list_count_{side}"] = dict(zip(_LISTS, marks[6:8], strict=True))
        metadata[f"bold_count_{side}"] = dict(zip(_BOLD, marks[8:], strict=True))
    return metadata


def estimated_tokens(text: str) -> int:
    """A length in tokens, estimated as a quarter of the UTF-8 bytes, rounded up.

    One rule for every model: what a host reports is counted by each vendor's own tokenizer, hidden reasoning
    included, and would compare vendors, not answers.
    """
    return _tokens(len(text.encode()))


def _tokens(utf8_bytes: int) -> int:
    return -(-utf8_bytes // _BYTES_PER_TOKEN)


def _joined(messages: Sequence[Message], role: str) -> str:
    return "\n".join(message.content for message in messages if message.role == role)


def _counts(text: str) -> list[int]:
    """The UTF-8 bytes of a text, its headers by level, its list items by kind, its bold passages by mark."""
    counts = [len(text.encode()), *_NOTHING[1:]]
    prose = "\n" + (_FENCED.sub("", text) if "```" in text else text)
    for header, bullet in _LINE_START.findall(prose):
        counts[len(header) if header else 8 if bullet else 7] += 1
    # Looking for the marks first is a tenth of the work, and most answers have none of one kind.
    counts[9] = len(_BOLD_STARS.findall(prose)) if "**" in prose else 0
    counts[10] = len(_BOLD_UNDERSCORES.findall(prose)) if "__" in prose else 0
    return counts

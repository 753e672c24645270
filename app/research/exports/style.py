"""Arena's style-control measures of a comparison's two answers."""

import re
from collections.abc import Sequence
from typing import Final

from app.research.records.record import Message, RecordContent

_BYTES_PER_TOKEN: Final = 4

# Every pattern starts with literal characters, which `re` finds fast; a line break is put in front of the text
# so that the first line is matched like the others. None of them can backtrack beyond a line or a fence.
_FENCED: Final = re.compile(r"```.*?```", re.DOTALL)
_LINE_START: Final = re.compile(r"\n(?:(#{1,6})|[ \t]*(?:([-*+])|\d+\.))(?=\s)")
_BOLD_STARS: Final = re.compile(r"\*\*[^*\n]+\*\*")
_BOLD_UNDERSCORES: Final = re.compile(r"__[^_\n]+__")

StyleValue = int | None | dict[str, int]


def conv_metadata(
    content: RecordContent, *, turns: int, context_a: int | None, context_b: int | None
) -> dict[str, StyleValue]:
    """The struct that style-control code reads.

    As in Arena's own data, a side's measures cover everything its assistant said in the conversation: the earlier
    answers, which both sides share, and the one compared. Markdown inside fenced code is not counted.
    """
    earlier = _joined(content.prompt, "assistant")
    metadata: dict[str, StyleValue] = {
        "turns": turns,
        "sum_user_tokens": estimated_tokens(_joined(content.prompt, "user")),
        "context_a_tokens": context_a,
        "context_b_tokens": context_b,
    }
    for side, response in (("a", content.response_a), ("b", content.response_b)):
        said = f"{earlier}\n{response}" if earlier else response
        metadata[f"sum_assistant_{side}_tokens"] = estimated_tokens(said)
        prose = "\n" + (_FENCED.sub("", said) if "```" in said else said)
        headers, items = _line_starts(prose)
        metadata[f"header_count_{side}"] = headers
        metadata[f"list_count_{side}"] = items
        metadata[f"bold_count_{side}"] = {
            # Looking for the marks first is a tenth of the work, and most answers have none of one kind.
            "**": len(_BOLD_STARS.findall(prose)) if "**" in prose else 0,
            "__": len(_BOLD_UNDERSCORES.findall(prose)) if "__" in prose else 0,
        }
    return metadata


def estimated_tokens(text: str) -> int:
    """A length in tokens, estimated as a quarter of the UTF-8 bytes, rounded up.

    One rule for every model: what a host reports is counted by each vendor's own tokenizer, hidden reasoning
    included, and would compare vendors, not answers.
    """
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def _joined(messages: Sequence[Message], role: str) -> str:
    return "\n".join(message.content for message in messages if message.role == role)


def _line_starts(prose: str) -> tuple[dict[str, int], dict[str, int]]:
    """The headers by level and the list items by kind."""
    headers = {"h1": 0, "h2": 0, "h3": 0, "h4": 0, "h5": 0, "h6": 0}
    items = {"ordered": 0, "unordered": 0}
    for header, bullet in _LINE_START.findall(prose):
        if header:
            headers[f"h{len(header)}"] += 1
        else:
            items["unordered" if bullet else "ordered"] += 1
    return headers, items

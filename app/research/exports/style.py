"""Arena's style-control measures of a comparison's two answers."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from app.research.exports.markdown_counts import FENCE, KINDS, count_many
from app.research.records.record import Message, RecordContent

Measures = npt.NDArray[np.int32]
"""By row the user's tokens, then for each side its tokens and what Markdown it has, in the order of `conv_metadata`."""

MEASURES: Final = 1 + 2 * KINDS
_BYTES_PER_TOKEN: Final = 4


def style_measures(contents: Sequence[RecordContent]) -> Measures:
    """What style-control code reads, a row for each.

    As in Arena's own data, a side's measures cover everything its assistant said in the conversation: the earlier
    answers, which both sides share, and the one compared. Markdown inside fenced code is not counted.
    """
    texts = [text for content in contents for text in _measured_texts(content)]
    counts = count_many(texts).reshape(-1, 3, KINDS)
    sides = counts[:, 1:] + counts[:, :1]
    sides[:, :, 0] = estimated_tokens(sides[:, :, 0])
    users = [_utf8_bytes(_joined(content.prompt, "user")) for content in contents]
    measures = np.empty((len(contents), MEASURES), np.int32)
    measures[:, 0] = estimated_tokens(np.array(users, np.int64))
    measures[:, 1:] = sides.reshape(-1, 2 * KINDS)
    return measures


def estimated_tokens(utf8_bytes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Lengths in tokens, estimated as a quarter of the UTF-8 bytes, rounded up.

    One rule for every model: what a host reports is counted by each vendor's own tokenizer, hidden reasoning
    included, and would compare vendors, not answers.
    """
    return -(-utf8_bytes // _BYTES_PER_TOKEN)


def _measured_texts(content: RecordContent) -> tuple[str, str, str]:
    """What counts for both sides, and for each alone."""
    earlier = _joined(content.prompt, "assistant")
    if not earlier:
        return "", content.response_a, content.response_b
    if earlier.count(FENCE) % 2 == 0:
        return f"{earlier}\n", content.response_a, content.response_b
    # An open fence would swallow what follows it: the texts have to be read as one.
    return "", f"{earlier}\n{content.response_a}", f"{earlier}\n{content.response_b}"


def _joined(messages: Sequence[Message], role: str) -> str:
    return "\n".join([message.content for message in messages if message.role == role])


def _utf8_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())

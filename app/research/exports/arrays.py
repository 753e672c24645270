"""Makes Arrow's nested arrays from their leaves, whole columns at a time."""

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from app.research.exports.arrow_types import MESSAGE, MESSAGES, STYLE
from app.research.exports.style import MEASURES, Measures
from app.research.records.record import Message

if TYPE_CHECKING:
    Array: TypeAlias = pa.Array[Any]
else:
    Array = pa.Array
_ASSISTANT: Final = "assistant"


def messages_array(conversations: Sequence[Sequence[Message] | None]) -> Array:
    """Lists of messages; None stays empty."""
    said = [message for conversation in conversations if conversation for message in conversation]
    return pa.ListArray.from_arrays(
        pa.array([0, *accumulate([len(each or ()) for each in conversations])], pa.int32()),
        _message_array([message.role for message in said], [message.content for message in said]),
        type=MESSAGES,
        mask=_empty(conversations),
    )


def said_array(answers: Array) -> Array:
    """Each answer as a conversation of one assistant message; none may be empty."""
    ends = pa.array(range(len(answers) + 1), pa.int32())
    return pa.ListArray.from_arrays(
        ends, _message_array(pa.repeat(_ASSISTANT, len(answers)), answers), type=MESSAGES
    )


def style_array(
    measures: Measures,
    *,
    turns: Sequence[int],
    contexts: tuple[Sequence[int | None], Sequence[int | None]],
    has_text: Sequence[bool],
) -> Array:
    """The structs of style-control measures; where there is no text they are empty, and have no row of `measures`."""
    has = np.array(has_text, np.bool_)
    leaves = np.zeros((MEASURES, len(has)), np.int32)
    leaves[:, has] = measures.T
    users, *sides = (pa.array(leaf) for leaf in leaves)
    told = [pa.array(values, pa.int32()) for values in (turns, *contexts)]
    return _struct_array(STYLE, iter([told[0], users, *told[1:], *sides]), pa.array(~has))


def _struct_array(kind: pa.StructType, leaves: Any, mask: Array | None = None) -> Array:
    """A struct from its leaves in the order in which it has them, those of structs inside it included."""
    members = [kind.field(index) for index in range(kind.num_fields)]
    children = [
        _struct_array(member.type, leaves) if pa.types.is_struct(member.type) else next(leaves)
        for member in members
    ]
    return pa.StructArray.from_arrays(children, fields=members, mask=mask)


def _message_array(roles: Any, contents: Any) -> Array:
    arrays = [pa.array(roles, pa.string()), pa.array(contents, pa.string())]
    return pa.StructArray.from_arrays(arrays, fields=[MESSAGE.field(0), MESSAGE.field(1)])


def _empty(values: Sequence[object]) -> Array:
    return pa.array([value is None for value in values], pa.bool_())

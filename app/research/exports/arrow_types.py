"""The nested Arrow types of an export's columns."""

from typing import Any, Final

import pyarrow as pa


def _required(name: str, kind: pa.DataType) -> "pa.Field[Any]":
    return pa.field(name, kind, nullable=False)


def _counts(*names: str) -> pa.DataType:
    return pa.struct([_required(name, pa.int32()) for name in names])


TEXTS: Final = pa.list_(_required("element", pa.string()))
MESSAGE: Final = pa.struct([_required("role", pa.string()), _required("content", pa.string())])
MESSAGES: Final = pa.list_(_required("element", MESSAGE))
_HEADERS: Final = _counts("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS: Final = _counts("ordered", "unordered")
_BOLD: Final = _counts("**", "__")
STYLE: Final = pa.struct(
    [
        _required("turns", pa.int32()),
        _required("sum_user_tokens", pa.int32()),
        pa.field("context_a_tokens", pa.int32()),
        pa.field("context_b_tokens", pa.int32()),
        _required("sum_assistant_a_tokens", pa.int32()),
        _required("header_count_a", _HEADERS),
        _required("list_count_a", _LISTS),
        _required("bold_count_a", _BOLD),
        _required("sum_assistant_b_tokens", pa.int32()),
        _required("header_count_b", _HEADERS),
        _required("list_count_b", _LISTS),
        _required("bold_count_b", _BOLD),
    ]
)

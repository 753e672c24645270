"""Reading JSON from strangers: no duplicate keys, no NaN, no NUL, no lone surrogates, no bottomless nesting."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from app.core.errors import FieldError, InvalidBody, MalformedJson

_DEEPEST: Final = 64
# A string without its end takes the rest: the scan stays linear whatever is sent.
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_BRACKET: Final = re.compile(rb"[\[\]{}]")


class _DuplicateKey(ValueError):
    pass


def _object_of_unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKey
    return found


def _no_constant(_name: str) -> Any:
    raise ValueError


_decoder: Final = json.JSONDecoder(object_pairs_hook=_object_of_unique_keys, parse_constant=_no_constant)


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8. MalformedJson, InvalidBody: what is wrong and where, never what was sent."""
    if _brackets(body) > _DEEPEST and _depth(body) > _DEEPEST:
        raise _malformed(f"Nesting deeper than {_DEEPEST} levels is refused.")
    try:
        value = _decoder.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed(f"The body is not UTF-8 (byte {error.start}).") from None
    except _DuplicateKey:
        raise _malformed("An object has the same key twice.") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg} (line {error.lineno}, column {error.colno}).") from None
    except (ValueError, RecursionError):
        raise _malformed("A number or a constant is not valid JSON.") from None
    # Only an escape can bring such text this far. Looking for one character first is twenty times as fast.
    if b"\\" in body and b"\\u" in body:
        _refuse_unstorable_text(value)
    return value


def _malformed(detail: str) -> MalformedJson:
    return MalformedJson(detail, errors=[FieldError("", detail)])


def _brackets(body: bytes) -> int:
    """How many open: no text nests deeper than that. Python removes a character ten times as fast as it counts it."""
    return 2 * len(body) - len(body.replace(b"[", b"")) - len(body.replace(b"{", b""))


def _depth(body: bytes) -> int:
    """The nesting depth: brackets outside strings."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse_unstorable_text(value: Any) -> None:
    for pointer, text in _texts(value, ""):
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise InvalidBody(
                "Text may hold neither NUL nor unpaired surrogates.",
                errors=[FieldError(pointer, "Holds a NUL or an unpaired surrogate.")],
            )


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield pointer, key
            yield from _texts(item, f"{pointer}/{pointer_token(key)}")


def pointer_token(key: object) -> str:
    """A key as a JSON Pointer token; a key of odd characters is not echoed."""
    text = str(key)
    if len(text) > 64 or not text.isascii() or not text.replace("_", "").replace("-", "").isalnum():
        return "?"
    return text


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_json(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        # It takes integers of 64 bits; a conversation's tool calls may hold longer ones.
        return _encode(value).encode("utf-8")

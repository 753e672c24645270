"""JSON from strangers: what is odd is refused with its place, and nothing of it is echoed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import AppError, InvalidBody, MalformedJson
from app.core.http.strict_json import pointer_token, read_json, write_json

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(_VALUES.filter(lambda value: "\\u0000" not in json.dumps(value)))
def test_what_is_written_is_read_again(value: object) -> None:
    assert read_json(write_json(value)) == value


@given(_VALUES)
def test_json_is_written_compactly_and_without_needless_escapes(value: object) -> None:
    assert write_json(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "number", [2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**300, 0.1, 1e22, -0.0]
)
def test_numbers_are_written_as_they_are(number: float) -> None:
    assert read_json(write_json({"number": number})) == {"number": number}


def test_what_json_does_not_have_is_not_written() -> None:
    with pytest.raises(TypeError):
        write_json({"a": object()})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nul",
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1}{"b":2}',
        b'{"a":1,"a":2}',
        b'{"x":{"a":1,"a":1}}',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b'"a\nb"',
        b'"a\x00b"',
        b'{"a\x00":1}',
        b"\x00",
        b"1" * 5000,
        b"[" * 65 + b"]" * 65,
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b"[" * 1_000_000 + b"]" * 1_000_000,
    ],
)
def test_malformed_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_json(body)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"a":["x","\\ud800"]}', "/a/1"),
        (b'{"a":"\\udc00\\ud800"}', "/a"),
        (b'{"a":{"b":"x\\u0000"}}', "/a/b"),
        (b'{"\\ud800":1}', ""),
    ],
)
def test_text_that_cannot_be_stored_is_refused_with_its_place(body: bytes, pointer: str) -> None:
    with pytest.raises(InvalidBody) as refused:
        read_json(body)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_a_surrogate_pair_is_a_character() -> None:
    assert read_json(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_brackets_inside_strings_do_not_nest() -> None:
    text = "[{" * 1000
    assert read_json(json.dumps({"a": text, "b": '"[[' * 100}).encode())["a"] == text


@pytest.mark.parametrize(
    "body", [b'{"secret-canary":', b'{"a":"secret-canary","a":1}', b'"secret-canary\xff"']
)
def test_a_refusal_does_not_quote_the_body(body: bytes) -> None:
    with pytest.raises(AppError) as refused:
        read_json(body)
    assert "canary" not in str(refused.value.problem("req_x"))


def test_odd_keys_are_not_echoed_in_pointers() -> None:
    assert pointer_token("comment") == "comment"
    assert pointer_token(3) == "3"
    assert pointer_token("jane@example.com") == "?"
    assert pointer_token("x" * 65) == "?"

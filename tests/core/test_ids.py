"""Identifiers: ordered by time, one spelling each."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import from_text, to_text, uuid7, uuid7_time

_TIMES = st.integers(0, 2**48 - 1)


@given(st.binary(min_size=16, max_size=16))
def test_an_identifier_has_one_spelling(raw: bytes) -> None:
    text = to_text("cmp", raw)
    assert from_text("cmp", text) == raw
    assert from_text("vote", text) is None
    assert from_text("cmp", text.upper()) is None
    assert from_text("cmp", text + "0") is None


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_text_sorts_like_bytes(one: bytes, other: bytes) -> None:
    assert (to_text("x", one) < to_text("x", other)) == (one < other)


@given(st.text(max_size=40))
def test_any_other_text_is_none(text: str) -> None:
    found = from_text("cmp", text)
    assert found is None or to_text("cmp", found) == text


def test_more_than_128_bits_are_refused() -> None:
    assert from_text("cmp", "cmp_" + "7" + "z" * 25) == b"\xff" * 16
    assert from_text("cmp", "cmp_" + "8" + "0" * 25) is None


@given(_TIMES)
def test_a_uuid7_carries_its_time_version_and_variant(at: int) -> None:
    raw = uuid7(at)
    assert uuid7_time(raw) == at
    assert raw[6] >> 4 == 7
    assert raw[8] >> 6 == 0b10


def test_uuid7_is_not_repeated() -> None:
    assert len({uuid7(0) for _ in range(10_000)}) == 10_000

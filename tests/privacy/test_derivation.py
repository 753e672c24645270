"""Key derivation gives the published answers, and bindings cannot be confused."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.privacy.derivation import bind, derive_key

PARTS = st.lists(st.binary(max_size=20), max_size=6)


def test_rfc_5869_case_3_without_salt_and_info() -> None:
    expected = bytes.fromhex(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )
    assert derive_key(b"\x0b" * 22, b"", length=42) == expected


def test_other_info_gives_another_key() -> None:
    assert derive_key(b"k" * 32, b"one") != derive_key(b"k" * 32, b"two")


def test_bind_is_spelled_out() -> None:
    assert bind("ab", b"", b"\x00") == b"\x00\x00\x00\x02ab\x00\x00\x00\x00\x00\x00\x00\x01\x00"


def test_moving_a_boundary_changes_the_binding() -> None:
    cuts = [bind(*parts) for parts in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"))]
    assert all(one != other for one, other in itertools.combinations(cuts, 2))


@given(PARTS, PARTS)
def test_different_sequences_never_give_the_same_binding(one: list[bytes], other: list[bytes]) -> None:
    assert (bind(*one) == bind(*other)) == (one == other)

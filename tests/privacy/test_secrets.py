"""API keys carry their checksum; references and ids are random."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.secrets import (
    api_key_digest,
    api_key_looks_right,
    crc32_base62,
    new_api_key,
    new_reference,
    random_id,
)


def test_an_api_key_has_prefix_256_random_bits_and_checksum() -> None:
    key = new_api_key()
    assert re.fullmatch("pv_sk_[0-9A-Za-z]{49}", key)
    assert api_key_looks_right(key)
    assert len({new_api_key() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        # CRC-32/ISO-HDLC check value 0xCBF43926 = 3421780262, in base 62.
        ("123456789", "3jZRME"),
        # The CRC-32 of nothing is 0.
        ("", "000000"),
    ],
)
def test_the_checksum_has_the_published_value(text: str, digits: str) -> None:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    value = 0
    for digit in crc32_base62(text):
        value = value * 62 + alphabet.index(digit)
    assert value == (0xCBF43926 if text else 0)
    assert crc32_base62(text) == digits


def test_one_mistyped_character_is_noticed() -> None:
    key = new_api_key()
    for place in range(len(key)):
        for other in "0Aa_-é":
            changed = key[:place] + other + key[place + 1 :]
            assert api_key_looks_right(changed) == (changed == key)


@pytest.mark.parametrize(
    "change", [str.upper, str.strip, lambda key: key + "\n", lambda key: f" {key}", lambda key: key[:-1]]
)
def test_anything_around_or_missing_is_noticed(change: Callable[[str], str]) -> None:
    key = new_api_key()
    assert api_key_looks_right(change(key)) == (change(key) == key)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert not api_key_looks_right(text)
    assert len(api_key_digest(text)) == 32


def test_the_digest_is_sha_256() -> None:
    # FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert api_key_digest("abc").hex() == expected


def test_references_and_ids_are_random() -> None:
    assert len({new_reference() for _ in range(1000)}) == len({random_id() for _ in range(1000)}) == 1000
    assert (len(new_reference()), len(random_id())) == (32, 16)

"""Identifiers: 16 bytes inside, a typed prefix and base32 outside."""

import os
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_ENCODED_LENGTH: Final = 26
_ID_BITS: Final = 128


def uuid7(at: int) -> bytes:
    """A UUID version 7 (RFC 9562) for a time in milliseconds: ordered by time, 74 random bits."""
    tail = int.from_bytes(os.urandom(10), "big")
    rand_a = (tail >> 62) & 0xFFF
    rand_b = tail & ((1 << 62) - 1)
    value = (at & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
    return value.to_bytes(16, "big")


def uuid7_time(raw: bytes) -> int:
    """The time in milliseconds that a UUID version 7 carries."""
    return int.from_bytes(raw[:6], "big")


def to_text(prefix: str, raw: bytes) -> str:
    """`cmp` and 16 bytes give `cmp_` and 26 characters of Crockford base32, sortable like the bytes."""
    value = int.from_bytes(raw, "big")
    pairs = [_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10)]
    return f"{prefix}_{''.join(pairs)}"


def from_text(prefix: str, text: str) -> bytes | None:
    """The 16 bytes of an external identifier, or None when it is not one of this kind, in its one spelling."""
    head, _, body = text.partition("_")
    if head != prefix or len(body) != _ENCODED_LENGTH:
        return None
    value = 0
    for character in body:
        digit = _VALUES.get(character)
        if digit is None:
            return None
        value = value << 5 | digit
    if value >> _ID_BITS:
        return None
    return value.to_bytes(16, "big")


def hex_of(raw: bytes) -> str:
    """Lower-case hexadecimal, for logs and hashing inputs."""
    return raw.hex()

"""Keyed digests that give an export its own identifiers and its own order."""

import hashlib
from typing import Final

KEY_BYTES: Final = 32
_LENGTH_BYTES: Final = 4
_BLOCK_BYTES: Final = 64
_INNER_PAD: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD: Final = bytes(byte ^ 0x5C for byte in range(256))


def keyed_digest(key: bytes, label: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 over a label and parts, each with its length in front.

    The lengths keep ("ab", "c") and ("a", "bc") apart; the label keeps the uses of one key apart. Without the key
    the digest of a guessed identifier cannot be computed, so destroying the key cuts an export from its records.
    It does not hide which digests stem from equal parts under the same key: that is what identifiers are for.
    """
    return KeyedDigest(key, label)(*parts)


class KeyedDigest:
    """`keyed_digest` for one key and label, which are taken in once: an export makes millions of digests.

    HMAC as RFC 2104 writes it: a hash within a hash, each begun with the padded key. Both beginnings are kept, which is
    a third of the work of doing them again.
    """

    def __init__(self, key: bytes, label: str) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"An export key has {KEY_BYTES} bytes.")
        padded = key.ljust(_BLOCK_BYTES, b"\x00")
        self._inner = hashlib.sha256(padded.translate(_INNER_PAD) + _framed(label.encode()))
        self._outer = hashlib.sha256(padded.translate(_OUTER_PAD))

    def __call__(self, *parts: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        for part in parts:
            inner.update(_framed(part))
        outer.update(inner.digest())
        return outer.digest()


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(_LENGTH_BYTES, "big") + part

"""Keyed digests that give an export its own identifiers and its own order."""

import hashlib
import hmac
from typing import Final

KEY_BYTES: Final = 32
_LENGTH_BYTES: Final = 4


def keyed_digest(key: bytes, label: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 over a label and parts, each with its length in front.

    The lengths keep ("ab", "c") and ("a", "bc") apart; the label keeps the uses of one key apart. Without the key
    the digest of a guessed identifier cannot be computed, so destroying the key cuts an export from its records.
    It does not hide which digests stem from equal parts under the same key: that is what identifiers are for.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"An export key has {KEY_BYTES} bytes.")
    message = b"".join([len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in (label.encode(), *parts)])
    return hmac.digest(key, message, hashlib.sha256)

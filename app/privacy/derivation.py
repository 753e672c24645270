"""Deriving independent subkeys from one key, and encoding what they are bound to."""

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUBKEY_BYTES: Final = 32


def bind(*parts: bytes | str) -> bytes:
    """Encode parts so that different sequences give different bytes: each part after its 32-bit length.

    Text counts as its UTF-8 bytes.
    """
    encoded = b""
    for part in parts:
        raw = part.encode("utf-8") if isinstance(part, str) else part
        encoded += len(raw).to_bytes(4, "big") + raw
    return encoded


def derive_key(secret: bytes, info: bytes, *, length: int = SUBKEY_BYTES) -> bytes:
    """HKDF-SHA256 (RFC 5869) without a salt: the secrets given here are uniformly random already."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)

"""HMAC-SHA256 under a key that is used again and again."""

from typing import final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from app.privacy.opaque import Opaque


@final
class MacKey(Opaque):
    """A key for HMAC-SHA256 (RFC 2104) that can be used and not be read. Thread-safe.

    Hashing the key in is done once and copied for each message: starting from the key's bytes costs three times
    as much, several times in every call.
    """

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        self._keyed = HMAC(key, SHA256())

    def digest(self, message: bytes) -> bytes:
        """The 32 bytes. To check what a stranger sent, compare in constant time."""
        mac = self._keyed.copy()
        mac.update(message)
        return mac.finalize()

    def __repr__(self) -> str:
        return "<MacKey: redacted>"

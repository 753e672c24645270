"""Answers kept for idempotent retries: sealed at rest, matched to their request by a keyed fingerprint."""

import hmac
from functools import cached_property, lru_cache
from typing import Final

from app.privacy.derivation import bind, derive_key
from app.privacy.keyring import Keyring, Purpose
from app.privacy.macs import MacKey
from app.privacy.versioned_seal import VersionedSeal, key_version

FINGERPRINT_BYTES: Final = 34

_CACHED_SUBKEYS: Final = 256


class AnswerSeal:
    """Seals the stored answer of a request, and fingerprints the request's body.

    Bodies hold raw identifiers, which can be guessed; an unkeyed hash of a body would confirm a guess to
    anyone who reads the table.
    """

    def __init__(self, keyring: Keyring, purpose: Purpose = Purpose.CONTENT) -> None:
        self._keyring = keyring
        self._purpose = purpose
        self._seal = VersionedSeal(keyring, purpose, "stored-answer")
        self._fingerprint_key = lru_cache(maxsize=_CACHED_SUBKEYS)(self._derive_fingerprint_key)

    def seal(self, body: bytes, bound_to: bytes) -> bytes:
        """`body` for storage in the row that `bound_to` names."""
        return self._seal.seal(body, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """The body; raises `SealBroken` or `UnknownKeyVersion`."""
        return self._seal.open(sealed, bound_to)

    def fingerprint(self, body: bytes, bound_to: bytes) -> bytes:
        """`key version (2 bytes) || HMAC-SHA256` of a request's body, to compare by `matches`."""
        return self._fingerprint(self._seal.primary_version, body, bound_to)

    def lookup_digest(self, text: bytes, bound_to: bytes) -> bytes:
        """A digest to find a row by: under the oldest readable key, so that a rotation does not hide the row."""
        return self._fingerprint(self._oldest_version, text, bound_to)

    def matches(self, fingerprint: bytes, body: bytes, bound_to: bytes) -> bool:
        """Is `fingerprint` of this body? Also when the key was rotated since it was made."""
        expected = self._fingerprint(key_version(fingerprint), body, bound_to)
        return hmac.compare_digest(expected, fingerprint)

    @cached_property
    def _oldest_version(self) -> int:
        return self._keyring.readable(self._purpose)[-1].version

    def _fingerprint(self, version: int, body: bytes, bound_to: bytes) -> bytes:
        return version.to_bytes(2, "big") + self._fingerprint_key(version).digest(bind(bound_to) + body)

    def _derive_fingerprint_key(self, version: int) -> MacKey:
        secret = self._keyring.get(self._purpose, version).secret
        return MacKey(derive_key(secret, b"pairvote/request-fingerprint/v1"))

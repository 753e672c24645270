"""Sealing small values straight under a master key, marked with the key's version so that rotation works."""

from functools import lru_cache
from typing import Final

from app.privacy.derivation import bind, derive_key
from app.privacy.errors import SealBroken
from app.privacy.keyring import Keyring, Purpose
from app.privacy.macs import MacKey
from app.privacy.sealing import seal, unseal

_MARK_BYTES: Final = 2
_CACHED_SUBKEYS: Final = 256


class VersionedSeal:
    """`key version (2 bytes) || seal(key of this very place, plaintext)`.

    Each place (`bound_to`) has a key of its own, derived from the master key. So the limit on messages under
    one AES-GCM key with random nonces counts rewrites of one place, not all rows of the service.
    """

    def __init__(self, keyring: Keyring, purpose: Purpose, label: str) -> None:
        self._keyring = keyring
        self._purpose = purpose
        self._label = label
        self._subkey = lru_cache(maxsize=_CACHED_SUBKEYS)(self._derive_subkey)

    @property
    def primary_version(self) -> int:
        return self._keyring.primary(self._purpose).version

    def seal(self, plaintext: bytes, bound_to: bytes) -> bytes:
        """Seal under the primary key."""
        key = self._keyring.primary(self._purpose)
        return key.mark + seal(self._place_key(key.version, bound_to), plaintext, bound_to=bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """The plaintext; `SealBroken` if altered or from elsewhere, `UnknownKeyVersion` without its key."""
        return unseal(self._place_key(key_version(sealed), bound_to), sealed[_MARK_BYTES:], bound_to=bound_to)

    def _place_key(self, version: int, bound_to: bytes) -> bytes:
        return self._subkey(version).digest(bound_to)

    def _derive_subkey(self, version: int) -> MacKey:
        secret = self._keyring.get(self._purpose, version).secret
        return MacKey(derive_key(secret, b"pairvote/seal/v1" + bind(self._label)))


def key_version(sealed: bytes) -> int:
    """The version of the key that made `sealed`."""
    if len(sealed) < _MARK_BYTES:
        raise SealBroken("sealed bytes are too short to name their key")
    return int.from_bytes(sealed[:_MARK_BYTES], "big")

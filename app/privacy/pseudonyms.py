"""Pseudonyms: keyed hashes that stand for a host's end user, account, project or conversation."""

from functools import lru_cache
from typing import Final

from app.privacy.derivation import bind, derive_key
from app.privacy.identifiers import Identifier, IdentifierKind, Plane
from app.privacy.keyring import Key, Keyring, Purpose
from app.privacy.macs import MacKey

PERSON_BYTES: Final = 18

_HASH_BYTES: Final = PERSON_BYTES - 2
_CACHED_SUBKEYS: Final = 8192


class Pseudonyms:
    """Maps identifiers to pseudonyms: `key version (2 bytes) || HMAC-SHA256(subkey, identifier) (16 bytes)`.

    The subkey depends on workspace, kind and plane, so pseudonyms of two workspaces or of the two planes
    cannot be joined, not even by someone who holds both databases. Who holds the key ring can test guesses of
    an identifier: that is why the key ring is kept away from the data.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._newest_first = keyring.readable(Purpose.PSEUDONYM)
        self._subkey = lru_cache(maxsize=_CACHED_SUBKEYS)(_derive_subkey)

    def current(self, workspace_id: bytes, identifier: Identifier, plane: Plane = Plane.PREFERENCE) -> bytes:
        """The pseudonym under the primary key: the one to store."""
        return self._pseudonym(self._newest_first[0], workspace_id, identifier, plane)

    def all(
        self, workspace_id: bytes, identifier: Identifier, plane: Plane = Plane.PREFERENCE
    ) -> tuple[bytes, ...]:
        """Every pseudonym this identifier may be stored under, newest first: the ones to look up."""
        return tuple([self._pseudonym(key, workspace_id, identifier, plane) for key in self._newest_first])

    def sticky(self, workspace_id: bytes, identifier: Identifier) -> bytes:
        """The pseudonym under the oldest readable key, for sampling: a rotation must not redraw who is asked.

        Only retiring that oldest key does.
        """
        return self._pseudonym(self._newest_first[-1], workspace_id, identifier, Plane.PREFERENCE)

    def _pseudonym(self, key: Key, workspace_id: bytes, identifier: Identifier, plane: Plane) -> bytes:
        subkey = self._subkey(key.secret, workspace_id, identifier.kind, plane)
        return key.mark + subkey.digest(identifier.reveal_bytes())[:_HASH_BYTES]


def _derive_subkey(secret: bytes, workspace_id: bytes, kind: IdentifierKind, plane: Plane) -> MacKey:
    info = b"pairvote/pseudonym/v1" + bind(workspace_id, kind.value, plane.value)
    return MacKey(derive_key(secret, info))

"""The encrypted link from a disconnected comparison back to its person, for withdrawal and erasure alone."""

from app.privacy.keyring import Keyring, Purpose
from app.privacy.versioned_seal import VersionedSeal


class Links:
    """Seals and opens links under the `link` key, which only the door between the zones holds."""

    def __init__(self, keyring: Keyring) -> None:
        self._seal = VersionedSeal(keyring, Purpose.LINK, "link")

    def seal_link(self, payload: bytes, bound_to: bytes) -> bytes:
        """`payload` for storage in the row that `bound_to` names."""
        return self._seal.seal(payload, bound_to)

    def open_link(self, sealed: bytes, bound_to: bytes) -> bytes:
        """The payload; raises `SealBroken` or `UnknownKeyVersion`."""
        return self._seal.open(sealed, bound_to)

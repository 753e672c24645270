"""Links to a person's settings page, the sessions they open, and the tokens of that page's forms."""

import binascii
import hmac
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from app.privacy.derivation import bind, derive_key
from app.privacy.errors import UnknownKeyVersion
from app.privacy.keyring import Keyring, Purpose
from app.privacy.macs import MacKey
from app.privacy.sealing import seal, unseal

LINK_PREFIX: Final = "pvl_"
SESSION_PREFIX: Final = "pvs_"

# Version, key version, kind, reference: a multiple of three bytes, so base64 has no spare bits to vary.
_LAYOUT: Final = struct.Struct(">BHB32s")
_CHARACTERS: Final = 4 + _LAYOUT.size // 3 * 4
_VERSION: Final = 1
_LINK, _SESSION = 1, 2
_REFERENCE_BYTES: Final = 32
_TOKEN_BYTES: Final = 24
_CACHED_SUBKEYS: Final = 64
_TO_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
# One text for one reference: the other alphabet's characters become one that no base64 has.
_FROM_URLSAFE: Final = bytes.maketrans(b"-_+/", b"+/\xff\xff")


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`text` goes into the browser's cookie and is kept nowhere; `digest` is what is stored."""

    text: str = field(repr=False)
    digest: bytes
    form_token: str = field(repr=False)
    """What the forms of the session carry: a page of somebody else's cannot know it."""
    _secret: bytes = field(repr=False)

    def is_form_token(self, text: str) -> bool:
        """Whether a form was made for this session."""
        return hmac.compare_digest(self.form_token.encode(), text.encode("utf-8", "replace"))

    def seal(self, text: str) -> bytes:
        """Text for storage in the session's row, which the row alone can never open: the key is the session."""
        return seal(self._key, text.encode(), bound_to=self.digest)

    def unseal(self, sealed: bytes) -> str:
        """The text again; raises `SealBroken`."""
        return unseal(self._key, sealed, bound_to=self.digest).decode()

    @property
    def _key(self) -> bytes:
        return derive_key(self._secret, b"pairvote/preference-session/v1" + bind("seal"))


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """`text` goes to the host and is kept nowhere; `digest` is what is stored."""

    text: str = field(repr=False)
    digest: bytes
    session: OpenedSession


class PreferenceLinks:
    """Issues and reads the 256-bit references of links and of the sessions they open.

    A link's session follows from it under a key of ours. So opening a link again, or having a mail scanner open it,
    neither uses it up nor adds a row; and who finds an old link in a history cannot make its session from it.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._subkey = lru_cache(maxsize=_CACHED_SUBKEYS)(self._derive_subkey)

    def issue(self, reference: bytes) -> IssuedLink:
        """A link; `reference` is 32 fresh random bytes."""
        if len(reference) != _REFERENCE_BYTES:
            raise ValueError("a link needs a reference of 32 bytes")
        return self._link(self._keyring.primary(Purpose.TICKET).version, reference)

    def read_link(self, text: str) -> IssuedLink | None:
        """The link that a text may be; None for what cannot be one. Only its digest tells whether it was issued."""
        found = self._read(text, LINK_PREFIX, _LINK)
        return None if found is None else self._link(*found)

    def read_session(self, text: str) -> OpenedSession | None:
        """The session that a cookie may be of; None for what cannot be one."""
        found = self._read(text, SESSION_PREFIX, _SESSION)
        return None if found is None else self._session(*found)

    def _link(self, version: int, reference: bytes) -> IssuedLink:
        text = LINK_PREFIX + _encode(_LAYOUT.pack(_VERSION, version, _LINK, reference))
        digest = self._subkey("link", version).digest(reference)
        secret = self._subkey("session-of-link", version).digest(reference)
        return IssuedLink(text, digest, self._session(version, secret))

    def _session(self, version: int, secret: bytes) -> OpenedSession:
        text = SESSION_PREFIX + _encode(_LAYOUT.pack(_VERSION, version, _SESSION, secret))
        digest = self._subkey("session", version).digest(secret)
        token = _encode(self._subkey("form", version).digest(secret)[:_TOKEN_BYTES])
        return OpenedSession(text, digest, token, secret)

    def _read(self, text: str, prefix: str, kind: int) -> tuple[int, bytes] | None:
        if len(text) != _CHARACTERS or not text.startswith(prefix) or not text.isascii():
            return None
        try:
            blob = binascii.a2b_base64(
                text[len(prefix) :].encode().translate(_FROM_URLSAFE), strict_mode=True
            )
        except binascii.Error:
            return None
        if len(blob) != _LAYOUT.size:
            return None
        made_as, version, is_of, reference = _LAYOUT.unpack(blob)
        if (made_as, is_of) != (_VERSION, kind):
            return None
        try:
            self._subkey("form", version)
        except UnknownKeyVersion:
            return None
        return version, reference

    def _derive_subkey(self, label: str, version: int) -> MacKey:
        secret = self._keyring.get(Purpose.TICKET, version).secret
        return MacKey(derive_key(secret, b"pairvote/preference-link/v1" + bind(label)))


def _encode(blob: bytes) -> str:
    return binascii.b2a_base64(blob, newline=False).translate(_TO_URLSAFE).decode("ascii")

"""Ed25519 signatures under the key ring's `export-signing` keys, and the public keys that check them."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self, final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from app.privacy.derivation import derive_key
from app.privacy.errors import PublicKeyUnreadable, UnknownKeyVersion
from app.privacy.keyring import Keyring, KeyState, Purpose
from app.privacy.opaque import Opaque

__all__ = [
    "SIGNATURE_BYTES",
    "PublicKey",
    "PublicKeyUnreadable",
    "PublishedKey",
    "Signer",
    "published_keys",
    "read_public_keys",
    "signer_of",
    "signing_version",
]

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_INFO: Final = b"pairvote/export-signing/ed25519/v1"
_PEM: Final = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


@dataclass(frozen=True)
class PublicKey:
    """What checks signatures, and may be known to everybody."""

    raw: bytes

    @property
    def key_id(self) -> str:
        """The key's thumbprint (RFC 7638): whoever has the key can tell its id."""
        members = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(self.raw)}
        text = json.dumps(members, sort_keys=True, separators=(",", ":"))
        return _base64url(hashlib.sha256(text.encode()).digest())

    def jwk(self) -> dict[str, str]:
        """The key as RFC 8037 writes it."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": _base64url(self.raw),
            "kid": self.key_id,
            "use": "sig",
            "alg": "EdDSA",
        }

    def pem(self) -> str:
        """The key as OpenSSL reads it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    @classmethod
    def from_jwk(cls, members: dict[str, Any]) -> Self:
        """The key in a JWK. ValueError."""
        raw = base64.b64decode(members["x"] + "=", altchars=b"-_", validate=True)
        if (members["kty"], members["crv"], len(raw)) != ("OKP", "Ed25519", PUBLIC_KEY_BYTES):
            raise ValueError("not an Ed25519 key")
        return cls(raw)

    @classmethod
    def from_pem(cls, text: str) -> Self:
        """The key in a PEM block. ValueError."""
        key = load_pem_public_key(text.encode())
        if not isinstance(key, Ed25519PublicKey):
            # Another kind of key is a value that does not fit, like every other text that holds none.
            raise ValueError("not an Ed25519 key")  # noqa: TRY004
        return cls(key.public_bytes_raw())

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's, over exactly this message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@final
class Signer(Opaque):
    """Signs, and cannot be read. The same message always gives the same 64 bytes (RFC 8032)."""

    __slots__ = ("_private",)

    def __init__(self, secret: bytes) -> None:
        # Not the secret itself: the ring derives other values from it as well.
        self._private = Ed25519PrivateKey.from_private_bytes(derive_key(secret, _INFO))

    @property
    def public_key(self) -> PublicKey:
        """What checks its signatures."""
        return PublicKey(self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return "<Signer: redacted>"


class PublishedKey(NamedTuple):
    """A public key with what everybody may know of it."""

    key: PublicKey
    is_primary: bool
    created_at: int


def signing_version(keyring: Keyring, *, at: int) -> int:
    """The version of the key that was the primary at a time."""
    versions = [key for key in keyring.status() if key.purpose is Purpose.EXPORT_SIGNING]
    return [key for key in versions if key.created_at < at or key is versions[0]][-1].version


def signer_of(keyring: Keyring, *, at: int) -> Signer:
    """The signer that was the primary at a time: something made twice has one signature, whatever was rotated since.

    Where that key was retired it is not trusted any more, and the primary of today signs.
    """
    try:
        key = keyring.get(Purpose.EXPORT_SIGNING, signing_version(keyring, at=at))
    except UnknownKeyVersion:
        key = keyring.primary(Purpose.EXPORT_SIGNING)
    return Signer(key.secret)


def published_keys(keyring: Keyring) -> list[PublishedKey]:
    """The keys whose signatures hold, newest first."""
    return [
        PublishedKey(Signer(key.secret).public_key, key.state is KeyState.PRIMARY, key.created_at)
        for key in keyring.readable(Purpose.EXPORT_SIGNING)
    ]


def read_public_keys(text: str) -> list[PublicKey]:
    """The keys in a JWK, a list of them (`{"keys": […]}`) or PEM. PublicKeyUnreadable."""
    try:
        if text.lstrip().startswith("{"):
            document = json.loads(text)
            keys = [PublicKey.from_jwk(each) for each in document.get("keys", [document])]
        else:
            keys = [PublicKey.from_pem(block) for block in _PEM.findall(text)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, UnsupportedAlgorithm) as error:
        raise PublicKeyUnreadable("There is no Ed25519 public key in it, as JWK or as PEM.") from error
    if not keys:
        raise PublicKeyUnreadable("There is no Ed25519 public key in it, as JWK or as PEM.")
    return keys


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")

"""Random references and API keys, the latter with a checksum by which scanners know a leaked one."""

import hashlib
import re
import secrets
import string
import zlib
from typing import Final

API_KEY_PREFIX: Final = "pv_sk_"
REFERENCE_BYTES: Final = 32
RANDOM_ID_BYTES: Final = 16

_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
# 62^43 > 2^256 and 62^6 > 2^32.
_RANDOM_CHARACTERS: Final = 43
_CHECKSUM_CHARACTERS: Final = 6
_API_KEY: Final = re.compile(
    rf"{API_KEY_PREFIX}([0-9A-Za-z]{{{_RANDOM_CHARACTERS}}})([0-9A-Za-z]{{{_CHECKSUM_CHARACTERS}}})"
)


def new_api_key() -> str:
    """A secret of 256 random bits: `pv_sk_` + 43 random characters + 6 of their CRC-32, all base62."""
    random_part = "".join(secrets.choice(_BASE62) for _ in range(_RANDOM_CHARACTERS))
    return API_KEY_PREFIX + random_part + crc32_base62(random_part)


def api_key_looks_right(text: str) -> bool:
    """Has `text` the shape and checksum of an API key? Says nothing on whether one was issued."""
    match = _API_KEY.fullmatch(text)
    return match is not None and crc32_base62(match[1]) == match[2]


def api_key_digest(text: str) -> bytes:
    """What is stored of an API key. Plain SHA-256 will do: 256 random bits cannot be guessed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def new_reference() -> bytes:
    """A 256-bit bearer reference."""
    return secrets.token_bytes(REFERENCE_BYTES)


def random_id() -> bytes:
    """A 128-bit id that carries no time and no order."""
    return secrets.token_bytes(RANDOM_ID_BYTES)


def crc32_base62(text: str) -> str:
    """The CRC-32 of ASCII `text` in base62 (0-9A-Za-z), six digits, most significant first."""
    remaining = zlib.crc32(text.encode("ascii"))
    digits = []
    for _ in range(_CHECKSUM_CHARACTERS):
        remaining, digit = divmod(remaining, len(_BASE62))
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))

"""Authenticated encryption of content, bound to the row it belongs to, with optional compression."""

import os
import threading
from typing import Final, final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.privacy.derivation import bind
from app.privacy.errors import SealBroken
from app.privacy.opaque import Opaque

__all__ = [
    "DEFAULT_EXPANDED_LIMIT",
    "DataKey",
    "SealBroken",
    "bind",
    "compress_and_seal",
    "seal",
    "unseal",
    "unseal_and_expand",
]

DEFAULT_EXPANDED_LIMIT: Final = 16 << 20

_VERSION: Final = b"\x01"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_NONCE_END: Final = len(_VERSION) + _NONCE_BYTES
_SHORTEST: Final = _NONCE_END + 16


@final
class DataKey(Opaque):
    """A 256-bit key that can be used and not be read; keeping it saves setting the cipher up each time."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise ValueError(f"a data key has {_KEY_BYTES} bytes")
        self._cipher = AESGCM(key)

    @property
    def cipher(self) -> AESGCM:
        return self._cipher

    def __repr__(self) -> str:
        return "<DataKey: redacted>"


def seal(key: DataKey | bytes, plaintext: bytes, *, bound_to: bytes) -> bytes:
    """`version || random nonce || AES-256-GCM ciphertext`, readable only with the same `bound_to`.

    Nonces are random: one key must not seal more than 2^32 messages, which no person's key comes near.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(key).encrypt(nonce, plaintext, bound_to)


def unseal(key: DataKey | bytes, sealed: bytes, *, bound_to: bytes) -> bytes:
    """The plaintext, or `SealBroken`."""
    if len(sealed) < _SHORTEST or sealed[:1] != _VERSION:
        raise SealBroken("sealed bytes are too short or of an unknown version")
    try:
        return _cipher(key).decrypt(sealed[1:_NONCE_END], sealed[_NONCE_END:], bound_to)
    except InvalidTag:
        raise SealBroken("sealed bytes do not fit this key and place") from None


def compress_and_seal(
    key: DataKey | bytes, plaintext: bytes, *, bound_to: bytes, limit: int = DEFAULT_EXPANDED_LIMIT
) -> bytes:
    """Seal the zstandard frame of `plaintext`. The ciphertext's length then tells how well it compressed."""
    if len(plaintext) > limit:
        raise ValueError(f"content of {len(plaintext)} bytes is over the limit of {limit}")
    return seal(key, _coders.compressor.compress(plaintext), bound_to=bound_to)


def unseal_and_expand(
    key: DataKey | bytes, sealed: bytes, *, bound_to: bytes, limit: int = DEFAULT_EXPANDED_LIMIT
) -> bytes:
    """What `compress_and_seal` was given; refuses a frame that would grow beyond `limit` before it grows."""
    frame = unseal(key, sealed, bound_to=bound_to)
    try:
        if not 0 <= zstandard.frame_content_size(frame) <= limit:
            raise SealBroken("sealed content expands beyond its limit or does not say how far")
        return _coders.decompressor.decompress(frame, max_output_size=limit, allow_extra_data=False)
    except zstandard.ZstdError:
        raise SealBroken("sealed content is not a compressed frame") from None


def _cipher(key: DataKey | bytes) -> AESGCM:
    return key.cipher if isinstance(key, DataKey) else DataKey(key).cipher


# Level 1 for texts of all sizes, with a quarter of its hash table: 32 KiB stay in the processor's first cache, where
# clearing and filling more would take longer than compressing a page of text, for one byte in a thousand.
_COMPRESSION: Final = zstandard.ZstdCompressionParameters.from_level(
    1, source_size=1 << 17, hash_log=13, write_content_size=1
)


class _Coders(threading.local):
    """One compressor and decompressor for each thread: they keep buffers and must not be shared."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(compression_params=_COMPRESSION)
        self.decompressor = zstandard.ZstdDecompressor()


_coders = _Coders()

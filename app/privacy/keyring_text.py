"""The key ring as JSON text, read strictly: a file that is almost right is damaged."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Final

from app.privacy.errors import KeyringDamaged
from app.privacy.keys import MAX_VERSION, SECRET_BYTES, Key, KeyState, Purpose

_FORMAT: Final = "pairvote-keyring"
_FORMAT_VERSION: Final = 1
_RING_FIELDS: Final = {"format", "format_version", "keys"}
_KEY_FIELDS: Final = {"purpose", "version", "state", "created_at", "secret", "check"}


def encode_keys(keys: Iterable[Key]) -> str:
    """The text of a key ring file; each key carries its check value, so that a flipped bit is noticed."""
    entries = [
        {
            "purpose": key.purpose.value,
            "version": key.version,
            "state": key.state.value,
            "created_at": key.created_at,
            "secret": base64.b64encode(key.secret).decode("ascii") if key.is_readable else None,
            "check": key.check_value().hex() if key.is_readable else None,
        }
        for key in keys
    ]
    ring = {"format": _FORMAT, "format_version": _FORMAT_VERSION, "keys": entries}
    return json.dumps(ring, indent=2) + "\n"


def decode_keys(text: str) -> list[Key]:
    """The keys in `text`, or `KeyringDamaged` with the place that is wrong and none of its content."""
    ring = _parse(text)
    if not isinstance(ring, dict) or ring.keys() != _RING_FIELDS or ring["format"] != _FORMAT:
        raise KeyringDamaged("The key ring is damaged: it is not a Pairvote key ring.")
    if ring["format_version"] != _FORMAT_VERSION:
        raise KeyringDamaged("The key ring was written by another version of Pairvote.")
    if not isinstance(ring["keys"], list) or not ring["keys"]:
        raise KeyringDamaged("The key ring is damaged: it lists no keys.")
    return [_decode_key(entry, place=f"keys[{index}]") for index, entry in enumerate(ring["keys"])]


def _parse(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        # Not raised from here: the parser's exception carries the whole document and would be the context.
        parsed = None
    if parsed is not None:
        return parsed
    raise KeyringDamaged("The key ring is damaged: it is not JSON.")


def _decode_key(entry: object, *, place: str) -> Key:
    if not isinstance(entry, dict) or entry.keys() != _KEY_FIELDS:
        raise _damage(place, "has the wrong fields")
    version, created_at = entry["version"], entry["created_at"]
    if type(version) is not int or not 1 <= version <= MAX_VERSION:
        raise _damage(place, "has no usable version")
    if type(created_at) is not int or created_at < 0:
        raise _damage(place, "has no usable creation time")
    # Compared one by one: the value may be of any type, also one that a set cannot look up.
    if entry["purpose"] not in list(Purpose) or entry["state"] not in list(KeyState):
        raise _damage(place, "has an unknown purpose or state")
    state = KeyState(entry["state"])
    secret = b"" if state is KeyState.RETIRED else _decode_secret(entry["secret"], place=place)
    key = Key(Purpose(entry["purpose"]), version, secret, created_at, state)
    if entry["check"] != (key.check_value().hex() if key.is_readable else None):
        raise _damage(place, "does not match its check value")
    return key


def _decode_secret(encoded: object, *, place: str) -> bytes:
    secret = b""
    if isinstance(encoded, str):
        try:
            secret = binascii.a2b_base64(encoded.encode("ascii", "replace"), strict_mode=True)
        except binascii.Error:
            secret = b""
    # Base64 of 32 bytes has two bits to spare: compared as text, so that a change of those is noticed too.
    if len(secret) != SECRET_BYTES or base64.b64encode(secret).decode("ascii") != encoded:
        raise _damage(place, "has no usable secret")
    return secret


def _damage(place: str, what: str) -> KeyringDamaged:
    return KeyringDamaged(f"The key ring is damaged: {place} {what}.")

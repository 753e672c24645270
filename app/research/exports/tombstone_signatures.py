"""Signs tombstones, and checks those of others."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.core.clock import iso_date
from app.privacy.signatures import PublicKey, Signer

# What is signed as one thing must not pass for another.
_TOMBSTONE: Final = b"pairvote/tombstone/v1\n"
_COUNT: Final = b"pairvote/tombstone-count/v1\n"
_UNSIGNED: Final = ("key_id", "signature")


def signed_tombstone(
    export_id: str, *, number: int, vote_id: str, withdrawn_week: int, signer: Signer
) -> dict[str, Any]:
    """A tombstone as it is told: whoever has the public key can check it, wherever the line has been."""
    told = {
        "export_id": export_id,
        "number": number,
        "vote_id": vote_id,
        "withdrawn_week": iso_date(withdrawn_week),
    }
    return _signed(_TOMBSTONE, told, signer)


def signed_count(export_id: str, last_number: int, signer: Signer) -> dict[str, Any]:
    """How many tombstones an export has by now: tells a feed that was cut short."""
    return _signed(_COUNT, {"export_id": export_id, "last_number": last_number}, signer)


def is_genuine_tombstone(told: Mapping[str, Any], keys: Sequence[PublicKey]) -> bool:
    """Whether one of the keys has signed this very tombstone."""
    return _is_signed(_TOMBSTONE, told, keys)


def is_genuine_count(told: Mapping[str, Any], keys: Sequence[PublicKey]) -> bool:
    """Whether one of the keys has signed this very count."""
    return _is_signed(_COUNT, told, keys)


def _signed(kind: bytes, told: dict[str, Any], signer: Signer) -> dict[str, Any]:
    signature = base64.urlsafe_b64encode(signer.sign(kind + _canonical(told))).rstrip(b"=")
    return {**told, "key_id": signer.public_key.key_id, "signature": signature.decode("ascii")}


def _is_signed(kind: bytes, told: Mapping[str, Any], keys: Sequence[PublicKey]) -> bool:
    key = next((key for key in keys if key.key_id == told.get("key_id")), None)
    signature = told.get("signature")
    if key is None or not isinstance(signature, str):
        return False
    try:
        raw = base64.b64decode(signature + "==", altchars=b"-_", validate=True)
    except ValueError:
        return False
    members = {name: value for name, value in told.items() if name not in _UNSIGNED}
    return key.has_signed(kind + _canonical(members), raw)


def _canonical(told: Mapping[str, Any]) -> bytes:
    """One text for the same members, whatever their order (RFC 8785 for texts and whole numbers)."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

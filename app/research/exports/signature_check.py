"""Finds out whether an export's manifest is the one that a trusted key has signed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.privacy.signatures import SIGNATURE_BYTES, PublicKey
from app.research.exports.files import MANIFEST, SIGNATURE
from app.research.exports.findings import Finding, Problem


def check_signature(
    folder: Path,
    key_id: str,
    keys: Sequence[PublicKey],
    *,
    manifest_path: str = MANIFEST,
    signature_path: str = SIGNATURE,
) -> Iterator[Finding]:
    """What is wrong with a manifest's signature; `key_id` is the one that the manifest names."""
    path = folder / signature_path
    if not path.is_file() or path.is_symlink():
        yield Finding(signature_path, Problem.NOT_SIGNED, "The export has no signature.")
        return
    signature = path.read_bytes()
    if len(signature) != SIGNATURE_BYTES:
        detail = f"It has {len(signature)} bytes where a signature has {SIGNATURE_BYTES}."
        yield Finding(signature_path, Problem.UNREADABLE, detail)
        return
    manifest = (folder / manifest_path).read_bytes()
    signed_by = next((key.key_id for key in keys if key.has_signed(manifest, signature)), None)
    if signed_by == key_id:
        return
    if signed_by is not None:
        detail = f"The manifest names the key {key_id}, and {signed_by} has signed it."
        yield Finding(signature_path, Problem.KEY_UNKNOWN, detail)
    elif key_id not in {key.key_id for key in keys}:
        detail = f"The manifest names the key {key_id}, which is none of those it is checked with."
        yield Finding(signature_path, Problem.KEY_UNKNOWN, detail)
    else:
        detail = f"The manifest is not the one that the key {key_id} has signed."
        yield Finding(signature_path, Problem.SIGNATURE_WRONG, detail)

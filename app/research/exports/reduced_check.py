"""Finds out whether a copy without withdrawn rows is the signed export without exactly these."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from app.privacy.signatures import PublicKey
from app.research.exports.findings import Finding, Problem
from app.research.exports.manifest import RECALLED, Manifest, ManifestUnreadable, read_manifest
from app.research.exports.parquet_file import held_rows, parts_of
from app.research.exports.signature_check import check_signature
from app.research.exports.tables import FEEDBACK, VOTES
from app.research.exports.tombstone_signatures import is_genuine_tombstone

ORIGINAL_MANIFEST: Final = "recall/original-manifest.json"
ORIGINAL_SIGNATURE: Final = "recall/original-manifest.sig"
NOTICES: Final = "recall/tombstones.jsonl"
_SAME: Final = (
    "export_id",
    "created_week",
    "expires_week",
    "key_ids",
    "rater_scope",
    "rater_linkage",
    "k",
    "small_cells",
    "filters",
    "rows_in",
)


def is_reduced(folder: Path) -> bool:
    """Whether rows have been deleted from this copy."""
    return (folder / ORIGINAL_MANIFEST).is_file()


def read_notices(folder: Path) -> list[dict[str, Any]]:
    """The tombstones that a copy was reduced by. ValueError."""
    path = folder / NOTICES
    if not path.is_file():
        return []
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def check_reduced(folder: Path, manifest: Manifest, keys: Sequence[PublicKey] | None) -> Iterator[Finding]:
    """What is wrong with a copy that says of itself that it was reduced."""
    try:
        original = read_manifest((folder / ORIGINAL_MANIFEST).read_text(encoding="utf-8"))
    except (ManifestUnreadable, UnicodeDecodeError) as error:
        yield Finding(ORIGINAL_MANIFEST, Problem.UNREADABLE, str(error))
        return
    if keys is not None:
        yield from check_signature(
            folder,
            original.key_ids["signature"],
            keys,
            manifest_path=ORIGINAL_MANIFEST,
            signature_path=ORIGINAL_SIGNATURE,
        )
    differing = [name for name in _SAME if getattr(manifest, name) != getattr(original, name)]
    if differing:
        detail = f"It is not of the export it was made from, in {', '.join(differing)}."
        yield Finding(ORIGINAL_MANIFEST, Problem.COUNTS_DISAGREE, detail)
    deleted = manifest.dropped.get(RECALLED, 0)
    deleted_feedback = manifest.feedback["dropped"].get(RECALLED, 0)
    for left, gone, were in (
        (manifest.rows_out, deleted, original.rows_out),
        (manifest.feedback["rows_out"], deleted_feedback, original.feedback["rows_out"]),
    ):
        if left + gone != were:
            detail = f"{were} rows were exported; {left} and {gone} deleted are not as many."
            yield Finding(ORIGINAL_MANIFEST, Problem.COUNTS_DISAGREE, detail)
    yield from _check_notices(folder, manifest.export_id, deleted + deleted_feedback, keys)


def _check_notices(
    folder: Path, export_id: str, deleted: int, keys: Sequence[PublicKey] | None
) -> Iterator[Finding]:
    try:
        notices = read_notices(folder)
        gone = {str(notice["vote_id"]) for notice in notices}
        numbers = [int(notice["number"]) for notice in notices]
    except (ValueError, TypeError, KeyError) as error:
        yield Finding(
            NOTICES, Problem.UNREADABLE, f"It is not a list of tombstones ({type(error).__name__})."
        )
        return
    for notice in notices:
        is_genuine = keys is None or is_genuine_tombstone(notice, keys)
        if notice.get("export_id") != export_id or not is_genuine:
            detail = f"Tombstone {notice['number']} is not one that a trusted key has signed for this export."
            yield Finding(NOTICES, Problem.SIGNATURE_WRONG, detail)
    if len(set(numbers)) != len(numbers) or len(gone) < deleted:
        detail = f"{deleted} rows were deleted and {len(gone)} tombstones call for it."
        yield Finding(NOTICES, Problem.COUNTS_DISAGREE, detail)
    for table in (VOTES, FEEDBACK):
        for part in parts_of(folder, table):
            held = len(held_rows([part], table, gone))
            if held:
                detail = f"{held} of its rows should have been deleted."
                yield Finding(part.relative_to(folder).as_posix(), Problem.CONTENT_WRONG, detail)

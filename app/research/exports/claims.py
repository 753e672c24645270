"""Use cases of whoever builds an export: take it over, keep it while it grows, make it ready or give it up."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from app.core.connections import Transaction
from app.research.exports.errors import ExportLost
from app.research.exports.files import WrittenFile
from app.research.exports.models import WHOLE, ExportFailure, StoredExport
from app.research.exports.progress import Progress
from app.research.exports.queries import CLAIM, EXTEND_CLAIM, FAIL, FIND_EXPORT, FINISH, INSERT_FILE, POSTPONE

CLAIM_MS: Final = 120_000
# A builder dies at a deployment or for want of memory; one that always dies must not be tried for ever.
_MOST_ATTEMPTS: Final = 10
_CLAIM_BYTES: Final = 16


class ClaimedExport(NamedTuple):
    """An export that this process builds, as long as it extends its claim."""

    export: StoredExport
    claim: bytes


class BuiltExport(NamedTuple):
    """What a build has made."""

    rows_in: int
    rows_out: int
    dropped: Mapping[str, int]
    files: Sequence[WrittenFile]
    manifest_sha256: str

    @property
    def size_bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files)


def claim_export(tx: Transaction, *, export_id: bytes, claim: bytes, at: int) -> ClaimedExport | None:
    """Takes an export over to build it; None when somebody else does, or when it has killed too many builders."""
    if not tx.run(CLAIM, export_id=export_id, new_claim=claim, until=at + CLAIM_MS, at=at):
        return None
    export = tx.one(FIND_EXPORT, export_id=export_id)
    if export.attempts > _MOST_ATTEMPTS:
        fail_export(tx, export_id=export_id, claim=claim, failure=ExportFailure.GAVE_UP, at=at)
        return None
    return ClaimedExport(export, claim)


def new_claim() -> bytes:
    """What tells one builder from the next."""
    return secrets.token_bytes(_CLAIM_BYTES)


def extend_claim(tx: Transaction, *, export_id: bytes, claim: bytes, progress: Progress, at: int) -> None:
    """Goes on building, and tells how far it has come. ExportLost when it is no longer ours to build."""
    if not tx.run(
        EXTEND_CLAIM,
        export_id=export_id,
        held_claim=claim,
        until=at + CLAIM_MS,
        new_rows_in=progress.rows_in,
        new_rows_out=progress.rows_out,
        new_progress=int(progress.share * WHOLE),
    ):
        raise ExportLost


def finish_export(tx: Transaction, *, export_id: bytes, claim: bytes, built: BuiltExport, at: int) -> None:
    """Makes a built export ready. ExportLost when it is no longer ours."""
    if not tx.run(
        FINISH,
        export_id=export_id,
        held_claim=claim,
        at=at,
        new_rows_in=built.rows_in,
        new_rows_out=built.rows_out,
        new_progress=WHOLE,
        new_dropped=json.dumps(dict(built.dropped), sort_keys=True),
        new_size_bytes=built.size_bytes,
        new_manifest_sha256=built.manifest_sha256,
    ):
        raise ExportLost
    tx.run_many(
        INSERT_FILE,
        [
            {
                "export_id": export_id,
                "path": file.path,
                "size_bytes": file.bytes,
                "sha256": file.sha256,
                "rows": file.rows,
            }
            for file in built.files
        ],
    )


def postpone_export(tx: Transaction, *, export_id: bytes, claim: bytes) -> None:
    """Does not count an attempt that a store's absence has ended; the claim lapses by itself."""
    tx.run(POSTPONE, export_id=export_id, held_claim=claim)


def fail_export(tx: Transaction, *, export_id: bytes, claim: bytes, failure: ExportFailure, at: int) -> None:
    """Gives an export up, unless it is no longer ours."""
    tx.run(FAIL, export_id=export_id, held_claim=claim, new_failure=failure.value, at=at)

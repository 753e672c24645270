"""Builds an export: chooses the records, reads them in the export's order, writes the folder, makes it ready.

It may be killed anywhere and done again: the key, the request and the day are the export's own, so the same records
give the same bytes, and a folder that is complete is taken as it is.
"""

import contextlib
import errno
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import structlog

from app.core.clock import day_of, monotonic
from app.core.errors import StorageUnavailable
from app.core.logging import frames_of
from app.privacy.export_keys import keyed_digest
from app.privacy.signatures import signer_of
from app.research.exports import claims, services
from app.research.exports.claims import BuiltExport, ClaimedExport
from app.research.exports.errors import ExportLost
from app.research.exports.files import measured
from app.research.exports.folder import write_export
from app.research.exports.identities import ExportIdentities
from app.research.exports.manifest import CHECKSUMS, MANIFEST, SIGNATURE, ExportDetails, read_manifest
from app.research.exports.models import ExportFailure, StoredFile
from app.research.exports.ordering import keyed_order
from app.research.exports.places import copy_export, leave_to_store
from app.research.exports.projection import project
from app.research.exports.queries import LIST_WITHDRAWN, chosen_ids
from app.research.exports.reading import read_records
from app.research.exports.verification import find_damage
from app.research.exports.work_folder import ExportBusy, ExportExists, discard, work_folder
from app.research.zone import Research

Progress = Callable[[int, int], None]

_log: Final = structlog.get_logger("pairvote.exports")
# A twelfth of what a claim lasts.
_EXTEND_SECONDS: Final = 10.0
_IDS_BETWEEN_LOOKS: Final = 10_000
_KEY_ID_BYTES: Final = 8
_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class BuildFailed(Exception):
    """The export could not be built, and is given up."""

    def __init__(self, failure: ExportFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def build_export(
    research: Research, claimed: ClaimedExport, *, progress: Progress | None = None
) -> BuiltExport:
    """Builds a claimed export and makes it ready. `progress` is told the rows written and the rows chosen.

    ExportLost and ExportBusy: it was cancelled, or somebody else builds it. StorageUnavailable: it is tried again when
    the claim has lapsed. BuildFailed: whatever else went wrong, it is noted and will not be tried again.
    """
    export_id, claim = claimed.export.id, claimed.claim
    try:
        built = _Build(research, claimed, progress).run()
    except (ExportLost, ExportBusy, StorageUnavailable):
        raise
    except Exception as error:
        failure = _failure_of(error)
        _log.error(
            "export_failed",
            export=services.export_text(export_id),
            failure=failure.value,
            kind=type(error).__name__,
            at=frames_of(error),
        )
        at = research.clock()
        research.db.write(
            lambda tx: claims.fail_export(tx, export_id=export_id, claim=claim, failure=failure, at=at)
        )
        raise BuildFailed(failure) from error
    at = research.clock()
    research.db.write(
        lambda tx: claims.finish_export(tx, export_id=export_id, claim=claim, built=built, at=at)
    )
    leave_to_store(research, export_id)
    return built


class _Build:
    """One attempt at one export."""

    def __init__(self, research: Research, claimed: ClaimedExport, progress: Progress | None) -> None:
        self._research = research
        self._export, self._claim = claimed
        self._progress = progress
        self._target = services.export_folder(research.exports_folder, self._export.id)
        self._signer = signer_of(research.keyring, at=self._export.created_at)
        self._rows_in: int | None = None
        self._extended = monotonic()

    def run(self) -> BuiltExport:
        """The complete folder, told."""
        self._research.exports_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._write()
        except ExportExists:
            # An earlier builder had come to the end, all but the last step.
            if find_damage(self._target, keys=[self._signer.public_key]):
                discard(self._target)
                self._write()
        built = _read_built(self._target)
        if self._research.export_store is not None:
            files = [StoredFile(file.path, file.bytes, file.sha256, file.rows) for file in built.files]
            copy_export(
                self._research,
                self._export.id,
                files,
                self._research.export_store,
                beat=lambda: self._extend(built.rows_out),
            )
        return built

    def _write(self) -> None:
        asked, key = self._export.asked, self._open_key()
        identities = ExportIdentities(key, rater_scope=asked.rater_scope)
        dropped: Counter[str] = Counter()
        details = ExportDetails(
            export_id=services.export_text(self._export.id),
            created_day=day_of(self._export.created_at),
            expires_day=day_of(self._export.expires_at),
            key_id=keyed_digest(key, "key id")[:_KEY_ID_BYTES].hex(),
            rater_scope=asked.rater_scope,
            signer=self._signer,
            filters=asked.filters.described(),
            dropped=dropped,
        )
        with work_folder(self._target) as work, self._ordered_ids(identities, work) as record_ids:
            records = read_records(self._research, record_ids, dropped=dropped)
            write_export(
                work,
                (project(record, identities) for record in records),
                details,
                withdrawn=lambda: self._withdrawn(identities),
                progress=self._written,
            )

    def _withdrawn(self, identities: ExportIdentities) -> dict[str, int]:
        """The workspace's records that have been taken out, by what this export calls them."""
        found = self._research.db.fetch(
            lambda tx: tx.list(LIST_WITHDRAWN, workspace_id=self._export.workspace_id)
        )
        return {identities.vote_id(record.id): record.withdrawn_week for record in found}

    def _open_key(self) -> bytes:
        key = services.open_key(self._research.record_keys, self._export)
        if key is None:
            # It goes with the export: this one has ended meanwhile.
            raise ExportLost
        return key

    @contextlib.contextmanager
    def _ordered_ids(self, identities: ExportIdentities, work: Path) -> Iterator[Iterator[bytes]]:
        """The chosen records' ids in the export's order. The database's snapshot ends before the first is used."""
        chosen = chosen_ids(self._export.workspace_id, self._export.asked.filters)
        with contextlib.ExitStack() as ordering:
            with self._research.db.snapshot() as tx:
                found = self._counted(tx.stream(chosen))
                ordered = ordering.enter_context(
                    keyed_order(found, order_key=identities.order_key, scratch=work)
                )
            yield ordered

    def _counted(self, record_ids: Iterable[bytes]) -> Iterator[bytes]:
        count = 0
        for count, record_id in enumerate(record_ids, start=1):
            if count % _IDS_BETWEEN_LOOKS == 0:
                self._extend(0)
            yield record_id
        self._rows_in = count

    def _written(self, rows_out: int) -> None:
        self._extend(rows_out)
        if self._progress is not None:
            self._progress(rows_out, self._rows_in or 0)

    def _extend(self, rows_out: int) -> None:
        """Keeps the claim, now and then. ExportLost."""
        now = monotonic()
        if now - self._extended < _EXTEND_SECONDS:
            return
        at = self._research.clock()
        self._research.db.write(
            lambda tx: claims.extend_claim(
                tx,
                export_id=self._export.id,
                claim=self._claim,
                rows_in=self._rows_in,
                rows_out=rows_out,
                at=at,
            )
        )
        self._extended = now


def _read_built(target: Path) -> BuiltExport:
    """What a complete folder says of itself."""
    manifest = read_manifest((target / MANIFEST).read_text(encoding="utf-8"))
    manifest_file = measured(target, MANIFEST)
    return BuiltExport(
        rows_in=manifest.rows_in,
        rows_out=manifest.rows_out,
        dropped={reason: count for reason, count in manifest.dropped.items() if count},
        files=[
            *manifest.files,
            manifest_file,
            measured(target, SIGNATURE),
            measured(target, CHECKSUMS),
        ],
        manifest_sha256=manifest_file.sha256,
    )


def _failure_of(error: Exception) -> ExportFailure:
    is_full = (isinstance(error, OSError) and error.errno in _NO_SPACE) or (
        isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_FULL
    )
    return ExportFailure.DISK_FULL if is_full else ExportFailure.CRASHED

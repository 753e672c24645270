"""Puts records into a research database, reads them, and takes exports of them through their states."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path

from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.settings import Settings
from app.privacy.signatures import published_keys
from app.research.exports import build, claims, services
from app.research.exports.claims import ClaimedExport
from app.research.exports.findings import Finding
from app.research.exports.queries import FIND_EXPORT
from app.research.exports.reading import read_records
from app.research.exports.request import ExportRequest
from app.research.exports.small_cells import Survey, survey
from app.research.exports.verification import verify
from app.research.records.content import seal_text
from app.research.records.record import Record
from app.research.records.services import insert_record
from app.research.zone import Research
from tests.research.exports.records import records

_AT_ONCE = 1_000
ROOT = Path(__file__).parents[3]


def store(research: Research, found: Iterable[Record]) -> list[bytes]:
    """Stores records with a key for each that has text; their ids."""
    ids = []
    waiting = iter(found)
    while chunk := list(islice(waiting, _AT_ONCE)):
        ids += [record.record_id for record in chunk]
        keys = research.record_keys.create_many(
            [record.record_id for record in chunk if record.content is not None], day=day_of(research.clock())
        )
        sealed = [
            (record, seal_text(keys[record.record_id], record) if record.content is not None else None)
            for record in chunk
        ]

        def insert(tx: Transaction, sealed: list[tuple[Record, bytes | None]] = sealed) -> None:
            for record, text in sealed:
                assert insert_record(tx, record=record, content_sealed=text, rules_version="test")

        research.db.write(insert)
    return ids


def records_of(workspace_id: bytes, count: int, *, characters: int = 200, seed: int = 1) -> Iterator[Record]:
    """Different records of a workspace."""
    made = records(count, seed=seed, characters=characters)
    return (replace(record, workspace_id=workspace_id) for record in made)


def read(research: Research, workspace_id: bytes) -> list[Record]:
    """A workspace's records in order of their ids, as an export reads them."""
    _, ids = surveyed(research, workspace_id, ExportRequest())
    return list(read_records(research, iter(sorted(ids)), dropped=Counter()))


def surveyed(
    research: Research, workspace_id: bytes, request: ExportRequest
) -> tuple[Survey, frozenset[bytes]]:
    """What a request would take, and the ids of those records."""
    spool = BytesIO()
    with research.db.snapshot() as tx:
        found = survey(tx, workspace_id=workspace_id, request=request, spool=spool)
    return found, frozenset(found.record_ids(spool))


def queue(research: Research, workspace_id: bytes, request: ExportRequest | None = None) -> bytes:
    """Asks for an export; its id."""
    prepared = services.prepare_export(
        research.record_keys,
        workspace_id=workspace_id,
        request=request or ExportRequest(),
        keep_days=30,
        at=research.clock(),
    )
    research.db.write(lambda tx: services.request_export(tx, export=prepared, actor="test"))
    return prepared.id


def claim(research: Research, export_id: bytes) -> ClaimedExport | None:
    """Takes an export over."""
    drawn, at = claims.new_claim(), research.clock()
    return research.db.write(lambda tx: claims.claim_export(tx, export_id=export_id, claim=drawn, at=at))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def damage(research: Research, export_id: bytes) -> list[Finding]:
    """What verification finds in an export, with the installation's own keys."""
    keys = [published.key for published in published_keys(research.keyring)]
    return verify(folder_of(research, export_id), keys=keys)


def folder_of(research: Research, export_id: bytes) -> Path:
    """Where an export is."""
    return services.export_folder(research.exports_folder, export_id)


def environment(settings: Settings) -> dict[str, str]:
    """What another process finds the same installation by."""
    return {
        **os.environ,
        "PAIRVOTE_DATA": str(settings.data),
        "PAIRVOTE_DATABASE_URL": settings.database_url,
        "PAIRVOTE_RESEARCH_URL": settings.research_url,
        "PAIRVOTE_KEYSTORE_URL": settings.keystore_url,
        "PAIRVOTE_EXPORT_PROCESSES": str(settings.export_processes),
    }


def build_again(research: Research, export_id: bytes, **options: int) -> Path:
    """Builds the same export once more, without any disturbance, in another place."""
    elsewhere = replace(research, exports_folder=research.settings.data / "elsewhere")
    stored = research.db.fetch(lambda tx: tx.one(FIND_EXPORT, export_id=export_id))
    built = build._Build(elsewhere, ClaimedExport(stored, b"undisturbed"), None, **options).run()
    assert built.rows_out == stored.rows_out
    return folder_of(elsewhere, export_id)

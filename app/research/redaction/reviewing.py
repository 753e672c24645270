"""Carrying out a reviewer's decision on the row of an export that they hold."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from app.access.workspaces.models import AuditKind
from app.core.errors import NotFound
from app.research.exports import services as exports
from app.research.exports.queries import FIND_EXPORT
from app.research.records.content import read_record
from app.research.records.record import Record
from app.research.redaction import services
from app.research.redaction.errors import PassageRefused, RecordBusy
from app.research.redaction.queries import FIND_RECORD, LIST_IDS
from app.research.redaction.review import Edit, Review, open_review
from app.research.zone import Research

_MOST_ATTEMPTS: Final = 5
_IDS_AT_ONCE: Final = 1_000


def find_record_id(research: Research, *, export_id: bytes, vote_id: str) -> bytes:
    """The record behind a row of an export. NotFound: no such export, its key is gone, or no such record any more.

    Only the export's own key leads from one to the other, so that every record of the workspace is tried.
    """
    export = research.db.fetch(lambda tx: tx.find(FIND_EXPORT, export_id=export_id))
    key = exports.open_key(research.record_keys, export) if export is not None else None
    if export is None or key is None:
        raise NotFound("There is no such export, or it has ended.")
    # NumPy comes with it: no other command needs that.
    from app.research.exports.identities import ExportIdentities  # noqa: PLC0415

    identities = ExportIdentities(key)
    with research.db.snapshot() as tx:
        record_ids: Iterator[bytes] = tx.stream(LIST_IDS, workspace_id=export.workspace_id)
        while some := [*islice(record_ids, _IDS_AT_ONCE)]:
            named = dict(zip(identities.vote_ids(some), some, strict=True))
            if vote_id in named:
                return named[vote_id]
    raise NotFound("The export's workspace has no such vote, or it was withdrawn.")


def decide(
    research: Research,
    *,
    record_id: bytes,
    edit: Callable[[Record, Review], Edit],
    kind: AuditKind,
    actor: str,
) -> Edit:
    """Applies a decision to a record as it is now, and notes who made it. NotFound, PassageRefused, RecordBusy."""
    for _ in range(_MOST_ATTEMPTS):
        read = research.db.fetch(lambda tx: tx.find(FIND_RECORD, record_id=record_id))
        key = research.record_keys.find(record_id)
        if read is None:
            raise NotFound("The vote was withdrawn.")
        if read.stored.content_sealed is None:
            raise PassageRefused("The vote has no text.")
        if key is None:
            raise NotFound("The vote was withdrawn.")
        record = read_record(read.stored, key)
        review = open_review(
            key, read.review_sealed, workspace_id=record.workspace_id, record_id=record.record_id
        )
        edited = edit(record, review)
        change = services.prepare_change(
            read, edited.record, edited.review, key=key, rules_version=read.stored.rules_version
        )
        at = research.clock()
        if research.db.write(
            lambda tx, change=change, edited=edited, at=at: services.review_record(  # type: ignore[misc]
                tx, change=change, kind=kind, passage_kind=edited.kind, actor=actor, at=at
            )
        ):
            return edited
    raise RecordBusy

"""Use cases on the redaction of records: put other text in a record's place, note who changed it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.access.workspaces import models as access_models
from app.access.workspaces.models import AuditKind
from app.access.workspaces.services import record_audit
from app.core.connections import Transaction
from app.privacy.sealing import DataKey
from app.research.redaction.queries import VOTE_TEXTS, ReviewedRecord, Texts
from app.research.redaction.review import Review, seal_review


class Change(NamedTuple):
    """A record whose text was changed: how it was read, and how it will be stored."""

    read: ReviewedRecord
    record: Any
    content_sealed: bytes | None
    review_sealed: bytes | None
    rules_version: str
    texts: Texts = VOTE_TEXTS


def prepare_change(
    read: ReviewedRecord,
    record: Any,
    review: Review,
    *,
    key: DataKey,
    rules_version: str,
    texts: Texts = VOTE_TEXTS,
) -> Change:
    """Seals a changed record and what reviewers decided about it. Without text there is nothing to decide."""
    has_decisions = record.content is not None and review != Review()
    return Change(
        read,
        record,
        texts.seal(key, record),
        seal_review(key, record, review) if has_decisions else None,
        rules_version,
        texts,
    )


def replace_texts(tx: Transaction, *, changes: Sequence[Change]) -> list[Change]:
    """Stores changed records, all but those that somebody else has changed or taken out since they were read."""
    # In order, so that two who change the same records cannot deadlock.
    ordered = sorted(changes, key=lambda change: change.record.record_id)
    return [change for change in ordered if _replace(tx, change)]


def _replace(tx: Transaction, change: Change) -> bool:
    record = change.record
    # Feedback has no place for a review, and never has one.
    reviewed = {"new_review_sealed": change.review_sealed} if change.texts is VOTE_TEXTS else {}
    touched = tx.run(
        change.texts.replace,
        **reviewed,
        record_id=record.record_id,
        sealed_before=change.read.stored.content_sealed,
        new_facts=change.texts.facts(record),
        new_content_sealed=change.content_sealed,
        new_sharing=record.sharing.value,
        new_deid_level=record.deid_level.value,
        new_rules_version=change.rules_version,
        new_review_status=record.review_status.value,
    )
    return bool(touched)


def review_record(
    tx: Transaction, *, change: Change, kind: AuditKind, passage_kind: str, actor: str, at: int
) -> bool:
    """Stores a reviewer's change and notes it; whether nobody else was first. The note says nothing of the text."""
    if not _replace(tx, change):
        return False
    record_audit(
        tx,
        access_models.RESEARCH,
        kind=kind,
        workspace_id=change.record.workspace_id,
        actor=actor,
        subject=f"{change.record.record_id.hex()} {passage_kind}",
        at=at,
    )
    return True


def note_rerun(
    tx: Transaction, *, workspace_id: bytes | None, rules_version: str, actor: str, at: int
) -> None:
    """Notes that records are redacted again."""
    record_audit(
        tx,
        access_models.RESEARCH,
        kind=AuditKind.TEXTS_REDACTED,
        workspace_id=workspace_id,
        actor=actor,
        subject=rules_version,
        at=at,
    )

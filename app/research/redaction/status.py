"""How the redaction of records stands: by which rules, and what reviewers say of them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from app.core.connections import Transaction
from app.privacy.redaction import PLACEHOLDER, Redaction
from app.research.redaction.queries import KINDS, LIST_REVIEWED, ReviewedRecord, VersionCount
from app.research.redaction.review import Review, open_review
from app.research.zone import Research

_BATCH: Final = 100


def redaction_status(
    research: Research, redaction: Redaction, *, workspace_id: bytes | None = None
) -> dict[str, Any]:
    """Counts of records by rules and level, and of reviewers' decisions by kind of detail. Nothing of any text."""
    versions = research.db.fetch(lambda tx: _versions(tx, workspace_id))
    added, disputed, reviewed = Counter[str](), Counter[str](), 0
    for review in _reviews(research, workspace_id):
        reviewed += 1
        added.update(map(_kind, (each.placeholder for each in review.added)))
        disputed.update(map(_kind, review.disputed))
    return {
        "rules_version": redaction.version,
        "versions": [
            {**each._asdict(), "is_present": each.rules_version == redaction.version} for each in versions
        ],
        "reviewed": reviewed,
        "added": dict(sorted(added.items())),
        "disputed": dict(sorted(disputed.items())),
    }


def _versions(tx: Transaction, workspace_id: bytes | None) -> list[VersionCount]:
    """Votes and feedback together."""
    found: dict[tuple[str, str], VersionCount] = {}
    for kind in KINDS:
        for each in tx.list(kind.count_versions, workspace_id=workspace_id):
            before = found.get(each[:2], VersionCount(*each[:2], 0, 0))
            found[each[:2]] = before._replace(
                records=before.records + each.records, with_text=before.with_text + each.with_text
            )
    return [found[key] for key in sorted(found)]


def _kind(placeholder: str) -> str:
    match = PLACEHOLDER.fullmatch(placeholder)
    return match[1] if match is not None else ""


def _reviews(research: Research, workspace_id: bytes | None) -> Iterator[Review]:
    after = b""
    while batch := _list_reviewed(research, workspace_id, after):
        keys = research.record_keys.find_many([each.stored.id for each in batch])
        for each in batch:
            key = keys.get(each.stored.id)
            if key is not None:
                yield open_review(
                    key,
                    each.review_sealed,
                    workspace_id=each.stored.workspace_id,
                    record_id=each.stored.id,
                )
        after = batch[-1].stored.id


def _list_reviewed(research: Research, workspace_id: bytes | None, after: bytes) -> list[ReviewedRecord]:
    return research.db.fetch(
        lambda tx: tx.list(LIST_REVIEWED, workspace_id=workspace_id, after=after, most=_BATCH)
    )

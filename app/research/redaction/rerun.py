"""The sweep that looks through stored texts again: what earlier rules left in them, the present ones may find.

It can be killed anywhere and run again, and several may run at once: what one of them has done, the others do not
find any more, and a text that was changed since it was read is left as it is.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any, Final, NamedTuple

import structlog

from app.core.connections import Transaction
from app.core.errors import StartRefused
from app.core.ids import hex_of
from app.core.logging import frames_of
from app.privacy.errors import SealBroken
from app.privacy.redaction import Redaction, Withheld, WithheldReason
from app.privacy.sealing import DataKey
from app.research.records.record import DeidLevel, Sharing
from app.research.redaction import services
from app.research.redaction.queries import KINDS, ReviewedRecord, Texts
from app.research.redaction.review import Review, open_review
from app.research.redaction.services import Change
from app.research.zone import Research

_log: Final = structlog.get_logger("pairvote.redaction")
_BATCH: Final = 20
_ID_BYTES: Final = 16
_FIRST: Final = b""
_LAST: Final = b"\xff" * _ID_BYTES


@dataclass
class Tally:
    """What became of the texts that were looked through again. Counts of records, but for `replaced`."""

    looked_through: int = 0
    changed: int = 0
    """In which something was found."""
    replaced: Counter[str] = field(default_factory=Counter)
    """Passages that were found, by kind."""
    withheld: Counter[WithheldReason] = field(default_factory=Counter)
    """Which have lost their text."""
    overtaken: int = 0
    """Which somebody else has changed or taken out meanwhile."""
    unreadable: int = 0
    """Whose key is destroyed, or whose text is damaged: left as they are."""


class _Outcome(NamedTuple):
    """What was found in one record."""

    change: Change
    found: dict[str, int]
    withheld: WithheldReason | None


def rerun(
    research: Research,
    redaction: Redaction,
    *,
    workspace_id: bytes | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    progress: Callable[[int], object] | None = None,
) -> Tally:
    """Looks through the texts that other rules or models have made, of one workspace or of all.

    Each batch is stored in a transaction of its own. A text that must not pass any more is taken out of its record,
    and its key destroyed. A `dry_run` stores nothing. StartRefused when a model cannot be loaded.
    """
    tally = Tally()
    for texts, batch in _outdated(research, redaction.version, workspace_id, limit):
        outcomes = _look_through(research, redaction, texts, batch, tally)
        stored = [each.change for each in outcomes] if dry_run else _store(research, outcomes)
        ids = {change.record.record_id for change in stored}
        _count(tally, [each for each in outcomes if each.change.record.record_id in ids])
        tally.overtaken += len(outcomes) - len(ids)
        if progress is not None:
            progress(len(batch))
    return tally


def count_outdated(research: Research, redaction: Redaction, *, workspace_id: bytes | None = None) -> int:
    """How many texts other rules or models have made."""
    where = {"workspace_id": workspace_id, "version": redaction.version}
    return research.db.fetch(lambda tx: sum(int(tx.one(kind.count_outdated, **where)) for kind in KINDS))


def _outdated(
    research: Research, version: str, workspace_id: bytes | None, limit: int | None
) -> Iterator[tuple[Texts, Sequence[ReviewedRecord]]]:
    """From a random place around to it again: several who do this at once seldom meet over the same records."""
    begin = secrets.token_bytes(_ID_BYTES)
    left = limit
    for kind, (start, to) in product(KINDS, ((begin, _LAST), (_FIRST, begin))):
        after = start
        while left is None or left > 0:
            batch = research.db.fetch(
                partial(
                    _list_outdated,
                    kind=kind,
                    workspace_id=workspace_id,
                    version=version,
                    after=after,
                    to=to,
                    most=_BATCH if left is None else min(_BATCH, left),
                )
            )
            if not batch:
                break
            yield kind, batch
            after = batch[-1].stored.id
            left = None if left is None else left - len(batch)


def _list_outdated(tx: Transaction, kind: Texts, **where: object) -> list[ReviewedRecord]:
    return tx.list(kind.list_outdated, **where)


def _look_through(
    research: Research, redaction: Redaction, texts: Texts, batch: Sequence[ReviewedRecord], tally: Tally
) -> list[_Outcome]:
    keys = research.record_keys.find_many([each.stored.id for each in batch])
    outcomes = []
    for read in batch:
        key = keys.get(read.stored.id)
        outcome = None
        if key is not None:
            try:
                outcome = _redacted_again(read, key, redaction, texts)
            except SealBroken:
                _log.error("text_damaged", record=hex_of(read.stored.id))
        if outcome is None:
            tally.unreadable += 1
        else:
            outcomes.append(outcome)
    return outcomes


def _redacted_again(read: ReviewedRecord, key: DataKey, redaction: Redaction, texts: Texts) -> _Outcome:
    stored = read.stored
    record = texts.read(stored, key)
    review = open_review(key, read.review_sealed, workspace_id=stored.workspace_id, record_id=stored.id)
    changed, found, reason = _changed(record, review, redaction)
    change = services.prepare_change(
        read, changed, review, key=key, rules_version=redaction.version, texts=texts
    )
    return _Outcome(change, found, reason)


def _changed(
    record: Any, review: Review, redaction: Redaction
) -> tuple[Any, dict[str, int], WithheldReason | None]:
    """The record as the present rules leave it, what they found, and why its text must go if it must."""
    content = record.content
    assert content is not None  # only records with text are listed
    try:
        texts, found = redaction.redact(content.texts, cleared=review.cleared)
    except Withheld as withheld:
        return _without_text(record, withheld.reason), {}, withheld.reason
    except StartRefused:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a detector stumbles over, such a text must not stay
        _log.error("redaction_failed", kind=type(error).__name__, at=frames_of(error))
        return _without_text(record, WithheldReason.FAILED), {}, WithheldReason.FAILED
    # A text that a model has looked through before has been looked through by a model.
    level = DeidLevel.PATTERNS_AND_NER if redaction.recognizes_names else record.deid_level
    counts = Counter(record.redaction_counts) + Counter(found)
    changed = replace(
        record, content=content.with_texts(texts), redaction_counts=dict(counts), deid_level=level
    )
    return changed, found, None


def _without_text(record: Any, reason: WithheldReason) -> Any:
    return replace(
        record,
        content=None,
        sharing=Sharing.VOTE_ONLY,
        redaction_counts={},
        quality_flags=(*record.quality_flags, reason.value),
    )


def _store(research: Research, outcomes: Sequence[_Outcome]) -> list[Change]:
    """Stores what is found. A key is destroyed after its text is gone: in between it opens nothing that is stored."""
    changes = [each.change for each in outcomes]
    stored = research.db.write(lambda tx: services.replace_texts(tx, changes=changes))
    research.record_keys.destroy(
        change.record.record_id for change in stored if change.record.content is None
    )
    return stored


def _count(tally: Tally, outcomes: Sequence[_Outcome]) -> None:
    tally.looked_through += len(outcomes)
    for each in outcomes:
        tally.changed += bool(each.found)
        tally.replaced.update(each.found)
        if each.withheld is not None:
            tally.withheld[each.withheld] += 1

"""One small batch through the door: claimed, redacted, written, cut off. It can be killed anywhere and run again.

What is fixed before the first write across is the record id, in the link. Everything after that finds by it what an
earlier run, or another worker, has done already.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from app.access.workspaces.models import SharingLevel
from app.core.connections import Transaction
from app.disconnection import services
from app.disconnection.kinds import VOTES, FinalAnswer, Kind
from app.disconnection.models import RECORD_ID_BYTES, AliasKey, AliasKind, link_place
from app.disconnection.preparation import Numbers
from app.disconnection.queries import DueAnswer
from app.disconnection.services import Claimed, Claims, DropReason, Ending, Offer
from app.disconnection.taking_back import take_back
from app.intake.comparisons.content import content_key_id
from app.intake.zone import Intake
from app.privacy.links import Links
from app.privacy.redaction import Redaction, WithheldReason
from app.privacy.sealing import DataKey
from app.research.zone import Research


@dataclass(frozen=True)
class Door:
    """Both sides, the key to what leads from one to the other, and what looks through the text that passes."""

    intake: Intake
    research: Research
    links: Links
    redaction: Redaction


@dataclass
class Tally:
    """What became of answers that were due."""

    disconnected: int = 0
    dropped: Counter[DropReason] = field(default_factory=Counter)
    withheld: Counter[WithheldReason] = field(default_factory=Counter)
    """Of those that were disconnected: whose text or upload stayed behind."""
    failed: int = 0

    @property
    def handled(self) -> int:
        """How many have left intake, one way or the other."""
        return self.disconnected + self.dropped.total()

    def add(self, other: "Tally") -> None:
        """Counts another tally in."""
        self.disconnected += other.disconnected
        self.dropped.update(other.dropped)
        self.withheld.update(other.withheld)
        self.failed += other.failed


class _Passage(NamedTuple):
    """What is to be done with one claimed answer; with neither record nor reason, its record is there already."""

    claimed: Claimed
    record_id: bytes
    record: Any = None
    """As the kind makes it."""
    drop: DropReason | None = None


class _Loaded(NamedTuple):
    """What was found of a claimed answer's content."""

    stored: Any
    key: DataKey | None


def take_across(door: Door, due: Sequence[DueAnswer], *, at: int, kind: Kind = VOTES) -> Tally:
    """Takes due answers of a kind through the door; what other workers hold is left to them."""
    claims, aliases = _claim(door, due, at, kind)
    passages = _prepare(door, claims, aliases, kind)
    _write_records(door, [passage.record for passage in passages if passage.record is not None], kind)
    return _finish(door, passages, at, kind)


def _claim(
    door: Door, due: Sequence[DueAnswer], at: int, kind: Kind = VOTES
) -> tuple[Sequence[Claimed], dict[AliasKey, bytes]]:
    """The claimed answers, and the opened numbers of everybody in them. What is random is drawn before writing."""
    intake, links = door.intake, door.links
    offers = [
        Offer(
            vote,
            links.seal_link(
                secrets.token_bytes(RECORD_ID_BYTES), link_place(vote.workspace_id, vote.comparison_id)
            ),
        )
        for vote in due
    ]
    wanted = {
        key
        for vote in due
        for key in services.alias_keys(
            workspace_id=vote.workspace_id,
            person=vote.person,
            conversation=vote.conversation,
            at=vote.cast_at,
        )
    }
    known = intake.db.fetch(lambda tx: services.find_aliases(tx, keys=wanted))
    new = {
        key: links.seal_link(secrets.token_bytes(AliasKind(key.kind).number_bytes), key.place)
        for key in wanted - known.keys()
    }
    claims: Claims = intake.db.write(
        lambda tx: services.claim_answers(tx, kind=kind, offers=offers, new_aliases=new, at=at)
    )
    sealed = {**known, **claims.aliases}
    return claims.claimed, {key: links.open_link(number, key.place) for key, number in sealed.items()}


def _prepare(
    door: Door, claimed: Sequence[Claimed], aliases: dict[AliasKey, bytes], kind: Kind = VOTES
) -> list[_Passage]:
    """What is to be done with each answer. Reads, decrypts and redacts; writes nothing."""
    loaded = _load(door, kind, [claim.vote for claim in claimed])
    record_ids = [
        door.links.open_link(claim.link_sealed, link_place(claim.vote.workspace_id, claim.vote.comparison_id))
        for claim in claimed
    ]
    # After the content and its key were looked for: a worker that destroyed them had written the record before.
    arrived = _arrived(
        door,
        kind,
        [
            record_id
            for claim, record_id, (stored, key) in zip(claimed, record_ids, loaded, strict=True)
            if not claim.is_new or stored is None or key is None
        ],
    )
    passages = []
    for claim, record_id, (stored, key) in zip(claimed, record_ids, loaded, strict=True):
        if record_id in arrived:
            passages.append(_Passage(claim, record_id))
        elif claim.level is SharingLevel.OFF:
            passages.append(_Passage(claim, record_id, drop=DropReason.SHARING_OFF))
        elif stored is None or key is None:
            passages.append(_Passage(claim, record_id, drop=DropReason.KEY_DESTROYED))
        else:
            numbers = _numbers(claim.vote, record_id, aliases)
            record = kind.prepare(
                key, claim.vote, stored, numbers=numbers, level=claim.level, redaction=door.redaction
            )
            passages.append(_Passage(claim, record_id, record))
    return passages


def _load(door: Door, kind: Kind, votes: Sequence[FinalAnswer]) -> list[_Loaded]:
    intake = door.intake
    stored = intake.db.fetch(lambda tx: services.read_contents(tx, kind=kind, answers=votes))
    key_ids = [content_key_id(vote.workspace_id, vote.person, vote.comparison_id) for vote in votes]
    keys = intake.data_keys.find_many(key_ids)
    return [_Loaded(content, keys.get(key_id)) for content, key_id in zip(stored, key_ids, strict=True)]


def _arrived(door: Door, kind: Kind, record_ids: Sequence[bytes]) -> set[bytes]:
    """Those of the records that are in research already."""
    if not record_ids:
        return set()
    return door.research.db.fetch(
        lambda tx: {record_id for record_id in record_ids if kind.has_record(tx, record_id=record_id)}
    )


def _numbers(vote: FinalAnswer, record_id: bytes, aliases: dict[AliasKey, bytes]) -> Numbers:
    """A voter nobody named is empty; a conversation nobody named is one of its own."""
    found = {AliasKind(key.kind): aliases[key] for key in services.aliases_of(vote)}
    return Numbers(
        record_id=record_id,
        voter=found.get(AliasKind.VOTER, b""),
        conversation=found.get(AliasKind.CONVERSATION)
        or secrets.token_bytes(AliasKind.CONVERSATION.number_bytes),
    )


def _write_records(door: Door, records: Sequence[Any], kind: Kind = VOTES) -> None:
    """Writes records in the order of their ids: they are random, so the order tells nothing of the votes'."""
    if not records:
        return
    keys = _record_keys(door, [record for record in records if record.content is not None])
    ordered = sorted(records, key=lambda record: record.record_id)
    rows = [
        (record, kind.seal_text(keys[record.record_id], record) if record.content is not None else None)
        for record in ordered
    ]

    def insert(tx: Transaction) -> None:
        for record, content_sealed in rows:
            kind.insert_record(
                tx, record=record, content_sealed=content_sealed, rules_version=door.redaction.version
            )

    door.research.db.write(insert)


def _record_keys(door: Door, records: Iterable[Any]) -> dict[bytes, DataKey]:
    """A key for each record. The key store learns the week of the vote, not the day on which it left."""
    keys: dict[bytes, DataKey] = {}
    for week, group in groupby(sorted(records, key=_week), key=_week):
        keys |= door.research.record_keys.create_many([record.record_id for record in group], day=week)
    return keys


def _week(record: Any) -> int:
    week: int = record.week
    return week


def _finish(door: Door, passages: Sequence[_Passage], at: int, kind: Kind = VOTES) -> Tally:
    """Destroys the keys that sealed these votes alone, then deletes the votes; whoever finds them done counts nothing.

    In this order a kill in between leaves a vote that the next run finishes, and never a key without its content.
    """
    _destroy_content_keys(door, passages)
    # In order of their keys, so that two workers who finish the same votes cannot deadlock.
    ordered = sorted(passages, key=lambda passage: tuple(passage.claimed.vote.key.values()))

    def finish(tx: Transaction) -> list[Ending]:
        return [
            services.finish_answer(
                tx, kind=kind, answer=passage.claimed.vote, dropped=passage.drop is not None, at=at
            )
            for passage in ordered
        ]

    tally, orphans = Tally(), []
    for passage, ending in zip(ordered, door.intake.db.write(finish) if ordered else [], strict=True):
        if ending is Ending.LINK_GONE:
            orphans.append(passage.record_id)
        elif ending is Ending.FINISHED and passage.drop is not None:
            tally.dropped[passage.drop] += 1
        elif ending is Ending.FINISHED:
            tally.disconnected += 1
            tally.withheld.update(_withheld_reasons(passage))
    take_back(door.research, orphans, at=at)
    return tally


def _withheld_reasons(passage: _Passage) -> list[WithheldReason]:
    """Why text or an upload stayed behind, if one did; not known of a record that an earlier run has written."""
    flags = passage.record.quality_flags if passage.record is not None else ()
    return [reason for reason in WithheldReason if reason.value in flags]


def _destroy_content_keys(door: Door, passages: Sequence[_Passage]) -> None:
    votes = [passage.claimed.vote for passage in passages]
    used_up = door.intake.db.fetch(lambda tx: services.list_uploads(tx, votes=votes))
    used_up += [vote.comparison_id for vote in votes if not vote.person]
    door.intake.data_keys.destroy(used_up)

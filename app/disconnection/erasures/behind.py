"""The part of an erasure behind the door: finds a person's records, takes them out, and tells who has exports of them.

A record is found by its link, or, where its comparison is gone by age, by the number that stands for its voter in its
quarter; its link is then looked for among those of its week. Everything is found again after a kill, until it is done.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from app.core.clock import day_of, iso_date, quarter_of, week_of
from app.core.connections import Transaction
from app.disconnection.crossing import Door
from app.disconnection.erasures import services
from app.disconnection.erasures.models import Erasure, ErasureScope, Progress, StepName
from app.disconnection.erasures.queries import (
    DELETE_ALIAS,
    DROP_ERASURE_LINKS,
    LIST_ALIASES_OF_QUARTER,
    LIST_ERASURE_LINKS,
    LIST_LINKS_OF_DAY,
    StoredLink,
)
from app.disconnection.erasures.services import Done
from app.disconnection.erasures.taking_out import Remover
from app.disconnection.models import AliasKey, AliasKind, conversation_of, link_place
from app.disconnection.numbers import Owner, number_of, quarters_of, records_of_person
from app.disconnection.taking_back import take_back, take_back_dropped
from app.privacy.errors import SealBroken, UnknownKeyVersion
from app.research.exports.services import export_text
from app.research.recall.holders import Holder, has_untold, list_holders
from app.research.recall.jobs import publish_tombstones
from app.research.records.queries import (
    FIND_CONVERSATION,
    LIST_FEEDBACK_OF_VOTER,
    LIST_OF_VOTER,
    VotersRecord,
)

_PAGE: Final = 500
_TAKEN_AT_ONCE: Final = 100
# A comparison may be a week older than its vote: a workspace may leave so much time to answer.
_DAYS_BEFORE: Final = 8
_DAYS_AFTER: Final = 6


class _Found(NamedTuple):
    """What an erasure has to take out of research."""

    record_ids: frozenset[bytes]
    weeks: frozenset[int]


def take_records(door: Door, erasure: Erasure, *, at: int) -> None:
    """Takes out every record of the erasure, with its key and with what led to it. Can be killed at any point."""
    of_voter = list(_records_of_voter(door, erasure, at))
    followed = _followed(door, erasure)
    missing = {record.id: record.voted_week for record in of_voter if record.id not in followed}
    _move_links(door, erasure, missing, at=at)
    found = _all_found(door, erasure, of_voter)
    if erasure.scope == ErasureScope.PERSON:
        _forget_conversations(door, erasure, of_voter, found)
    ids = sorted(found.record_ids)
    for start in range(0, len(ids), _TAKEN_AT_ONCE):
        take_back(door.research, ids[start : start + _TAKEN_AT_ONCE], at=at)
    _note_records(door, erasure, found, at=at)
    # Receipts say from here on that it is done.
    take_back_dropped(door.intake, door.research, door.links, at=at)


def _records_of_voter(door: Door, erasure: Erasure, at: int) -> Iterator[VotersRecord]:
    talks = _conversation_numbers(door, erasure, at)
    for listed_by in (LIST_OF_VOTER, LIST_FEEDBACK_OF_VOTER):
        for record in records_of_person(
            door.intake,
            door.research,
            door.links,
            workspace_id=erasure.workspace_id,
            person=erasure.person or b"",
            listed_by=listed_by,
            at=at,
        ):
            if talks is None or record.conversation in talks:
                yield record


def _conversation_numbers(door: Door, erasure: Erasure, at: int) -> set[bytes] | None:
    """The numbers of the erasure's conversation; None where all conversations are meant."""
    if erasure.scope != ErasureScope.CONVERSATION:
        return None
    owners = [Owner(erasure.workspace_id, AliasKind.CONVERSATION, each) for each in _shares(erasure)]
    numbers = (
        number_of(door.intake, door.links, owner, quarter=quarter)
        for owner in owners
        for quarter in quarters_of(door.intake, owner, at=at)
    )
    return {number for number in numbers if number is not None}


def _shares(erasure: Erasure) -> list[bytes]:
    return [conversation_of(erasure.person or b"", each) for each in erasure.conversations]


def _open(door: Door, erasure: Erasure, link: StoredLink) -> bytes | None:
    """The record id that a link leads to; None where the link is damaged."""
    try:
        return door.links.open_link(link.link_sealed, link_place(erasure.workspace_id, link.comparison_id))
    except (SealBroken, UnknownKeyVersion):
        return None


def _followed(door: Door, erasure: Erasure) -> Mapping[bytes, int]:
    """The records of the links that the erasure has, and their weeks."""
    kept = door.intake.db.fetch(lambda tx: tx.list(LIST_ERASURE_LINKS, **erasure.key))
    opened = ((_open(door, erasure, link), link.week) for link in kept)
    return {record_id: week for record_id, week in opened if record_id is not None}


def _move_links(door: Door, erasure: Erasure, missing: Mapping[bytes, int], *, at: int) -> None:
    """Finds the links of records whose comparisons are gone, and makes them the erasure's."""
    for week in sorted(set(missing.values())):
        wanted = {record_id for record_id, of_week in missing.items() if of_week == week}
        for day in range(week - _DAYS_BEFORE, week + _DAYS_AFTER + 1):
            for link in _links_of_day(door, erasure, day, week):
                if wanted and _open(door, erasure, link) in wanted:
                    _move_link(door, erasure, link, at=at)


def _links_of_day(door: Door, erasure: Erasure, day: int, week: int) -> Iterator[StoredLink]:
    after = b""
    while page := door.intake.db.fetch(
        lambda tx, after=after: tx.list(  # type: ignore[misc]
            LIST_LINKS_OF_DAY,
            workspace_id=erasure.workspace_id,
            day=day,
            week=week,
            after=after,
            most=_PAGE,
        )
    ):
        yield from page
        after = page[-1].comparison_id


def _move_link(door: Door, erasure: Erasure, link: StoredLink, *, at: int) -> None:
    def move(tx: Transaction) -> None:
        def work(found: Erasure, progress: Progress) -> Done:
            remover = Remover(
                tx,
                idempotency=door.intake.idempotency,
                erasure=found,
                person=found.person or b"",
                at=at,
            )
            remover.take_link(day=link.day, comparison_id=link.comparison_id)
            progress.get(StepName.RECORDS).count(remover.taken.deleted)
            return Done(is_complete=False)

        services.in_step(tx, erasure, name=StepName.RECORDS, work=work, at=at)

    door.intake.db.write(move)


def _all_found(door: Door, erasure: Erasure, of_voter: Sequence[VotersRecord]) -> _Found:
    followed = _followed(door, erasure)
    weeks = {record.voted_week for record in of_voter} | set(followed.values())
    return _Found(frozenset({record.id for record in of_voter} | followed.keys()), frozenset(weeks))


def _forget_conversations(
    door: Door, erasure: Erasure, of_voter: Sequence[VotersRecord], found: _Found
) -> None:
    """Deletes the numbers of the conversations that the records are of, whose pseudonyms nothing else knows by now."""
    numbers = {record.conversation for record in of_voter}
    numbers |= {
        number
        for record_id in found.record_ids - {record.id for record in of_voter}
        if (
            number := door.research.db.fetch(
                lambda tx, record_id=record_id: tx.find(FIND_CONVERSATION, record_id=record_id)  # type: ignore[misc]
            )
        )
        is not None
    }
    if not numbers:
        return
    for quarter in sorted({quarter_of(week) for week in found.weeks}):
        gone = [
            pseudonym
            for pseudonym, number in _conversations_of_quarter(door, erasure, quarter)
            if number in numbers
        ]
        _delete_aliases(door, erasure, [(AliasKind.CONVERSATION, quarter, each) for each in gone])


def _conversations_of_quarter(door: Door, erasure: Erasure, quarter: int) -> Iterator[tuple[bytes, bytes]]:
    after, kind = b"", AliasKind.CONVERSATION.value
    while page := door.intake.db.fetch(
        lambda tx, after=after: tx.list(  # type: ignore[misc]
            LIST_ALIASES_OF_QUARTER,
            workspace_id=erasure.workspace_id,
            kind=kind,
            quarter=quarter,
            after=after,
            most=_PAGE,
        )
    ):
        for alias in page:
            place = AliasKey(erasure.workspace_id, kind, quarter, alias.pseudonym).place
            yield alias.pseudonym, door.links.open_link(alias.alias_sealed, place)
        after = page[-1].pseudonym


def _delete_aliases(door: Door, erasure: Erasure, keys: Sequence[tuple[AliasKind, int, bytes]]) -> None:
    if not keys:
        return

    def delete(tx: Transaction) -> None:
        def work(found: Erasure, progress: Progress) -> Done:
            gone = sum(
                tx.run(
                    DELETE_ALIAS,
                    workspace_id=found.workspace_id,
                    kind=kind.value,
                    quarter=quarter,
                    pseudonym=pseudonym,
                )
                for kind, quarter, pseudonym in keys
            )
            progress.get(StepName.RECORDS).count({"aliases": gone})
            return Done(is_complete=False)

        services.in_step(tx, erasure, name=StepName.RECORDS, work=work, at=0)

    door.intake.db.write(delete)


def _note_records(door: Door, erasure: Erasure, found: _Found, *, at: int) -> None:
    """The numbers go last: until the records are out, they are the way to them."""
    kinds = {
        ErasureScope.PERSON: [(AliasKind.VOTER, erasure.person or b"")],
        ErasureScope.CONVERSATION: [(AliasKind.CONVERSATION, each) for each in _shares(erasure)],
        ErasureScope.VOTES: [],
    }[ErasureScope(erasure.scope)]
    _delete_aliases(
        door,
        erasure,
        [
            (kind, quarter, pseudonym)
            for kind, pseudonym in kinds
            for quarter in quarters_of(door.intake, Owner(erasure.workspace_id, kind, pseudonym), at=at)
        ],
    )

    def note(tx: Transaction) -> None:
        def work(erasing: Erasure, progress: Progress) -> Done:
            records = len(found.record_ids)
            progress.get(StepName.RECORDS).count({"records": records, "record_keys": records})
            tx.run(DROP_ERASURE_LINKS, **erasing.key, at=at)
            return Done(is_complete=True)

        services.in_step(tx, erasure, name=StepName.RECORDS, work=work, at=at)

    door.intake.db.write(note)


def tell_exports(door: Door, erasure: Erasure, *, at: int) -> None:
    """Publishes the tombstones, and notes who has exports of what is gone.

    An export that is being built may have read a record before it was taken out. It gets its tombstones when it is
    ready, so the step stays open until then.
    """
    publish_tombstones(door.research)
    followed = _followed(door, erasure)

    def look(tx: Transaction) -> list[Holder] | None:
        if has_untold(tx, workspace_id=erasure.workspace_id):
            return None
        return list_holders(
            tx,
            workspace_id=erasure.workspace_id,
            record_ids=followed,
            since_week=min(followed.values(), default=None),
        )

    holders = door.research.db.fetch(look)
    if holders is None:
        return

    def note(tx: Transaction) -> None:
        def work(_erasing: Erasure, progress: Progress) -> Done:
            progress.exports = [_told(holder) for holder in holders]
            return Done(is_complete=True)

        services.in_step(tx, erasure, name=StepName.EXPORTS, work=work, at=at)

    door.intake.db.write(note)


def _told(holder: Holder) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": export_text(holder.export_id),
        "created_week": iso_date(week_of(day_of(holder.created_at))),
        "has_ended": holder.has_ended,
        "tombstones": holder.tombstones,
        "downloads": holder.downloads.times,
    }
    if holder.downloads.last_at is not None:
        told["last_downloaded_day"] = iso_date(day_of(holder.downloads.last_at))
    return told

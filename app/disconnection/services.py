"""Use cases of the door, each one short transaction: claim answers that are due, finish those that have crossed."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from app.access.workspaces.models import INTAKE, SharingLevel, Workspace
from app.access.workspaces.queries import access_queries
from app.core.clock import day_of, quarter_of
from app.core.connections import Transaction
from app.disconnection.coarsening import week_of_time
from app.disconnection.kinds import FinalAnswer, Kind
from app.disconnection.models import AliasKey, AliasKind, conversation_of
from app.disconnection.queries import (
    DELETE_LINK,
    FIND_ALIAS,
    FIND_LINK,
    INSERT_ALIAS,
    INSERT_LINK,
    INSERT_WITHDRAWN,
    KEEP_DROPPED_LINK,
    DueAnswer,
)
from app.intake.comparisons.models import ComparisonState
from app.intake.persons.levels import find_levels
from app.intake.persons.queries import FIND_PERSON
from app.intake.persons.services import Subject
from app.intake.uploads.queries import LIST_UPLOADS_OF

_FIND_WORKSPACE: Final = access_queries(INTAKE).find_workspace


class DropReason(enum.StrEnum):
    """Why a vote does not become a record."""

    SHARING_OFF = "sharing_off"
    """Nothing is shared any more: its person, their conversation or project, or the workspace says so, or has said
    so while the vote could still be undone."""
    KEY_DESTROYED = "key_destroyed"
    """Its content cannot be read: the person was erased."""


class Ending(enum.Enum):
    """How finishing a vote went."""

    FINISHED = enum.auto()
    DONE_BEFORE = enum.auto()
    """An earlier run, or another worker, has finished it."""
    LINK_GONE = enum.auto()
    """Another worker has dropped it, it was withdrawn, or a no has come in between; its record must go."""


class Offer(NamedTuple):
    """A due answer with a fresh record id, sealed for its link."""

    due: DueAnswer
    link_sealed: bytes


class Claimed(NamedTuple):
    """A vote, or another answer, on its way out, which nobody can change any more."""

    vote: FinalAnswer
    link_sealed: bytes
    level: SharingLevel
    """How much may leave: what was shared at registration or what is shared now, whichever is less."""
    is_new: bool
    """Whether no earlier run has begun with it."""


class Claims(NamedTuple):
    """What a worker has claimed, and the sealed numbers of everybody in it that it did not know yet."""

    claimed: Sequence[Claimed]
    aliases: Mapping[AliasKey, bytes]


def alias_keys(*, workspace_id: bytes, person: bytes, conversation: bytes | None, at: int) -> list[AliasKey]:
    """The pseudonyms of a vote cast at a time that need a random number. By the week's quarter: nothing finer."""
    quarter = quarter_of(week_of_time(at))
    keys = []
    if person:
        keys.append(AliasKey(workspace_id, AliasKind.VOTER.value, quarter, person))
    if conversation is not None:
        share = conversation_of(person, conversation)
        keys.append(AliasKey(workspace_id, AliasKind.CONVERSATION.value, quarter, share))
    return keys


def find_aliases(tx: Transaction, *, keys: Iterable[AliasKey]) -> dict[AliasKey, bytes]:
    """The sealed numbers that exist already."""
    found = {key: tx.find(FIND_ALIAS, **key._asdict()) for key in keys}
    return {key: sealed for key, sealed in found.items() if sealed is not None}


def claim_answers(
    tx: Transaction, *, kind: Kind, offers: Sequence[Offer], new_aliases: Mapping[AliasKey, bytes], at: int
) -> Claims:
    """Fixes the record ids of due answers and marks them as leaving, so that they cannot change.

    Claiming twice gives the same ids. What another worker is claiming at this moment, or what is not due any more,
    is left out.
    """
    workspaces = {
        workspace_id: tx.find(_FIND_WORKSPACE, workspace_id=workspace_id)
        for workspace_id in {offer.due.workspace_id for offer in offers}
    }
    claimed = [
        claim
        for offer in offers
        if (claim := _claim(tx, kind, offer, workspaces[offer.due.workspace_id], at)) is not None
    ]
    needed = {
        key
        for claim in claimed
        if claim.level is not SharingLevel.OFF
        for key in aliases_of(claim.vote)
        if key in new_aliases
    }
    # In order, so that two workers who meet the same persons cannot deadlock.
    return Claims(claimed, {key: _store_alias(tx, key, new_aliases[key]) for key in sorted(needed)})


def aliases_of(vote: FinalAnswer) -> list[AliasKey]:
    """The pseudonyms of an answer that need a random number."""
    return alias_keys(
        workspace_id=vote.workspace_id, person=vote.person, conversation=vote.conversation, at=vote.cast_at
    )


def _claim(tx: Transaction, kind: Kind, offer: Offer, workspace: Workspace | None, at: int) -> Claimed | None:
    key = offer.due.key
    state = tx.find(kind.lock_unless_busy, **key)
    if state not in (ComparisonState.OPEN, ComparisonState.LEAVING):
        return None
    vote = tx.find(kind.find_final, **key)
    # Asked again under the lock: it may have been undone, and another cast, since the list was read.
    if vote is None or vote.undo_until > at or vote.cast_at != offer.due.cast_at:
        return None
    inserted = tx.run(
        INSERT_LINK,
        **key,
        link_sealed=offer.link_sealed,
        receipt_digest=vote.receipt_digest,
        week=week_of_time(vote.cast_at),
    )
    if state == ComparisonState.OPEN:
        tx.run(kind.set_leaving, **key)
    link_sealed = offer.link_sealed if inserted else tx.one(FIND_LINK, **key)
    return Claimed(vote, link_sealed, _level(tx, vote, workspace), is_new=bool(inserted))


def _level(tx: Transaction, vote: FinalAnswer, workspace: Workspace | None) -> SharingLevel:
    if workspace is None:
        return SharingLevel.OFF  # the workspace was closed: nobody is left who could answer for the data
    person = tx.find(FIND_PERSON, workspace_id=vote.workspace_id, person=vote.person) if vote.person else None
    subject = Subject(vote.person, project=vote.project, conversation=vote.conversation)
    levels = find_levels(tx, workspace=workspace, subject=subject, person=person)
    return SharingLevel(vote.sharing).stricter(levels.sharing)


def _store_alias(tx: Transaction, key: AliasKey, sealed: bytes) -> bytes:
    if tx.run(INSERT_ALIAS, **key._asdict(), alias_sealed=sealed):
        return sealed
    stored: bytes = tx.one(FIND_ALIAS, **key._asdict())
    return stored


def read_contents(tx: Transaction, *, kind: Kind, answers: Sequence[FinalAnswer]) -> list[Any]:
    """The sealed content of each answer; None where it is gone."""
    return [tx.find(kind.find_content, **answer.key) for answer in answers]


def list_uploads(tx: Transaction, *, votes: Sequence[FinalAnswer]) -> list[bytes]:
    """The ids of all uploads that the votes' comparisons show."""
    return [
        upload_id
        for vote in votes
        for upload_id in tx.list(
            LIST_UPLOADS_OF, workspace_id=vote.workspace_id, comparison_id=vote.comparison_id
        )
    ]


def finish_answer(tx: Transaction, *, kind: Kind, answer: FinalAnswer, dropped: bool, at: int) -> Ending:
    """Deletes what intake holds of an answer whose record is written, or that is dropped.

    The link of a dropped one is kept aside for a while, for `take_back_dropped` alone: another worker may have
    written the record, or be about to. So is that of an answer which a no has overtaken since it was claimed: its
    record is written, and must go. Whoever holds the receipt of either is told that it is withdrawn.
    """
    is_overtaken = not dropped and kind.is_overtaken(tx, answer.key)
    if dropped or is_overtaken:
        tx.run(kind.mark_unshared, **answer.key)
    if tx.run(kind.set_disconnected, **answer.key, at=at):
        kind.delete_rest(tx, answer.key)
        if dropped or is_overtaken:
            remember_receipt(tx, receipt_digest=answer.receipt_digest, pending=answer.comparison_id, at=at)
            tx.run(KEEP_DROPPED_LINK, **answer.key, at=at)
            tx.run(DELETE_LINK, **answer.key)
        return Ending.LINK_GONE if is_overtaken else Ending.FINISHED
    if dropped or tx.find(FIND_LINK, **answer.key) is not None:
        return Ending.DONE_BEFORE
    return Ending.LINK_GONE


def remember_receipt(tx: Transaction, *, receipt_digest: bytes, pending: bytes | None, at: int) -> bool:
    """Has a receipt answered with `withdrawn` from now on; whether it was not before.

    `pending` is the comparison's id while its record, if there is one, has yet to be taken out of research. What has
    never left intake is in no export.
    """
    return bool(
        tx.run(
            INSERT_WITHDRAWN,
            receipt_digest=receipt_digest,
            day=day_of(at),
            comparison_id=pending,
            is_tombstoned=None if pending else False,
        )
    )

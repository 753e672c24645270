"""Use cases of recall: note which rows an export's holders have to delete, and tell them."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from app.core.connections import Transaction
from app.research.exports.queries import WithdrawnRecord
from app.research.recall.models import Tombstone
from app.research.recall.queries import (
    HAS_LOOKED,
    INSERT_TOMBSTONE,
    LAST_NUMBER,
    LIST_AFTER,
    LOCK_EXPORT,
)

MOST_AT_ONCE: Final = 10_000


class Feed(NamedTuple):
    """Tombstones of an export after a number, and how many there are in all."""

    tombstones: list[Tombstone]
    last_number: int


def note_tombstones(
    tx: Transaction, *, export_id: bytes, withdrawn: Sequence[WithdrawnRecord], held: Mapping[bytes, str]
) -> int:
    """Notes that an export was looked through for records, and numbers those that it holds; how many of them are new.

    `held` has the vote id of each record that is in the export. Several processes may do so at once: whoever comes
    second finds it done. An export that has ended meanwhile is left alone.
    """
    tx.lock(LOCK_EXPORT, export_id=export_id)
    if tx.find(LOCK_EXPORT, export_id=export_id) is None:
        return 0
    first = (tx.find(LAST_NUMBER, export_id=export_id) or 0) + 1
    number = first
    for each in withdrawn:
        if tx.find(HAS_LOOKED, export_id=export_id, record_id=each.id) is not None:
            continue
        vote_id = held.get(each.id)
        tx.run(
            INSERT_TOMBSTONE,
            export_id=export_id,
            record_id=each.id,
            number=number if vote_id is not None else None,
            vote_id=vote_id,
            withdrawn_week=each.withdrawn_week,
        )
        number += vote_id is not None
    return number - first


def list_tombstones(tx: Transaction, *, export_id: bytes, since: int, most: int) -> Feed:
    """The tombstones of an export after the number `since`, at most `most` of them."""
    last = tx.find(LAST_NUMBER, export_id=export_id) or 0
    return Feed(tx.list(LIST_AFTER, export_id=export_id, since=since, most=most), last)

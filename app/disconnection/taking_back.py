"""Taking records back out of research: those of votes that were dropped or withdrawn, whoever has written them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

import structlog

from app.core.connections import Transaction
from app.core.ids import hex_of
from app.core.retention import Note, note_nothing
from app.disconnection.models import DROPPED_LINKS_KEPT, SLOWEST_WORKER_DAYS, link_place
from app.disconnection.queries import (
    DELETE_DROPPED_LINK,
    LIST_TO_TAKE_BACK,
    NOTE_TAKEN_BACK,
    NOTE_WITHDRAWN,
    DroppedLink,
)
from app.intake.zone import Intake
from app.privacy.errors import SealBroken, UnknownKeyVersion
from app.privacy.links import Links
from app.research.recall.jobs import publish_tombstones
from app.research.recall.queries import LIST_TOMBSTONED
from app.research.records.services import withdraw_record
from app.research.zone import Research

_log: Final = structlog.get_logger("pairvote.disconnection")
_BATCH: Final = 100
_BEFORE_ALL: Final = {"after_workspace_id": b"", "after_day": -1, "after_comparison_id": b""}


def take_back(research: Research, record_ids: Sequence[bytes], *, at: int) -> None:
    """Deletes records that there may be, and destroys their keys. Repeating it changes nothing."""
    if not record_ids:
        return

    def remove(tx: Transaction) -> None:
        for record_id in record_ids:
            withdraw_record(tx, record_id=record_id, at=at)

    research.db.write(remove)
    research.record_keys.destroy(record_ids)


def take_back_dropped(
    intake: Intake, research: Research, links: Links, *, at: int, note: Note = note_nothing
) -> int:
    """Takes back what there is of dropped and withdrawn votes: at once, and again when no worker can be left.

    How many links were forgotten after that second time.

    A worker that claimed the vote before may write its record after that, and die before it notices. Can be killed at
    any point.
    """
    after = _BEFORE_ALL
    before = DROPPED_LINKS_KEPT.due_before(at, SLOWEST_WORKER_DAYS)
    forgotten = 0
    while dropped := _list_some(intake, before, after):
        opened = {link: record_id for link in dropped if (record_id := _open(links, link)) is not None}
        take_back(research, list(opened.values()), at=at)
        # Before it is said that it is done: whoever holds the receipt is told whether exports know.
        publish_tombstones(research)
        tombstoned = research.db.fetch(lambda tx, opened=opened: _tombstoned(tx, opened))  # type: ignore[misc]
        keys = [link.key for link in opened]
        forgotten += intake.db.write(partial(_forget, keys, tombstoned, before, note))
        after = {f"after_{name}": value for name, value in dropped[-1].key.items()}
    return forgotten


def _list_some(intake: Intake, before: int, after: dict[str, object]) -> list[DroppedLink]:
    return intake.db.fetch(lambda tx: tx.list(LIST_TO_TAKE_BACK, before=before, most=_BATCH, **after))


def _open(links: Links, link: DroppedLink) -> bytes | None:
    """The record id of a dropped vote; None, and a word in the log, where the link is damaged."""
    try:
        return links.open_link(link.link_sealed, link_place(link.workspace_id, link.comparison_id))
    except (SealBroken, UnknownKeyVersion) as error:
        _log.error(
            "take_back_failed",
            workspace=hex_of(link.workspace_id),
            comparison=hex_of(link.comparison_id),
            kind=type(error).__name__,
        )
        return None


def _tombstoned(tx: Transaction, opened: Mapping[DroppedLink, bytes]) -> set[bytes]:
    """The comparisons whose records are in exports."""
    return {
        link.comparison_id
        for link, record_id in opened.items()
        if tx.find(LIST_TOMBSTONED, record_id=record_id) is not None
    }


def _forget(
    keys: Sequence[dict[str, Any]], told: Collection[object], before: int, note: Note, tx: Transaction
) -> int:
    deleted = Counter(
        key["workspace_id"] for key in keys if tx.run(DELETE_DROPPED_LINK, **key, before=before)
    )
    note(tx, deleted)
    tx.run_many(NOTE_TAKEN_BACK, keys)
    noted = [
        {"comparison_id": key["comparison_id"], "new_is_tombstoned": key["comparison_id"] in told}
        for key in keys
    ]
    tx.run_many(NOTE_WITHDRAWN, noted)
    return deleted.total()

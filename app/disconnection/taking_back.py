"""Taking records back out of research: those of votes that were dropped or withdrawn, whoever has written them."""

from collections.abc import Sequence
from typing import Final

import structlog

from app.core.clock import MS_PER_DAY
from app.core.connections import Transaction
from app.core.ids import hex_of
from app.disconnection.models import link_place
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
from app.research.records.services import withdraw_record
from app.research.zone import Research

_log: Final = structlog.get_logger("pairvote.disconnection")
_BATCH: Final = 100
_BEFORE_ALL: Final = {"after_workspace_id": b"", "after_day": -1, "after_comparison_id": b""}
# Far beyond what any worker takes from claiming a vote to writing its record: transactions end after a minute.
_SLOWEST_WORKER_MS: Final = MS_PER_DAY


def take_back(research: Research, record_ids: Sequence[bytes], *, at: int) -> None:
    """Deletes records that there may be, and destroys their keys. Repeating it changes nothing."""
    if not record_ids:
        return

    def remove(tx: Transaction) -> None:
        for record_id in record_ids:
            withdraw_record(tx, record_id=record_id, at=at)

    research.db.write(remove)
    research.record_keys.destroy(record_ids)


def take_back_dropped(intake: Intake, research: Research, links: Links, *, at: int) -> None:
    """Takes back what there is of dropped and withdrawn votes: at once, and again when no worker can be left.

    A worker that claimed the vote before may write its record after that, and die before it notices. Can be killed at
    any point.
    """
    after = _BEFORE_ALL
    before = at - _SLOWEST_WORKER_MS
    while dropped := _list_some(intake, before, after):
        opened = {link: record_id for link in dropped if (record_id := _open(links, link)) is not None}
        take_back(research, list(opened.values()), at=at)
        keys = [link.key for link in opened]
        intake.db.write(lambda tx, keys=keys: _note(tx, keys, before))  # type: ignore[misc]
        after = {f"after_{name}": value for name, value in dropped[-1].key.items()}


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


def _note(tx: Transaction, keys: Sequence[dict[str, object]], before: int) -> None:
    tx.run_many(DELETE_DROPPED_LINK, [{**key, "before": before} for key in keys])
    tx.run_many(NOTE_TAKEN_BACK, keys)
    tx.run_many(NOTE_WITHDRAWN, [{"comparison_id": key["comparison_id"]} for key in keys])

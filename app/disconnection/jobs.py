"""The disconnection sweep: every vote and all feedback whose undo window has passed leaves intake, exactly once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import structlog
from prometheus_client import Counter

from app.core.errors import StorageUnavailable
from app.core.ids import hex_of
from app.core.logging import frames_of
from app.core.metrics import REGISTRY
from app.core.retention import Note, note_nothing
from app.disconnection.crossing import Door, Tally, take_across
from app.disconnection.feedback import FEEDBACK
from app.disconnection.kinds import VOTES, Kind
from app.disconnection.queries import DueAnswer
from app.disconnection.taking_back import take_back_dropped
from app.intake.comparisons.models import ComparisonState

_log: Final = structlog.get_logger("pairvote.disconnection")
# Short transactions for the votes that are cast meanwhile, and few syncs for each vote that leaves.
_BATCH: Final = 50
_BEFORE_ALL: Final[dict[str, object]] = {
    "after_undo_until": -1,
    "after_workspace_id": b"",
    "after_day": -1,
    "after_comparison_id": b"",
}

DISCONNECTION_VOTES: Final = Counter(
    "pairvote_disconnection_votes",
    "Votes that left intake (disconnected, or dropped for a reason), and failed attempts.",
    ["outcome"],
    registry=REGISTRY,
)
DISCONNECTION_FEEDBACK: Final = Counter(
    "pairvote_disconnection_feedback",
    "Feedback that left intake (disconnected, or dropped for a reason), and failed attempts.",
    ["outcome"],
    registry=REGISTRY,
)
KINDS: Final = ((VOTES, DISCONNECTION_VOTES), (FEEDBACK, DISCONNECTION_FEEDBACK))
WITHHELD_TEXTS: Final = Counter(
    "pairvote_withheld_texts",
    "Votes and feedback that left intake without their text, or without an upload, because nothing could vouch for it.",
    ["reason"],
    registry=REGISTRY,
)


def disconnect_due(door: Door, *, at: int, limit: int | None = None, note: Note = note_nothing) -> int:
    """Takes final votes to research; how many have left intake. Votes that fail are logged and tried again later."""
    return sweep(door, at=at, limit=limit, note=note).handled


def sweep(
    door: Door,
    *,
    at: int,
    limit: int | None = None,
    progress: Callable[[int], object] | None = None,
    note: Note = note_nothing,
) -> Tally:
    """Like `disconnect_due`, with what became of the votes. `progress` is told how many more are dealt with.

    `note` is told of the links that are forgotten.
    """
    tally = Tally()
    for kind, counter in KINDS:
        for due in _due_batches(door, at, tally, limit, kind):
            part = _take_apart_where_needed(door, kind, due, at)
            _count(part, counter)
            tally.add(part)
            if progress is not None:
                progress(len(due))
    take_back_dropped(door.intake, door.research, door.links, at=at, note=note)
    return tally


def count_due(door: Door, *, at: int) -> int:
    """How many votes, and how much feedback, wait to leave."""
    return door.intake.db.fetch(lambda tx: sum(int(tx.one(kind.count_due, at=at)) for kind, _ in KINDS))


def _due_batches(
    door: Door, at: int, tally: Tally, limit: int | None, kind: Kind = VOTES
) -> Iterator[Sequence[DueAnswer]]:
    """What earlier runs have left half done comes first; what fails in this run is not met again in it.

    Only votes that have left count towards the limit: damaged ones must not use it up again and again.
    """
    for state in (ComparisonState.LEAVING, ComparisonState.OPEN):
        after: dict[str, object] = _BEFORE_ALL
        while limit is None or tally.handled < limit:
            most = _BATCH if limit is None else min(_BATCH, limit - tally.handled)
            due = _list_due(door, kind, at=at, state=state.value, most=most, **after)
            if not due:
                break
            yield due
            after = {
                "after_undo_until": due[-1].undo_until,
                "after_workspace_id": due[-1].workspace_id,
                "after_day": due[-1].day,
                "after_comparison_id": due[-1].comparison_id,
            }


def _list_due(door: Door, kind: Kind, **where: object) -> list[DueAnswer]:
    return door.intake.db.fetch(lambda tx: tx.list(kind.list_due, **where))


def _take_apart_where_needed(door: Door, kind: Kind, due: Sequence[DueAnswer], at: int) -> Tally:
    """A batch; in halves when something in it fails, until the one that does is alone and cannot hold up others."""
    try:
        return take_across(door, due, at=at, kind=kind)
    except StorageUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - one damaged comparison must not keep all others in intake
        if len(due) == 1:
            _log.error(
                "disconnection_failed",
                workspace=hex_of(due[0].workspace_id),
                comparison=hex_of(due[0].comparison_id),
                kind=type(error).__name__,
                at=frames_of(error),
            )
            return Tally(failed=1)
    middle = len(due) // 2
    tally = _take_apart_where_needed(door, kind, due[:middle], at)
    tally.add(_take_apart_where_needed(door, kind, due[middle:], at))
    return tally


def _count(tally: Tally, counter: Counter) -> None:
    counter.labels("disconnected").inc(tally.disconnected)
    counter.labels("failed").inc(tally.failed)
    for reason, answers in tally.dropped.items():
        counter.labels(reason.value).inc(answers)
    for why, votes in tally.withheld.items():
        WITHHELD_TEXTS.labels(why.value).inc(votes)

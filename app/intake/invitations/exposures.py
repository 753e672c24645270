"""The exposure report: how many were invited, who saw what, and how it ended; deletion leaves the counts standing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.core.connections import Transaction
from app.intake.invitations.exposure_queries import (
    ADD_EXPOSURE,
    DELETE_ENDED_COMPARISONS,
    DELETE_ENDED_INVITATIONS,
    LIST_EXPOSURES,
    EndedComparison,
    EndedInvitation,
)
from app.intake.invitations.models import Outcome
from app.intake.invitations.pair_counts import last_settled_day
from app.intake.invitations.queries import STORE_PAIR_TOTALS

_INVITATIONS: Final = "invitation_"
_COMPARISONS: Final = "comparison_"


@dataclass
class Exposures:
    """Counts by outcome."""

    counts: Counter[Outcome] = field(default_factory=Counter)

    def invitations(self) -> dict[str, int]:
        """`given`, and what it is made up of."""
        return self._made_up("given", _INVITATIONS)

    def comparisons(self) -> dict[str, int]:
        """`registered`, and what it is made up of."""
        return self._made_up("registered", _COMPARISONS)

    def _made_up(self, whole: str, prefix: str) -> dict[str, int]:
        parts = {
            outcome.value.removeprefix(prefix): self.counts[outcome]
            for outcome in Outcome
            if outcome.value.startswith(prefix)
        }
        return {whole: sum(parts.values()), **parts}


@dataclass(frozen=True)
class ExposureReport:
    """What happened from one day to another, by day and surface (empty where none was named), and in all."""

    first_day: int
    last_day: int
    by_day_and_surface: Mapping[tuple[int, str], Exposures]
    total: Exposures


def report_exposures(
    tx: Transaction, *, workspace_id: bytes, first_day: int, last_day: int, at: int
) -> ExposureReport:
    """The report for a range of days, both included; a comparison counts on the day it was registered."""
    rows = tx.list(LIST_EXPOSURES, workspace_id=workspace_id, first_day=first_day, last_day=last_day, at=at)
    found: dict[tuple[int, str], Exposures] = {}
    total = Exposures()
    for row in rows:
        outcome = Outcome(row.outcome)
        found.setdefault((row.day, row.surface), Exposures()).counts[outcome] += row.times
        total.counts[outcome] += row.times
    return ExposureReport(first_day, last_day, found, total)


def roll_up_before(before_day: int, *, at: int) -> int:
    """The day before which rows may go: only settled days are deleted, because pairs of models are counted by then."""
    return min(before_day, last_settled_day(at) + 1)


def roll_up_invitations(tx: Transaction, *, workspace_id: bytes, before_day: int, most: int, at: int) -> int:
    """Deletes up to `most` invitations of days before `before_day`, and counts them.

    Returns how many rows it deleted: call it again, in a transaction of its own, until that is 0. Each call is
    whole or did not happen, so it may be killed at any point and run beside itself.
    """
    before_day = roll_up_before(before_day, at=at)
    ended = tx.list(
        DELETE_ENDED_INVITATIONS, workspace_id=workspace_id, before_day=before_day, most=most, at=at
    )
    _count(tx, workspace_id, ended)
    return len(ended)


def roll_up_comparisons(tx: Transaction, *, workspace_id: bytes, before_day: int, most: int, at: int) -> int:
    """The same of comparisons. Those that are open or leaving stay; pairs of models are counted first."""
    tx.run(STORE_PAIR_TOTALS, workspace_id=workspace_id, through=last_settled_day(at))
    before_day = roll_up_before(before_day, at=at)
    ended = tx.list(DELETE_ENDED_COMPARISONS, workspace_id=workspace_id, before_day=before_day, most=most)
    _count(tx, workspace_id, ended)
    return len(ended)


def _count(tx: Transaction, workspace_id: bytes, ended: Sequence[EndedInvitation | EndedComparison]) -> None:
    counts = Counter((row.day, row.surface or "", row.outcome.value) for row in ended)
    # In one order everywhere: two of these at a time then wait for each other instead of deadlocking.
    tx.run_many(
        ADD_EXPOSURE,
        [
            {"workspace_id": workspace_id, "day": day, "surface": surface, "outcome": outcome, "count": count}
            for (day, surface, outcome), count in sorted(counts.items())
        ],
    )

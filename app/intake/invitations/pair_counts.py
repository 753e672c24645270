"""How many comparisons of each pair of models a workspace has, as far as one process knows."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.core.clock import MS_PER_DAY, MS_PER_SECOND, day_of, monotonic
from app.core.database import Database
from app.core.statements import Query
from app.core.turns import WAITING
from app.intake.invitations.lottery import Pair, pair_of
from app.intake.invitations.queries import COUNT_PAIRS_AFTER, COUNT_PAIRS_UNTIL, PairCount

# A comparison's day is that of the request's beginning: one that began before midnight may be stored after it.
_LATEST_MS: Final = 3600 * MS_PER_SECOND


def last_settled_day(at: int) -> int:
    """The last day to which no comparison is added any more."""
    return day_of(at - _LATEST_MS - MS_PER_DAY)


@dataclass(slots=True)
class _Known:
    """What was read for one workspace. `totals` is replaced, never changed: decisions go through it without a lock."""

    settled_through: int
    settled: Counter[Pair]
    totals: Mapping[Pair, int]
    fresh_until: float


class PairCounts:
    """Counts of pairs, at most `cache_seconds` behind other processes and not behind this one at all."""

    def __init__(self, database: Database, *, cache_seconds: float) -> None:
        self._database = database
        self._cache_seconds = cache_seconds
        self._known: dict[bytes, _Known] = {}
        # What this process registers while the database is being read, by workspace.
        self._meanwhile: dict[bytes, Counter[Pair]] = {}
        self._lock = threading.Lock()
        self._reading = threading.Lock()

    def get(self, workspace_id: bytes, *, at: int) -> Mapping[Pair, int]:
        """Comparisons ever registered, and not withheld, for each pair of models."""
        known = self._known.get(workspace_id)
        if known is not None and monotonic() < known.fresh_until:
            return known.totals
        with WAITING:  # whoever is reading may need a turn to come to its end
            is_ours = self._reading.acquire(blocking=known is None)
        if not is_ours:
            assert known is not None
            return known.totals  # somebody else is reading: nobody waits for a count of seconds ago
        try:
            return self._read(workspace_id, at=at)
        finally:
            self._reading.release()

    def note_registered(self, workspace_id: bytes, models: Pair) -> None:
        """Counts a comparison that this process has just registered."""
        pair = pair_of(*models)
        with self._lock:
            known = self._known.get(workspace_id)
            if known is not None:
                known.totals = {**known.totals, pair: known.totals.get(pair, 0) + 1}
            if workspace_id in self._meanwhile:
                self._meanwhile[workspace_id][pair] += 1

    def _read(self, workspace_id: bytes, *, at: int) -> Mapping[Pair, int]:
        with self._lock:
            known = self._known.get(workspace_id)
            self._meanwhile[workspace_id] = Counter()
        try:
            through = last_settled_day(at)
            if known is not None and known.settled_through == through:
                settled = known.settled
            else:
                settled = self._count(COUNT_PAIRS_UNTIL, workspace_id, through)
            counted = settled + self._count(COUNT_PAIRS_AFTER, workspace_id, through)
            with self._lock:
                # What was registered during the read may be in it or not. Counted twice until the next read, it
                # can close a pair a moment early; not counted, it would overshoot the quota.
                totals = counted + self._meanwhile[workspace_id]
                self._known[workspace_id] = _Known(
                    through, settled, totals, monotonic() + self._cache_seconds
                )
            return totals
        finally:
            with self._lock:
                del self._meanwhile[workspace_id]

    def _count(self, query: Query[PairCount], workspace_id: bytes, through: int) -> Counter[Pair]:
        return added_up(
            self._database.fetch(lambda tx: tx.list(query, workspace_id=workspace_id, through=through))
        )


def added_up(rows: Iterable[PairCount]) -> Counter[Pair]:
    """Counts by unordered pair."""
    counts: Counter[Pair] = Counter()
    for row in rows:
        counts[pair_of(row.model_0, row.model_1)] += row.times
    return counts

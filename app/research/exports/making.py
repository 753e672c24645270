"""Makes parts of an export from the records of its plan, in this process."""

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from app.research.exports.conversations import Standing
from app.research.exports.identities import ExportIdentities
from app.research.exports.parts import (
    BUILDING,
    Part,
    Tick,
    write_conversations,
    write_feedback,
    write_votes,
)
from app.research.exports.plan import PartKey, Plan, Stage, read_order, save_part
from app.research.exports.reading import RecordSource, read_feedback, read_records
from app.research.exports.request import ExportFormat
from app.research.exports.votes import projected, projected_feedback

_STANDING: Final = f"{BUILDING}/standing-{{:05}}.npy"


class PartMakers(Protocol):
    """Those who make parts: this process, or several."""

    def make(self, keys: Sequence[PartKey], tick: Tick) -> Iterator[tuple[PartKey, Part]]:
        """Makes parts, and tells each when it is complete; `tick` is told the rows of those that are not yet."""


class PartMaker:
    """Makes parts one after the other."""

    def __init__(
        self,
        source: RecordSource,
        identities: ExportIdentities,
        *,
        work: Path,
        plan: Plan,
        formats: tuple[ExportFormat, ...],
    ) -> None:
        self._source = source
        self._identities = identities
        self._work = work
        self._plan = plan
        self._formats = formats

    def make(self, keys: Sequence[PartKey], tick: Tick) -> Iterator[tuple[PartKey, Part]]:
        """Makes parts, and tells each when it is complete."""
        for key in keys:
            yield key, self.make_one(key, tick)

    def make_one(self, key: PartKey, tick: Tick) -> Part:
        """Makes a part, and notes it."""
        with _without_old_garbage():
            make = {
                Stage.VOTES: self._votes,
                Stage.CONVERSATIONS: self._talks,
                Stage.FEEDBACK: self._feedback,
            }[key.stage]
            part = make(key.number, tick)
        save_part(self._work, key, part)
        return part

    def _votes(self, number: int, tick: Tick) -> Part:
        dropped: Counter[str] = Counter()
        records = read_records(self._source, read_order(self._work, self._plan, number), dropped=dropped)
        votes = projected(records, self._identities)
        return write_votes(self._work, number, votes, self._formats, dropped=dropped, tick=tick)

    def _feedback(self, number: int, tick: Tick) -> Part:
        dropped: Counter[str] = Counter()
        ids = read_order(self._work, self._plan, number, Stage.FEEDBACK)
        rows = projected_feedback(read_feedback(self._source, ids, dropped=dropped), self._identities)
        return write_feedback(
            self._work,
            number,
            rows,
            self._formats,
            parts_of_votes=self._plan.parts,
            dropped=dropped,
            tick=tick,
        )

    def _talks(self, number: int, tick: Tick) -> Part:
        standing: Standing = np.load(self._work / _STANDING.format(number), allow_pickle=False)
        return write_conversations(self._work, number, standing, self._formats, tick=tick)


@contextlib.contextmanager
def _without_old_garbage() -> Iterator[None]:
    """Spares the garbage collector what is there already.

    Rows by the million live for a moment each; every so many of them it would look at all of the application again.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def save_standing(work: Path, found: Iterable[Standing]) -> None:
    """Keeps which votes of each part stand for a conversation, for whoever makes the conversations of that part."""
    for number, standing in enumerate(found):
        np.save(work / _STANDING.format(number), standing, allow_pickle=False)

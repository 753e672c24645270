"""Writes an export part by part: so many votes in every form, with what is made of each of them alone.

A part needs nothing of the others, so parts can be made in any order, by any process, and made again.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa

from app.research.exports.battles_csv import BattlesPart
from app.research.exports.conversations import Standing, conversation_rows
from app.research.exports.feedback_counts import FeedbackCounts
from app.research.exports.feedback_counts import Stored as CountedFeedback
from app.research.exports.files import WrittenFile
from app.research.exports.request import ExportFormat
from app.research.exports.statistics import Statistics, Stored
from app.research.exports.table_writer import TableWriter
from app.research.exports.tables import (
    CONVERSATIONS,
    FEEDBACK,
    TRL_PREFERENCE,
    TRL_UNPAIRED,
    VOTES,
    Table,
)
from app.research.exports.training import Made, preference_rows, thumb_rows, unpaired_rows

BUILDING: Final = ".building"
"""Where in the work folder lies what is needed while an export is built, and is no part of it."""

# A both-bad vote gives two rows of `trl_unpaired`: no file of any table has more than 100,000.
ROWS_PER_FILE: Final = 50_000

Tick = Callable[[int], None]


def untold(_: int) -> None:
    """Tells nobody."""


# Tables whose rows each come from one vote.
FROM_VOTES: Final[Mapping[Table, Callable[[pa.RecordBatch], Made]]] = {
    TRL_PREFERENCE: preference_rows,
    TRL_UNPAIRED: unpaired_rows,
}


@dataclass(frozen=True)
class Part:
    """What a finished part holds."""

    files: tuple[WrittenFile, ...]
    rows: Mapping[str, int]
    """By table."""
    battles: WrittenFile | None = None
    """Its lines of the CSV, which are put together at the end."""
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By table, the votes that gave no row, by reason."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Records of the part that could not be read any more, by reason."""
    statistics: Stored = field(default_factory=dict)
    feedback: CountedFeedback = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The part for storage."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A stored part. TypeError."""
        battles = stored["battles"]
        return cls(
            **{
                **stored,
                "files": tuple(WrittenFile(**file) for file in stored["files"]),
                "battles": WrittenFile(**battles) if battles is not None else None,
            }
        )

    @property
    def written(self) -> tuple[WrittenFile, ...]:
        """Every file it is made of."""
        return (*self.files, self.battles) if self.battles is not None else self.files


def write_votes(
    work: Path,
    number: int,
    votes: Iterable[pa.RecordBatch],
    formats: Collection[ExportFormat],
    *,
    dropped: Mapping[str, int] | None = None,
    tick: Tick = untold,
) -> Part:
    """Writes a part of `votes`, and of the tables whose rows each come from one vote.

    `tick` is told the rows written so far. `dropped` is read after the last row.
    """
    statistics = Statistics()
    left_out: dict[str, Counter[str]] = {table.name: Counter() for table in FROM_VOTES}
    with contextlib.ExitStack() as unfinished:
        writers = {
            table: unfinished.enter_context(contextlib.closing(TableWriter(work, table, number, formats)))
            for table in (VOTES, *FROM_VOTES)
        }
        battles = None
        if ExportFormat.CSV in formats:
            battles = unfinished.enter_context(
                contextlib.closing(BattlesPart(work, f"{BUILDING}/battles-{number:05}.csv"))
            )
        for batch in votes:
            writers[VOTES].write(batch)
            statistics.add(batch)
            if battles is not None:
                battles.write(batch)
            for table, make in FROM_VOTES.items():
                made = make(batch)
                left_out[table.name] += made.left_out
                writers[table].write(made.rows)
            tick(writers[VOTES].rows)
        return Part(
            files=tuple(file for writer in writers.values() for file in writer.finish()),
            rows={table.name: writer.rows for table, writer in writers.items()},
            battles=battles.finish() if battles is not None else None,
            left_out={name: dict(counts) for name, counts in left_out.items()},
            dropped=dict(dropped or {}),
            statistics=statistics.stored(),
        )


def write_feedback(
    work: Path,
    number: int,
    feedback: Iterable[pa.RecordBatch],
    formats: Collection[ExportFormat],
    *,
    parts_of_votes: int,
    dropped: Mapping[str, int] | None = None,
    tick: Tick = untold,
) -> Part:
    """Writes a part of `feedback`, and what it gives of `trl_unpaired`, behind what the votes gave of that.

    `tick` is told the rows written so far. `dropped` is read after the last row.
    """
    counts = FeedbackCounts()
    with contextlib.ExitStack() as unfinished:

        def begin(table: Table, part: int) -> TableWriter:
            return unfinished.enter_context(contextlib.closing(TableWriter(work, table, part, formats)))

        writers = {FEEDBACK: begin(FEEDBACK, number)}
        for batch in feedback:
            writers[FEEDBACK].write(batch)
            counts.add(batch)
            made = thumb_rows(batch)
            counts.add_left_out(made.left_out)
            if made.rows.num_rows:
                if TRL_UNPAIRED not in writers:
                    writers[TRL_UNPAIRED] = begin(TRL_UNPAIRED, parts_of_votes + number)
                writers[TRL_UNPAIRED].write(made.rows)
            tick(writers[FEEDBACK].rows)
        return Part(
            files=tuple(file for writer in writers.values() for file in writer.finish()),
            rows={table.name: writer.rows for table, writer in writers.items()},
            feedback=counts.stored(dropped=dropped),
        )


def write_conversations(
    work: Path,
    number: int,
    standing: Standing,
    formats: Collection[ExportFormat],
    *,
    tick: Tick = untold,
) -> Part:
    """Writes the conversations that votes of a part stand for; `tick` is told the rows written so far."""
    with contextlib.closing(TableWriter(work, CONVERSATIONS, number, formats)) as writer:
        for batch in conversation_rows(work / VOTES.parquet_path(number), standing):
            writer.write(batch)
            tick(writer.rows)
        return Part(files=tuple(writer.finish()), rows={CONVERSATIONS.name: writer.rows})

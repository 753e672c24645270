"""Writes all tables of an export in one pass over the rows of `votes`."""

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from app.research.exports.battles_csv import BattlesCsv
from app.research.exports.conversations import Conversations
from app.research.exports.files import WrittenFile
from app.research.exports.rows import Row
from app.research.exports.statistics import Statistics
from app.research.exports.table_writer import TableWriter
from app.research.exports.tables import (
    CONVERSATIONS,
    MODELS,
    TABLES,
    TRL_PREFERENCE,
    TRL_UNPAIRED,
    VOTES,
    Table,
)
from app.research.exports.training import Made, preference_rows, unpaired_rows

_TICK_ROWS: Final = 1_000

# Tables whose rows each come from one vote.
FROM_VOTES: Final[Mapping[Table, Callable[[Row], Made]]] = {
    TRL_PREFERENCE: preference_rows,
    TRL_UNPAIRED: unpaired_rows,
}


class TableSet(contextlib.ExitStack):
    """The tables of one export while they are written; leaving it gives up what is not finished."""

    def __init__(self, work: Path, statistics: Statistics) -> None:
        super().__init__()
        self._work = work
        self._statistics = statistics
        self._rows: Counter[str] = Counter()
        self._left_out: dict[str, Counter[str]] = {table.name: Counter() for table in FROM_VOTES}
        self.vote_parts: list[Path] = []
        """The Parquet files of `votes`, once they are complete."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._writers = {
            table: self.enter_context(contextlib.closing(TableWriter(self._work, table))) for table in TABLES
        }
        self._battles = self.enter_context(contextlib.closing(BattlesCsv(self._work)))
        self._conversations = self.enter_context(contextlib.closing(Conversations(self._work)))
        return self

    def add(self, vote: Row) -> None:
        """Takes a row of `votes`, and everything that is made of it alone."""
        self._write(VOTES, vote)
        self._battles.write(vote)
        self._statistics.add(vote)
        self._conversations.add(vote)
        for table, make in FROM_VOTES.items():
            made = make(vote)
            if made.left_out is not None:
                self._left_out[table.name][made.left_out] += 1
            for row in made.rows:
                self._write(table, row)

    def finish(self, tick: Callable[[], None]) -> list[WrittenFile]:
        """Writes what needs all votes, and completes all files. `tick` is called now and then."""
        votes = self._writers[VOTES].finish()
        self.vote_parts = [
            self._work / file.path for file in votes if file.path.startswith(VOTES.parquet_folder)
        ]
        for number, conversation in enumerate(self._conversations.rows(self.vote_parts)):
            if number % _TICK_ROWS == 0:
                tick()
            self._write(CONVERSATIONS, conversation)
        for model in self._statistics.models():
            self._write(MODELS, model)
        files = [self._battles.finish(), *votes]
        for table, writer in self._writers.items():
            if table is not VOTES:
                files += writer.finish()
        return files

    def summary(self) -> dict[str, Any]:
        """By table: its rows, and the votes that gave none, by reason."""
        return {
            table.name: {
                "rows": self._rows[table.name],
                "votes_left_out": dict(sorted(self._left_out.get(table.name, Counter()).items())),
            }
            for table in TABLES
        }

    def _write(self, table: Table, row: Row) -> None:
        self._writers[table].write(row)
        self._rows[table.name] += 1

"""Writes the judged comparisons as a small CSV table without text."""

import csv
import datetime as dt
import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from app.research.exports.files import ExportFile, WrittenFile

PATH: Final = "csv/battles.csv"
COLUMNS: Final = ("vote_id", "rater_id", "model_a", "model_b", "winner", "voted_week")
_COPIED_BYTES: Final = 64 * 1024

# Spreadsheets run a cell that starts like this as a formula, the full-width forms included. The apostrophe is
# among them so that taking one leading apostrophe away always gives back the value.
_RISKY_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


class BattlesPart:
    """The lines of a part of the votes: RFC 4180 with CRLF line ends, UTF-8; only rows with a winner."""

    def __init__(self, root: Path, path: str) -> None:
        self._file = ExportFile(root, path)
        self._rows = 0

    def write(self, votes: pa.RecordBatch) -> None:
        """Adds rows of `votes`, all but those without a winner."""
        judged = votes.select(list(COLUMNS)).filter(votes["winner"].is_valid())
        rows = zip(*(column.to_pylist() for column in judged.columns), strict=True)
        self._file.write(_lines([[safe_cell(value) for value in row] for row in rows]))
        self._rows += judged.num_rows

    def finish(self) -> WrittenFile:
        """Publishes the file."""
        return self._file.publish(rows=self._rows)

    def close(self) -> None:
        """Gives up an unfinished file."""
        self._file.close()


def write_battles(root: Path, parts: Sequence[WrittenFile]) -> WrittenFile:
    """`battles.csv`: a header and the lines of all parts, which lie under the same root."""
    with ExportFile(root, PATH) as file:
        file.write(_lines([COLUMNS]))
        for part in parts:
            with (root / part.path).open("rb") as lines:
                shutil.copyfileobj(lines, file, _COPIED_BYTES)
        return file.publish(rows=sum(part.rows or 0 for part in parts))


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def safe_cell(value: str | dt.date | None) -> str:
    """A cell's text that no spreadsheet takes for a formula; an apostrophe in front marks what was made safe."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else value.isoformat()
    return f"'{text}" if text.startswith(_RISKY_STARTS) else text

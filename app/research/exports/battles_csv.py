"""Writes the judged comparisons as a small CSV table without text."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Final

from app.research.exports.files import ExportFile, WrittenFile
from app.research.exports.rows import Row

PATH: Final = "csv/battles.csv"
COLUMNS: Final = ("vote_id", "rater_id", "model_a", "model_b", "winner", "voted_week")
_BUFFERED_CHARACTERS: Final = 64 * 1024

# Spreadsheets run a cell that starts like this as a formula, the full-width forms included. The apostrophe is
# among them so that taking one leading apostrophe away always gives back the value.
_RISKY_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


class BattlesCsv:
    """`battles.csv`: RFC 4180 with CRLF line ends and a header, UTF-8; only rows with a winner."""

    def __init__(self, root: Path) -> None:
        self._file = ExportFile(root, PATH)
        self._buffer = io.StringIO(newline="")
        self._csv = csv.writer(self._buffer, lineterminator="\r\n")
        self._csv.writerow(COLUMNS)
        self._rows = 0

    def write(self, row: Row) -> None:
        """Adds a row of `votes`, unless it has no winner."""
        if row["winner"] is None:
            return
        self._csv.writerow([safe_cell(row[column]) for column in COLUMNS])
        self._rows += 1
        if self._buffer.tell() >= _BUFFERED_CHARACTERS:
            self._flush()

    def finish(self) -> WrittenFile:
        """Publishes the file."""
        self._flush()
        return self._file.publish(rows=self._rows)

    def close(self) -> None:
        """Gives up an unfinished file."""
        self._file.close()

    def _flush(self) -> None:
        self._file.write(self._buffer.getvalue().encode())
        self._buffer.seek(0)
        self._buffer.truncate()


def safe_cell(value: str | dt.date | None) -> str:
    """A cell's text that no spreadsheet takes for a formula; an apostrophe in front marks what was made safe."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else value.isoformat()
    return f"'{text}" if text.startswith(_RISKY_STARTS) else text

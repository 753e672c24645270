"""Writes `votes` as gzipped JSON Lines: the same rows, in the same order and split as the Parquet files."""

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Final

from app.research.exports.files import ExportFile, WrittenFile
from app.research.exports.rows import Row

FOLDER: Final = "jsonl"
# Level 6 takes two and a half times as long for files a quarter smaller; whoever wants small takes the Parquet.
_GZIP_LEVEL: Final = 3

# These are plain characters to JSON and line ends to many readers of lines.
_LINE_ENDS: Final = ("\u0085", "\u2028", "\u2029")


def jsonl_path(part: int) -> str:
    """The path of a part within the export."""
    return f"{FOLDER}/votes-{part:05}.jsonl.gz"


class VotesJsonl:
    """One file of JSON Lines; the same rows give the same bytes."""

    def __init__(self, root: Path, part: int) -> None:
        self._file = ExportFile(root, jsonl_path(part))
        # No name and no time in the header: both would differ from run to run.
        self._gzip = gzip.GzipFile(
            filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=self._file, mtime=0
        )
        self._rows = 0

    def write(self, row: Row) -> None:
        """Adds a row as a line."""
        self._gzip.write(json_line(row).encode())
        self._rows += 1

    def finish(self) -> WrittenFile:
        """Ends the stream and publishes the file."""
        self._gzip.close()
        return self._file.publish(rows=self._rows)

    def close(self) -> None:
        """Gives up an unfinished file."""
        if not self._file.closed:
            self._gzip.close()
            self._file.close()


def json_line(row: Row) -> str:
    """A row as one line of JSON, dates as YYYY-MM-DD."""
    line = _ENCODER.encode(row)
    for character in _LINE_ENDS:
        if character in line:
            line = line.replace(character, f"\\u{ord(character):04x}")
    return line + "\n"


def _date(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"A row holds a {type(value).__name__}.")


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_date)

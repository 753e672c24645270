"""Writes a table as gzipped JSON Lines: the same rows, in the same order and split as the Parquet files."""

import contextlib
import gzip
from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa

from app.research.exports.beside import Beside
from app.research.exports.files import ExportFile, WrittenFile
from app.research.exports.rows import Row
from app.research.exports.tables import Table

# Level 6 takes two and a half times as long for files a quarter smaller; whoever wants small takes the Parquet.
_GZIP_LEVEL: Final = 3

# These are plain characters to JSON and line ends to many readers of lines.
_LINE_ENDS: Final = tuple(
    (character.encode(), f"\\u{ord(character):04x}".encode()) for character in ("\u0085", "\u2028", "\u2029")
)
# Compressed beside the next rows' making.
_BLOCK_BYTES: Final = 1024 * 1024


class JsonlFile:
    """One file of JSON Lines; the same rows give the same bytes."""

    def __init__(self, root: Path, table: Table, part: int) -> None:
        self._file = ExportFile(root, table.jsonl_path(part))
        # No name and no time in the header: both would differ from run to run.
        self._gzip = gzip.GzipFile(
            filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=self._file, mtime=0
        )
        self._compressing = Beside()
        self._lines: list[bytes] = []
        self._waiting_bytes = 0
        self._rows = 0

    def write(self, rows: pa.RecordBatch) -> None:
        """Adds each row as a line."""
        for row in rows.to_pylist():
            line = json_line(row)
            self._lines.append(line)
            self._waiting_bytes += len(line)
            if self._waiting_bytes >= _BLOCK_BYTES:
                self._compress()
        self._rows += rows.num_rows

    def finish(self) -> WrittenFile:
        """Ends the stream and publishes the file."""
        self._compress()
        self._compressing.close()
        self._gzip.close()
        return self._file.publish(rows=self._rows)

    def close(self) -> None:
        """Gives up an unfinished file."""
        if not self._file.closed:
            with contextlib.suppress(OSError):
                self._compressing.close()
                self._gzip.close()
            self._file.close()

    def _compress(self) -> None:
        block = b"".join(self._lines)
        self._lines, self._waiting_bytes = [], 0
        self._compressing.do(lambda: self._gzip.write(block))


def json_line(row: Row) -> bytes:
    """A row as one line of JSON in UTF-8, dates as YYYY-MM-DD."""
    line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    if line.isascii():
        return line
    for character, escaped in _LINE_ENDS:
        if character in line:
            line = line.replace(character, escaped)
    return line

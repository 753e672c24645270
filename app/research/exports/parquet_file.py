"""Writes a table as Parquet, the canonical form."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from app.research.exports.beside import Beside
from app.research.exports.files import ExportFile, WrittenFile
from app.research.exports.rows import Row
from app.research.exports.tables import Table

# A row group is held in memory: it ends with the batch that reaches either bound.
_GROUP_ROWS: Final = 5_000
_GROUP_BYTES: Final = 8 * 1024 * 1024
_ZSTD_LEVEL: Final = 1
_READ_ROWS: Final = 500


class ParquetFile:
    """One Parquet file of a table; the same rows give the same bytes."""

    def __init__(self, root: Path, table: Table, part: int) -> None:
        self._schema = table.schema
        self._file = ExportFile(root, table.parquet_path(part))
        self._writer = pq.ParquetWriter(
            pa.PythonFile(self._file, mode="w"),
            table.schema,
            compression="zstd",
            compression_level=_ZSTD_LEVEL,
            use_dictionary=list(table.repeating),  # type: ignore[arg-type]  # the stubs know only bool
            write_statistics=list(table.repeating),
        )
        self._compressing = Beside()
        self._group: list[pa.RecordBatch] = []
        self._group_rows = 0
        self._group_bytes = 0
        self._written = 0

    def write(self, rows: pa.RecordBatch) -> None:
        """Adds rows; writes a row group when enough have come together."""
        if not rows.num_rows:
            return
        self._group.append(rows)
        self._group_rows += rows.num_rows
        self._group_bytes += rows.nbytes
        if self._group_rows >= _GROUP_ROWS or self._group_bytes >= _GROUP_BYTES:
            self._write_group()

    def finish(self) -> WrittenFile:
        """Writes what is left and the footer, and publishes the file."""
        if self._group:
            self._write_group()
        self._compressing.close()
        self._writer.close()
        return self._file.publish(rows=self._written)

    def close(self) -> None:
        """Gives up an unfinished file."""
        if not self._file.closed:
            # The writer would otherwise write its footer when it is collected, to a file that is gone.
            with contextlib.suppress(OSError, pa.ArrowException):
                self._compressing.close()
            with contextlib.suppress(OSError, pa.ArrowException):
                self._writer.close()
            self._file.close()

    def _write_group(self) -> None:
        group, rows = pa.Table.from_batches(self._group), self._group_rows
        self._compressing.do(lambda: self._writer.write_table(group, row_group_size=rows))
        self._written += self._group_rows
        self._group = []
        self._group_rows = self._group_bytes = 0


def read_batches(part: Path, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a file in small batches, none of which reaches over the end of a row group: those are bounded."""
    with contextlib.closing(pq.ParquetFile(part)) as file:
        for group in range(file.num_row_groups):
            yield from file.iter_batches(
                _READ_ROWS, row_groups=[group], columns=None if columns is None else list(columns)
            )


def parts_of(folder: Path, table: Table) -> list[Path]:
    """The Parquet files of a table in an export, in order."""
    return sorted((folder / table.parquet_folder).glob("*.parquet"))


def read_rows(parts: Iterable[Path]) -> Iterator[Row]:
    """The rows of files, one file after the other."""
    for part in parts:
        for batch in read_batches(part):
            yield from batch.to_pylist()


def held_rows(parts: Iterable[Path], table: Table, row_ids: Collection[str]) -> set[str]:
    """Those of `row_ids` that have a row in these files of a table; its first column names its rows."""
    if not row_ids:
        return set()
    wanted = pa.array(row_ids, pa.string())
    found: set[str] = set()
    for part in parts:
        for batch in read_batches(part, table.schema.names[:1]):
            column = batch.column(0)
            held = column.filter(pc.is_in(column, value_set=wanted))
            found.update(str(row_id) for row_id in held.to_pylist())
    return found

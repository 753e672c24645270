"""Writes a part of a table in all forms that were asked for."""

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from app.research.exports.files import WrittenFile
from app.research.exports.jsonl_file import JsonlFile
from app.research.exports.parquet_file import ParquetFile
from app.research.exports.request import ExportFormat
from app.research.exports.tables import Table


class TableWriter:
    """The Parquet file of a part and, where asked for, its JSON Lines: the same rows in both."""

    def __init__(self, root: Path, table: Table, part: int, formats: Collection[ExportFormat]) -> None:
        self._table = table
        self._files: list[ParquetFile | JsonlFile] = [ParquetFile(root, table, part)]
        if ExportFormat.JSONL in formats:
            self._files.append(JsonlFile(root, table, part))
        self.rows = 0

    def write(self, rows: pa.RecordBatch) -> None:
        """Adds rows."""
        for file in self._files:
            file.write(rows)
        self.rows += rows.num_rows

    def finish(self) -> list[WrittenFile]:
        """Completes the files."""
        return [file.finish() for file in self._files]

    def close(self) -> None:
        """Gives up what is not finished."""
        for file in self._files:
            file.close()

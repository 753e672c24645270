"""Writes a table in both of its forms at once."""

from pathlib import Path

from app.research.exports.files import Parts, WrittenFile
from app.research.exports.jsonl_file import JsonlFile
from app.research.exports.parquet_file import ParquetFile
from app.research.exports.rows import Row
from app.research.exports.tables import Table


class TableWriter:
    """The Parquet files and the JSON Lines of one table: the same rows in both."""

    def __init__(self, root: Path, table: Table) -> None:
        self._parquet = Parts(lambda part: ParquetFile(root, table, part))
        self._jsonl = Parts(lambda part: JsonlFile(root, table, part))

    def write(self, row: Row) -> None:
        """Adds a row."""
        self._parquet.write(row)
        self._jsonl.write(row)

    def finish(self) -> list[WrittenFile]:
        """Completes the last files and tells all of them."""
        return [*self._parquet.finish(), *self._jsonl.finish()]

    def close(self) -> None:
        """Gives up what is not finished."""
        self._parquet.close()
        self._jsonl.close()

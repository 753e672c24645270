"""A whole export as one ZIP file, made while it is sent: nothing of it is ever on the disk or in memory."""

import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Final, Protocol

from app.core.zip_stream import NO_TIME, READABLE, Written
from app.research.exports.byte_ranges import Span
from app.research.exports.models import StoredFile

ARCHIVE: Final = "archive.zip"


class Blocks(Protocol):
    """Bytes of a file, block by block."""

    def __iter__(self) -> Iterator[bytes]:
        """The bytes."""

    def close(self) -> None:
        """Lets the file go."""


class Archive:
    """The files of an export below one folder, as a WSGI body.

    StorageUnavailable unless all of them are as they were written.
    """

    def __init__(
        self, name: str, files: Sequence[StoredFile], open_part: Callable[[StoredFile, Span], Blocks]
    ) -> None:
        self._name = name
        self._files = files
        self._open_part = open_part
        for file in files:
            self._open(file).close()
        self._blocks = self._written()

    def __iter__(self) -> Iterator[bytes]:
        """The ZIP file, block by block; once."""
        return self._blocks

    def close(self) -> None:
        """Lets go of the file that is being sent."""
        self._blocks.close()

    def _written(self) -> Generator[bytes]:
        # What is compressed already is stored as it is.
        written = Written()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
            for file in self._files:
                entry = zipfile.ZipInfo(f"{self._name}/{file.path}", NO_TIME)
                entry.external_attr = READABLE
                with (
                    closing(self._open(file)) as blocks,
                    archive.open(entry, "w", force_zip64=True) as target,
                ):
                    for block in blocks:
                        target.write(block)
                        yield written.take()
        yield written.take()

    def _open(self, file: StoredFile) -> Blocks:
        return self._open_part(file, Span(0, file.size_bytes, file.size_bytes))

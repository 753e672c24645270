"""A whole export as one ZIP file, made while it is sent: nothing of it is ever on the disk or in memory."""

import io
import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Final, Protocol

from app.research.exports.byte_ranges import Span
from app.research.exports.models import StoredFile

ARCHIVE: Final = "archive.zip"
# ZIP knows no time before; the export's own files tell all that may be known of when it was made.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16


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
        written = _Written()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
            for file in self._files:
                entry = zipfile.ZipInfo(f"{self._name}/{file.path}", _NO_TIME)
                entry.external_attr = _READABLE
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


class _Written(io.RawIOBase):
    """What has been written and not yet sent; it cannot be gone back in."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: object) -> int:
        """Keeps a copy until it is taken."""
        block = bytes(data)  # type: ignore[call-overload]
        self._waiting.append(block)
        return len(block)

    def take(self) -> bytes:
        """What has come since the last time."""
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken

"""Parts of a file over HTTP: conditional requests and single byte ranges (RFC 9110)."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from app.core.errors import StorageUnavailable
from app.core.http.request import Request
from app.research.exports.errors import RangeNotSatisfiable
from app.research.exports.models import StoredFile

_BLOCK: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes[ \t]*=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*", re.ASCII | re.IGNORECASE)


class Span(NamedTuple):
    """Bytes of a file, from `start` on."""

    start: int
    length: int
    size: int

    @property
    def is_part(self) -> bool:
        """Whether less than the whole was asked for."""
        return self.length != self.size

    @property
    def content_range(self) -> str:
        """The header that tells which part it is."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"


def has_it_already(request: Request, etag: str) -> bool:
    """Whether the caller's copy is this very file (If-None-Match)."""
    held = request.header("IF_NONE_MATCH")
    if held is None:
        return False
    # Weak or strong does not matter here: our tags stand for the bytes.
    return held.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in held.split(",")]


def asked_span(request: Request, *, etag: str, size: int) -> Span:
    """The bytes that are asked for. RangeNotSatisfiable when the file has none of them.

    Several ranges, other units and what is no range get the whole file, as RFC 9110 allows; so does a range of
    another version of the file (If-Range).
    """
    whole = Span(0, size, size)
    condition = request.header("IF_RANGE")
    match = _RANGE.fullmatch(request.header("RANGE") or "")
    if match is None or (condition is not None and condition.strip() != etag):
        return whole
    first, last = match.groups()
    if not first:
        return _suffix(last, size) or whole
    start, end = int(first), int(last) if last else size - 1
    if last and end < start:
        return whole
    if start >= size:
        raise RangeNotSatisfiable(size)
    return Span(start, min(end, size - 1) - start + 1, size)


def _suffix(length: str, size: int) -> Span | None:
    """The last bytes of a file; None for `-`, which asks for nothing."""
    if not length:
        return None
    if int(length) == 0 or size == 0:
        raise RangeNotSatisfiable(size)
    taken = min(int(length), size)
    return Span(size - taken, taken, size)


class FileBlocks:
    """The bytes of a span as a WSGI body, read when they are sent; whoever has it closes it."""

    def __init__(self, path: Path, span: Span) -> None:
        # A link could lead out of the export; there is none in one that we wrote.
        self._file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb", buffering=0)
        self._span = span
        self.size = os.fstat(self._file.fileno()).st_size

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, block by block."""
        left = self._span.length
        self._file.seek(self._span.start)
        while left and (block := self._file.read(min(left, _BLOCK))):
            left -= len(block)
            yield block
        self.close()

    def close(self) -> None:
        """Lets the file go."""
        self._file.close()


def open_file(folder: Path, file: StoredFile, span: Span) -> FileBlocks:
    """Bytes of an export's file. StorageUnavailable unless it is there and as long as it was."""
    try:
        blocks = FileBlocks(folder / file.path, span)
    except OSError as error:
        raise StorageUnavailable("The export's files cannot be read on this machine.") from error
    if blocks.size != file.size_bytes:
        blocks.close()
        raise StorageUnavailable("The export's files are not what was written.")
    return blocks

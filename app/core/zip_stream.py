"""A ZIP file that is made while it is sent: nothing of it is ever on the disk, and no more than a block in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

# ZIP knows no time before; when a file was made is told nowhere but in the files.
NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
READABLE: Final = 0o644 << 16


class Entry(NamedTuple):
    """A file to be: its path, and its bytes piece by piece."""

    path: str
    blocks: Iterable[bytes]


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The ZIP file of some entries, piece by piece; each is asked for when those before it are sent."""
    written = Written()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path, NO_TIME)
            info.external_attr = READABLE
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as target:
                for block in entry.blocks:
                    target.write(block)
                    yield written.take()
    yield written.take()


class Written(io.RawIOBase):
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

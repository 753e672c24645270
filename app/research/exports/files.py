"""Writes an export's files so that each appears complete, synced and summed, or not at all."""

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MANIFEST: Final = "manifest.json"
CHECKSUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "manifest.sig"
_PARTIAL: Final = ".partial"


@dataclass(frozen=True)
class WrittenFile:
    """A finished file: its path in the export, its size, its SHA-256 and, of a table, its rows."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


class ExportFile(io.RawIOBase):
    """A new file under `root`, summed while it is written; `publish` gives it its name."""

    def __init__(self, root: Path, path: str) -> None:
        super().__init__()
        self._path = path
        self._final = root / path
        self._partial = self._final.with_name(self._final.name + _PARTIAL)
        self._final.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._partial.open("xb")
        self._digest = hashlib.sha256()
        self._bytes = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """How many bytes were written."""
        return self._bytes

    def write(self, data: object) -> int:
        """Takes all of `data`."""
        view = memoryview(data)  # type: ignore[arg-type]
        self._file.write(view)
        self._digest.update(view)
        self._bytes += view.nbytes
        return view.nbytes

    def publish(self, *, rows: int | None = None) -> WrittenFile:
        """Syncs the file and gives it its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()
        self._partial.rename(self._final)
        return WrittenFile(path=self._path, bytes=self._bytes, sha256=self._digest.hexdigest(), rows=rows)

    def close(self) -> None:
        """Gives up the handle; without `publish` the file keeps its partial name."""
        self._file.close()
        super().close()


def write_text(root: Path, path: str, text: str) -> WrittenFile:
    """A text file in UTF-8."""
    return write_bytes(root, path, text.encode())


def write_bytes(root: Path, path: str, data: bytes) -> WrittenFile:
    """A small file."""
    with ExportFile(root, path) as file:
        file.write(data)
        return file.publish()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measured(root: Path, path: str) -> WrittenFile:
    """A file of a finished export that no manifest lists."""
    return WrittenFile(path=path, bytes=(root / path).stat().st_size, sha256=sha256_of(root / path))


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

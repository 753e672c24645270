"""Exports in a store that many machines reach: any folder with an address that fsspec knows.

What is complete is told by the manifest: it is written last and removed first, so half an export is never taken for a
whole one. Credentials come from the environment, as the store's library reads them.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

from app.core.errors import AppError, StorageUnavailable
from app.research.exports.addresses import check_address, open_store
from app.research.exports.byte_ranges import Span
from app.research.exports.files import CHECKSUMS, MANIFEST, SIGNATURE
from app.research.exports.models import StoredFile

_BLOCK: Final = 256 * 1024
_READ_AHEAD: Final = 2 * 1024 * 1024
_PART: Final = 8 * 1024 * 1024
# In this order, and last.
_SEALS: Final = (CHECKSUMS, SIGNATURE, MANIFEST)

Read = Callable[[StoredFile], contextlib.AbstractContextManager[Iterable[bytes]]]


class SourceDamaged(Exception):
    """What was to be copied is not what was written: the path."""


class _Place(NamedTuple):
    store: Any
    root: str


class ExportStore:
    """A folder of exports, one folder each. Where it cannot be reached it raises StorageUnavailable."""

    def __init__(self, address: str) -> None:
        """Opens nothing yet. AddressRefused."""
        check_address(address)
        self._address = address

    @cached_property
    def _place(self) -> _Place:
        return _Place(*open_store(self._address))

    def check(self) -> None:
        """Whether there is a library for such an address. AddressRefused."""
        assert self._place.root is not None

    def address_of(self, name: str) -> str:
        """Where an export is."""
        return f"{self._address.rstrip('/')}/{name}"

    def write(
        self, name: str, files: Iterable[StoredFile], read: Read, *, beat: Callable[[], object]
    ) -> None:
        """Writes an export; done again, it becomes the same. `beat` is called after each block. SourceDamaged."""
        by_path = {file.path: file for file in files}
        seals = [by_path.pop(path) for path in _SEALS if path in by_path]
        with _reaching():
            there = self._listed(name)
            for path in reversed(_SEALS):
                if path in there:
                    self._remove(name, path)
            for file in by_path.values():
                self._write_file(name, file, read, beat)
            for path in there - by_path.keys() - set(_SEALS):
                self._remove(name, path)
            for file in seals:
                self._write_file(name, file, read, beat)

    def open_file(self, name: str, file: StoredFile, span: Span) -> "StoreBlocks":
        """Bytes of a file. StorageUnavailable unless it is there and as long as it was."""
        handle = self.open_whole(name, file.path)
        if handle.size != file.size_bytes:
            handle.close()
            raise StorageUnavailable("The export's files are not what was written.")
        return StoreBlocks(handle, span)

    def open_whole(self, name: str, path: str) -> Any:
        """A file that can be sought in; what is read of it is fetched, and little more."""
        with _reaching():
            return self._place.store.open(self._path(name, path), "rb", block_size=_READ_AHEAD)

    def delete(self, name: str, *, was_there: bool = False) -> None:
        """Removes an export, or what there is of it. Of one that `was_there` nothing may be left for another reason."""
        with _reaching():
            there = self._listed(name)
            if was_there and not there:
                self._check_there()
            first = [path for path in reversed(_SEALS) if path in there]
            for path in [*first, *sorted(there - set(first))]:
                self._remove(name, path)
            if "file" in self._protocols() and self._place.store.exists(self._path(name, "")):
                self._place.store.rm(self._path(name, ""), recursive=True)

    def _write_file(self, name: str, file: StoredFile, read: Read, beat: Callable[[], object]) -> None:
        target, digest = self._path(name, file.path), hashlib.sha256()
        handle = self._place.store.open(target, "wb", block_size=_PART)
        try:
            with read(file) as blocks:
                for block in blocks:
                    handle.write(block)
                    digest.update(block)
                    beat()
            if digest.hexdigest() != file.sha256:
                raise SourceDamaged(file.path)
        except BaseException:
            self._give_up(handle, target)
            raise
        handle.close()
        if self._place.store.size(target) != file.size_bytes:
            raise StorageUnavailable("The store has not kept what was written.")

    def _give_up(self, handle: Any, target: str) -> None:
        """To close it would put in place what has come so far, unless the store's library lets go of it."""
        with contextlib.suppress(Exception):
            handle.discard()
            handle.closed = True
        with contextlib.suppress(Exception):
            handle.close()
            self._place.store.rm_file(target)

    def _check_there(self) -> None:
        """A disk that is not mounted, and a bucket that is gone, look like an empty store."""
        root = self._place.root
        anchor = root if "file" in self._protocols() else root.strip("/").partition("/")[0]
        if not self._place.store.exists(anchor):
            raise StorageUnavailable("The store of the exports is not there.")

    def _listed(self, name: str) -> set[str]:
        folder = self._path(name, "")
        self._place.store.invalidate_cache()
        try:
            found = self._place.store.find(folder)
        except FileNotFoundError:
            return set()
        return {str(path)[len(folder) :].lstrip("/") for path in found}

    def _remove(self, name: str, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._place.store.rm_file(self._path(name, path))

    def _path(self, name: str, path: str) -> str:
        return f"{self._place.root}/{name}/{path}".rstrip("/")

    def _protocols(self) -> tuple[str, ...]:
        protocol = self._place.store.protocol
        return (protocol,) if isinstance(protocol, str) else tuple(protocol)


class StoreBlocks:
    """The bytes of a span as a WSGI body, fetched when they are sent; whoever has it closes it."""

    def __init__(self, handle: Any, span: Span) -> None:
        self._handle = handle
        self._span = span

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, block by block."""
        left = self._span.length
        with _reaching():
            self._handle.seek(self._span.start)
        while left:
            with _reaching():
                block = self._handle.read(min(left, _BLOCK))
            if not block:
                break
            left -= len(block)
            yield block
        self.close()

    def close(self) -> None:
        """Lets the file go."""
        self._handle.close()


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    """What the library of a store raises is its own affair, and what it says may name accounts."""
    try:
        yield
    except (AppError, SourceDamaged):
        raise
    except Exception as error:
        raise StorageUnavailable("The store of the exports cannot be reached.") from error

"""Where an export can be read from that is not a folder of this machine: files by path, block by block."""

from collections.abc import Iterator
from typing import Final, Protocol

import click

from app.research.exports.addresses import AddressRefused, open_store

BLOCK: Final = 256 * 1024
_READ_AHEAD: Final = 4 * 1024 * 1024


class FetchFailed(click.ClickException):
    """The export cannot be read from there, so nothing can be said of it; the message is a sentence."""

    exit_code = 3


class FileMissing(Exception):
    """There is no such file."""


class Broken(Exception):
    """The connection broke, or the other side is busy: it may go well the next time."""


class Source(Protocol):
    """The files of an export somewhere else."""

    def paths(self) -> set[str] | None:
        """The files that are there; None where that cannot be known. FetchFailed, Broken."""

    def read(self, path: str, start: int) -> Iterator[bytes]:
        """The blocks of a file from a byte on. FileMissing, FetchFailed, Broken."""


class StoreSource:
    """A folder at any address that fsspec reads."""

    def __init__(self, address: str) -> None:
        try:
            self._store, self._root = open_store(address)
        except AddressRefused as refused:
            raise click.UsageError(str(refused)) from None

    def paths(self) -> set[str] | None:
        """The files below the folder."""
        try:
            return {str(found)[len(self._root) + 1 :] for found in self._store.find(self._root)}
        except FileNotFoundError:
            return set()
        except Exception as error:
            raise _failure(error) from error

    def read(self, path: str, start: int) -> Iterator[bytes]:
        """The blocks of a file."""
        try:
            with self._store.open(f"{self._root}/{path}", "rb", block_size=_READ_AHEAD) as file:
                file.seek(start)
                while block := file.read(BLOCK):
                    yield block
        except (FileNotFoundError, IsADirectoryError):
            raise FileMissing(path) from None
        except Exception as error:
            raise _failure(error) from error


def _failure(error: Exception) -> Exception:
    """What the library of a store raises is its own affair, and so is what it says: it may name accounts."""
    if isinstance(error, PermissionError):
        return FetchFailed("The store does not let these credentials read the export.")
    if isinstance(error, OSError | TimeoutError):
        return Broken(type(error).__name__)
    return FetchFailed(f"The store cannot be read ({type(error).__name__}).")

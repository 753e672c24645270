"""Fetches an export into a temporary folder and finds out there whether it is whole.

Every file is read more than once and in places, so it has to lie on a disk. What is fetched is never more than the
manifest promises and one byte, and stays in the folder whatever the manifest says.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

import click
from tqdm import tqdm

from app.privacy.signatures import SIGNATURE_BYTES, PublicKey
from app.research.exports.addresses import is_address, is_safe_path
from app.research.exports.files import CHECKSUMS, MANIFEST, SIGNATURE, WrittenFile
from app.research.exports.findings import Finding, Problem
from app.research.exports.http_source import HttpSource
from app.research.exports.manifest import ManifestUnreadable, read_manifest
from app.research.exports.sources import Broken, FetchFailed, FileMissing, Source, StoreSource
from app.research.exports.verification import verify

_MOST_LISTING_BYTES: Final = 64 * 1024 * 1024
_FIRST: Final = {MANIFEST: _MOST_LISTING_BYTES, CHECKSUMS: _MOST_LISTING_BYTES, SIGNATURE: SIGNATURE_BYTES}
_ATTEMPTS: Final = 4
_PAUSE_SECONDS: Final = 0.3
# What the comparison of rows writes for each: two small indexes.
_SCRATCH_BYTES_PER_ROW: Final = 200
_SPARE_BYTES: Final = 32 * 1024 * 1024

Progress = Callable[[int], object]


def verify_at(
    where: str, *, keys: Sequence[PublicKey] | None, api_key: str | None, seconds: float
) -> list[Finding]:
    """Everything that is wrong with the export in a folder or at an address. FetchFailed, UsageError."""
    parts = urlsplit(where) if is_address(where) else None
    if parts is None or (parts.scheme == "file" and not parts.netloc):
        folder = Path(where if parts is None else url2pathname(parts.path))
        if not folder.is_dir():
            raise click.UsageError("There is no such folder.")
        return verify(folder, keys=keys)
    source: Source
    if parts.scheme in ("http", "https"):
        source = HttpSource(where, api_key=api_key, seconds=seconds)
    else:
        source = StoreSource(where)
    with tempfile.TemporaryDirectory(prefix="pairvote-verify-") as folder_name:
        folder = Path(folder_name)
        found = _Fetch(source, folder).run()
        # Of what was not fetched to its end, nothing else can be said.
        said = {finding.path for finding in found}
        return sorted([*found, *(each for each in verify(folder, keys=keys) if each.path not in said)])


class _Fetch:
    """One export on its way into a folder."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder

    def run(self) -> list[Finding]:
        """What is wrong already: files that are larger than promised, and files that nobody has listed."""
        first = {path: WrittenFile(path, most, "") for path, most in _FIRST.items()}
        found = [*self._fetch(first, lambda _: None)]
        try:
            manifest = read_manifest((self._folder / MANIFEST).read_text(encoding="utf-8"))
        except (FileNotFoundError, ManifestUnreadable, UnicodeDecodeError):
            return found
        listed = {file.path: file for file in manifest.files if is_safe_path(file.path)}
        listed = {path: file for path, file in listed.items() if path not in _FIRST}
        size = sum(max(file.bytes, 0) for file in listed.values())
        self._check_room(size + manifest.rows_out * _SCRATCH_BYTES_PER_ROW)
        with tqdm(total=size, unit="B", unit_scale=True, disable=None, leave=False) as bar:
            found += self._fetch(listed, bar.update)
        return [*found, *self._unlisted({*listed, *_FIRST})]

    def _check_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._folder).free
        told = f"{_megabytes(needed)} in {self._folder.parent}"
        if free < needed + _SPARE_BYTES:
            raise FetchFailed(
                f"To check it takes {told}, where {_megabytes(free)} are free. Set TMPDIR to a larger place."
            )
        click.echo(f"Fetches it to check it: {told}, for as long as that takes.", err=True)

    def _fetch(self, files: dict[str, WrittenFile], progress: Progress) -> Iterator[Finding]:
        for path, file in files.items():
            try:
                size = self._fetch_file(path, most=max(file.bytes, 0), progress=progress)
            except FileMissing:
                continue
            except OSError as error:
                raise FetchFailed(f"{path} cannot be written here ({type(error).__name__}).") from None
            if size > max(file.bytes, 0):
                yield Finding(
                    path, Problem.SIZE_DIFFERS, f"It goes on after the {file.bytes} bytes it may have."
                )

    def _fetch_file(self, path: str, *, most: int, progress: Progress) -> int:
        """Its size, or the first that is too much. A broken connection goes on where it was."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        done = 0
        with target.open("xb") as file:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    for block in self._source.read(path, done):
                        kept = block[: most + 1 - done]
                        file.write(kept)
                        done += len(kept)
                        progress(len(kept))
                        if done > most:
                            return done
                    return done
                except FileMissing:
                    target.unlink()
                    raise
                except Broken as broken:
                    if attempt == _ATTEMPTS:
                        detail = f"after {done} bytes of {path} ({broken})"
                        raise FetchFailed(f"The connection broke {attempt} times, {detail}.") from None
                    sleep(_PAUSE_SECONDS * attempt)
        raise AssertionError

    def _unlisted(self, known: set[str]) -> Iterator[Finding]:
        try:
            there = self._source.paths()
        except Broken as broken:
            raise FetchFailed(f"The files that are there cannot be listed ({broken}).") from None
        for path in sorted((there or set()) - known):
            yield Finding(path, Problem.UNLISTED, "It is there and the manifest does not list it.")


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6)):,} MB"

"""The folder an export is written in, which becomes the export when it is complete; and how an export goes away."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.core.errors import StorageUnavailable
from app.research.exports.files import sync_folder

_PARTIAL: Final = ".partial"


class ExportExists(Exception):
    """There is a finished export at the target already."""


class ExportBusy(Exception):
    """Another process is writing this export."""


@contextlib.contextmanager
def work_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that becomes `target` when the block ends well, and is removed when not.

    What a killed run left behind is cleared; a run that still goes on holds a lock, and raises ExportBusy here.
    """
    with _taken(target) as (work, _):
        _clear(work)
        with _published(work, target):
            yield work


@contextlib.contextmanager
def lasting_work_folder(target: Path) -> Iterator[tuple[Path, int]]:
    """The same, with what a killed run left in it, and kept when storage is away: for whoever goes on from there.

    With it comes the lock's descriptor: the folder is taken for as long as any process holds it open.
    """
    with _taken(target) as (work, lock), _published(work, target, kept_after=StorageUnavailable):
        yield work, lock


def discard(target: Path) -> None:
    """Removes an export and what is left of its making, if there is any. ExportBusy while it is being written."""
    if not target.parent.exists():
        return
    with _taken(target) as (work, _):
        _clear(work)
        if target.exists():
            # In one step, so that nobody finds half an export; a run killed from here on is cleared by the next.
            target.rename(work / target.name)
        shutil.rmtree(work)
        sync_folder(target.parent)


def target_of(folder: Path) -> Path:
    """Where an export is whose folder, or whose work folder, this is."""
    name = folder.name
    if name.startswith(".") and name.endswith(_PARTIAL):
        name = name.removeprefix(".").removesuffix(_PARTIAL)
    return folder.with_name(name)


@contextlib.contextmanager
def _taken(target: Path) -> Iterator[tuple[Path, int]]:
    """The work folder of an export, for this process alone, and its lock; ExportBusy when another one has it."""
    work = target.with_name(f".{target.name}{_PARTIAL}")
    work.mkdir(parents=True, exist_ok=True)
    lock = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _take(lock, work)
        yield work, lock
    finally:
        os.close(lock)


def _take(lock: int, work: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Between opening and locking another run may have finished and renamed the folder: then it is not ours.
        if not os.path.samestat(os.fstat(lock), work.stat()):
            raise ExportBusy(work.name)
    except (BlockingIOError, FileNotFoundError) as error:
        raise ExportBusy(work.name) from error


@contextlib.contextmanager
def _published(
    work: Path, target: Path, *, kept_after: type[BaseException] | tuple[()] = ()
) -> Iterator[None]:
    """Makes the folder the export when the block ends well; removes it when not, but for what it is kept after."""
    if target.exists():
        shutil.rmtree(work)
        raise ExportExists(target.name)
    try:
        yield
        _publish(work, target)
    except kept_after:
        raise
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _clear(work: Path) -> None:
    for left in work.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def _publish(work: Path, target: Path) -> None:
    for parent, _, _ in os.walk(work):
        sync_folder(Path(parent))
    work.rename(target)
    sync_folder(target.parent)

"""Reading, replacing and locking the key ring's file so that nobody else reads it and no crash halves it."""

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.core.clock import NS_PER_MS
from app.core.retention import files
from app.core.tables import Retention, keystore
from app.privacy.errors import KeyringDamaged, KeyringExposed, KeyringMissing

_OWNER_ONLY: Final = 0o600
_MAX_BYTES: Final = 1 << 20
_RANDOM_BYTES: Final = 8
# It would hold keys that have been retired since.
KEY_RING_COPIES: Final = files(
    "key_ring_copies",
    keystore,
    Retention(
        "What a crash has left of a key ring that was being replaced, a day later.",
        days=1,
        clock_column="modified_at",
    ),
)


def read_private_file(path: Path) -> str:
    """The text of a file that only its owner may touch.

    The mode is asked of the open file, not of the path, which could name another file a moment later.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyringMissing(f"There is no key ring at {path}.") from None
    except PermissionError:
        raise KeyringMissing(f"This user may not read the key ring at {path}; run as its owner.") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise KeyringDamaged(f"{path} is not a regular file.")
        if status.st_mode & 0o077:
            mode = stat.S_IMODE(status.st_mode)
            raise KeyringExposed(f"Others may use the key ring (mode {mode:04o}). Run: chmod 600 {path}")
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise KeyringDamaged(f"{path} is too large to be a key ring.")
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        # Not chained: the codec's exception carries the file's bytes.
        pass
    raise KeyringDamaged(f"{path} is not a key ring: it holds other than ASCII text.")


def list_copies(path: Path, *, before: int) -> list[Path]:
    """What crashes have left of a key ring that was being replaced, if it last changed before a time (ms)."""
    name = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{{2 * _RANDOM_BYTES}}}")
    there = path.parent.iterdir() if path.parent.is_dir() else ()
    return [
        each for each in there if name.fullmatch(each.name) and each.lstat().st_mtime_ns // NS_PER_MS < before
    ]


def replace_private_file(path: Path, text: str) -> None:
    """Put `text` at `path`, whole or not at all, readable by the owner alone from its first byte on."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(_RANDOM_BYTES)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), _OWNER_ONLY)
            file.write(text.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


@contextmanager
def exclusive_access(path: Path) -> Iterator[None]:
    """Hold the lock that belongs to `path`, against other processes and other threads alike.

    The lock is a file of its own beside it, because replacing the file would leave its lock on the old one.
    """
    lock_path = path.with_name(f"{path.name}.lock")
    descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

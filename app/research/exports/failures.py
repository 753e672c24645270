"""What went wrong with a build, told without a word of what was being built."""

import errno
import sqlite3
from collections.abc import Sequence
from typing import Final

from app.core.errors import StorageUnavailable
from app.core.logging import frames_of
from app.research.exports.errors import ExportLost
from app.research.exports.models import ExportFailure

_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class PartFailed(Exception):
    """A part could not be made: why, by which kind of error, and where in the code."""

    def __init__(self, failure: ExportFailure, kind: str, at: Sequence[str]) -> None:
        super().__init__(failure, kind, at)
        self.failure = failure
        self.kind = kind
        self.at = at


def told_failure(error: Exception) -> Exception:
    """An error as it can be passed on to another process, and logged."""
    if isinstance(error, StorageUnavailable):
        return StorageUnavailable()
    if isinstance(error, (ExportLost, PartFailed)):
        return error
    return PartFailed(_failure_of(error), type(error).__name__, frames_of(error))


def _failure_of(error: Exception) -> ExportFailure:
    is_full = (isinstance(error, OSError) and error.errno in _NO_SPACE) or (
        isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_FULL
    )
    return ExportFailure.DISK_FULL if is_full else ExportFailure.CRASHED

"""Runs of the door in processes that die: at a chosen step, or at any moment."""

import os
import signal
import traceback
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from app.core.database import Database, Transaction
from app.operations.installation import Installation
from tests.disconnection.voting import reopened

R = TypeVar("R")


class Fuse:
    """Ends the process when it has been touched a number of times."""

    def __init__(self, touches: int) -> None:
        self.left = touches

    def touch(self) -> None:
        """One step nearer."""
        self.left -= 1
        if self.left == 0:
            os._exit(1)


class FusedDatabase(Database):
    """A database that touches a fuse before and after everything it writes.

    Who dies between two reads leaves what the last write has left: reads change nothing.
    """

    def __init__(self, url: str, fuse: Fuse, **options: Any) -> None:
        super().__init__(url, **options)
        self._fuse = fuse

    def write(self, work: Callable[[Transaction], R], *, touches: Sequence[bytes] = ()) -> R:
        self._fuse.touch()
        result = super().write(work, touches=touches)
        self._fuse.touch()
        return result


def fused(here: Installation, fuse: Fuse) -> Installation:
    """The installation, opened anew, with all its stores on one fuse."""
    made = reopened(here)
    lay_fuse(made, fuse)
    return made


def lay_fuse(here: Installation, fuse: Fuse) -> None:
    """Puts all stores of an installation that has opened none yet on one fuse."""
    here.__dict__["intake_db"] = FusedDatabase(here.settings.database_url, fuse)
    here.__dict__["research_db"] = FusedDatabase(here.settings.research_url, fuse)
    here.__dict__["keystore_db"] = FusedDatabase(here.settings.keystore_url, fuse, rollback_journal=True)


def started(work: Callable[[], object], *, killed_after: float | None = None) -> int:
    """The pid of a child that does `work`, killed like by SIGKILL after some seconds if it is not done by then."""
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if killed_after is not None:
            signal.setitimer(signal.ITIMER_REAL, killed_after)
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - nothing may get out of the child
        traceback.print_exc()
        os._exit(3)


def ended(pid: int) -> int:
    """The exit code of a child, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

"""Makes parts of an export in several processes, each with its own connections and keys.

A worker is started anew, not forked: nothing of this process's connections, threads and keys is shared. It opens what
it needs from the settings, which reach it through a pipe of its own, and ends when the pipe does: with this process,
however that ends. The work folder's lock is held by all of them together, so nobody else takes the folder while one of
them may still write.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from app.core.clock import monotonic
from app.core.database import Database
from app.core.settings import Settings
from app.privacy.data_keys import DataKeys
from app.privacy.keyring import Keyring, Purpose
from app.research.exports import services
from app.research.exports.errors import ExportLost
from app.research.exports.failures import PartFailed, told_failure
from app.research.exports.identities import ExportIdentities
from app.research.exports.making import PartMaker
from app.research.exports.models import ExportFailure
from app.research.exports.parts import Part, Tick
from app.research.exports.plan import PartKey, Plan
from app.research.exports.queries import FIND_EXPORT

_LOOK_SECONDS: Final = 1.0
_TOLD_SECONDS: Final = 0.5
_SPAWN: Final = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Assignment:
    """What a worker is told of the export that it helps to build."""

    settings: Settings
    export_id: bytes
    work: Path
    plan: Plan


class _Source(NamedTuple):
    db: Database
    record_keys: DataKeys


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: "Connection[Any, Any]"


class Workers:
    """Processes that make parts; leaving it ends them at once, whatever they do."""

    def __init__(self, count: int, assignment: Assignment, *, lock: int) -> None:
        self._count = count
        self._assignment = assignment
        self._lock = lock
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()
        self._workers = []

    def make(self, keys: Sequence[PartKey], tick: Tick) -> Iterator[tuple[PartKey, Part]]:
        """Makes parts, and tells each when it is complete; `tick` is called at least once a second.

        StorageUnavailable, ExportLost, or PartFailed with what went wrong in a worker.
        """
        waiting = deque(keys)
        busy: dict[Connection[Any, Any], tuple[PartKey, int]] = {}
        while len(self._workers) < min(self._count, len(keys)):
            self._workers.append(self._start())
        for worker in self._workers:
            self._give(worker.pipe, waiting, busy)
        while busy:
            for pipe in wait([*busy], _LOOK_SECONDS):
                assert isinstance(pipe, Connection)
                key, _ = busy[pipe]
                told = _receive(pipe)
                if isinstance(told, int):
                    busy[pipe] = (key, told)
                    continue
                del busy[pipe]
                self._give(pipe, waiting, busy)
                yield key, told
            tick(sum(rows for _, rows in busy.values()))

    def _give(
        self,
        pipe: "Connection[Any, Any]",
        waiting: deque[PartKey],
        busy: "dict[Connection[Any, Any], tuple[PartKey, int]]",
    ) -> None:
        if waiting:
            key = waiting.popleft()
            pipe.send(key)
            busy[pipe] = (key, 0)

    def _start(self) -> _Worker:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(
            target=_work, args=(self._assignment, theirs, _Held(self._lock)), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)


class _Held:
    """A file that a new process goes on holding open."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __reduce__(self) -> tuple[Callable[[Any], object], tuple[Any]]:
        return _detached, (DupFd(self._descriptor),)


def _detached(held: Any) -> int:
    descriptor: int = held.detach()
    return descriptor


def _receive(pipe: "Connection[Any, Any]") -> int | Part:
    try:
        told = pipe.recv()
    except (EOFError, OSError):
        # Killed, for want of memory perhaps.
        raise PartFailed(ExportFailure.CRASHED, "WorkerEnded", ()) from None
    if isinstance(told, (int, Part)):
        return told
    raise told


def _work(assignment: Assignment, pipe: "Connection[Any, Any]", _: int) -> None:
    """A worker's life: a part for each key, until nobody is there any more to ask for one."""
    # An interruption from the terminal reaches all; the one who builds decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    maker = None
    while True:
        try:
            key = pipe.recv()
        except EOFError:
            os._exit(0)
        try:
            maker = maker or _open(assignment)
            pipe.send(maker.make_one(key, _teller(pipe)))
        except BrokenPipeError:
            os._exit(0)
        except Exception as error:  # noqa: BLE001  # it is raised where it is waited for
            pipe.send(told_failure(error))


def _teller(pipe: "Connection[Any, Any]") -> Tick:
    """Tells the rows so far, now and then. Where nobody listens any more, the process ends."""
    told_at = monotonic()

    def tell(rows: int) -> None:
        nonlocal told_at
        if monotonic() - told_at >= _TOLD_SECONDS:
            pipe.send(rows)
            told_at = monotonic()

    return tell


def _open(assignment: Assignment) -> PartMaker:
    settings = assignment.settings
    ring = (
        Keyring.load_text(settings.keyring_text)
        if settings.keyring_text
        else Keyring.load_file(Path(settings.keyring))
    )
    source = _Source(
        db=Database(settings.research_url),
        record_keys=DataKeys(
            Database(settings.keystore_url, rollback_journal=True),
            ring.restricted([Purpose.RECORD]),
            monotonic=monotonic,
            purpose=Purpose.RECORD,
        ),
    )
    export = source.db.fetch(lambda tx: tx.find(FIND_EXPORT, export_id=assignment.export_id))
    key = services.open_key(source.record_keys, export) if export is not None else None
    if export is None or key is None:
        raise ExportLost
    return PartMaker(
        source,
        ExportIdentities(key, rater_scope=export.asked.rater_scope),
        work=assignment.work,
        plan=assignment.plan,
        formats=export.asked.formats,
    )

"""Background jobs: sweeps over states in the database, which can be killed and run again at any point."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from app.core.clock import Clock
from app.core.errors import StorageUnavailable
from app.core.logging import frames_of
from app.core.metrics import JOB_LAST_SUCCESS, JOB_ROWS, JOB_RUNS

_log: Final = structlog.get_logger("pairvote.jobs")


@dataclass(frozen=True)
class Job:
    """One sweep: `sweep(at)` does what is due at a time (ms) and returns how many rows it handled."""

    name: str
    sweep: Callable[[int], int]
    every_seconds: int | None = None


class JobRunner:
    """Runs a process's jobs, each at its pace, never the same one twice at a time."""

    def __init__(self, jobs: Sequence[Job], clock: Clock, *, pause_seconds: int) -> None:
        self._jobs = tuple(jobs)
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._scheduler: BaseScheduler | None = None
        self._lock = threading.Lock()

    def run_once(self) -> dict[str, int]:
        """Runs every job now, one after the other; rows handled by each. What a job raises comes out."""
        return {job.name: job.sweep(self._clock()) for job in self._jobs}

    def run_forever(self) -> None:
        """Runs the jobs in this process until it is told to stop."""
        self._schedule(BlockingScheduler(timezone="UTC"))

    def start(self) -> None:
        """Runs the jobs in threads beside the requests."""
        with self._lock:
            if self._scheduler is None:
                self._schedule(BackgroundScheduler(timezone="UTC", daemon=True))

    def stop(self) -> None:
        """Lets running sweeps end and starts no more."""
        with self._lock:
            scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)

    def _schedule(self, scheduler: BaseScheduler) -> None:
        self._scheduler = scheduler
        for job in self._jobs:
            scheduler.add_job(
                self._run,
                "interval",
                args=(job,),
                id=job.name,
                seconds=job.every_seconds or self._pause_seconds,
                jitter=1,
                max_instances=1,
                coalesce=True,
            )
        scheduler.start()

    def _run(self, job: Job) -> None:
        at = self._clock()
        try:
            rows = job.sweep(at)
        except StorageUnavailable:
            JOB_RUNS.labels(job.name, "unavailable").inc()
            _log.warning("job_storage_unavailable", job=job.name)
        except Exception as error:  # noqa: BLE001  (one job's crash must not end the others)
            JOB_RUNS.labels(job.name, "failed").inc()
            _log.error("job_failed", job=job.name, kind=type(error).__name__, at=frames_of(error))
        else:
            JOB_RUNS.labels(job.name, "ok").inc()
            JOB_ROWS.labels(job.name).inc(rows)
            JOB_LAST_SUCCESS.labels(job.name).set(at / 1000)

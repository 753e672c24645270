"""Counters for operators; no content and no person in any name or label."""

import threading
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SECONDS_NAMES: Final = (*(str(float(bound)) for bound in _SECONDS), "+Inf")
_STATUS_CLASSES: Final = ("2xx", "3xx", "4xx", "5xx")


class OperationRequests:
    """The requests of one operation: how many of each class of status, and how long they took.

    A request changes three numbers, under one lock here. As counters of the client library they would have a lock
    each and cost five times as much, in every request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_class = [0] * len(_STATUS_CLASSES)
        self._by_seconds = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0

    def note(self, status: int, seconds: float) -> None:
        """Counts a request that was answered with an HTTP status, after so many seconds."""
        status_class = min(max(status // 100, 2), 5) - 2
        bucket = bisect_left(_SECONDS, seconds)
        with self._lock:
            self._by_class[status_class] += 1
            self._by_seconds[bucket] += 1
            self._seconds += seconds

    def add_to(self, requests: CounterMetricFamily, seconds: HistogramMetricFamily, name: str) -> None:
        """Adds what was counted, as of one operation of that name."""
        with self._lock:
            by_class, by_seconds, total = [*self._by_class], [*self._by_seconds], self._seconds
        for status_class, count in zip(_STATUS_CLASSES, by_class, strict=True):
            requests.add_metric([name, status_class], count)
        seconds.add_metric([name], [*zip(_SECONDS_NAMES, accumulate(by_seconds), strict=True)], total)


class _Requests(Collector):
    """The requests of all operations."""

    def __init__(self) -> None:
        self._operations: dict[str, OperationRequests] = {}

    def of(self, operation: str) -> OperationRequests:
        """The counters of one operation, by its name."""
        return self._operations.setdefault(operation, OperationRequests())

    def collect(self) -> Iterator[Metric]:
        """What the client library asks for when it writes the metrics."""
        requests = CounterMetricFamily(
            "pairvote_requests", "API requests by operation and status class.", labels=["operation", "status"]
        )
        seconds = HistogramMetricFamily(
            "pairvote_request_seconds", "Time to answer an API request.", labels=["operation"]
        )
        for name, operation in [*self._operations.items()]:
            operation.add_to(requests, seconds, name)
        yield requests
        yield seconds


REQUESTS: Final = _Requests()
REGISTRY.register(REQUESTS)
GROUP_COMMIT_ROUNDS = Counter(
    "pairvote_group_commit_rounds", "Transactions committed by group commit.", registry=REGISTRY
)
GROUP_COMMIT_USE_CASES = Counter(
    "pairvote_group_commit_use_cases", "Use cases that shared those transactions.", registry=REGISTRY
)
JOB_RUNS = Counter("pairvote_job_runs", "Job runs by job and outcome.", ["job", "outcome"], registry=REGISTRY)
JOB_ROWS = Counter("pairvote_job_rows", "Rows a job has handled.", ["job"], registry=REGISTRY)
JOB_LAST_SUCCESS = Gauge(
    "pairvote_job_last_success_timestamp_seconds", "When a job last ended well.", ["job"], registry=REGISTRY
)


def render() -> bytes:
    """All metrics in Prometheus text format."""
    return generate_latest(REGISTRY)

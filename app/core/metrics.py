"""Counters for operators; no content and no person in any name or label."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REQUESTS = Counter(
    "pairvote_requests",
    "API requests by operation and status class.",
    ["operation", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "pairvote_request_seconds",
    "Time to answer an API request.",
    ["operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
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

"""Requests are counted by operation, class of status and time, also by many threads at once."""

from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from app.core.metrics import REGISTRY, REQUESTS, render


def sample(name: str, **labels: str) -> float | None:
    """One number as Prometheus would read it."""
    families = [*text_string_to_metric_families(render().decode())]
    found = [s for family in families for s in family.samples if (s.name, s.labels) == (name, labels)]
    assert len(found) <= 1
    return found[0].value if found else None


def test_a_request_is_counted_by_its_status_and_its_time() -> None:
    requests = REQUESTS.of("counted")
    for status, seconds in ((200, 0.001), (204, 0.0011), (302, 0.3), (404, 10.0), (500, 11.0), (103, 0.0)):
        requests.note(status, seconds)
    by_class = {
        k: sample("pairvote_requests_total", operation="counted", status=f"{k}xx") for k in range(1, 6)
    }
    assert by_class == {1: None, 2: 3.0, 3: 1.0, 4: 1.0, 5: 1.0}
    below = {"0.001": 2.0, "0.0025": 3.0, "0.25": 3.0, "0.5": 4.0, "2.5": 4.0, "10.0": 5.0, "+Inf": 6.0}
    for bound, count in below.items():
        assert sample("pairvote_request_seconds_bucket", operation="counted", le=bound) == count
    assert sample("pairvote_request_seconds_count", operation="counted") == 6.0
    total = sample("pairvote_request_seconds_sum", operation="counted")
    assert total is not None
    assert abs(total - 21.3021) < 1e-9


def test_an_operation_without_requests_is_there_with_zeros() -> None:
    REQUESTS.of("idle")
    assert sample("pairvote_requests_total", operation="idle", status="2xx") == 0.0
    assert sample("pairvote_request_seconds_count", operation="idle") == 0.0


def test_an_operation_has_one_set_of_counters() -> None:
    assert REQUESTS.of("same") is REQUESTS.of("same")


def test_no_request_is_lost_between_threads() -> None:
    requests = REQUESTS.of("busy")
    with ThreadPoolExecutor(8) as threads:
        for _ in range(16_000):
            threads.submit(requests.note, 200, 0.25)
    assert sample("pairvote_requests_total", operation="busy", status="2xx") == 16_000.0
    assert sample("pairvote_request_seconds_sum", operation="busy") == 4_000.0


def test_the_metrics_are_this_application_s_own() -> None:
    assert isinstance(REGISTRY, CollectorRegistry)
    assert b"python_info" not in render()

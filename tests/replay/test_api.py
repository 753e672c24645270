"""A call is tried again while the server is away, and only then."""

import contextlib
import threading
from collections.abc import Iterator

import pytest

from tests.replay.api import Api, Refused, ReplayFailed, Stopped, Timings
from tests.replay.scripted import Heard, Scripted, scripted_server

_GOOD = Scripted(200, {"ok": True}, "application/json")
_AWAY = Scripted(503, {"code": "storage-unavailable"})
_RUNNING = Scripted(409, {"code": "idempotency-key-in-use"})
_LOST = Scripted(0)


@contextlib.contextmanager
def _talking(
    *answers: Scripted,
    timings: Timings | None = None,
    stop: threading.Event | None = None,
    patience_seconds: float = 30,
) -> Iterator[tuple[Api, list[Heard]]]:
    """A server that gives these answers, and who calls it."""
    with scripted_server(answers) as (url, heard):
        api = Api(
            [url],
            timings=timings or Timings(),
            stop=stop or threading.Event(),
            patience_seconds=patience_seconds,
        )
        with contextlib.closing(api):
            yield api, heard


@pytest.mark.parametrize("trouble", [_AWAY, _RUNNING, _LOST], ids=["away", "still running", "lost"])
def test_the_same_call_is_sent_again_until_it_is_answered(trouble: Scripted) -> None:
    timings = Timings()
    with _talking(trouble, trouble, _GOOD, timings=timings) as (api, heard):
        answer = api.call("POST", "/v1/x", token="t", body={"a": 1}, idempotency_key="k")
    assert answer == {"ok": True}
    assert len(heard) == 3
    assert {(each.headers["Idempotency-Key"], each.headers["Authorization"]) for each in heard} == {
        ("k", "Bearer t")
    }
    assert [each.body for each in heard] == [{"a": 1}] * 3
    assert timings.quantiles_ms()["POST /v1/x"][0] == 1


def test_a_refusal_is_not_sent_again_and_says_why() -> None:
    problem = {
        "code": "invalid-body",
        "title": "The body does not have the right shape",
        "request_id": "req_1",
        "errors": [{"pointer": "/responses/0", "detail": "Unknown field."}],
    }
    with _talking(Scripted(422, problem)) as (api, heard), pytest.raises(Refused) as refused:
        api.call("POST", "/v1/x", token="t", body={})
    assert len(heard) == 1
    assert (refused.value.status, refused.value.code) == (422, "invalid-body")
    assert str(refused.value) == (
        "The body does not have the right shape; /responses/0: Unknown field. (invalid-body, req_1)"
    )


def test_patience_ends_with_a_sentence() -> None:
    with (
        _talking(_AWAY, patience_seconds=0.05) as (api, _),
        pytest.raises(ReplayFailed, match="keeps answering 503"),
    ):
        api.call("GET", "/v1/x", token="t")


def test_of_several_servers_each_call_goes_to_the_next() -> None:
    with scripted_server([_GOOD]) as (one, heard_by_one), scripted_server([_GOOD]) as (other, heard_by_other):
        api = Api([one, other], timings=Timings(), stop=threading.Event())
        for _ in range(6):
            api.call("GET", "/v1/x", token="t")
        api.close()
    assert len(heard_by_one) == len(heard_by_other) == 3


def test_a_stop_ends_the_waiting() -> None:
    stop = threading.Event()
    with _talking(_AWAY, stop=stop) as (api, _):
        timer = threading.Timer(0.2, stop.set)
        timer.start()
        with pytest.raises(Stopped):
            api.call("GET", "/v1/x", token="t")
        timer.join()


@pytest.mark.parametrize(
    "answer",
    [Scripted(200, "<html>", "text/html"), Scripted(200, "[]", "application/json"), Scripted(404, "no", "text/html")],
)  # fmt: skip
def test_another_server_is_told_from_pairvote(answer: Scripted) -> None:
    with _talking(answer) as (api, _), pytest.raises(ReplayFailed, match="is not Pairvote"):
        api.call("GET", "/v1/x", token="t")


def test_times_are_told_by_call() -> None:
    timings = Timings()
    for milliseconds in range(1, 101):
        timings.add("GET /v1/x", milliseconds / 1000)
    number, median, slow = timings.quantiles_ms()["GET /v1/x"]
    assert number == 100
    assert (median, slow) == pytest.approx((51, 100))

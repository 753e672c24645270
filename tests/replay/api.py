"""Calls of a host and a widget over HTTP, patient with a server that is away for a moment."""

import itertools
import random
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

_TIMEOUT_SECONDS: Final = 30.0
_FIRST_WAIT_SECONDS: Final = 0.1
_LONGEST_WAIT_SECONDS: Final = 3.0
# Long enough for a killed server to be started again by hand.
PATIENCE_SECONDS: Final = 120.0
_PASSING_STATUSES: Final = frozenset({429, 502, 503, 504})
_STILL_RUNNING: Final = "idempotency-key-in-use"


class ReplayFailed(Exception):
    """The replay cannot go on; the message is a sentence."""


class Stopped(Exception):
    """Somebody asked the replay to stop."""


class Refused(Exception):
    """The server understood the call and said no."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        said = [problem.get("detail") or problem.get("title") or f"status {status}"]
        said += [f"{entry['pointer']}: {entry['detail']}" for entry in problem.get("errors", ())]
        super().__init__(f"{'; '.join(said)} ({self.code or status}, {problem.get('request_id', 'no id')})")


class Timings:
    """How long answered calls took, by method and path."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(self, call: str, seconds: float) -> None:
        """Notes one answered call."""
        with self._lock:
            self._seconds[call].append(seconds)

    def quantiles_ms(self) -> dict[str, tuple[int, float, float]]:
        """Number, median and 99th percentile in milliseconds of each kind of call."""
        return {
            call: (len(seconds), _quantile(seconds, 0.5) * 1000, _quantile(seconds, 0.99) * 1000)
            for call, seconds in self._seconds.items()
        }


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


class Api:
    """One thread's connections. Of several servers of one installation each call goes to the next."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        timings: Timings,
        stop: threading.Event,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False)
        self._urls = itertools.cycle(urls)
        self._timings = timings
        self._stop = stop
        self._patience_seconds = patience_seconds
        self._random = random.Random()

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str,
        body: Any = None,
        idempotency_key: str | None = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """The JSON answer of a call; tried again while the server is away. Refused, ReplayFailed, Stopped.

        `name` is what the call is counted as, where its path differs from one call to the next.
        """
        headers = {"Authorization": f"Bearer {token}"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        given_up = time.perf_counter() + self._patience_seconds
        for attempt in itertools.count():
            if self._stop.is_set():
                raise Stopped
            url = next(self._urls)
            started = time.perf_counter()
            try:
                response = self._client.request(method, f"{url}{path}", headers=headers, json=body)
            except httpx.TransportError as error:
                trouble = f"No server answers at {url} ({type(error).__name__})."
            else:
                if not _passes(response):
                    self._timings.add(name or f"{method} {path}", time.perf_counter() - started)
                    return _answer(response, url)
                trouble = f"The server at {url} keeps answering {response.status_code}."
            if time.perf_counter() > given_up:
                raise ReplayFailed(trouble)
            self.wait(attempt)
        raise AssertionError("count() does not end")

    def wait(self, attempt: int) -> None:
        """Waits longer each time, by chance not at the same moment as others. Stopped."""
        longest = min(_FIRST_WAIT_SECONDS * 2**attempt, _LONGEST_WAIT_SECONDS)
        if self._stop.wait(longest * self._random.uniform(0.5, 1.0)):
            raise Stopped

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def _passes(response: httpx.Response) -> bool:
    """Whether the same call may well succeed in a moment."""
    if response.status_code in _PASSING_STATUSES:
        return True
    return response.status_code == httpx.codes.CONFLICT and _problem(response).get("code") == _STILL_RUNNING


def _answer(response: httpx.Response, url: str) -> dict[str, Any]:
    if not response.is_success:
        problem = _problem(response)
        if not problem:
            raise ReplayFailed(f"What answers at {url} is not Pairvote (status {response.status_code}).")
        raise Refused(response.status_code, problem)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ReplayFailed(f"What answers at {url} is not Pairvote.")
    return answer


def _problem(response: httpx.Response) -> dict[str, Any]:
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return {}
    problem: dict[str, Any] = response.json()
    return problem

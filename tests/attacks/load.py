"""Clients that never give up: they register and vote, retry what was not answered, and write down what was."""

import itertools
import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Self

import httpx

from app.core.database import Database
from app.core.ids import from_text
from app.intake.comparisons.models import comparisons
from app.intake.votes.models import votes
from tests.tables import rows_of

_PAUSE_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 180.0
# What a client may be told while the server is killed, full or without its database; anything else is a mistake.
_RETRIED: Final = (409, 503)


@dataclass
class Acknowledged:
    """What the server has answered, and so must keep."""

    votes: dict[str, str] = field(default_factory=dict)
    unavailable: int = 0
    lost_connections: int = 0
    mistakes: list[str] = field(default_factory=list)


class Clients:
    """Threads that act as hosts and widgets at the same time, until told to stop."""

    def __init__(self, url: str, api_key: str, *, threads: int, seed: int) -> None:
        self._url = url
        self._host = {"Authorization": f"Bearer {api_key}"}
        self._numbers = itertools.count()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.acknowledged = Acknowledged()
        self._threads = [
            threading.Thread(target=self._work, args=(Random(seed * 1000 + number),))
            for number in range(threads)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(_PATIENCE_SECONDS)
            assert not thread.is_alive()

    def _work(self, chance: Random) -> None:
        with httpx.Client(base_url=self._url, timeout=30, trust_env=False) as client:
            while not self._stop.is_set() and self._vote_once(client, next(self._numbers), chance):
                pass

    def _vote_once(self, client: httpx.Client, number: int, chance: Random) -> bool:
        """Registers a comparison and votes on it; False when the server made a mistake."""
        headers = self._host | {"Idempotency-Key": f"registration-{number}"}
        registered = self._insist(client, "POST", "/v1/comparisons", _comparison(number), headers)
        if registered is None:
            return False
        holder = {"Authorization": f"Bearer {registered['ticket']}"}
        # Some change their mind, some send the same vote twice.
        for choice in chance.choices(("left", "right", "tie", "both_bad"), k=chance.choice((1, 1, 1, 2))):
            if self._insist(client, "PUT", "/v1/ticket/vote", {"choice": choice}, holder) is None:
                return False
            with self._lock:
                self.acknowledged.votes[registered["id"]] = choice
        return True

    def _insist(
        self, client: httpx.Client, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> Any:
        """The answer, however often it takes; None when it was a mistake."""
        deadline = time.perf_counter() + _PATIENCE_SECONDS
        last = "no answer"
        while time.perf_counter() < deadline:
            try:
                answer = client.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                with self._lock:
                    self.acknowledged.lost_connections += 1
            else:
                if answer.is_success:
                    return answer.json()
                last = str(answer.status_code)
                if answer.status_code not in _RETRIED or "code" not in answer.json():
                    break
                with self._lock:
                    self.acknowledged.unavailable += answer.status_code == 503
            time.sleep(_PAUSE_SECONDS)
        with self._lock:
            self.acknowledged.mistakes.append(f"{method} {path}: {last}")
        return None


def _comparison(number: int) -> dict[str, Any]:
    return {
        "identifiers": {"account": f"person-{number % 50}"},
        "conversation": [{"role": "user", "content": f"Question {number}"}],
        "responses": [{"model": "a", "content": "one"}, {"model": "b", "content": "two"}],
    }


def check_kept(database: Database, acknowledged: Acknowledged) -> None:
    """Every acknowledged vote is there, as it was acknowledged last, and nothing is there twice."""
    assert acknowledged.mistakes == []
    stored = {bytes(row.comparison_id): row.choice for row in rows_of(database, votes)}
    assert len(stored) == len(rows_of(database, votes))
    for identifier, choice in acknowledged.votes.items():
        assert stored.pop(_raw(identifier)) == choice
    # Every client went on until it was answered: a vote or registration beyond those was counted twice.
    assert stored == {}
    assert {bytes(row.id) for row in rows_of(database, comparisons)} == {
        _raw(identifier) for identifier in acknowledged.votes
    }


def _raw(identifier: str) -> bytes:
    raw = from_text("cmp", identifier)
    assert raw is not None
    return raw

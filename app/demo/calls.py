"""The demo's calls to Pairvote: over HTTP with an API key, as from any customer's server, and noted for its page."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Self

from app.core.clock import monotonic
from app.core.turns import WAITING

# What the demo lets a message wait for Pairvote, all its calls together. A person waits for an answer meanwhile.
TIMEOUT_SECONDS: Final = 3.0
_LEAST_SECONDS: Final = 0.05


class CallFailed(Exception):
    """Pairvote gave no answer, not in time, or refused; `why` is a code of the demo's own."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class NotedCall:
    """One call as the page may show it: the key is left out."""

    method: str
    path: str
    headers: dict[str, str]
    request: Any
    status: int | None = None
    response: Any = None
    ms: int = 0


@dataclass
class Calls:
    """The calls that answer one message: one connection, one budget of time."""

    address: tuple[str, int]
    key: str
    noted: list[NotedCall] = field(default_factory=list)

    def __post_init__(self) -> None:
        host, port = self.address
        self._deadline = monotonic() + TIMEOUT_SECONDS
        # The standard library's plain client: two calls to one known address, no proxy, no redirect.
        self._connection = http.client.HTTPConnection(host, port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def call(self, method: str, path: str, body: Any, *, idempotency_key: str | None = None) -> Any:
        """What Pairvote answers. CallFailed: `too_slow`, `unreachable`, or `refused` with a problem document."""
        headers = {"Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        noted = NotedCall(method, path, {"Authorization": f"Bearer {self.key[:6]}…", **headers}, body)
        self.noted.append(noted)
        with self._measured(noted):
            noted.status, answer = self._send(
                method, path, json.dumps(body).encode(), {"Authorization": f"Bearer {self.key}", **headers}
            )
            noted.response = _read(answer)
        if not 200 <= noted.status < 300:
            raise CallFailed("refused")
        return noted.response

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        self._limit_time()
        # Whoever answers these calls may be another thread of this process.
        with WAITING:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return response.status, response.read()

    def _limit_time(self) -> None:
        left = max(self._deadline - monotonic(), _LEAST_SECONDS)
        self._connection.timeout = left
        if self._connection.sock is not None:
            self._connection.sock.settimeout(left)

    @contextlib.contextmanager
    def _measured(self, noted: NotedCall) -> Iterator[None]:
        started = monotonic()
        try:
            yield
        except TimeoutError:
            raise CallFailed("too_slow") from None
        except (OSError, http.client.HTTPException):
            raise CallFailed("unreachable") from None
        finally:
            noted.ms = round((monotonic() - started) * 1000)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise CallFailed("unreachable") from None

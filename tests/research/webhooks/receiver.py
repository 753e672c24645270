"""A recipient of webhooks on this machine, which can be told to misbehave, and can go away and come back."""

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.research.exports.web import status


class Received(NamedTuple):
    """A message as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """What it says."""
        document: dict[str, Any] = json.loads(self.body)
        return document

    @property
    def numbers(self) -> list[int]:
        """The numbers of its tombstones."""
        return [each["number"] for each in self.told["data"]]


Answer = Callable[[BaseHTTPRequestHandler], None]


class Receiver:
    """Takes messages on a port of its own, which it keeps while it is away."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer: Answer = status(204)
        self.port = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/told"

    @contextlib.contextmanager
    def serving(self, tls: ssl.SSLContext | None = None) -> Iterator["Receiver"]:
        """Takes messages while the block lasts."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(Received({k.lower(): v for k, v in self.headers.items()}, body))
                with contextlib.suppress(OSError):
                    receiver.answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = False

            def handle_error(self, *_: object) -> None:
                """A client that goes away is no news."""

        server = Server(("127.0.0.1", self.port), Handler)
        self.port = server.server_port
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

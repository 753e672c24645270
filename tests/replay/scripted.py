"""A web server that answers what it is told, to see how the replay takes failures that a real one seldom has."""

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Scripted(NamedTuple):
    """One answer; a status of 0 closes the connection without any."""

    status: int
    body: Mapping[str, Any] | str = ""
    media_type: str = "application/problem+json"


class Heard(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@contextlib.contextmanager
def scripted_server(answers: Sequence[Scripted]) -> Iterator[tuple[str, list[Heard]]]:
    """Its address, and what it has heard; the last answer is given for ever."""
    heard: list[Heard] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._give()

        def do_POST(self) -> None:
            self._give()

        def do_PUT(self) -> None:
            self._give()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class calls it so)
            """Says nothing."""

        def _give(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.append(Heard(self.command, self.path, dict(self.headers), json.loads(raw) if raw else None))
            answer = answers[min(len(heard), len(answers)) - 1]
            if answer.status == 0:
                self.close_connection = True
                return
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", heard
        finally:
            server.shutdown()
            thread.join()

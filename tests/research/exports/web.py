"""A small web server of files, which can be told to misbehave."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple


class Asked(NamedTuple):
    """A request as it came."""

    path: str
    authorization: str | None
    range: str | None


class Web:
    """Serves the files of a folder below `/copy/`; `answers` come first, by path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[Asked] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.address = ""

    @contextlib.contextmanager
    def serving(self) -> Iterator["Web"]:
        """Serves while the block lasts."""
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5

            def do_GET(self) -> None:
                web.handle(self)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Answers one request, and ends its connection."""
        request.close_connection = True
        path = request.path
        self.asked.append(Asked(path, request.headers.get("Authorization"), request.headers.get("Range")))
        answer = self.answers.get(path)
        if answer is not None:
            answer(request)
            return
        file = self.folder / path.removeprefix("/copy/")
        if not path.startswith("/copy/") or not file.is_file():
            status(404)(request)
            return
        send(file.read_bytes())(request)


def send(
    data: bytes, *, length: int | None = None, code: int = 200
) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer with a body, and what it says of its length."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        request.send_header("Content-Length", str(len(data) if length is None else length))
        request.end_headers()
        with contextlib.suppress(ConnectionError):
            request.wfile.write(data)

    return answer


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer without a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def in_turn(*answers: Callable[[BaseHTTPRequestHandler], None]) -> Callable[[BaseHTTPRequestHandler], None]:
    """One answer after the other."""
    waiting = iter(answers)

    def answer(request: BaseHTTPRequestHandler) -> None:
        next(waiting)(request)

    return answer

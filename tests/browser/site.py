"""A host product's web site: pages under a strict policy, and a first-party way to Pairvote below /pairvote."""

import contextlib
import html
import http.client
import itertools
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

# The strictest policy that the widget promises to work under, as a page has it that reaches Pairvote first-party.
FIRST_PARTY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_PREFIX: Final = "/pairvote"
_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "server", "date", "content-length"}
_PAGE: Final = """<!doctype html>
<html lang="{lang}" dir="{dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A host product</title>
<link rel="stylesheet" href="/host.css">
<script type="module" crossorigin src="{script}"{integrity}></script>
</head>
<body>
<main>
<h1>A host product</h1>
<p><label>Message <input id="message"></label></p>
{body}
</main>
</body>
</html>
"""
# A page of its own looks; it says nothing about the widget.
_STYLE: Final = """
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
"""


class File(NamedTuple):
    """What an address of the site answers."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]


class HostSite:
    """Serves on a port of its own until it is closed. `pairvote` is the address of the server behind /pairvote."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._numbers = itertools.count(1)
        self.pairvote = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.put("/host.css", _STYLE, "text/css; charset=utf-8")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(
        self, path: str, body: str | bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> str:
        """Answers a path with these bytes from now on, also one below /pairvote; returns its whole address."""
        data = body.encode() if isinstance(body, str) else body
        self._files[path] = File(data, content_type, headers or {})
        return self.origin + path

    @contextlib.contextmanager
    def instead(self, path: str, body: str | bytes, content_type: str = "text/javascript") -> Iterator[None]:
        """Answers a path below /pairvote with other bytes for as long as the block lasts."""
        self.put(path, body, content_type)
        try:
            yield
        finally:
            del self._files[path]

    def put_page(
        self,
        body: str,
        *,
        first_party: bool = True,
        lang: str = "en",
        direction: str = "ltr",
        integrity: str = "",
    ) -> str:
        """A page with `body` that loads the widget, under the strict policy; returns its address."""
        base = _PREFIX if first_party else self.pairvote
        page = _PAGE.format(
            script=f"{base}/static/widget/v1/pairvote.js",
            integrity=f' integrity="{integrity}"' if integrity else "",
            lang=lang,
            dir=direction,
            body=body,
        )
        return self.put_html(page, policy=FIRST_PARTY_POLICY if first_party else self.other_origin_policy)

    def put_html(self, page: str, *, policy: str) -> str:
        """A whole page of one's own; returns its address."""
        headers = {"Content-Security-Policy": policy}
        return self.put(f"/page/{next(self._numbers)}", page, "text/html; charset=utf-8", headers)

    @property
    def other_origin_policy(self) -> str:
        """The same policy where script and calls go to Pairvote's own origin."""
        return (
            f"default-src 'none'; script-src {self.pairvote}; style-src 'self'; connect-src {self.pairvote}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one segment.
            wbufsize = -1

            def _any(self) -> None:
                status, headers, body = site._answer(self)
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = do_OPTIONS = do_HEAD = _any  # noqa: N815  (the base class calls them so)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> tuple[int, Mapping[str, str], bytes]:
        length = int(request.headers.get("Content-Length") or 0)
        sent = request.rfile.read(length)
        path = urlsplit(request.path).path
        file = self._files.get(path)
        if file is not None:
            return 200, {"Content-Type": file.content_type, **file.headers}, file.body
        if path.startswith(f"{_PREFIX}/"):
            return self._pass_on(request, sent)
        # Browsers ask for an icon by themselves.
        return 204 if path == "/favicon.ico" else 404, {}, b""

    def _pass_on(self, request: BaseHTTPRequestHandler, sent: bytes) -> tuple[int, Mapping[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.pairvote).netloc, timeout=30)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        try:
            connection.request(
                request.command, request.path.removeprefix(_PREFIX), sent or None, headers=headers
            )
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            return answer.status, kept, answer.read()
        except OSError:
            return 502, {}, b""
        finally:
            connection.close()


def element(ticket: str | None, attributes: str = "", *, inside: str = "", first_party: bool = True) -> str:
    """The tag as a host writes it."""
    held = f' ticket="{html.escape(ticket)}"' if ticket is not None else ""
    endpoint = f' endpoint="{_PREFIX}/v1"' if first_party else ""
    return f"<pairvote-compare{held}{endpoint} {attributes}>{inside}</pairvote-compare>"

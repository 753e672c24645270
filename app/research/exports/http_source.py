"""Reads an export over HTTP: from a Pairvote server with an API key, or a copy that anybody may read."""

import http.client
import json
import re
from collections.abc import Iterator
from email.message import Message
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

import click

from app.research.exports.addresses import AddressRefused, check_address
from app.research.exports.files import MANIFEST
from app.research.exports.sources import BLOCK, Broken, FetchFailed, FileMissing

_SERVED: Final = re.compile(r"/v1/exports/exp_[0-9a-z]{26}", re.ASCII)
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_MOST_LISTED_BYTES: Final = 64 * 1024 * 1024
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_SENTENCES: Final = {
    403: "The server does not let this key read exports (403).",
    409: "The export is not built yet (409).",
    410: "The export has expired, failed or was cancelled (410).",
}
_HEADERS: Final = "Authorization"


class HttpSource:
    """The files of an export below an address, which is a server's own (`…/v1/exports/exp_…`) or a folder's."""

    def __init__(self, address: str, *, api_key: str | None, seconds: float) -> None:
        try:
            check_address(address)
        except AddressRefused as refused:
            raise click.UsageError(str(refused)) from None
        self._address = address.rstrip("/")
        parts = urlsplit(self._address)
        self._is_served = _SERVED.search(parts.path) is not None and _SERVED.split(parts.path)[-1] == ""
        # A copy that anybody may read is not told a key.
        self._key = api_key if self._is_served else None
        if self._key is not None and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise click.UsageError("An API key is sent over https alone.")
        self._seconds = seconds
        self._opener = OpenerDirector()
        for handler in (
            ProxyHandler(),
            HTTPHandler(),
            HTTPSHandler(),
            HTTPDefaultErrorHandler(),
            HTTPErrorProcessor(),
            _Redirects(self._key),
        ):
            self._opener.add_handler(handler)

    def paths(self) -> set[str] | None:
        """What a server lists; a folder over HTTP tells nothing."""
        if not self._is_served:
            return None
        try:
            with self._open(self._address, {}) as answer:
                listed = json.loads(_limited(answer, _MOST_LISTED_BYTES))
            return {str(file["path"]) for file in listed["files"]}
        except FileMissing:
            raise FetchFailed("The server has no such export for this key (404).") from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise FetchFailed("What answers there is not a Pairvote server.") from None
        except (OSError, http.client.HTTPException) as error:
            raise Broken(type(error).__name__) from None

    def read(self, path: str, start: int) -> Iterator[bytes]:
        """The blocks of a file."""
        base = f"{self._address}/files" if self._is_served else self._address
        try:
            with self._open(f"{base}/{quote(path)}", {"Range": f"bytes={start}-"} if start else {}) as answer:
                yield from _blocks(answer, start)
        except FileMissing:
            if self._is_served and path == MANIFEST:
                raise FetchFailed("The server has no such export for this key (404).") from None
            raise
        except (OSError, http.client.HTTPException) as error:
            raise Broken(type(error).__name__) from None

    def _open(self, address: str, headers: dict[str, str]) -> Any:
        request = Request(address, headers=headers)  # noqa: S310  (the opener knows http and https alone)
        if self._key is not None:
            request.add_unredirected_header(_HEADERS, f"Bearer {self._key}")
        try:
            return self._opener.open(request, timeout=self._seconds)
        except HTTPError as error:
            error.close()
            raise self._refusal(error.code) from None
        except URLError as error:
            raise Broken(type(error.reason).__name__) from None

    def _refusal(self, status: int) -> Exception:
        if status == 404:
            return FileMissing()
        if status in _BUSY:
            return Broken(f"status {status}")
        if status == 401 and self._key is None:
            return FetchFailed("The server asks for an API key: set PAIRVOTE_API_KEY or give --api-key-file.")
        if status == 401:
            return FetchFailed("The server does not know this API key (401).")
        return FetchFailed(_SENTENCES.get(status, f"The server answered with the status {status}."))


class _Redirects(HTTPRedirectHandler):
    """Follows a server to another of its own addresses; the key goes to no other host."""

    max_redirections = 5
    max_repeats = 2

    def __init__(self, key: str | None) -> None:
        self._key = key

    def redirect_request(  # noqa: PLR0917  (the library's own signature)
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        """The next request; FetchFailed where it must not be made."""
        here, there = urlsplit(req.full_url), urlsplit(newurl)
        is_here = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        if not is_here and self._key is not None:
            raise FetchFailed("The server redirects to another host, which must not see the API key.")
        if there.scheme not in ("http", "https") or (here.scheme == "https" and there.scheme == "http"):
            raise FetchFailed("The server redirects to an address that is not https.")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
        if following is not None and self._key is not None:
            following.add_unredirected_header(_HEADERS, f"Bearer {self._key}")
        return following


def _blocks(answer: Any, start: int) -> Iterator[bytes]:
    """The body from a byte on, whether or not the server has understood the range. Broken where it ends too soon."""
    # Who does not know ranges sends all of it.
    passed = 0 if answer.status == 206 else -start
    length = answer.headers.get("Content-Length")
    received = 0
    while block := answer.read(BLOCK):
        received += len(block)
        kept = block[max(0, -passed) :]
        passed += len(block)
        if kept:
            yield kept
    if length is not None and length.isdigit() and received < int(length):
        raise Broken("too short")


def _limited(answer: Any, most: int) -> bytes:
    data = b""
    while len(data) <= most and (block := answer.read(BLOCK)):
        data += block
    if len(data) > most:
        raise ValueError("too much")
    return data

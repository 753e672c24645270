"""One HTTP request as the WSGI server gives it, read lazily."""

import io
import os
from contextlib import suppress
from typing import Any, Final

from app.core.errors import BodyTooLarge, FieldError, InvalidParameter, MalformedJson, UnsupportedMediaType

DEFAULT_BODY_LIMIT: Final = 1024 * 1024
_DRAINED_AT_MOST: Final = 64 * 1024
_NOTHING_LEFT: Final = io.BytesIO()
_JSON_TYPES: Final = frozenset(
    {"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"}
)


class Request:
    """The parts of a WSGI environ that operations may look at."""

    __slots__ = ("environ", "id")

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ
        self.id = f"req_{os.urandom(10).hex()}"

    @property
    def method(self) -> str:
        """The request method in capitals."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def origin(self) -> str:
        """Scheme and host as the caller spelt them: only good for telling that caller."""
        host = self.environ.get("HTTP_HOST") or self.environ.get("SERVER_NAME", "")
        return f"{self.environ.get('wsgi.url_scheme', 'http')}://{host}"

    @property
    def query_string(self) -> str:
        """What follows the question mark, undecoded."""
        return str(self.environ.get("QUERY_STRING", ""))

    def header(self, name: str) -> str | None:
        """A header by its WSGI spelling without HTTP_, e.g. `IDEMPOTENCY_KEY`."""
        value: str | None = self.environ.get(f"HTTP_{name}")
        return value

    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer …`, or None."""
        value = self.environ.get("HTTP_AUTHORIZATION", "")
        scheme, _, token = value.partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token else None

    def content_type(self) -> str:
        """The media type as sent, lower case."""
        return str(self.environ.get("CONTENT_TYPE") or "").lower()

    def body(self, limit: int) -> bytes:
        """The whole body; BodyTooLarge past `limit` bytes."""
        declared = self.environ.get("CONTENT_LENGTH") or ""
        if declared and "HTTP_TRANSFER_ENCODING" in self.environ:
            # Two servers in a row may disagree about where such a request ends (RFC 9112, 6.3).
            raise InvalidParameter("Content-Length and Transfer-Encoding exclude each other.")
        if declared and not (declared.isascii() and declared.isdigit()):
            raise InvalidParameter("Content-Length is not a number.")
        if declared and int(declared) > limit:
            raise _too_large(limit)
        try:
            data: bytes = self.environ["wsgi.input"].read(int(declared) if declared else limit + 1)
        except OSError:
            raise MalformedJson("The body could not be read to its end.") from None
        if len(data) > limit:
            raise _too_large(limit)
        self.environ["wsgi.input"] = _NOTHING_LEFT
        if declared and len(data) < int(declared):
            raise MalformedJson("The body is shorter than its Content-Length.")
        return data

    def json_text(self, limit: int) -> bytes:
        """The body, which is said to be JSON."""
        if self.content_type() not in _JSON_TYPES and not self._is_json_with_parameters():
            detail = "Send application/json."
            raise UnsupportedMediaType(detail, errors=[FieldError("", detail)])
        return self.body(limit)

    def _is_json_with_parameters(self) -> bool:
        media, _, parameters = self.content_type().partition(";")
        charset = parameters.replace(" ", "").replace('"', "")
        return media.strip() == "application/json" and charset in ("", "charset=utf-8")


def drain(environ: dict[str, Any]) -> None:
    """Reads a small body that nobody asked for: on an unread one the server hangs up, under the next request."""
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared == "0" or not (declared or "HTTP_TRANSFER_ENCODING" in environ):
        return
    if not declared or (declared.isascii() and declared.isdigit() and int(declared) <= _DRAINED_AT_MOST):
        with suppress(OSError):
            environ["wsgi.input"].read(_DRAINED_AT_MOST)


def _too_large(limit: int) -> BodyTooLarge:
    detail = f"At most {limit} bytes."
    return BodyTooLarge(detail, errors=[FieldError("", detail)])

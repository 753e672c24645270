"""Runs declared operations: credentials, body, handler, answer, problem documents. The one path of every call.

Operations without path parameters are looked up in a table before Flask's routing: on this path Flask's
request and response objects would cost more than casting a vote. Both ways lead to the same `Bound.handle`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import parse_qsl

import flask
import structlog
from flask import Flask, Response
from marshmallow import ValidationError

from app.core.clock import Clock, monotonic
from app.core.errors import (
    AppError,
    FieldError,
    InternalError,
    InvalidBody,
    InvalidParameter,
    MethodNotAllowed,
    StorageUnavailable,
)
from app.core.http.loading import Load, compile_loader
from app.core.http.operations import Answer, Call, IdempotentWrite, Operation, Operations
from app.core.http.request import DEFAULT_BODY_LIMIT, Request, drain
from app.core.http.strict_json import pointer_token, read_json, write_json
from app.core.logging import frames_of
from app.core.metrics import REQUESTS
from app.core.turns import COMPUTING

_log: Final = structlog.get_logger("pairvote.http")
_JSON: Final = ("Content-Type", "application/json")
_PROBLEM: Final = ("Content-Type", "application/problem+json")
_ALWAYS: Final = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
_STATUS_LINES: Final = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_PREFLIGHT_SECONDS: Final = "7200"
_CORS_HEADERS: Final = "authorization, content-type, idempotency-key"


class Reply(NamedTuple):
    """An HTTP response as WSGI wants it. A list as body is sent at once, anything else piece by piece."""

    status: int
    headers: list[tuple[str, str]]
    body: Iterable[bytes]


class Zone(Protocol):
    """What the edge needs from a zone."""

    def allows_origin(self, origin: str) -> bool:
        """Whether any workspace has registered this browser origin."""
        ...

    def begin_idempotent(
        self, caller: Any, operation: str, key: str, body: bytes, at: int
    ) -> tuple[IdempotentWrite, Answer | None]:
        """Claims an idempotency key; the stored answer comes with it where there is one."""
        ...


class Bound:
    """An operation together with the zone it runs in."""

    def __init__(self, operation: Operation, open_zone: Callable[[], Zone], clock: Clock) -> None:
        self.operation = operation
        self._open_zone = open_zone
        self._clock = clock
        self._load_body = compile_loader(operation.body) if operation.body else None
        self._load_query = compile_loader(operation.query) if operation.query else None
        self._requests = REQUESTS.of(operation.name)

    @cached_property
    def _zone(self) -> Zone:
        """Opened by the first call: commands that only look at the operations need no keys and no database."""
        return self._open_zone()

    def handle(self, environ: dict[str, Any], path: Mapping[str, str]) -> Reply:
        """Answers one request; never raises."""
        started = monotonic()
        request = Request(environ)
        try:
            at = self._clock()
            caller, raw = self._receive(request, at)
            with COMPUTING:
                reply = self._reply(request, self._answer(request, path, caller, raw, at))
        except Exception as error:
            reply = problem_reply(error, request, self.operation.name)
        if self.operation.access.is_cors:
            reply.headers.extend(self._cors_headers(request))
        self._requests.note(reply.status, monotonic() - started)
        return reply

    def _receive(self, request: Request, at: int) -> tuple[Any, bytes]:
        """Who calls, and the body as it came: however slowly it arrives, nobody else waits for it."""
        operation = self.operation
        caller = operation.access.authenticate(self._zone, request, at)
        if operation.media_type is not None:
            return caller, request.body(operation.body_limit(self._zone))
        return caller, request.json_text(DEFAULT_BODY_LIMIT) if self._load_body else b""

    def _answer(self, request: Request, path: Mapping[str, str], caller: Any, raw: bytes, at: int) -> Answer:
        operation = self.operation
        body: Any = raw
        if self._load_body is not None:
            body = _load(self._load_body, read_json(raw), InvalidBody)
        query = None
        if self._load_query is not None:
            query = _load(self._load_query, _parameters(request.query_string), InvalidParameter)
        call: Call[Any, Any] = Call(request, caller=caller, body=body, query=query, path=path, at=at)
        key = request.header("IDEMPOTENCY_KEY") if operation.is_idempotent else None
        if key is None:
            return operation.handler(self._zone, call)
        return self._answer_once(call, key, raw)

    def _answer_once(self, call: Call[Any, Any], key: str, raw: bytes) -> Answer:
        if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
            raise InvalidParameter("Idempotency-Key takes 1 to 255 printable ASCII characters.")
        idempotency, stored = self._zone.begin_idempotent(call.caller, self.operation.name, key, raw, call.at)
        try:
            call.idempotency = idempotency
            return self.operation.handler(self._zone, call) if stored is None else stored
        finally:
            idempotency.end()

    def _reply(self, request: Request, answer: Answer) -> Reply:
        body = answer.body
        headers = [*_ALWAYS, ("X-Request-Id", request.id), *answer.headers]
        if body is None:
            return Reply(answer.status, [*headers, ("Content-Length", "0")], [b""])
        if not isinstance(body, (bytes, dict, list)):
            return Reply(answer.status, headers, body)
        data = body if isinstance(body, bytes) else write_json(body)
        if not answer.headers or all(name != "Content-Type" for name, _ in answer.headers):
            headers.append(_JSON)
        headers.append(("Content-Length", str(len(data))))
        return Reply(answer.status, headers, [data])

    def preflight(self, environ: dict[str, Any], methods: Iterable[str]) -> Reply:
        """What a browser is told that asks whether it may call; `methods` are those of the address."""
        request = Request(environ)
        allowed = ", ".join(sorted(methods)) if self._is_exact else self.operation.method
        if not self.operation.access.is_cors:
            return problem_reply(MethodNotAllowed(headers=[("Allow", allowed)]), request, "method")
        headers = [
            *self._cors_headers(request),
            ("Access-Control-Allow-Methods", allowed),
            ("Access-Control-Allow-Headers", _CORS_HEADERS),
            ("Access-Control-Max-Age", _PREFLIGHT_SECONDS),
        ]
        return Reply(204, headers, [b""])

    @property
    def _is_exact(self) -> bool:
        return not self.operation.parameters

    def _cors_headers(self, request: Request) -> list[tuple[str, str]]:
        """What lets a page of a registered origin read the answer."""
        origin = request.header("ORIGIN")
        vary = ("Vary", "Origin")
        try:
            if origin is None or not self._zone.allows_origin(origin):
                return [vary]
        except StorageUnavailable:
            return [vary]
        return [
            vary,
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Expose-Headers", "X-Request-Id"),
        ]


def _parameters(query_string: str) -> dict[str, str]:
    """The query's parameters; each may be there once."""
    pairs = parse_qsl(query_string, keep_blank_values=True)
    if len(dict(pairs)) != len(pairs):
        raise InvalidParameter("A parameter is given twice.")
    return dict(pairs)


def _load(load: Load, value: Any, error_class: type[AppError]) -> Any:
    try:
        return load(value)
    except ValidationError as error:
        raise error_class(errors=[*_field_errors(error.messages, "")]) from None


def _field_errors(messages: Any, pointer: str) -> Iterable[FieldError]:
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _field_errors(
                below, pointer if key == "_schema" else f"{pointer}/{pointer_token(key)}"
            )
    elif isinstance(messages, list):
        for message in messages:
            yield from _field_errors(message, pointer)
    else:
        yield FieldError(pointer, str(messages))


def problem_reply(error: Exception, request: Request, where: str) -> Reply:
    """An exception as a problem document. A crash is logged by its place in our code, without its message."""
    if not isinstance(error, AppError):
        _log.error(
            "request_crashed",
            request_id=request.id,
            operation=where,
            kind=type(error).__name__,
            at=frames_of(error),
        )
        error = InternalError()
    elif error.status >= 500:
        cause = type(error.__cause__).__name__ if error.__cause__ else None
        _log.warning("request_failed", request_id=request.id, operation=where, code=error.code, cause=cause)
    data = write_json(error.problem(request.id))
    headers = [
        *_ALWAYS,
        ("X-Request-Id", request.id),
        _PROBLEM,
        ("Content-Length", str(len(data))),
        *error.headers,
    ]
    return Reply(error.status, headers, [data])


StartResponse = Callable[..., Any]


class Edge:
    """Puts operations into a Flask application, and in front of its routing."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._exact: dict[str, dict[str, Bound]] = {}
        self._inner = app.wsgi_app
        self.operations: list[tuple[str, Operation]] = []
        app.wsgi_app = self._call  # type: ignore[method-assign]  # Flask's documented place for middleware

    def mount(
        self, operations: Operations[Any], open_zone: Callable[[], Any], *, is_described: bool = True
    ) -> None:
        """Adds a feature's operations, to run in the zone that `open_zone` gives.

        `is_described` says whether they are part of the API, which its description lists.
        """
        for operation in operations.declared:
            bound = Bound(operation, open_zone, self._clock)
            if is_described:
                self.operations.append((operations.tag, operation))
            if not operation.parameters:
                self._exact.setdefault(operation.path, {})[operation.method] = bound
            name = f"{operations.tag}.{operation.name}"
            self._route(operation.path, name, operation.method, bound.handle)
            if operation.parameters and operation.access.is_cors:
                self._route(operation.path, f"{name}.preflight", "OPTIONS", bound.preflight)

    def _route(self, path: str, name: str, method: str, answer: Callable[..., Reply]) -> None:
        self._app.add_url_rule(
            _rule(path), name, _view(answer), methods=[method], provide_automatic_options=False
        )

    def _call(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        methods = self._exact.get(environ["PATH_INFO"])
        if methods is None:
            inner = self._inner(environ, start_response)
            drain(environ)
            return inner
        bound = methods.get(environ["REQUEST_METHOD"])
        reply = bound.handle(environ, {}) if bound else _other_method(environ, methods)
        drain(environ)
        start_response(_STATUS_LINES[reply.status], reply.headers)
        return reply.body


def _other_method(environ: dict[str, Any], methods: dict[str, Bound]) -> Reply:
    request = Request(environ)
    if request.method == "HEAD" and "GET" in methods:
        reply = methods["GET"].handle(environ, {})
        return reply._replace(body=[b""])
    if request.method == "OPTIONS":
        return methods[min(methods)].preflight(environ, methods)
    allowed = ", ".join(sorted(methods))
    return problem_reply(MethodNotAllowed(headers=[("Allow", allowed)]), request, "method")


def _rule(path: str) -> str:
    """An operation's path for Flask's routing; a parameter called `path` takes the rest, slashes included."""
    return path.replace("{path}", "<path:path>").replace("{", "<").replace("}", ">")


def _view(answer: Callable[..., Reply]) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        return as_response(answer(flask.request.environ, path))

    return view


def as_response(reply: Reply) -> Response:
    """A reply as Flask wants it, with no header but its own."""
    response = Response(reply.body, status=reply.status)
    response.headers.clear()
    response.headers.extend(reply.headers)
    return response

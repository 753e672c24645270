"""Requests that no honest client sends, byte by byte, to a real server: refused, never a crash, nothing stored."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from app.core.database import Database
from app.intake.comparisons.models import comparisons
from app.intake.votes.models import votes
from tests.serving import Server
from tests.tables import rows_of

_LIMIT: Final = 1024 * 1024
_JSON: Final = b"Content-Type: application/json\r\n"


class Target(NamedTuple):
    """A server with a workspace and an open ticket."""

    server: Server
    api_key: bytes
    ticket: bytes


class Reply(NamedTuple):
    """Status and body of an answer; status 0 when the server hung up instead."""

    status: int
    body: bytes


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One server for all: what is refused leaves nothing behind."""
    data = tmp_path_factory.mktemp("bad") / "data"
    with Server({"PAIRVOTE_DATA": str(data), "PAIRVOTE_JOBS": "off"}) as server:
        workspace = server.create_workspace("Target")
        body = json.dumps(
            {
                "identifiers": {"account": "a"},
                "conversation": [{"role": "user", "content": "x"}],
                "responses": [{"model": "a", "content": "x"}, {"model": "b", "content": "y"}],
            }
        ).encode()
        key = workspace.api_key.encode()
        registered = _send(server, _post(key, b"/v1/comparisons", body))
        assert registered.status == 201
        yield Target(server, key, json.loads(registered.body)["ticket"].encode())


@pytest.fixture(autouse=True)
def _nothing_is_stored(target: Target) -> Iterator[None]:
    yield
    database = Database(f"sqlite:///{target.server.environment['PAIRVOTE_DATA']}/intake.db")
    assert len(rows_of(database, comparisons)) == 1
    assert rows_of(database, votes) == []
    database.close()
    assert "request_crashed" not in target.server.log()


def _post(key: bytes, path: bytes, body: bytes, extra: bytes = _JSON) -> bytes:
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n" % (path, key)
    return head + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _vote(ticket: bytes, body: bytes, extra: bytes = _JSON) -> bytes:
    head = (
        b"PUT /v1/ticket/vote HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
        % ticket
    )
    return head + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _send(server: Server, request: bytes) -> Reply:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        try:
            connection.sendall(request)
            received = b""
            while part := connection.recv(65_536):
                received += part
        except ConnectionError:
            received = b""
    head, _, body = received.partition(b"\r\n\r\n")
    return Reply(int(head.split()[1]) if head else 0, body)


def _expect_problem(reply: Reply, *statuses: int) -> None:
    assert reply.status in statuses
    problem = json.loads(reply.body)
    assert problem["status"] == reply.status
    assert problem["request_id"].startswith("req_")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b'{"choice":"left","choice":"right"}', 400),
        (b'{"choice":"left","shown_ms":NaN}', 400),
        (b'{"choice":"left","shown_ms":1e999}', 422),
        (b'{"choice":"left","shown_ms":' + b"9" * 5000 + b"}", 400),
        (b'{"choice":"left","comment":"\\ud800"}', 422),
        (b'{"choice":"left","comment":"\\u0000"}', 422),
        (b'{"choice":"left","comment":"\x00"}', 400),
        (b'{"choice":"\\u006ceft\\udfff"}', 422),
        (b'{"choice":' * 100_000 + b'"left"' + b"}" * 100_000, 413),
        (b"[" * 1_000_000, 400),
        (b"[" * 500_000 + b"]" * 500_000, 400),
        (b'{"choice":"left"}' + b" " * _LIMIT, 413),
        (b'{"choice":["left"]}', 422),
        (b'{"choice":{"$ne":null}}', 422),
        (b"null", 422),
        (b"0", 422),
        (b'"left"', 422),
    ],
)
def test_a_bad_body_is_a_problem(target: Target, body: bytes, status: int) -> None:
    _expect_problem(_send(target.server, _vote(target.ticket, body)), status)


def test_the_limit_is_exact(target: Target) -> None:
    filler = b'{"choice":"nope","comment":""}'
    whole = filler + b" " * (_LIMIT - len(filler))
    _expect_problem(_send(target.server, _vote(target.ticket, whole)), 422)
    _expect_problem(_send(target.server, _vote(target.ticket, whole + b" ")), 413)


@pytest.mark.parametrize(
    "content_type",
    [
        b"",
        b"Content-Type: text/plain\r\n",
        b"Content-Type: application/x-www-form-urlencoded\r\n",
        b"Content-Type: multipart/form-data; boundary=x\r\n",
        b"Content-Type: application/json; charset=latin-1\r\n",
        b"Content-Type: application/jsonx\r\n",
    ],
)
def test_another_content_type_is_refused(target: Target, content_type: bytes) -> None:
    _expect_problem(_send(target.server, _vote(target.ticket, b'{"choice":"left"}', content_type)), 415)


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 17\r\nContent-Length: 18\r\n\r\n" + b'{"choice":"left"}',
        b"Content-Length: -1\r\n\r\n" + b'{"choice":"left"}',
        b"Content-Length: 0x11\r\n\r\n" + b'{"choice":"left"}',
        b"Content-Length: 17\r\nTransfer-Encoding: chunked\r\n\r\n" + b'{"choice":"left"}',
        b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n" + b'{"choice":"left"}\r\n0\r\n\r\n',
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + b'{"choice":"left"}\r\n0\r\n\r\n',
        b"Transfer-Encoding: chunked, identity\r\n\r\n11\r\n" + b'{"choice":"left"}\r\n0\r\n\r\n',
        b"Transfer-Encoding: gzip\r\n\r\n" + b'{"choice":"left"}',
    ],
)
def test_bad_framing_is_refused(target: Target, framing: bytes) -> None:
    head = (
        b"PUT /v1/ticket/vote HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
        % target.ticket
    )
    reply = _send(target.server, head + _JSON + framing)
    assert reply.status == 0 or 400 <= reply.status < 500, reply


def test_a_body_that_ends_early_is_not_taken(target: Target) -> None:
    head = b"PUT /v1/ticket/vote HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" % target.ticket
    with socket.create_connection(("127.0.0.1", target.server.port), timeout=30) as connection:
        connection.sendall(head + _JSON + b'Content-Length: 30\r\n\r\n{"choice":"left"}')
        connection.shutdown(socket.SHUT_WR)
        received = connection.recv(65_536)
    assert not received or b" 4" in received.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "head",
    [
        b"PUT /v1/ticket/vote HTTP/1.1\r\nContent-Type: text/plain\r\nAuthorization: Bearer %s\r\n",
        b"PUT /v1/ticket/vote HTTP/1.1\r\nX-Not-A-Ticket: %s\r\n",
        b"GET /v1/ticket HTTP/1.1\r\nAuthorization: Bearer %s\r\n",
        b"POST /receipt HTTP/1.1\r\nContent-Type: text/plain\r\nX-Ticket: %s\r\n",
        b"POST /v1/nothing-here HTTP/1.1\r\nX-Ticket: %s\r\n",
        b"PATCH /v1/ticket/vote HTTP/1.1\r\nX-Ticket: %s\r\n",
    ],
)
def test_the_next_request_on_a_connection_is_answered(target: Target, head: bytes) -> None:
    """Many clients send the body in a packet of its own, which comes after the answer is known."""
    with socket.create_connection(("127.0.0.1", target.server.port), timeout=30) as connection:
        connection.sendall(head % target.ticket + b"Host: x\r\nContent-Length: 6\r\n\r\n")
        time.sleep(0.2)
        connection.sendall(b"broken")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 ")
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"HTTP/1.1 200" in received


@pytest.mark.parametrize(
    "line",
    [
        b"Authorization: Bearer \xff\xfe\r\n",
        b"Authorization: Bearer caf\xc3\xa9\r\n",
        b"Origin: \xff\xff\r\n",
        b"Origin: null\r\n",
        b"Idempotency-Key: \xc3\xa9\r\n",
        b"X-Long: " + b"x" * 200_000 + b"\r\n",
        b"No-Colon\r\n",
        b"Space : x\r\n",
    ],
)
def test_an_odd_header_does_no_harm(target: Target, line: bytes) -> None:
    request = b"POST /v1/comparisons HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + _JSON + line
    reply = _send(target.server, request + b"Content-Length: 2\r\n\r\n{}")
    assert reply.status == 0 or 400 <= reply.status < 500, reply


@pytest.mark.parametrize(
    "path",
    [
        b"/v1/comparisons/%00",
        b"/v1/comparisons/%ff%fe",
        b"/v1/comparisons/..%2f..%2fetc",
        b"/v1/comparisons/" + b"c" * 5000,
        b"/v1/../v1/ticket",
        b"//v1/ticket",
        b"/v1/ticket/",
        b"/static/../wsgi.py",
        b"/static/%2e%2e/wsgi.py",
        b"/v1/ticket?x=%zz&y=%ff",
        b"*",
    ],
)
@pytest.mark.parametrize("method", [b"GET", b"DELETE", b"OPTIONS", b"HEAD", b"TRACE", b"NONSENSE"])
def test_an_odd_address_is_refused(target: Target, path: bytes, method: bytes) -> None:
    request = b"%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % (method, path)
    reply = _send(target.server, request)
    assert reply.status == 0 or 400 <= reply.status < 500 or (method, reply.body) == (b"OPTIONS", b""), reply
    assert b"wsgi" not in reply.body

"""Posts to an address that a stranger has named, without becoming that stranger's hand inside our network.

The threat is an address, or a name that leads to one, which only we can reach: this machine, its neighbours, a cloud's
metadata. So the connection is made to an address that has been looked at, not to the name a second time; nothing is
followed, no proxy is asked, and of the answer nothing is read but its status.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from app.research.webhooks.models import WebhookFailure

CONNECT_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 15.0
_REDIRECTS: Final = range(300, 400)
_GONE: Final = 410
# What `is_global` lets pass, and only machines inside answer: protocol assignments with one cloud's metadata, another
# cloud's metadata and DNS, the relays of 6to4.
_NEVER: Final = tuple(
    ipaddress.ip_network(each) for each in ("192.0.0.0/24", "168.63.129.16/32", "192.88.99.0/24")
)
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class Posted(NamedTuple):
    """How a delivery went: the status of the answer, and why it does not count."""

    status: int | None
    failure: WebhookFailure | None


class _Failed(Exception):
    """It ended before there was an answer."""

    def __init__(self, failure: WebhookFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name. OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(text: str) -> bool:
    """Whether an address is one of the internet at large, in whatever form it is written."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return all(_is_outside(each) for each in _meant(address))


def _is_outside(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    is_special = address.is_multicast or address.is_reserved or any(address in network for network in _NEVER)
    return address.is_global and not is_special


def _meant(address: Address) -> list[Address]:
    """The address, and the one that it carries inside: a translator may lead there. Other kinds are no public ones."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    return [address] if address.sixtofour is None else [address, address.sixtofour]


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allows_loopback: bool = False,
    names: Resolve = resolve,
    tls: ssl.SSLContext | None = None,
    seconds: float = WHOLE_SECONDS,
) -> Posted:
    """Posts once; never raises for what the other side does. Whatever happens takes `seconds`, names aside."""
    parts = urlsplit(url)
    host, is_plain = parts.hostname or "", parts.scheme == "http"
    port = parts.port or (80 if is_plain else 443)
    try:
        address = _choose(host, port, names, allows_loopback=allows_loopback, is_plain=is_plain)
        secure = None if is_plain else tls or ssl.create_default_context()
        return _send(_Pinned(address, host, port, secure), parts.path or "/", body, headers, seconds)
    except _Failed as failed:
        return Posted(None, failed.failure)


def _choose(host: str, port: int, names: Resolve, *, allows_loopback: bool, is_plain: bool) -> str:
    """The address to connect to. One that must not be reached spoils them all: a name has no business with both."""
    try:
        found = names(host, port)
    except (OSError, UnicodeError):
        raise _Failed(WebhookFailure.NOT_RESOLVED) from None
    if not found:
        raise _Failed(WebhookFailure.NOT_RESOLVED)
    is_here = allows_loopback and all(ipaddress.ip_address(each).is_loopback for each in found)
    if not is_here and (is_plain or not all(is_public(each) for each in found)):
        raise _Failed(WebhookFailure.ADDRESS_REFUSED)
    return found[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever its name would lead to now."""

    def __init__(self, address: str, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        # The name is what the certificate and the Host header are about.
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self._address = address
        self._tls = tls
        self._other_end: socket.socket | None = None
        # So that the header tells the port exactly where it is not the scheme's own.
        self.default_port = 80 if tls is None else 443

    def connect(self) -> None:
        """Connects and, with TLS, checks the certificate."""
        try:
            self.sock = socket.create_connection((self._address, self.port), timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise _Failed(WebhookFailure.TIMED_OUT) from None
        except OSError:
            raise _Failed(WebhookFailure.NOT_CONNECTED) from None
        # TLS takes the socket itself away.
        self._other_end = self.sock.dup()
        if self._tls is None:
            return
        try:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)
        except TimeoutError:
            raise _Failed(WebhookFailure.TIMED_OUT) from None
        except (OSError, ValueError):
            raise _Failed(WebhookFailure.TLS_FAILED) from None

    def cut(self) -> None:
        """Ends whatever waits for the other side."""
        if self._other_end is not None:
            with contextlib.suppress(OSError):
                self._other_end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Lets the connection go."""
        super().close()
        if self._other_end is not None:
            self._other_end.close()


class _Deadline:
    """Ends a connection when its time is over: each single wait may be short and all of them long."""

    def __init__(self, connection: _Pinned, seconds: float) -> None:
        self._connection = connection
        self.is_over = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        self._connection.cut()


def _send(connection: _Pinned, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Posted:
    with _Deadline(connection, seconds) as deadline:
        try:
            connection.request("POST", path, body, {**headers, "Connection": "close"})
            status = connection.getresponse().status
        except TimeoutError:
            raise _Failed(WebhookFailure.TIMED_OUT) from None
        except _Failed as failed:
            raise _Failed(WebhookFailure.TIMED_OUT if deadline.is_over else failed.failure) from None
        except (OSError, http.client.HTTPException, ValueError):
            is_late = deadline.is_over
            raise _Failed(WebhookFailure.TIMED_OUT if is_late else WebhookFailure.CONNECTION_BROKEN) from None
        finally:
            connection.close()
    return Posted(status, _failure_of(status))


def _failure_of(status: int) -> WebhookFailure | None:
    if 200 <= status < 300:
        return None
    if status in _REDIRECTS:
        return WebhookFailure.REDIRECTED
    return WebhookFailure.GONE if status == _GONE else WebhookFailure.STATUS_REFUSED

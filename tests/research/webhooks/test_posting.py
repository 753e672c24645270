"""An address that a stranger names is no way into our network, and whoever answers there cannot hold us up."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.research.webhooks.errors import WebhookAddressRefused
from app.research.webhooks.models import WebhookFailure
from app.research.webhooks.posting import Posted, is_public, post
from app.research.webhooks.services import check_url
from tests.research.exports.web import status
from tests.research.webhooks.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().serving() as serving:
        yield serving


def send(url: str, **options: object) -> Posted:
    return post(url, b"{}", {"webhook-id": "msg_1"}, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1", "168.63.129.16", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1", "2001:0:1::", "2001:db8::1", "100::1", "localhost", "", "1.2.3",
    ],
)  # fmt: skip
def test_addresses_that_only_we_can_reach_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "2002:101:101::1"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["::1"], ["169.254.169.254"]]
)
def test_a_name_that_leads_inside_is_refused_before_any_connection(
    receiver: Receiver, found: list[str]
) -> None:
    refused = send(f"https://inside.example:{receiver.port}/", names=lambda *_: found)
    assert refused == Posted(None, WebhookFailure.ADDRESS_REFUSED)
    assert receiver.received == []


def test_loopback_needs_leave_and_plain_http_goes_nowhere_else(receiver: Receiver) -> None:
    assert send(receiver.url).failure is WebhookFailure.ADDRESS_REFUSED
    assert send(receiver.url, allows_loopback=True) == Posted(204, None)
    outside = send("http://outside.example/", allows_loopback=True, names=lambda *_: ["1.1.1.1"])
    assert outside.failure is WebhookFailure.ADDRESS_REFUSED


def test_the_connection_is_made_to_what_was_looked_at_and_the_name_is_asked_once(receiver: Receiver) -> None:
    asked = []

    def names(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    url = f"http://localhost:{receiver.port}/told"
    assert send(url, allows_loopback=True, names=names).status == 204
    assert asked == [("localhost", receiver.port)]
    assert receiver.received[0].headers["host"] == f"localhost:{receiver.port}"


def test_no_proxy_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(receiver.url, allows_loopback=True).status == 204


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = status(307, Location=receiver.url)
    assert send(receiver.url, allows_loopback=True) == Posted(307, WebhookFailure.REDIRECTED)
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (200, None), (202, None), (400, WebhookFailure.STATUS_REFUSED), (410, WebhookFailure.GONE),
        (500, WebhookFailure.STATUS_REFUSED),
    ],
)  # fmt: skip
def test_a_status_says_whether_it_was_taken(
    receiver: Receiver, code: int, failure: WebhookFailure | None
) -> None:
    receiver.answer = status(code)
    assert send(receiver.url, allows_loopback=True) == Posted(code, failure)


def test_a_name_that_leads_nowhere_and_a_closed_port_are_told() -> None:
    def nowhere(*_: object) -> list[str]:
        raise socket.gaierror

    assert send("https://nowhere.example/", names=nowhere).failure is WebhookFailure.NOT_RESOLVED
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        assert send(url, allows_loopback=True).failure is WebhookFailure.NOT_CONNECTED


def _dripping(data: bytes, over: threading.Event) -> tuple[socket.socket, threading.Thread]:
    """Answers a byte now and then, for ever."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening.accept()[0] as taken:
            while not over.wait(0.02):
                try:
                    taken.sendall(data)
                except OSError:
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    return listening, thread


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("data", [b"", b"H", b"HTTP/1.1 100 Continue\r\n\r\n", b"\x16"])
def test_who_answers_a_little_at_a_time_is_cut_off(scheme: str, data: bytes) -> None:
    over = threading.Event()
    listening, thread = _dripping(data, over)
    try:
        slow = send(f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/", allows_loopback=True, seconds=0.3)
    finally:
        over.set()
        thread.join()
        listening.close()
    expected = {WebhookFailure.TIMED_OUT}
    # What is no TLS, and what is no HTTP, ends sooner.
    expected |= {WebhookFailure.TLS_FAILED} if scheme == "https" else {WebhookFailure.CONNECTION_BROKEN}
    assert slow.failure in expected


def test_an_answer_without_end_is_not_read(receiver: Receiver) -> None:
    sent = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(2_000):
            request.wfile.write(bytes(65_536))
            sent.append(1)

    receiver.answer = endless
    assert send(receiver.url, allows_loopback=True) == Posted(200, None)
    assert len(sent) < 2_000


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for lab.example with its key, which nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("lab.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


def test_a_certificate_must_be_trusted_and_for_the_name(certificate: Path) -> None:
    serving_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving_tls.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with Receiver().serving(serving_tls) as receiver:
        here = {"allows_loopback": True, "names": lambda *_: ["127.0.0.1"]}
        url = f"https://lab.example:{receiver.port}/told"
        assert send(url, **here, tls=trusting) == Posted(204, None)
        assert send(url, **here).failure is WebhookFailure.TLS_FAILED
        other = url.replace("lab.", "other.")
        assert send(other, **here, tls=trusting).failure is WebhookFailure.TLS_FAILED
        assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "", "lab.example/told", "http://lab.example/told", "ftp://lab.example/", "https://", "https:///told",
        "https://user:secret@lab.example/", "https://user@lab.example/", "https://lab.example/?token=1",
        "https://lab.example/?", "https://lab.example/#a", "https://lab.example:0/", "https://lab.example:99999/",
        "https://lab.example/a b", "https://lab.example\\@inside/", "https://lab.example/\r\nHost: x", "https://läb.example/",
        "http://127.0.0.1/",
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/",
        f"https://lab.example/{'x' * 500}", "https://[::1", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_an_odd_address_is_refused_when_it_is_registered(url: str) -> None:
    with pytest.raises(WebhookAddressRefused):
        check_url(url, allows_loopback=False)


def test_this_machine_may_be_registered_where_a_setting_says_so() -> None:
    for url in (
        "http://127.0.0.1:8000/told",
        "http://localhost/",
        "http://[::1]:8000/",
        "https://lab.example/told",
    ):
        assert check_url(url, allows_loopback=True) == url

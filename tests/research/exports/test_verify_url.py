"""`flask export verify URL`: a copy anywhere is checked like a folder, and whoever serves it is not trusted."""

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import click
import fsspec
import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.core.ids import to_text
from app.research.exports import fetching
from app.research.exports.addresses import AddressRefused, check_address, is_safe_path
from app.research.exports.fetching import verify_at
from app.research.exports.findings import Problem, printable
from app.research.exports.jobs import build_exports
from app.research.exports.sources import FetchFailed
from app.research.zone import Research
from tests.conftest import Host
from tests.research.exports.damage import Found, flip, in_json
from tests.research.exports.records import SIGNER
from tests.research.exports.stored import folder_of, queue, records_of, store
from tests.research.exports.web import Web, in_turn, send, status

_PARQUET = "data/votes/part-00000.parquet"
_KEY = "pv_sk_secret"
_SERVED = "/v1/exports/exp_01kaq2m0qvf3x8v2c5t7e9h1jm"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_PAUSE_SECONDS", 0.0)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where things are fetched to: nothing is left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def web(copied: Path, temporary: Path) -> Iterator[Web]:
    assert temporary.is_dir()
    with Web(copied).serving() as serving:
        yield serving


def check(address: str, *, api_key: str | None = None, seconds: float = 5.0) -> Found:
    found = verify_at(address, keys=[SIGNER.public_key], api_key=api_key, seconds=seconds)
    return {(finding.path, finding.problem) for finding in found}


def test_a_copy_on_the_web_is_whole(web: Web) -> None:
    assert check(f"{web.address}/copy") == set()
    assert {asked.authorization for asked in web.asked} == {None}


def test_what_is_damaged_is_found_as_in_a_folder(web: Web, copied: Path) -> None:
    flip(_PARQUET)(copied)
    (copied / "README.md").unlink()
    assert check(f"{web.address}/copy/") == {
        (_PARQUET, Problem.CHECKSUM_DIFFERS),
        ("README.md", Problem.MISSING),
        ("SHA256SUMS", Problem.MISSING),
    }


def test_a_folder_by_its_path_and_its_address_is_read_in_place(copied: Path) -> None:
    assert check(str(copied)) == check(copied.as_uri()) == set()
    (copied / "more").write_text("x")
    assert ("more", Problem.UNLISTED) in check(copied.as_uri())


def test_a_copy_in_a_store_is_whole_and_a_file_too_many_is_found(copied: Path, temporary: Path) -> None:
    assert temporary.is_dir()
    memory = fsspec.filesystem("memory")
    memory.put(str(copied), "/bucket/export", recursive=True)
    try:
        assert check("memory://bucket/export") == set()
        memory.pipe("/bucket/export/data/more.parquet", b"x")
        assert check("memory://bucket/export/") == {("data/more.parquet", Problem.UNLISTED)}
        assert check("memory://bucket/nothing") == {("manifest.json", Problem.MISSING)}
    finally:
        memory.rm("/bucket", recursive=True)


@pytest.mark.parametrize(
    "path",
    [
        "../outside",
        "/etc/outside",
        "data/../../outside",
        "C:\\outside",
        "a\\..\\b",
        "a\x1b[2Jb",
        "a\nb",
        "ä",
        "a//b",
    ],
)
def test_a_path_that_leads_out_is_named_and_neither_asked_for_nor_written(
    web: Web, copied: Path, temporary: Path, path: str
) -> None:
    in_json("manifest.json", lambda manifest: manifest["files"][0].update(path=path))(copied)
    asked_before = {asked.path for asked in web.asked}
    assert (path, Problem.UNSAFE_PATH) in check(f"{web.address}/copy")
    assert not asked_before
    assert all(is_safe_path(asked.path.removeprefix("/copy/")) for asked in web.asked)
    assert [each.name for each in temporary.parent.iterdir() if "outside" in each.name] == []
    assert printable(path).isprintable()


def test_no_more_is_read_than_the_manifest_promises_and_one_byte(web: Web) -> None:
    sent = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for _ in range(4_000):
                request.wfile.write(bytes(65_536))
                sent.append(1)
        except OSError:
            return

    for path in (_PARQUET, "manifest.sig"):
        web.answers[f"/copy/{path}"] = endless
    found = check(f"{web.address}/copy")
    assert {(_PARQUET, Problem.SIZE_DIFFERS), ("manifest.sig", Problem.SIZE_DIFFERS)} <= found
    assert {path for path, _ in found} == {_PARQUET, "manifest.sig"}
    assert len(sent) < 4_000


def test_a_connection_that_breaks_goes_on_where_it_was(web: Web, copied: Path) -> None:
    data = (copied / _PARQUET).read_bytes()
    broken = (send(data[:1000], length=len(data)), send(data[1000:], code=206))
    web.answers[f"/copy/{_PARQUET}"] = in_turn(*broken)
    assert check(f"{web.address}/copy") == set()
    assert [asked.range for asked in web.asked if asked.path.endswith(_PARQUET)] == [None, "bytes=1000-"]


def test_a_server_without_ranges_sends_it_all_again(web: Web, copied: Path) -> None:
    data = (copied / _PARQUET).read_bytes()
    broken = (send(data[:1000], length=len(data)), send(data))
    web.answers[f"/copy/{_PARQUET}"] = in_turn(*broken)
    assert check(f"{web.address}/copy") == set()


def test_a_connection_that_always_breaks_is_told_with_its_file(web: Web) -> None:
    web.answers[f"/copy/{_PARQUET}"] = send(b"abc", length=1_000_000)
    with pytest.raises(FetchFailed, match=rf"broke 4 times, after 3 bytes of {_PARQUET}"):
        check(f"{web.address}/copy")


def test_a_server_that_keeps_silent_is_given_up(web: Web) -> None:
    over = threading.Event()
    web.answers["/copy/manifest.json"] = lambda _: [over.wait(5)].clear()
    try:
        with pytest.raises(FetchFailed, match=r"after 0 bytes of manifest\.json"):
            check(f"{web.address}/copy", seconds=0.1)
    finally:
        over.set()


@pytest.mark.parametrize(
    ("code", "key", "sentence"),
    [
        (401, None, "set PAIRVOTE_API_KEY"),
        (401, _KEY, "does not know this API key"),
        (403, _KEY, "does not let this key"),
        (404, _KEY, "no such export"),
        (409, _KEY, "not built yet"),
        (410, _KEY, "has expired"),
        (418, _KEY, "the status 418"),
        (503, _KEY, "broke 4 times"),
    ],
)
def test_a_refusal_is_a_sentence(web: Web, code: int, key: str | None, sentence: str) -> None:
    web.answers[f"{_SERVED}/files/manifest.json"] = status(code)
    with pytest.raises(FetchFailed, match=sentence) as refused:
        check(web.address + _SERVED, api_key=key)
    assert _KEY not in str(refused.value)


def test_a_key_goes_to_no_other_host(web: Web, copied: Path) -> None:
    with Web(copied).serving() as other:
        elsewhere = f"{other.address}/copy/manifest.json"
        web.answers[f"{_SERVED}/files/manifest.json"] = status(302, Location=elsewhere)
        with pytest.raises(FetchFailed, match="redirects to another host"):
            check(web.address + _SERVED, api_key=_KEY)
        assert other.asked == []
        web.answers["/copy/manifest.json"] = status(307, Location=elsewhere)
        assert check(f"{web.address}/copy", api_key=_KEY) == set()
        assert [asked.authorization for asked in other.asked] == [None]


def test_a_key_follows_a_server_to_its_own_addresses(web: Web) -> None:
    web.answers[f"{_SERVED}/files/manifest.json"] = status(308, Location="/moved")
    web.answers["/moved"] = status(410)
    with pytest.raises(FetchFailed, match="has expired"):
        check(web.address + _SERVED, api_key=_KEY)
    assert web.asked[-1] == ("/moved", f"Bearer {_KEY}", None)


def test_a_redirect_to_another_scheme_and_a_circle_are_refused(web: Web) -> None:
    web.answers["/copy/manifest.json"] = status(302, Location="ftp://127.0.0.1/x")
    with pytest.raises(FetchFailed, match="not https"):
        check(f"{web.address}/copy")
    web.answers["/copy/manifest.json"] = status(302, Location="file:///etc/passwd")
    with pytest.raises(FetchFailed, match="status 302"):
        check(f"{web.address}/copy")
    web.answers["/copy/manifest.json"] = status(302, Location="/copy/manifest.json")
    with pytest.raises(FetchFailed, match="status 302"):
        check(f"{web.address}/copy")


def test_a_key_is_not_sent_in_the_clear() -> None:
    with pytest.raises(click.UsageError, match="https alone"):
        check(f"http://pairvote.invalid{_SERVED}", api_key=_KEY)


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tempfile.gettempdir())._replace(free=10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(FetchFailed, match=r"takes 1 MB in .* where 1 MB are free\. Set TMPDIR"):
        check(f"{web.address}/copy")
    assert len(web.asked) == 3


@pytest.mark.parametrize(
    "address",
    [
        "https://user:secret@host/copy", "s3://key:secret@bucket/x", "https://user@host/copy", "https:///copy",
        "simplecache::s3://bucket/x", "s3://bucket/x?y=1", "https://host/copy#a", "https://host:99999/a", "s3://b/\x1b",
    ],
)  # fmt: skip
def test_an_address_with_a_secret_or_a_trick_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        check_address(address)
    assert "secret" not in str(refused.value)


def test_an_export_is_checked_by_its_address_on_the_server(
    app: Flask,
    workspace: Host,
    workspace_id: bytes,
    research: Research,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(research, records_of(workspace_id, 12))
    export_id = queue(research, workspace_id)
    assert build_exports(research, at=research.clock()) == 1
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/v1/exports/{to_text('exp', export_id)}"
        run = app.test_cli_runner()
        refused = run.invoke(args=["export", "verify", address])
        assert (refused.exit_code, "set PAIRVOTE_API_KEY" in refused.output) == (3, True)
        monkeypatch.setenv("PAIRVOTE_API_KEY", workspace.api_key)
        whole = run.invoke(args=["export", "verify", address, "--json"])
        assert (whole.exit_code, json.loads(whole.stdout)["ok"]) == (0, True)
        assert "Fetches it to check it" in whole.stderr
        monkeypatch.delenv("PAIRVOTE_API_KEY")
        key_file = tmp_path / "key"
        key_file.write_text(f"{workspace.api_key}\n")
        flip(_PARQUET)(folder_of(research, export_id))
        damaged = run.invoke(args=["export", "verify", address, "--api-key-file", str(key_file)])
        assert (damaged.exit_code, "checksum-differs" in damaged.stdout) == (1, True)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_is_no_folder_and_no_address_is_a_wrong_use(app: Flask) -> None:
    for where in ("/nowhere/at/all", "gopher9://host/x", "https://a:b@host/x"):
        refused = app.test_cli_runner().invoke(args=["export", "verify", where, "--no-signature"])
        assert refused.exit_code == 2, refused.output

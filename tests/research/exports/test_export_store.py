"""Exports in a store: what is built on one machine is whole there, served from there, and removed from there."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, nullcontext, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core.errors import StartRefused, StorageUnavailable
from app.core.ids import to_text
from app.core.settings import Settings
from app.operations.start import check_start
from app.privacy.signatures import published_keys
from app.research.exports.byte_ranges import Span
from app.research.exports.claims import CLAIM_MS
from app.research.exports.fetching import verify_at
from app.research.exports.jobs import build_exports, expire_exports
from app.research.exports.models import StoredFile
from app.research.exports.queries import FIND_EXPORT
from app.research.exports.store import ExportStore, SourceDamaged
from app.research.recall.jobs import publish_tombstones
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.conftest import AuditEvent
from tests.research.exports.damage import flip
from tests.research.exports.object_server import ObjectServer, object_server
from tests.research.exports.stored import contents, folder_of, queue, records_of, store
from tests.research.recall.test_tombstones import _withdraw

_FILES = [
    StoredFile(path, len(data), sha256(data).hexdigest(), None)
    for path, data in {
        "manifest.json": b"{}",
        "data/a": b"a" * 10,
        "manifest.sig": b"s",
        "SHA256SUMS": b"",
        "data/b": b"b" * 20,
    }.items()
]
_DATA = {
    "manifest.json": b"{}",
    "data/a": b"a" * 10,
    "manifest.sig": b"s",
    "SHA256SUMS": b"",
    "data/b": b"b" * 20,
}


@pytest.fixture(scope="module")
def objects() -> Iterator[ObjectServer]:
    with object_server() as server:
        yield server


@pytest.fixture(params=["file", "memory", "s3"])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty folder in each kind of store."""
    if request.param == "file":
        yield (tmp_path / "store").as_uri()
    elif request.param == "memory":
        yield "memory://exports/here"
        with suppress(FileNotFoundError):
            fsspec.filesystem("memory").rm("/exports", recursive=True)
    else:
        server: ObjectServer = request.getfixturevalue("objects")
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield f"{server.address}/{tmp_path.name}"


def held(address: str) -> dict[str, bytes]:
    """Every object below an address, as a stranger reads it."""
    files, root = fsspec.core.url_to_fs(address)
    files.invalidate_cache()
    try:
        found = files.find(root)
    except FileNotFoundError:
        return {}
    return {path.removeprefix(root.rstrip("/")).lstrip("/"): files.cat_file(path) for path in found}


def write(
    place: ExportStore, *, beat: Callable[[], object] = lambda: None, changed: Mapping[str, bytes] = {}
) -> None:
    place.write(
        "exp_1", _FILES, lambda file: nullcontext([changed.get(file.path, _DATA[file.path])]), beat=beat
    )


def test_what_is_written_is_there_and_what_was_there_before_is_not(address: str) -> None:
    place = ExportStore(address)
    write(place)
    other = ExportStore(f"{address}/exp_1/data")
    other.write("old", _FILES[1:2], lambda _: nullcontext([b"a" * 10]), beat=lambda: None)
    assert "exp_1/data/old/data/a" in held(address)
    write(place)
    assert held(address) == {f"exp_1/{path}": data for path, data in _DATA.items()}
    place.delete("exp_1")
    place.delete("exp_1")
    assert held(address) == {}


@pytest.mark.parametrize("moment", range(1, 5))
def test_half_an_export_has_no_manifest_and_becomes_whole(address: str, moment: int) -> None:
    place, blocks = ExportStore(address), iter(range(moment))

    class Killed(BaseException):
        pass

    def beat() -> None:
        if next(blocks, None) is None:
            raise Killed

    write(place)
    with pytest.raises(Killed):
        write(place, beat=beat)
    assert "exp_1/manifest.json" not in held(address)
    write(place)
    assert held(address) == {f"exp_1/{path}": data for path, data in _DATA.items()}


def test_what_is_not_what_was_written_is_not_sealed(address: str) -> None:
    with pytest.raises(SourceDamaged, match="data/b"):
        write(ExportStore(address), changed={"data/b": b"c" * 20})
    assert "exp_1/manifest.json" not in held(address)


@pytest.mark.parametrize("span", [Span(0, 20, 20), Span(5, 3, 20), Span(19, 1, 20)])
def test_a_span_is_read(address: str, span: Span) -> None:
    place = ExportStore(address)
    write(place)
    with closing(place.open_file("exp_1", _FILES[4], span)) as blocks:
        assert b"".join(blocks) == b"b" * span.length
    for path, size in (("data/b", 21), ("data/c", 20)):
        with pytest.raises(StorageUnavailable):
            place.open_file("exp_1", StoredFile(path, size, "", None), Span(0, size, size))


def test_a_large_object_passes_through_in_parts(
    objects: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in objects.environment.items():
        monkeypatch.setenv(name, value)
    place, block = ExportStore(objects.address), bytes(range(256)) * 1024
    count = 160
    digest = sha256()
    for _ in range(count):
        digest.update(block)
    file = StoredFile("data/large", count * len(block), digest.hexdigest(), None)
    write(place)
    tracemalloc.start()
    try:
        place.write(
            "exp_large", [file], lambda _: nullcontext(block for _ in range(count)), beat=lambda: None
        )
        written = sha256()
        with closing(place.open_file("exp_large", file, Span(0, file.size_bytes, file.size_bytes))) as blocks:
            for each in blocks:
                written.update(each)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    place.delete("exp_large")
    assert written.hexdigest() == file.sha256
    assert peak < file.size_bytes * 0.8, peak


class TestService:
    """The service with its exports in a store."""

    @pytest.fixture(params=["sqlite"])
    def backend(self, request: pytest.FixtureRequest) -> str:
        """Which database does not matter here."""
        return str(request.param)

    @pytest.fixture
    def settings(self, settings: Settings, address: str) -> Settings:
        """As for every test, with a store."""
        return replace(settings, exports_url=address)

    def test_an_export_is_built_served_recalled_and_removed_there(
        self,
        app: Flask,
        client: FlaskClient,
        workspace: Host,
        workspace_id: bytes,
        research: Research,
        clock: MovableClock,
        address: str,
        tmp_path: Path,
    ) -> None:
        ids = store(research, records_of(workspace_id, 30))
        export_id = queue(research, workspace_id)
        assert build_exports(research, at=clock()) == 1
        name = to_text("exp", export_id)
        assert list(research.exports_folder.iterdir()) == []
        files = {path.removeprefix(f"{name}/"): data for path, data in held(address).items()}
        keys = [each.key for each in published_keys(research.keyring)]
        assert verify_at(f"{address}/{name}", keys=keys, api_key=None, seconds=60) == []

        url, headers = f"/v1/exports/{name}", workspace.headers
        listed = client.get(url, headers=headers).get_json()["files"]
        assert {file["path"] for file in listed} == set(files)
        whole = client.get(f"{url}/files/data/votes/part-00000.parquet", headers=headers)
        assert whole.data == files["data/votes/part-00000.parquet"]
        assert whole.headers["ETag"] == f'"{sha256(whole.data).hexdigest()}"'
        part = client.get(
            f"{url}/files/data/votes/part-00000.parquet", headers={**headers, "Range": "bytes=100-199"}
        )
        assert (part.status_code, part.data) == (206, whole.data[100:200])
        archive = zipfile.ZipFile(io.BytesIO(client.get(f"{url}/archive", headers=headers).data))
        assert {entry.removeprefix(f"{name}/"): archive.read(entry) for entry in archive.namelist()} == files

        _withdraw(research, ids[3])
        assert publish_tombstones(research) == 1
        copied = app.test_cli_runner().invoke(
            args=["export", "copy", name, (tmp_path / "to").as_uri(), "--json"]
        )
        assert copied.exit_code == 0, copied.output
        assert contents(tmp_path / "to" / name) == files

        assert expire_exports(research, at=clock.advance(days=30)) == 1
        assert held(address) == {}
        assert research.record_keys.find(export_id) is None


def test_a_store_that_is_away_lets_the_job_try_again_for_as_long_as_it_takes(
    workspace_id: bytes, research: Research, clock: MovableClock, tmp_path: Path
) -> None:
    parent = tmp_path / "mounted"
    parent.write_text("not mounted")
    at_store = replace(research, export_store=ExportStore((parent / "store").as_uri()))
    store(research, records_of(workspace_id, 5))
    export_id = queue(research, workspace_id)
    for _ in range(12):
        with pytest.raises(StorageUnavailable):
            build_exports(at_store, at=clock())
        clock.advance(ms=CLAIM_MS + 1)
    waiting = research.db.fetch(lambda tx: tx.one(FIND_EXPORT, export_id=export_id))
    assert (waiting.state, waiting.attempts) == ("running", 0)
    parent.unlink()
    assert build_exports(at_store, at=clock()) == 1
    assert (parent / "store" / to_text("exp", export_id) / "manifest.json").is_file()

    parent.rename(tmp_path / "elsewhere")
    parent.write_text("not mounted")
    assert expire_exports(at_store, at=clock.advance(days=31)) == 0
    assert research.record_keys.find(export_id) is not None
    parent.unlink()
    (tmp_path / "elsewhere").rename(parent)
    assert expire_exports(at_store, at=clock()) == 1
    assert not (parent / "store" / to_text("exp", export_id)).exists()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_object_server_that_is_down_is_a_problem_document(
    client: FlaskClient,
    workspace: Host,
    workspace_id: bytes,
    research: Research,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(research, records_of(workspace_id, 5))
    with object_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        place = ExportStore("s3://exports/down")
        object.__setattr__(research, "export_store", place)
        export_id = queue(research, workspace_id)
        assert build_exports(research, at=clock()) == 1
    for path in ("files/manifest.json", "archive"):
        answer = client.get(f"/v1/exports/{to_text('exp', export_id)}/{path}", headers=workspace.headers)
        print(
            answer.status_code,
            answer.data[:300],
            research.export_store,
            list(research.exports_folder.iterdir()),
        )
        assert (answer.status_code, answer.get_json()["code"]) == (503, "storage-unavailable")
        assert answer.headers["Retry-After"] == "1"


class TestCommands:
    """`flask export copy`, and what it refuses."""

    def test_a_finished_export_is_copied_and_a_damaged_one_is_not(
        self,
        app: Flask,
        workspace: Host,
        research: Research,
        tmp_path: Path,
        audit_trail: Callable[[], list[AuditEvent]],
    ) -> None:
        target = (tmp_path / "to").as_uri()
        run = app.test_cli_runner()
        made = run.invoke(
            args=["export", "create", "--workspace", workspace.workspace_id, "--to", target, "--json"]
        )
        told = json.loads(made.stdout)
        assert told["copied_to"] == f"{target}/{told['export_id']}"
        assert contents(tmp_path / "to" / told["export_id"]) == contents(Path(told["path"]))
        assert [event.actor for event in audit_trail() if event.kind == "export_downloaded"] == ["operator"]
        flip("README.md")(Path(told["path"]))
        again = run.invoke(args=["export", "copy", told["export_id"], target])
        assert again.exit_code == 1
        assert "README.md is not what was written" in again.output
        assert not (tmp_path / "to" / told["export_id"] / "manifest.json").exists()

    def test_an_odd_address_or_export_is_refused_with_a_sentence(self, app: Flask, workspace: Host) -> None:
        run = app.test_cli_runner()
        for url in ("s3://key:secret@bucket/x", "gopher9://x/y", "nothing"):
            command = ["export", "create", "--workspace", workspace.workspace_id, "--to", url]
            refused = run.invoke(args=command)
            assert refused.exit_code == 2, refused.output
            assert "secret" not in refused.output
        unknown = run.invoke(args=["export", "copy", to_text("exp", bytes(16)), "memory://a/b"])
        assert (unknown.exit_code, unknown.output) == (1, "Error: Not found\n")


@pytest.mark.parametrize("url", ["s3://a:b@bucket/x", "gopher9://x/y", "nothing"])
def test_a_store_that_cannot_be_is_told_at_the_start(app: Flask, settings: Settings, url: str) -> None:
    assert app.extensions["pairvote"].export_store is None
    here = create_app(replace(settings, exports_url=url)).extensions["pairvote"]
    with pytest.raises(StartRefused, match="PAIRVOTE_EXPORTS_URL cannot be used"):
        check_start(here)
    here.close()


def test_what_was_built_before_there_was_a_store_is_served_from_its_folder(
    client: FlaskClient,
    workspace: Host,
    workspace_id: bytes,
    research: Research,
    clock: MovableClock,
    tmp_path: Path,
) -> None:
    store(research, records_of(workspace_id, 5))
    export_id = queue(research, workspace_id)
    assert build_exports(research, at=clock()) == 1
    object.__setattr__(research, "export_store", ExportStore((tmp_path / "store").as_uri()))
    url = f"/v1/exports/{to_text('exp', export_id)}/files/manifest.json"
    found = client.get(url, headers=workspace.headers)
    assert found.data == (folder_of(research, export_id) / "manifest.json").read_bytes()

"""Downloading an export's files, through HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.ids import to_text
from app.core.statements import query
from app.research.exports.jobs import build_exports, expire_exports
from app.research.exports.models import export_downloads
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.conftest import AuditEvent
from tests.research.exports.stored import contents, folder_of, queue, records_of, store

PARQUET = "data/votes/part-00000.parquet"


class Ready(NamedTuple):
    """A finished export."""

    id: bytes
    folder: Path

    def url(self, path: str) -> str:
        return f"/v1/exports/{to_text('exp', self.id)}/files/{path}"


@pytest.fixture
def ready(workspace_id: bytes, research: Research, clock: MovableClock) -> Ready:
    store(research, records_of(workspace_id, 30))
    export_id = queue(research, workspace_id)
    assert build_exports(research, at=clock()) == 1
    return Ready(export_id, folder_of(research, export_id))


def test_every_listed_file_comes_as_it_is(client: FlaskClient, workspace: Host, ready: Ready) -> None:
    files = contents(ready.folder)
    listed = client.get(f"/v1/exports/{to_text('exp', ready.id)}", headers=workspace.headers).get_json()[
        "files"
    ]
    assert {file["path"] for file in listed} == files.keys()
    for file in listed:
        found = client.get(ready.url(file["path"]), headers=workspace.headers)
        assert found.status_code == 200
        assert found.data == files[file["path"]]
        assert found.headers["ETag"] == f'"{file["sha256"]}"'
        assert found.headers["Content-Length"] == str(file["bytes"])
        assert found.headers["Content-Disposition"].startswith("attachment; filename=")
        assert found.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=5-99", slice(5, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-7", slice(-7, None)),
        ("Bytes = 2-3", slice(2, 4)),
        ("bytes=10-99999999999", slice(10, None)),
        ("bytes=-99999999999", slice(0, None)),
    ],
)
def test_a_range_gives_these_bytes(
    client: FlaskClient, workspace: Host, ready: Ready, asked: str, part: slice
) -> None:
    whole = (ready.folder / PARQUET).read_bytes()
    found = client.get(ready.url(PARQUET), headers={**workspace.headers, "Range": asked})
    assert found.data == whole[part]
    assert found.headers["Content-Length"] == str(len(found.data))
    first, last = range(len(whole))[part][0], range(len(whole))[part][-1]
    is_part = len(found.data) < len(whole)
    assert found.status_code == (206 if is_part else 200)
    assert found.headers.get("Content-Range") == (f"bytes {first}-{last}/{len(whole)}" if is_part else None)


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-3", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=１-２"]
)
def test_what_is_no_single_range_gets_the_whole_file(
    client: FlaskClient, workspace: Host, ready: Ready, asked: str
) -> None:
    found = client.get(ready.url(PARQUET), headers={**workspace.headers, "Range": asked})
    assert (found.status_code, found.data) == (200, (ready.folder / PARQUET).read_bytes())


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(
    client: FlaskClient, workspace: Host, ready: Ready, asked: str
) -> None:
    found = client.get(ready.url(PARQUET), headers={**workspace.headers, "Range": asked})
    size = (ready.folder / PARQUET).stat().st_size
    assert (found.status_code, found.get_json()["code"]) == (416, "range-not-satisfiable")
    assert found.headers["Content-Range"] == f"bytes */{size}"


def test_a_download_goes_on_only_in_the_same_file(client: FlaskClient, workspace: Host, ready: Ready) -> None:
    etag = client.head(ready.url(PARQUET), headers=workspace.headers).headers["ETag"]
    headers = {**workspace.headers, "Range": "bytes=4-"}
    same = client.get(ready.url(PARQUET), headers={**headers, "If-Range": etag})
    other = client.get(ready.url(PARQUET), headers={**headers, "If-Range": '"0123"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert other.data[4:] == same.data


def test_a_copy_that_is_still_right_is_not_sent_again(
    client: FlaskClient, workspace: Host, ready: Ready, audit_trail: Callable[[], list[AuditEvent]]
) -> None:
    etag = client.head(ready.url(PARQUET), headers=workspace.headers).headers["ETag"]
    for held, status in ((etag, 304), (f'"0", W/{etag}', 304), ("*", 304), ('"0"', 200)):
        found = client.get(ready.url(PARQUET), headers={**workspace.headers, "If-None-Match": held})
        assert found.status_code == status, held
        assert bool(found.data) == (status == 200)
    assert [event.kind for event in audit_trail()].count("export_downloaded") == 1


def test_a_head_tells_the_size_and_sends_nothing(client: FlaskClient, workspace: Host, ready: Ready) -> None:
    found = client.head(ready.url(PARQUET), headers=workspace.headers)
    assert (found.status_code, found.data) == (200, b"")
    assert found.headers["Content-Length"] == str((ready.folder / PARQUET).stat().st_size)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing.csv",
        "data",
        "data/votes",
        "data/votes/",
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "data/../../secret.txt",
        "data/votes/../../README.md",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "link.txt",
        "unlisted.txt",
        "README.md%00.txt",
        "./README.md",
        "readme.md",
        "..",
        "csv\\battles.csv",
    ],
)
def test_only_listed_files_are_given(client: FlaskClient, workspace: Host, ready: Ready, path: str) -> None:
    (ready.folder.parent / "secret.txt").write_text("secret")
    (ready.folder / "unlisted.txt").write_text("secret")
    (ready.folder / "link.txt").symlink_to(ready.folder.parent / "secret.txt")
    found = client.get(ready.url(path), headers=workspace.headers, follow_redirects=True)
    assert (found.status_code, found.get_json()["code"]) == (404, "not-found")


def test_a_link_in_a_files_place_is_not_followed(client: FlaskClient, workspace: Host, ready: Ready) -> None:
    place = ready.folder / PARQUET
    outside = ready.folder.parent / "outside"
    place.rename(outside)
    place.symlink_to(outside)
    found = client.get(ready.url(PARQUET), headers=workspace.headers)
    assert (found.status_code, found.get_json()["code"]) == (503, "storage-unavailable")


def test_a_file_of_another_length_is_not_given(client: FlaskClient, workspace: Host, ready: Ready) -> None:
    with (ready.folder / PARQUET).open("ab") as file:
        file.write(b"more")
    found = client.get(ready.url(PARQUET), headers=workspace.headers)
    assert (found.status_code, found.get_json()["code"]) == (503, "storage-unavailable")


def test_an_export_that_is_not_built_has_no_files(
    client: FlaskClient, workspace: Host, workspace_id: bytes, research: Research
) -> None:
    queued = Ready(queue(research, workspace_id), Path())
    found = client.get(queued.url("manifest.json"), headers=workspace.headers)
    assert (found.status_code, found.get_json()["code"]) == (409, "export-not-ready")
    assert int(found.headers["Retry-After"]) > 0


def test_an_expired_export_has_no_files_any_more(
    client: FlaskClient, workspace: Host, ready: Ready, research: Research, clock: MovableClock
) -> None:
    expire_exports(research, at=clock.advance(days=30))
    found = client.get(ready.url("manifest.json"), headers=workspace.headers)
    assert (found.status_code, found.get_json()["code"]) == (410, "export-gone")


_LIST_DOWNLOADS = query(
    select(export_downloads.c.path, export_downloads.c.day).order_by(
        export_downloads.c.day, export_downloads.c.path
    ),
    lambda path, day: (path, day),
)


@pytest.fixture
def fetch(client: FlaskClient, workspace: Host, ready: Ready) -> Callable[..., None]:
    """Downloads a file or a part of it."""

    def get(path: str, **headers: str) -> None:
        assert client.get(ready.url(path), headers={**workspace.headers, **headers}).data

    return get


def test_who_fetches_what_is_recorded_once_a_day(
    fetch: Callable[..., None],
    ready: Ready,
    research: Research,
    clock: MovableClock,
    audit_trail: Callable[[], list[AuditEvent]],
) -> None:
    today = clock() // 86_400_000
    fetch(PARQUET, Range="bytes=0-9")
    fetch(PARQUET, Range="bytes=10-")
    fetch("README.md")
    clock.advance(days=1)
    fetch(PARQUET)
    noted = research.db.fetch(lambda tx: tx.list(_LIST_DOWNLOADS))
    assert noted == [("README.md", today), (PARQUET, today), (PARQUET, today + 1)]
    downloads = [event for event in audit_trail() if event.kind == "export_downloaded"]
    assert len(downloads) == 3
    assert {event.subject for event in downloads} == {ready.id.hex()}
    assert all(event.actor.startswith("key_") for event in downloads)

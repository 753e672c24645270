"""Downloading an export whole, through HTTP."""

import io
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.core.ids import to_text
from app.research.exports.jobs import build_exports, expire_exports
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.conftest import AuditEvent
from tests.research.exports.stored import contents, folder_of, queue, records_of, store


@pytest.fixture
def export_id(workspace_id: bytes, research: Research, clock: MovableClock) -> bytes:
    """A finished export."""
    store(research, records_of(workspace_id, 30))
    made = queue(research, workspace_id)
    assert build_exports(research, at=clock()) == 1
    return made


def _url(export_id: bytes) -> str:
    return f"/v1/exports/{to_text('exp', export_id)}/archive"


def test_it_holds_every_file_as_it_is(
    client: FlaskClient, workspace: Host, research: Research, export_id: bytes
) -> None:
    found = client.get(_url(export_id), headers=workspace.headers)
    assert (found.status_code, found.content_type) == (200, "application/zip")
    name = to_text("exp", export_id)
    assert found.headers["Content-Disposition"] == f'attachment; filename="{name}.zip"'
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        assert archive.testzip() is None
        held = {entry.removeprefix(f"{name}/"): archive.read(entry) for entry in archive.namelist()}
        # The hour of a download is nobody's business.
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert held == contents(folder_of(research, export_id))


def test_it_is_recorded_once_a_day(
    client: FlaskClient,
    workspace: Host,
    export_id: bytes,
    audit_trail: Callable[[], list[AuditEvent]],
) -> None:
    for _ in range(2):
        client.get(_url(export_id), headers=workspace.headers).close()
    assert [event.kind for event in audit_trail()].count("export_downloaded") == 1


def test_a_file_that_is_not_what_was_written_is_found_before_the_first_byte(
    client: FlaskClient, workspace: Host, research: Research, export_id: bytes
) -> None:
    with (folder_of(research, export_id) / "manifest.json").open("ab") as file:
        file.write(b" ")
    found = client.get(_url(export_id), headers=workspace.headers)
    assert (found.status_code, found.get_json()["code"]) == (503, "storage-unavailable")


def test_an_ended_export_is_gone_and_a_strangers_is_not_found(
    client: FlaskClient,
    workspace: Host,
    other_workspace: Host,
    research: Research,
    export_id: bytes,
    clock: MovableClock,
) -> None:
    assert client.get(_url(export_id), headers=other_workspace.headers).status_code == 404
    clock.advance(days=31)
    expire_exports(research, at=clock())
    assert client.get(_url(export_id), headers=workspace.headers).status_code == 410

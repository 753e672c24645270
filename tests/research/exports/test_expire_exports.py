"""The end of an export: its files, its key and its list of files go, its row stays."""

import fcntl
import os
import shutil

import pytest
from sqlalchemy import select

from app.core.statements import query
from app.research.exports import services
from app.research.exports.errors import ExportClosed
from app.research.exports.jobs import build_exports, expire_exports
from app.research.exports.models import exports
from app.research.exports.services import cancel_export, get_export, list_files
from app.research.zone import Research
from tests.clock import MovableClock
from tests.research.exports.stored import claim, folder_of, queue, records_of, store

_SEALED = query(select(exports.c.export_key_sealed), bytes)


def state_of(research: Research, workspace_id: bytes, export_id: bytes) -> str:
    return research.db.fetch(lambda tx: get_export(tx, workspace_id=workspace_id, export_id=export_id)).state


def is_cleared(research: Research, export_id: bytes) -> bool:
    """Whether neither file nor key is left."""
    sealed = research.db.fetch(lambda tx: tx.list(_SEALED))
    files = research.db.fetch(lambda tx: list_files(tx, export_id=export_id))
    left = [*research.exports_folder.iterdir()] if research.exports_folder.exists() else []
    return (sealed, files, left, research.record_keys.find(export_id)) == ([b""], [], [], None)


def test_files_and_key_go_when_the_time_is_over(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    store(research, records_of(workspace_id, 20))
    export_id = queue(research, workspace_id)
    build_exports(research, at=clock())
    assert expire_exports(research, at=clock.advance(days=29.9)) == 0
    assert folder_of(research, export_id).exists()
    assert expire_exports(research, at=clock.advance(days=0.1)) == 1
    assert state_of(research, workspace_id, export_id) == "expired"
    assert is_cleared(research, export_id)
    assert expire_exports(research, at=clock()) == 0


def test_clearing_goes_on_where_it_was_killed(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    store(research, records_of(workspace_id, 20))
    export_id = queue(research, workspace_id)
    build_exports(research, at=clock())
    research.db.write(lambda tx: services.expire_due(tx, at=clock.advance(days=30)))
    folder = folder_of(research, export_id)
    # As it is left between moving the folder aside and removing it.
    work = folder.with_name(f".{folder.name}.partial")
    work.mkdir()
    shutil.move(folder, work)
    assert expire_exports(research, at=clock()) == 1
    assert is_cleared(research, export_id)


def test_an_export_that_never_was_built_expires_too(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    export_id = queue(research, workspace_id)
    assert expire_exports(research, at=clock.advance(days=30)) == 1
    assert state_of(research, workspace_id, export_id) == "expired"
    assert is_cleared(research, export_id)
    assert build_exports(research, at=clock()) == 0


def test_a_cancelled_export_is_not_built_and_leaves_nothing(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    export_id = queue(research, workspace_id)
    research.db.write(lambda tx: cancel_export(tx, export_id=export_id, at=clock()))
    assert build_exports(research, at=clock()) == 0
    assert expire_exports(research, at=clock()) == 1
    assert state_of(research, workspace_id, export_id) == "cancelled"
    assert is_cleared(research, export_id)
    with pytest.raises(ExportClosed):
        research.db.write(lambda tx: cancel_export(tx, export_id=export_id, at=clock()))


def test_what_is_being_written_is_cleared_later(
    workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    export_id = queue(research, workspace_id)
    assert claim(research, export_id) is not None
    folder = folder_of(research, export_id)
    work = folder.with_name(f".{folder.name}.partial")
    work.mkdir(parents=True)
    lock = os.open(work, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    research.db.write(lambda tx: cancel_export(tx, export_id=export_id, at=clock()))
    assert expire_exports(research, at=clock()) == 0
    assert work.exists()
    os.close(lock)
    assert expire_exports(research, at=clock()) == 1
    assert is_cleared(research, export_id)

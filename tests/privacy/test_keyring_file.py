"""The key ring's file: private, whole, and changed by one at a time."""

import multiprocessing
import os
import stat
import threading
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from app.privacy.keyring import (
    Keyring,
    KeyringDamaged,
    KeyringExposed,
    KeyringMissing,
    KeyStillPrimary,
    Purpose,
    load_or_create,
    locked_update,
)

AT = 1_700_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


def rotate_often(path: Path, times: int) -> None:
    for turn in range(times):
        locked_update(path, lambda ring, at=AT + turn: ring.rotate(Purpose.TICKET, at))  # type: ignore[misc]


def test_a_saved_ring_is_read_back(path: Path) -> None:
    ring = Keyring.create(AT)
    ring.save(path)
    assert Keyring.load_file(path).to_text() == ring.to_text()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277, 0o777])
def test_the_file_is_for_its_owner_alone_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        Keyring.create(AT).save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601, 0o610, 0o777])
def test_a_file_that_others_may_use_is_refused_with_the_command_to_run(path: Path, mode: int) -> None:
    Keyring.create(AT).save(path)
    path.chmod(mode)
    with pytest.raises(KeyringExposed, match=f"chmod 600 {path}"):
        Keyring.load_file(path)


def test_a_stricter_mode_is_fine(path: Path) -> None:
    Keyring.create(AT).save(path)
    path.chmod(0o400)
    assert Keyring.load_file(path).primary(Purpose.LINK).version == 1


def test_a_missing_file_is_told_from_a_damaged_one(path: Path) -> None:
    with pytest.raises(KeyringMissing, match=str(path)):
        Keyring.load_file(path)
    with pytest.raises(KeyringMissing):
        locked_update(path.parent / "nowhere" / "keyring.json", lambda ring: ring)
    for content in (b"", b"\xff\xfe", b"{}", b" " * (1 << 20) + b"{}"):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(KeyringDamaged):
            Keyring.load_file(path)


def test_what_is_no_regular_file_is_damaged(path: Path) -> None:
    os.mkfifo(path, 0o600)
    with pytest.raises(KeyringDamaged, match="regular"):
        Keyring.load_file(path)


def test_a_failed_save_leaves_the_old_ring_and_no_litter(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Keyring.create(AT)
    old.save(path)

    def disk_full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        Keyring.create(AT).save(path)
    assert Keyring.load_file(path).to_text() == old.to_text()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_failed_change_changes_nothing(path: Path) -> None:
    old = load_or_create(path, at=AT)
    with pytest.raises(KeyStillPrimary):
        locked_update(path, lambda ring: ring.rotate(Purpose.LINK, AT).retire(Purpose.LINK, 2))
    assert Keyring.load_file(path).to_text() == old.to_text()
    assert locked_update(path, lambda ring: ring.rotate(Purpose.LINK, AT)).primary(Purpose.LINK).version == 2


def test_simultaneous_rotations_in_processes_and_threads_are_all_kept(path: Path) -> None:
    Keyring.create(AT).save(path)
    context = multiprocessing.get_context("spawn")
    workers: list[SpawnProcess | threading.Thread] = [
        *(context.Process(target=rotate_often, args=(path, 5)) for _ in range(2)),
        *(threading.Thread(target=rotate_often, args=(path, 5)) for _ in range(3)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ring = Keyring.load_file(path)
    assert [key.version for key in ring.readable(Purpose.TICKET)] == list(range(26, 0, -1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_new_ring(path: Path) -> None:
    rings: list[str] = []
    threads = [
        threading.Thread(target=lambda: rings.append(load_or_create(path, at=AT).to_text())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rings) == 8
    assert set(rings) == {Keyring.load_file(path).to_text()}


def test_an_existing_ring_is_never_replaced_by_a_new_one(path: Path) -> None:
    path.write_text("{}")
    path.chmod(0o600)
    with pytest.raises(KeyringDamaged):
        load_or_create(path, at=AT)
    path.chmod(0o644)
    with pytest.raises(KeyringExposed):
        load_or_create(path, at=AT)
    assert path.read_text() == "{}"

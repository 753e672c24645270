"""A real S3-compatible server on this machine: nanio, which checks signatures and keeps objects as files."""

import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import sleep
from typing import Final, NamedTuple

from app.core.clock import monotonic

_START_SECONDS: Final = 30.0


class ObjectServer(NamedTuple):
    """Where it is, what it takes, and where it keeps things."""

    environment: Mapping[str, str]
    address: str
    folder: Path


@contextlib.contextmanager
def object_server() -> Iterator[ObjectServer]:
    """Runs while the block lasts, with one bucket, `exports`."""
    with socket.socket() as bound, tempfile.TemporaryDirectory() as folder:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        bound.close()
        Path(folder, "exports").mkdir()
        access, secret = secrets.token_hex(8), secrets.token_hex(16)
        command = [
            sys.executable,
            "-m",
            "nanio",
            "serve",
            "--data-dir",
            folder,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        process = subprocess.Popen(
            command,
            env={**os.environ, "NANIO_ACCESS_KEY": access, "NANIO_SECRET_KEY": secret},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(process, port)
            yield ObjectServer(
                {
                    "AWS_ACCESS_KEY_ID": access,
                    "AWS_SECRET_ACCESS_KEY": secret,
                    "AWS_DEFAULT_REGION": "us-east-1",
                    "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                    "AWS_EC2_METADATA_DISABLED": "true",
                },
                "s3://exports/here",
                Path(folder, "exports"),
            )
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = monotonic() + _START_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            assert process.poll() is None, "the server has ended"
            assert monotonic() < until, "the server does not start"
            sleep(0.05)

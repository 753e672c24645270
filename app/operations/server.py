"""The production WSGI server, in the foreground."""

import os
import sys
from typing import Final, NoReturn

from app.core.settings import Settings

_BACKLOG: Final = 1024
_STOP_SECONDS: Final = 30
_HEADER_MS: Final = 15_000


def become_server(settings: Settings) -> NoReturn:
    """Replaces this process by the server, which serves wsgi.py until told to stop.

    A new program, not a function call: the server's worker is a fork, and must inherit neither open databases
    nor threads nor a module that took itself for a command.
    """
    host, port = settings.address
    arguments = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": "1",
        "--blocking-threads": str(settings.threads),
        "--backlog": str(_BACKLOG),
        "--http1-header-read-timeout": str(_HEADER_MS),
        "--workers-kill-timeout": str(_STOP_SECONDS),
        "--log-level": "error",
    }
    switches = ["--no-ws", "--no-access-log", "--no-respawn-failed-workers"]
    environment = {name: value for name, value in os.environ.items() if name != "FLASK_RUN_FROM_CLI"}
    command = [sys.executable, "-m", "granian"]
    command += [part for argument in arguments.items() for part in argument]
    os.execve(sys.executable, [*command, *switches, "wsgi:app"], environment)  # noqa: S606  (no shell wanted)

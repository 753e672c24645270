"""The production WSGI server, in the foreground."""

from typing import Final

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from app.core.settings import Settings

_BACKLOG: Final = 1024
_STOP_SECONDS: Final = 30


def run_server(settings: Settings) -> None:
    """Serves wsgi.py until told to stop; requests that have begun are answered before the end."""
    host, port = settings.address
    Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.threads,
        backlog=_BACKLOG,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        websockets=False,
        log_access=False,
        log_level="error",  # type: ignore[arg-type]  # the enum is made from the text
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
    ).serve()

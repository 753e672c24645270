"""Structured logs: a constant event name and identifiers, one JSON object a line on standard error."""

import logging
import sys
import traceback
from typing import Final

import structlog

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(level: str) -> None:
    """Sets up logging for the process; third-party loggers are heard from `warning` on, without their arguments."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_ForeignHandler()]
    root.setLevel(logging.WARNING)


class _ForeignHandler(logging.Handler):
    """Passes on that a library logged something, by logger and place: its message may quote what it was given."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger("pairvote.foreign").warning(
            "library_warning", logger=record.name, module=record.module, line=record.lineno, kind=kind
        )


def frames_of(error: BaseException) -> list[str]:
    """Where an exception came from: module, line and function of the last frames, never its message or values."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in frames[-6:]]

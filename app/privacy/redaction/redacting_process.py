"""The process that redacts for a server, so that the server stays small: texts come and go through pipes.

A message is its length in four bytes and JSON. The process ends when the pipe does, or when nothing came for a while.
"""

import json
import os
import select
import signal
import struct
from typing import Any, Final

import structlog

from app.core.errors import StartRefused
from app.core.logging import configure, frames_of
from app.privacy.redaction.withholding import Redaction, Withheld

_log: Final = structlog.get_logger("pairvote.redaction")
_LENGTH: Final = struct.Struct(">I")


def write_message(pipe: int, message: Any) -> None:
    """Writes one message. Lone surrogates, which no encoding has, are escaped like everything outside ASCII."""
    body = json.dumps(message).encode()
    left = memoryview(_LENGTH.pack(len(body)) + body)
    while left:
        left = left[os.write(pipe, left) :]


def read_message(pipe: int, *, seconds: float) -> Any:
    """The next message. EOFError when the other side has ended, TimeoutError when nothing came for so long."""
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size, seconds))
    return json.loads(_read(pipe, length, seconds))


def _read(pipe: int, length: int, seconds: float) -> bytes:
    pieces = bytearray()
    while len(pieces) < length:
        ready, _, _ = select.select([pipe], [], [], seconds)
        if not ready:
            raise TimeoutError
        piece = os.read(pipe, min(length - len(pieces), 1 << 20))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)


def answer_to(redaction: Redaction, asked: dict[str, Any]) -> dict[str, Any]:
    """What came of a conversation's texts, and why if they must not pass; never a word of them in the log."""
    try:
        redacted = redaction.redact(asked["texts"], cleared=asked["cleared"])
    except Withheld as withheld:
        return {"withheld": withheld.reason.value}
    except StartRefused as refused:
        return {"refused": refused.message}
    except Exception as error:  # noqa: BLE001 - whatever a detector stumbles over, the next text may pass
        _log.error("detector_failed", kind=type(error).__name__, at=frames_of(error))
        return {"failed": type(error).__name__}
    return redacted._asdict()


def serve(asked: int, answers: int) -> None:
    """Answers what comes until nothing comes any more. The first message says how to redact, and is answered."""
    told = read_message(asked, seconds=60)
    configure(told["log_level"])
    redaction = Redaction.from_setting(
        told["models"], plugins=told["plugins"], most_seconds=told["most_seconds"]
    )
    write_message(answers, {"ready": True})
    while True:
        try:
            message = read_message(asked, seconds=told["idle_seconds"])
        except (EOFError, TimeoutError):
            return
        write_message(answers, answer_to(redaction, message))


def main() -> None:
    """Serves on the standard input and output; whatever else would print goes to standard error."""
    # Ctrl-C in a terminal reaches every process of it; the server says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.dup(1)
    os.dup2(2, 1)
    serve(0, answers)

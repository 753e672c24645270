"""Redaction in a process of its own, which a server starts for the first text and which ends when there is no more.

The models take more memory than the rest of a server together. Texts go through a pipe; nothing is written anywhere.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

from app.core.errors import StartRefused
from app.privacy.redaction.redacting_process import read_message, write_message
from app.privacy.redaction.withholding import (
    RedactedTexts,
    Redaction,
    Withheld,
    WithheldReason,
)

IDLE_SECONDS: Final = 60.0
# Loading the models takes seconds on a busy machine, and does not count towards a text's own time.
_GRACE_SECONDS: Final = 120.0
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 5.0
_ENDED_BY_OTHERS: Final = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP})
# Without what `app` itself imports: all features of the server.
_PROGRAM: Final = """
import sys, types
bare = types.ModuleType("app")
bare.__path__ = [sys.argv[1]]
sys.modules["app"] = bare
from app.privacy.redaction.redacting_process import main
main()
"""


class DetectorFailed(Exception):
    """A detector crashed in the other process, whose log has the place."""


class RedactionApart(Redaction):
    """Like `Redaction`, one text at a time, with the models in another process."""

    def __init__(
        self,
        models: str,
        *,
        plugins: str = "",
        most_seconds: float,
        log_level: str = "info",
        idle_seconds: float = IDLE_SECONDS,
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        here = Redaction.from_setting(models, plugins=plugins, most_seconds=most_seconds)
        super().__init__(here.models, plugins=here.plugins, most_seconds=most_seconds)
        self._told = {
            "models": models,
            "plugins": plugins,
            "most_seconds": most_seconds,
            "idle_seconds": idle_seconds,
            "log_level": log_level,
        }
        self._patience = most_seconds + grace_seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def redact(self, texts: Sequence[str], *, cleared: Collection[str] = ()) -> RedactedTexts:
        """As `Redaction.redact`. DetectorFailed when a detector crashed, or took the process with it.

        StartRefused, too, when the process cannot be started, or was ended by somebody: the text waits.
        """
        with self._turn:
            answer = self._ask({"texts": [*texts], "cleared": [*cleared]})
        if "withheld" in answer:
            raise Withheld(WithheldReason(answer["withheld"]))
        if "failed" in answer:
            raise DetectorFailed
        if "refused" in answer:
            # What does not answer, or could not be loaded, has another chance in another process.
            self.close()
            raise StartRefused(answer["refused"])
        return RedactedTexts(**answer)

    def close(self) -> None:
        """Ends the process, if there is one."""
        with self._turn:
            self._end()

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """The answer; from a second process where the first had just been idle for too long, or was ended."""
        ended = 0
        for _ in range(2):
            try:
                return self._exchange(self._running(), message, seconds=self._patience)
            except TimeoutError:
                self._end(seconds=0)
                raise Withheld(WithheldReason.TIMED_OUT) from None
            except (EOFError, BrokenPipeError):
                ended = self._end()
        if ended in _ENDED_BY_OTHERS:
            raise StartRefused("The process that redacts was killed; is there enough memory?")
        raise DetectorFailed

    def _exchange(
        self, process: subprocess.Popen[bytes], message: dict[str, Any], *, seconds: float
    ) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        write_message(process.stdin.fileno(), message)
        answer: dict[str, Any] = read_message(process.stdout.fileno(), seconds=seconds)
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PAIRVOTE_")}
        # Plug-ins are found where they are found here.
        environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        command = [sys.executable, "-c", _PROGRAM, str(Path(__file__).parents[2])]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise StartRefused(
                f"The process that redacts cannot be started: {type(error).__name__}."
            ) from None
        self._process = process
        try:
            self._exchange(process, self._told, seconds=_START_SECONDS)
        except (EOFError, BrokenPipeError, TimeoutError):
            # Nothing is wrong with the text, which waits.
            self._end(seconds=0)
            raise StartRefused("The process that redacts does not start; its own log says why.") from None
        return process

    def _end(self, *, seconds: float = _STOP_SECONDS) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return 0

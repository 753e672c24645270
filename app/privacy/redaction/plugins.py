"""Detectors of others beside ours: one that comes with Pairvote and needs Presidio, or an operator's own.

A detector sees every text before it leaves. What it raises, and what it takes too long for, withholds the text. It runs
in a thread that is given up with the text: nothing but the end of its process ends a call that never returns, so that
other votes wait in intake until then.
"""

import importlib
import importlib.util
import queue
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from app.core.errors import StartRefused
from app.privacy.redaction.spans import Kind, Span

_SETTING: Final = "PAIRVOTE_REDACTION_PLUGINS"
_PATH: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)


class Finding(NamedTuple):
    """A stretch of a text to replace: `text[start:end]`, and what it is."""

    start: int
    end: int
    kind: Kind


class Detector(Protocol):
    """Looks for details. Made once in a process, by calling what the setting names with the models of each language."""

    def find(self, text: str, languages: Sequence[str]) -> Iterable[Finding]:
        """What is to be replaced in one text of a conversation.

        `languages` are those of the conversation for which there is a model (ISO 639-1); none where models are off.
        Placeholders such as `[PERSON_1]` may be in the text; what is found in them is passed over.
        """


class _BuiltIn(NamedTuple):
    path: str
    needs: str
    package: str


_BUILT_IN: Final = {
    "presidio": _BuiltIn("app.privacy.redaction.presidio:Presidio", "presidio_analyzer", "presidio-analyzer")
}


class Plugins:
    """The detectors that a setting names, made when the first text passes."""

    def __init__(self, paths: Sequence[str] = (), models: Mapping[str, str] | None = None) -> None:
        self._paths = tuple(paths)
        self._models = dict(models or {})
        self._detectors: list[Detector] | None = None
        self._making, self._turn = threading.Lock(), threading.Lock()

    @classmethod
    def from_setting(cls, text: str, models: Mapping[str, str]) -> "Plugins":
        """From `presidio, my_package.module:Detector`; none from an empty one. StartRefused says what is wrong."""
        paths = [path for entry in text.split(",") if (path := entry.strip())]
        for path in paths:
            if path not in _BUILT_IN and _PATH.fullmatch(path) is None:
                raise StartRefused(
                    f"{_SETTING} must be like `presidio, my_package.module:Detector`, or empty."
                )
        return cls(paths, models)

    def __bool__(self) -> bool:
        return bool(self._paths)

    def check(self) -> None:
        """StartRefused where one of them is not there. Makes none."""
        for path in self._paths:
            _factory(path)

    @property
    def versions(self) -> list[str]:
        """What each is called, and the version that it tells of itself, if it does."""
        told = [(path.rpartition(":")[2], getattr(_factory(path), "version", "")) for path in self._paths]
        return [f"{name}-{version}" if version else name for name, version in told]

    def load(self) -> None:
        """Makes the detectors, if they are not made yet. StartRefused when one of them cannot be."""
        with self._making:
            if self._detectors is None:
                self._detectors = [self._made(path) for path in self._paths]

    def _made(self, path: str) -> Detector:
        try:
            return _factory(path)(self._models)
        except StartRefused:
            raise
        except Exception as error:
            raise StartRefused(f"{path} in {_SETTING} cannot be made: {type(error).__name__}.") from error

    def find_all(self, texts: Sequence[str], languages: Sequence[str], *, seconds: float) -> list[list[Span]]:
        """What the loaded detectors find in each of the texts; what they raise comes out.

        TimeoutError when it takes too long. StartRefused when none can be asked: an earlier call has not come back.
        """
        if not self._turn.acquire(timeout=max(seconds, 0.0)):
            raise StartRefused(f"A detector in {_SETTING} does not answer. Restart this process.")
        answers: queue.SimpleQueue[list[list[Span]] | Exception] = queue.SimpleQueue()
        threading.Thread(target=self._answer, args=(texts, languages, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=max(seconds, 0.0))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _answer(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        answers: "queue.SimpleQueue[list[list[Span]] | Exception]",
    ) -> None:
        try:
            found = [
                [
                    _span(text, each)
                    for detector in self._detectors or ()
                    for each in detector.find(text, languages)
                ]
                for text in texts
            ]
        except Exception as error:  # noqa: BLE001 - whoever waits raises it
            answers.put(error)
        except BaseException as error:  # noqa: BLE001 - a detector that ends the thread has failed as any other
            answers.put(RuntimeError(type(error).__name__))
        else:
            answers.put(found)
        finally:
            self._turn.release()


def _factory(path: str) -> Callable[[Mapping[str, str]], Detector]:
    built_in = _BUILT_IN.get(path)
    if built_in is not None and importlib.util.find_spec(built_in.needs) is None:
        raise StartRefused(f"{_SETTING} names {path}: install {built_in.package} first.")
    module, _, name = (built_in.path if built_in is not None else path).partition(":")
    try:
        made: Any = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise StartRefused(f"{_SETTING} names {path}, which cannot be imported.") from None
    if not callable(made):
        raise StartRefused(f"{_SETTING} names {path}, which makes no detector.")
    factory: Callable[[Mapping[str, str]], Detector] = made
    return factory


def _span(text: str, found: Finding) -> Span:
    start, end, kind = found
    if not 0 <= start < end <= len(text):
        raise ValueError("a detector found something outside the text")
    return Span(start, end, Kind(kind), text[start:end].lower())

"""Lets compression go on beside the making of the next rows: it needs a core, and no interpreter."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Beside:
    """Does one thing at a time in a thread of its own, in the order given.

    Never more than one thing waits, so that memory stays bounded. What a thing raises comes out of the next call.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")
        self._doing: Future[object] | None = None

    def do(self, work: Callable[[], object]) -> None:
        """Begins `work` as soon as what was begun before has ended."""
        self._wait()
        self._doing = self._thread.submit(work)

    def close(self) -> None:
        """Waits for the end of what was begun, and ends the thread."""
        try:
            self._wait()
        finally:
            self._thread.shutdown()

    def _wait(self) -> None:
        doing, self._doing = self._doing, None
        if doing is not None:
            doing.result()

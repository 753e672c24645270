"""Unwrapped data keys that were in use a moment ago, bounded in number and in age."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.privacy.sealing import DataKey


class _Entry(NamedTuple):
    key: DataKey
    expires: float


class DataKeyCache:
    """A least-recently-used cache. Thread-safe.

    An entry also dies of age, so that a key destroyed by another process stops working here. Within one process it
    stops at once: a key that was read before a destruction is not put in after it.
    """

    def __init__(self, *, size: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._size = size
        self._seconds = seconds
        self._monotonic = monotonic
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._destructions = 0

    @property
    def destructions(self) -> int:
        """How often keys were forgotten; to be taken before a read and given to `put` after it."""
        return self._destructions

    def find(self, key_id: bytes) -> DataKey | None:
        """The key, unless it is too old or was never here."""
        with self._lock:
            entry = self._entries.get(key_id)
            if entry is None:
                return None
            if self._monotonic() >= entry.expires:
                del self._entries[key_id]
                return None
            self._entries.move_to_end(key_id)
            return entry.key

    def put(self, key_id: bytes, key: DataKey, *, destructions: int) -> None:
        """Keep a key, unless some were destroyed since it was read."""
        with self._lock:
            if destructions != self._destructions:
                return
            self._entries[key_id] = _Entry(key, self._monotonic() + self._seconds)
            self._entries.move_to_end(key_id)
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def forget(self, key_ids: Iterable[bytes]) -> None:
        """Drop keys that are destroyed."""
        with self._lock:
            self._destructions += 1
            for key_id in key_ids:
                self._entries.pop(key_id, None)

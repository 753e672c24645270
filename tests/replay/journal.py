"""What a replay has done so far, in a file that survives its being killed at any point."""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

# How the first line begins, also one that was cut off.
_HEADER: Final = b'{"data":"'


class JournalUnusable(Exception):
    """The state file belongs to something else or is in use; the message is a sentence."""


def default_path(url: str, api_key: str) -> Path:
    """A file in the current folder that tells servers and workspaces apart and gives no key away."""
    mark = hashlib.sha256(f"{url}\n{api_key}".encode()).hexdigest()[:12]
    return Path(f"replay-{mark}.jsonl")


class Journal:
    """One JSON object a line, appended in one write each; a last line that was cut off counts for nothing.

    A comparison is noted before it is voted on, and the vote after it was acknowledged. A vote that was on its way
    when the replay was killed is therefore found again by its comparison, however much later that is.
    """

    def __init__(self, path: Path, *, data: str) -> None:
        self.path = path
        self.voted: set[str] = set()
        self.registered: dict[str, str] = {}
        self.policy_to_restore: dict[str, Any] | None = None
        self._lock = threading.Lock()
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise JournalUnusable(f"{path} cannot be written ({error.strerror}).") from error
        try:
            self._take(data)
        except BaseException:
            os.close(self._file)
            raise

    def note_registered(self, vote: str, comparison: str) -> None:
        """A comparison stands ready for a vote."""
        self._write({"registered": vote, "comparison": comparison})

    def note_voted(self, vote: str) -> None:
        """The server has acknowledged a vote."""
        self._write({"voted": vote})

    def note_policy(self, policy: Mapping[str, Any] | None) -> None:
        """The policy to be set again in the end; None when it has been."""
        self._write({"policy": policy})

    def close(self) -> None:
        """Lets another replay have the file."""
        os.close(self._file)

    def _take(self, data: str) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalUnusable(f"Another replay is using {self.path}.") from None
        whole, _, torn = self.path.read_bytes().rpartition(b"\n")
        lines = self._read(whole, torn)
        if torn:
            os.ftruncate(self._file, len(whole) + 1 if whole else 0)
        if not lines:
            self._write({"data": data})
        elif lines[0]["data"] != data:
            raise JournalUnusable(
                f"{self.path} is the state of a replay of other votes; name another --state."
            )
        for line in lines[1:]:
            self._remember(line)

    def _read(self, whole: bytes, torn: bytes) -> list[dict[str, Any]]:
        """The lines of a state file; JournalUnusable where it is some other file, which stays as it is."""
        try:
            lines = [json.loads(line) for line in whole.splitlines()]
            is_ours = "data" in lines[0] if lines else _HEADER.startswith(torn[: len(_HEADER)])
        except (ValueError, TypeError):
            lines, is_ours = [], False
        if not is_ours:
            raise JournalUnusable(f"{self.path} is not the state of a replay.")
        return lines

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
        with self._lock:
            os.write(self._file, line.encode())
            self._remember(entry)

    def _remember(self, entry: Mapping[str, Any]) -> None:
        if "registered" in entry:
            self.registered[entry["registered"]] = entry["comparison"]
        elif "voted" in entry:
            self.voted.add(entry["voted"])
        elif "policy" in entry:
            self.policy_to_restore = entry["policy"]

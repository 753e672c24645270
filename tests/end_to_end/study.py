"""The study for a whole run of the product: a part of it that can be ranked, and a replay of it as a process."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from tests.replay.llmfao import COMPARISONS, MODELS, PAIRS, RESULTS, read_rows
from tests.serving import NewWorkspace, Server

ROOT: Final = Path(__file__).parents[2]
STUDY: Final = Path(os.environ.get("PAIRVOTE_TEST_DATA", ROOT.parent / "shared/data")) / "llmfao"
# Both of the study and of what its votes become.
VOTES: Final = 8931
_POLL_SECONDS: Final = 0.1


def cut_study(folder: Path, *, models: slice) -> Path:
    """The votes among some models by name; all of their battles, so that they can be ranked by themselves."""
    rows = read_rows(STUDY)
    kept = set(sorted({row[side] for row in rows for side in ("left", "right")})[models])
    folder.mkdir()
    for name in (MODELS, PAIRS, RESULTS):
        (folder / name).symlink_to(STUDY.resolve() / name)
    with (folder / COMPARISONS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row for row in rows if {row["left"], row["right"]} <= kept)
    return folder


class ReplayProcess:
    """`python -m tests.replay` as somebody would run it."""

    def __init__(self, study: Path, servers: Sequence[Server], workspace: NewWorkspace, state: Path) -> None:
        self._state = state
        self._command = [sys.executable, "-m", "tests.replay", str(study), "--state", str(state)]
        self._command += ["--key", workspace.api_key]
        for server in servers:
            self._command += ["--url", server.url]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Starts it, or starts it again."""
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def wait_for(self, votes: int, *, seconds: float) -> None:
        """Returns while it runs, when so many votes are acknowledged."""
        deadline = time.perf_counter() + seconds
        while self.acknowledged() < votes:
            assert self._process is not None
            assert self._process.poll() is None, self._process.communicate()
            assert time.perf_counter() < deadline, f"only {self.acknowledged()} votes in {seconds} s"
            time.sleep(_POLL_SECONDS)

    def acknowledged(self) -> int:
        """How many votes its state file tells of; the last line may not be whole yet."""
        if not self._state.exists():
            return 0
        whole = self._state.read_text().rpartition("\n")[0]
        return sum("voted" in json.loads(line) for line in whole.splitlines())

    def kill(self) -> None:
        """Kills it (SIGKILL), if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def finish(self, *, seconds: float) -> str:
        """What it prints at its end; fails where it does not end well."""
        assert self._process is not None
        said, trouble = self._process.communicate(timeout=seconds)
        assert self._process.returncode == 0, trouble
        self._process = None
        return said

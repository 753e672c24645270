"""Verification takes no more memory for more rows."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.invariants.source import ROOT


def _run(what: str, folder: Path, rows: int) -> int:
    command = [sys.executable, "-m", "tests.research.exports.verify_memory", what, str(folder), str(rows)]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


@pytest.mark.drill
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = {}
    for rows in (10_000, 100_000):
        folder = tmp_path / str(rows)
        _run("write", folder, rows)
        peaks[rows] = _run("verify", folder, rows)
    print(peaks)
    assert peaks[100_000] / peaks[10_000] < 1.2, peaks

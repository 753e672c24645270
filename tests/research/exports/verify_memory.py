"""Writes an export of a stated number of rows, or verifies one, and prints the process's peak memory in kilobytes."""

import re
import sys
from pathlib import Path

from app.research.exports.verification import verify
from app.research.exports.work_folder import work_folder
from tests.research.exports.records import SIGNER, details, rows
from tests.research.exports.written import write_export


def main(what: str, folder: Path, count: int) -> None:
    """`write` makes it, `verify` reads it."""
    if what == "write":
        with work_folder(folder) as work:
            write_export(work, rows(count), details())
    else:
        assert verify(folder, keys=[SIGNER.public_key]) == []
    # Not getrusage: its maximum counts the parent's memory at the time of the fork.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

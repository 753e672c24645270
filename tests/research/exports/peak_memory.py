"""Writes an export of a stated number of rows and prints the process's peak memory in kilobytes."""

import re
import sys
import tempfile
from pathlib import Path

from app.research.exports.folder import write_export
from app.research.exports.identities import ExportIdentities
from app.research.exports.ordering import keyed_order
from app.research.exports.work_folder import work_folder
from tests.research.exports.records import KEY, details, rows


def main(count: int) -> None:
    """The whole path: ordering and all files."""
    identities = ExportIdentities(KEY)
    with tempfile.TemporaryDirectory() as folder, work_folder(Path(folder, "export")) as work:
        ids = (number.to_bytes(16, "big") for number in range(count))
        with keyed_order(ids, order_key=identities.order_key, scratch=work) as ordered:
            write_export(work, (row for _, row in zip(ordered, rows(count), strict=True)), details())
    # Not getrusage: its maximum counts the parent's memory at the time of the fork.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Writes an export of a stated number of rows and prints the process's peak memory in kilobytes."""

import re
import sys
import tempfile
from itertools import islice
from pathlib import Path

from app.research.exports.folder import finish_export, finish_tables, write_all_conversations
from app.research.exports.identities import ExportIdentities
from app.research.exports.ordering import keyed_order
from app.research.exports.parts import BUILDING, write_votes
from app.research.exports.plan import write_order
from app.research.exports.votes import projected
from app.research.exports.work_folder import work_folder
from tests.research.exports.records import KEY, details, records

_ROWS_PER_FILE = 10_000


def main(count: int) -> None:
    """The whole path but for the database: ordering and all files."""
    identities = ExportIdentities(KEY)
    told = details()
    with tempfile.TemporaryDirectory() as folder, work_folder(Path(folder, "export")) as work:
        scratch = work / BUILDING
        scratch.mkdir()
        ids = (number.to_bytes(16, "big") for number in range(count))
        with keyed_order(ids, order_key=identities.order_key, scratch=scratch) as ordered:
            write_order(work, ordered)
        waiting = records(count)
        votes = [
            write_votes(work, part, projected(islice(waiting, _ROWS_PER_FILE), identities), told.formats)
            for part in range(-(-count // _ROWS_PER_FILE))
        ]
        talks = write_all_conversations(work, votes, told.formats, scratch=scratch)
        finish_export(work, finish_tables(work, [*votes, *talks], told.formats), told)
    # Not getrusage: its maximum counts the parent's memory at the time of the fork.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""`tombstones.jsonl`: rows of an export whose records were taken out before it was complete."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import orjson

from app.core.clock import iso_date
from app.research.exports.files import ExportFile, WrittenFile
from app.research.exports.parquet_file import held_rows
from app.research.exports.tables import Table

PATH: Final = "tombstones.jsonl"
_MEMBERS: Final = {"vote_id", "withdrawn_week"}
# Of a vote, or of feedback: the row's id is called so either way.
_VOTE_ID: Final = re.compile(r"[vf]_[a-z2-7]{24}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def write_tombstones(
    work: Path, parts: Mapping[Table, Sequence[Path]], withdrawn: Mapping[str, int]
) -> WrittenFile:
    """Names the rows in `parts`, files of `votes` and `feedback`, whose ids are in `withdrawn`, with the week of each.

    A record can be taken out after it was read. What is taken out once the export is complete is told elsewhere.
    """
    found = sorted(
        name for table, files in parts.items() for name in held_rows(files, table, withdrawn.keys())
    )
    with ExportFile(work, PATH) as file:
        for vote_id in found:
            tombstone = {"vote_id": vote_id, "withdrawn_week": iso_date(withdrawn[vote_id])}
            file.write(orjson.dumps(tombstone, option=orjson.OPT_APPEND_NEWLINE))
        return file.publish(rows=len(found))


def read_tombstones(lines: Iterable[bytes]) -> int:
    """How many tombstones there are; ValueError with the number of a line that is none."""
    count = 0
    for count, line in enumerate(lines, start=1):
        tombstone = orjson.loads(line)
        if not (isinstance(tombstone, dict) and tombstone.keys() == _MEMBERS):
            raise ValueError(f"Line {count} is not a tombstone.")
        if not (_matches(_VOTE_ID, tombstone["vote_id"]) and _matches(_DATE, tombstone["withdrawn_week"])):
            raise ValueError(f"Line {count} is not a tombstone.")
    return count


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None

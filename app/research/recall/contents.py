"""Looks which votes a finished export holds."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_VOTES: Final = "data/votes"
_ROWS_AT_ONCE: Final = 65_536


def held_votes(folder: Path, vote_ids: Collection[str]) -> set[str]:
    """Those of `vote_ids` that have a row in the export; all of them where its files are not on this machine.

    A holder who is told of a row that they do not have has nothing to do; one who is not told keeps what must go.
    """
    parts = sorted((folder / _VOTES).glob("*.parquet"))
    if not parts:
        return set(vote_ids)
    wanted = pa.array(sorted(vote_ids), pa.string())
    found: set[str] = set()
    for part in parts:
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=["vote_id"]):
                column = batch.column(0)
                held = column.filter(pc.is_in(column, value_set=wanted))
                found.update(str(vote_id) for vote_id in held.to_pylist())
    return found

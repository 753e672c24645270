"""Exports measured: the builder against the bare pipeline, which reads, decrypts and writes Parquet and does no more.

Both run on the same records in processes of their own, in rounds in which chance decides who goes first, and measure
themselves: the time between the first query and the last sync, and their peak memory. Arrow is warm before the clock
starts. The bare pipeline reads the table from its beginning to its end and keeps Arrow's own settings.
"""

import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from app.core.clock import now_ms
from app.core.connections import Transaction
from app.core.settings import Settings
from app.core.statements import query
from app.operations.installation import Installation
from app.privacy.sealing import bind, unseal_and_expand
from app.research.exports import claims, services
from app.research.exports.arrow_types import MESSAGES
from app.research.exports.build import build_export
from app.research.exports.request import ExportFormat, ExportRequest
from app.research.records.models import StoredRecord, records
from app.research.zone import Research
from tests.bench.native import BenchFailed
from tests.bench.servers import ROOT, pairvote_environment
from tests.bench.stored_records import WORKSPACE, RecordStore

BARE: Final = "bare"
_SEED: Final = 3
_AT_ONCE: Final = 2_000
_FACTS: Final = (
    *("turn_index", "n_turns", "reasons", "finish_reason_a", "finish_reason_b", "latency_ms_bucket_a"),
    *("latency_ms_bucket_b", "time_to_vote_bucket", "input_tokens_a", "input_tokens_b"),
)
_SCAN: Final = query(select(*(records.c[name] for name in StoredRecord._fields)), StoredRecord)


class Run(NamedTuple):
    """One run over all records."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    size_mb: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


class Compared:
    """Runs of the builder, each with a bare one right beside it."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Run, Run]] = []

    def median(self, of: Callable[[Run, Run], float]) -> float:
        """The median over the rounds of a figure of the builder's run and the bare one."""
        return statistics.median(of(ours, bare) for ours, bare in self.pairs)


def compare(
    store: RecordStore, rounds: int, *, formats: Sequence[ExportFormat] = (), processes: int = 1
) -> Compared:
    """Both over all stored records, in shuffled rounds."""
    draw = random.Random(_SEED)
    compared = Compared()
    how = f"{processes}:{','.join(formats) or ExportFormat.PARQUET}"
    for _ in range(rounds):
        order = [BARE, how]
        draw.shuffle(order)
        found = {each: _run(store, each) for each in order}
        compared.pairs.append((found[how], found[BARE]))
    return compared


def _run(store: RecordStore, how: str) -> Run:
    command = [sys.executable, "-m", "tests.bench.exports", how]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **pairvote_environment(store.settings)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise BenchFailed(f"{how}: {ended.stderr[-2000:]}")
    run = Run(**json.loads(ended.stdout))
    if run.rows != store.stored:
        raise BenchFailed(f"{how}: {run.rows} rows of {store.stored}")
    return run


def main(how: str) -> None:
    """One run; prints what it measured."""
    research = Installation(Settings.from_env(os.environ), now_ms).research
    pa.table({"warm": ["up"]}).to_pylist()
    before = psutil.Process().cpu_times()
    begun = time.perf_counter()
    rows, size = _bare(research) if how == BARE else _export(research, how)
    seconds = time.perf_counter() - begun
    after = psutil.Process().cpu_times()
    cpu = sum(after[:4]) - sum(before[:4])
    run = Run(rows, seconds, cpu, _peak_mb(), size / 1e6)
    print(json.dumps(run._asdict()))


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:"))


def _export(research: Research, how: str) -> tuple[int, int]:
    processes, _, formats = how.partition(":")
    at, claim = now_ms(), claims.new_claim()
    prepared = services.prepare_export(
        research.record_keys,
        workspace_id=WORKSPACE,
        request=ExportRequest(formats=tuple(map(ExportFormat, formats.split(",")))),
        keep_days=30,
        at=at,
    )

    def ask_and_claim(tx: Transaction) -> claims.ClaimedExport | None:
        services.request_export(tx, export=prepared, actor="bench")
        return claims.claim_export(tx, export_id=prepared.id, claim=claim, at=at)

    claimed = research.db.write(ask_and_claim)
    assert claimed is not None
    built = build_export(research, claimed, processes=int(processes))
    shutil.rmtree(services.export_folder(research.exports_folder, prepared.id))
    return built.rows_out, built.size_bytes


def _bare(research: Research) -> tuple[int, int]:
    path = research.settings.data / "bare.parquet"
    rows = 0
    writer = None
    with research.db.snapshot() as tx:
        for table in _tables(research, tx.stream(_SCAN)):
            # The first rows may have nothing in a column; what it holds is known beforehand.
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            rows += table.num_rows
    if writer is not None:
        writer.close()
    size = path.stat().st_size
    path.unlink()
    return rows, size


def _tables(research: Research, stored: Iterator[StoredRecord]) -> Iterator[pa.Table]:
    plain = [name for name in StoredRecord._fields if name not in ("content_sealed", "facts")]
    while rows := list(itertools.islice(stored, _AT_ONCE)):
        keys = research.record_keys.find_many(row.id for row in rows if row.content_sealed is not None)
        facts = [orjson.loads(row.facts) for row in rows]
        texts = [_text(row, keys) for row in rows]
        columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in plain}
        columns |= {name: [fact.get(name) for fact in facts] for name in _FACTS}
        columns |= {
            name: [text.get(name) for text in texts] for name in ("response_a", "response_b", "comment")
        }
        prompts = [
            [{"role": role, "content": content} for role, content in text["prompt"]] if text else None
            for text in texts
        ]
        yield pa.table({**columns, "prompt": pa.array(prompts, MESSAGES)})


def _text(row: StoredRecord, keys: Any) -> dict[str, Any]:
    if row.content_sealed is None:
        return {}
    place = bind("record", row.workspace_id, row.id)
    text: dict[str, Any] = orjson.loads(unseal_and_expand(keys[row.id], row.content_sealed, bound_to=place))
    return text


if __name__ == "__main__":
    main(sys.argv[1])

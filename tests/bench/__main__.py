"""`python -m tests.bench`: measures the real server against a view that does nothing, and says what was reached."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import click

from app.research.exports.parts import ROWS_PER_FILE
from tests.bench.exports import compare
from tests.bench.measure import Bench, Measured, bench
from tests.bench.native import BenchFailed
from tests.bench.stored_records import RecordStore, record_store

_CALLS: Final = {"vote": 0.4, "show": 1.0, "register": 0.35, "invite": 0.5}
_EXPORT: Final = "export"
_LEAST_EXPORT: Final = 0.5
_MOST_EXPORT_MEGABYTES: Final = 400
_EXPORT_CHARACTERS: Final = 7_500
# A million conversations of full length would take the disk 10 GB and an hour to store.
_MANY: Final = 1_000_000
_SHORT_CHARACTERS: Final = 2_500
_EXPORT_ROUNDS: Final = 3
_MOST_VOTE_CPU: Final = 2.5
_MOST_P99: Final = 4.0
_LEAST_SLOW_SYNC: Final = 0.5
_MOST_GROWTH: Final = 1.2
_MOST_MEGABYTES: Final = 150


class Report:
    """Lines with a verdict each."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(
        self, backend: str, what: str, value: float, *, least: float | None = None, most: float | None = None
    ) -> None:
        """A figure, and what it should be."""
        good = (least is None or value >= least) and (most is None or value <= most)
        self.rows.append(
            {"backend": backend, "what": what, "value": value, "least": least, "most": most, "good": good}
        )
        target = f">= {least}" if least is not None else f"<= {most}" if most is not None else ""
        verdict = "" if not target else "met" if good else "MISSED"
        click.echo(f"{backend:10} {what:44} {value:10.2f}  {target:8} {verdict}")

    @property
    def is_met(self) -> bool:
        """Whether all targets were reached."""
        return all(row["good"] for row in self.rows)


@click.command()
@click.option("--backend", "backends", type=click.Choice(["sqlite", "postgresql"]), multiple=True)
@click.option(
    "--only", "calls", type=click.Choice([*_CALLS, _EXPORT]), multiple=True, help="Measure these alone."
)
@click.option("--rounds", type=click.IntRange(1, 100), default=5, show_default=True)
@click.option(
    "--requests", type=click.IntRange(1000, 200_000), default=8000, show_default=True, help="In each run."
)
@click.option("--size", "sizes", type=int, multiple=True, help="Stored votes; default 10^4, 10^5 and 10^6.")
@click.option("--quick", is_flag=True, help="Two short rounds at 10^4 votes.")
@click.option(
    "--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here too."
)
def main(
    backends: tuple[str, ...], calls: tuple[str, ...], rounds: int, requests: int, sizes: tuple[int, ...],
    quick: bool, file: Path | None,
) -> None:  # fmt: skip
    """Measure Pairvote; status 1 when a target is missed."""
    if quick:
        rounds, requests, sizes = 2, 3000, (10_000,)
    report = Report()
    ordered = sorted(sizes or (10_000, 100_000, 1_000_000))
    wanted = calls or (*_CALLS, _EXPORT)
    over_http = tuple(call for call in wanted if call in _CALLS)
    try:
        for backend in backends or ("sqlite", "postgresql"):
            if over_http:
                with tempfile.TemporaryDirectory(prefix="pairvote-bench-") as folder:
                    _measure_server(report, backend, Path(folder), over_http, ordered, rounds, requests)
            if _EXPORT in wanted:
                with tempfile.TemporaryDirectory(prefix="pairvote-bench-") as folder:
                    _measure_exports(report, backend, Path(folder), ordered, min(rounds, _EXPORT_ROUNDS))
    except BenchFailed as failed:
        raise click.ClickException(str(failed)) from None
    if file is not None:
        file.write_text(json.dumps(report.rows, indent=2) + "\n")
    raise SystemExit(0 if report.is_met else 1)


def _measure_server(
    report: Report, backend: str, folder: Path, calls: tuple[str, ...], sizes: list[int], rounds: int, requests: int
) -> None:  # fmt: skip
    with bench(backend, folder, sizes[0]) as running:
        _measure(report, backend, running, calls, rounds, requests)
        _grow(report, backend, running, sizes, rounds, requests)
        peak = running.server.processes.peak_bytes() / 1e6
        report.add(backend, "server's peak memory, MB", peak, most=_MOST_MEGABYTES)


def _measure_exports(report: Report, backend: str, folder: Path, sizes: list[int], rounds: int) -> None:
    """The builder's rate over the bare pipeline's, and what it takes."""
    for characters, group in (
        (_EXPORT_CHARACTERS, [size for size in sizes if size < _MANY]),
        (_SHORT_CHARACTERS, [size for size in sizes if size >= _MANY]),
    ):
        if not group:
            continue
        with record_store(backend, folder / str(characters)) as store:
            for size in group:
                store.grow(size, characters=characters)
                _measure_export(report, backend, store, f"{size:,} of {characters / 1000:.1f} KB", rounds)
        shutil.rmtree(folder / str(characters))


def _measure_export(report: Report, backend: str, store: RecordStore, what: str, rounds: int) -> None:
    one = compare(store, rounds)
    ratio = one.median(lambda ours, bare: ours.rate / bare.rate)
    report.add(backend, f"export {what}: rate / bare", ratio, least=_LEAST_EXPORT)
    cpu = one.median(lambda ours, bare: ours.cpu_seconds / bare.cpu_seconds)
    report.add(backend, f"export {what}: CPU / bare", cpu)
    report.add(backend, f"export {what}: rows a second", one.median(lambda ours, _: ours.rate))
    peak = one.median(lambda ours, _: ours.peak_mb)
    report.add(backend, f"export {what}: peak memory, MB", peak, most=_MOST_EXPORT_MEGABYTES)
    if store.stored <= ROWS_PER_FILE:
        return
    two = compare(store, rounds, processes=2)
    gain = two.median(lambda ours, bare: ours.rate / bare.rate) / ratio
    report.add(backend, f"export {what}: rate of 2 processes / of 1", gain)


def _measure(
    report: Report, backend: str, running: Bench, calls: tuple[str, ...], rounds: int, requests: int
) -> None:
    measured = {call: Measured() for call in calls}
    for call in calls:
        running.sample(call, requests)  # the first run warms both servers and does not count
    for _ in range(rounds):
        for call in calls:
            measured[call].samples.append(running.sample(call, requests))
    for call, runs in measured.items():
        report.add(
            backend,
            f"{call}: rate / no-op's",
            runs.median(lambda s: s.rate / s.floor_rate),
            least=_CALLS[call],
        )
        most = _MOST_VOTE_CPU if call == "vote" else None
        report.add(
            backend, f"{call}: CPU / no-op's", runs.median(lambda s: s.cpu_us / s.floor_cpu_us), most=most
        )
        most = _MOST_P99 if call == "vote" else None
        report.add(
            backend, f"{call}: p99 / no-op's", runs.median(lambda s: s.p99_ms / s.floor_p99_ms), most=most
        )
        report.add(backend, f"{call}: CPU, µs", runs.median(lambda s: s.cpu_us))
        report.add(backend, f"{call}: p50, ms", runs.median(lambda s: s.p50_ms))
        report.add(backend, f"{call}: p99, ms", runs.median(lambda s: s.p99_ms))
        report.add(backend, f"{call}: syncs for each call", runs.median(lambda s: s.syncs_per_call))
    if "vote" in calls:
        ratio = running.slow_sync_ratio(requests)
        report.add(backend, "vote: rate with a 2 ms sync / without", ratio, least=_LEAST_SLOW_SYNC)


def _grow(report: Report, backend: str, running: Bench, sizes: list[int], rounds: int, requests: int) -> None:
    """What a vote costs, as processor time of the server over the floor's, when more votes are stored."""
    first = None
    for size in sizes if len(sizes) > 1 else ():
        running.grow(size)
        runs = Measured([running.sample("vote", requests) for _ in range(rounds)])
        cost = runs.median(lambda s: s.cpu_us / s.floor_cpu_us)
        first = first or cost
        report.add(backend, f"vote: cost at {size:,} / at {sizes[0]:,}", cost / first, most=_MOST_GROWTH)


if __name__ == "__main__":
    main()

"""One backend measured: every call and the floor in shuffled rounds, on the same machine at the same time."""

import contextlib
import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.calls import Batch, Registrations, invitation_calls, show_calls, to_noop, vote_calls
from tests.bench.native import BenchFailed, Load, LoadGenerator, Request, Syncs, compile_library
from tests.bench.servers import Server, noop_server, pairvote_server
from tests.bench.sites import Addresses, Site
from tests.postgres import PostgresServer

CONNECTIONS: Final = 32
_SEED: Final = 2
_SLOW_SYNC_MS: Final = 2.0


class Sample(NamedTuple):
    """One run of one call, with its floor measured right beside it."""

    rate: float
    floor_rate: float
    cpu_us: float
    floor_cpu_us: float
    p50_ms: float
    p99_ms: float
    floor_p99_ms: float
    syncs_per_call: float


@dataclass
class Measured:
    """All runs of one call."""

    samples: list[Sample] = field(default_factory=list)

    def median(self, of: Callable[[Sample], float]) -> float:
        """The median over the rounds."""
        return statistics.median(of(sample) for sample in self.samples)


class Bench:
    """A site, its server and the floor's server."""

    def __init__(self, site: Site, server: Server, noop: Server, load: LoadGenerator, syncs: Syncs) -> None:
        self._site = site
        self.server = server
        self._noop = noop
        self._load = load
        self.syncs = syncs
        self._rng = random.Random(_SEED)
        self._registrations = Registrations(site, self._rng)
        self._load.run(server.port, self._registrations.first().requests)

    def batch(self, call: str, count: int) -> Batch:
        """Fresh requests of one kind."""
        match call:
            case "vote":
                return vote_calls(self._site, count, self._rng)
            case "show":
                return show_calls(self._registrations.shown_tickets(count), count, self._rng)
            case "register":
                return self._registrations.calls(count)
            case "invite":
                return invitation_calls(self._site, count, self._rng)
        raise BenchFailed(f"there is no call {call}")

    def sample(self, call: str, count: int) -> Sample:
        """One run, the floor first or last by chance. BenchFailed when rows and acknowledgements do not fit."""
        batch = self.batch(call, count)
        before, syncs = self._site.counts(), self.syncs.count
        if self._rng.random() < 0.5:
            floor, floor_cpu = self._run(self._noop, to_noop(batch))
            syncs = self.syncs.count
            ours, cpu = self._run(self.server, batch.requests)
            syncs = self.syncs.count - syncs
        else:
            ours, cpu = self._run(self.server, batch.requests)
            syncs = self.syncs.count - syncs
            floor, floor_cpu = self._run(self._noop, to_noop(batch))
        after = self._site.counts()
        made = {"vote": after.votes - before.votes, "register": after.contents - before.contents}.get(call)
        if made is not None and (made != batch.effects or syncs == 0):
            raise BenchFailed(f"{call}: {made} rows for {batch.effects} acknowledged, {syncs} syncs")
        return Sample(
            rate=ours.requests / ours.seconds,
            floor_rate=floor.requests / floor.seconds,
            cpu_us=cpu / ours.requests * 1e6,
            floor_cpu_us=floor_cpu / floor.requests * 1e6,
            p50_ms=ours.p50_ms,
            p99_ms=ours.p99_ms,
            floor_p99_ms=floor.p99_ms,
            syncs_per_call=syncs / ours.requests,
        )

    def slow_sync_ratio(self, count: int) -> float:
        """The rate of votes when each sync takes 2 ms longer, as a share of their rate a moment before."""
        plain, _ = self._run(self.server, self.batch("vote", count).requests)
        self.syncs.delay(_SLOW_SYNC_MS)
        try:
            slow, _ = self._run(self.server, self.batch("vote", count).requests)
        finally:
            self.syncs.delay(0)
        return (slow.requests / slow.seconds) / (plain.requests / plain.seconds)

    def grow(self, votes: int) -> None:
        """Stores votes until there are that many."""
        missing = votes - self._site.counts().votes
        if missing > 0:
            self._site.store_votes(missing)

    def _run(self, server: Server, requests: list[Request]) -> tuple[Load, float]:
        cpu = server.processes.cpu_seconds()
        load = self._load.run(server.port, requests)
        return load, server.processes.cpu_seconds() - cpu


@contextlib.contextmanager
def bench(backend: str, folder: Path, stored_votes: int) -> Iterator[Bench]:
    """Servers of one backend, with votes already stored."""
    folder.chmod(0o755)
    for name in ("bin", "site", "noop", "postgres"):
        (folder / name).mkdir()
    library = compile_library(folder / "bin")
    with contextlib.ExitStack() as stack:
        addresses = Addresses()
        # The database server syncs, under a copy of the library that its own account can read. The numbers must
        # be there before the server is.
        syncs = Syncs(folder / "postgres" / library.name if backend == "postgresql" else library)
        if backend == "postgresql":
            postgres = stack.enter_context(PostgresServer(folder / "postgres", ld_preload=library))
            stores = ("intake", "research", "keystore")
            addresses = Addresses(*(postgres.create_database(name) for name in stores))
        site = Site(folder / "site", addresses, seed=1)
        site.store_votes(stored_votes)
        server = stack.enter_context(
            pairvote_server(site.settings, None if backend == "postgresql" else library)
        )
        noop = stack.enter_context(noop_server(folder / "noop"))
        load = LoadGenerator(folder / "bin", connections=CONNECTIONS)
        yield Bench(site, server, noop, load, syncs)

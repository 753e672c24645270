"""Plays many votes in several threads, and says how it went."""

import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final, Never

import httpx
from tqdm import tqdm

from tests.replay.api import Api, Refused, ReplayFailed, Stopped, Timings
from tests.replay.journal import Journal
from tests.replay.llmfao import Verdict, Vote
from tests.replay.player import Player
from tests.replay.policy import everybody_is_asked

# The policy is set with a server that has just answered; longer than this it is not merely restarting.
_POLICY_PATIENCE_SECONDS: Final = 15.0
_KEY_REFUSED: Final = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


@dataclass
class Played:
    """What a replay has done."""

    before: int
    votes: int = 0
    seconds: float = 0.0
    verdicts: Counter[str] = field(default_factory=Counter)
    choices: Counter[str] = field(default_factory=Counter)
    timings: Timings = field(default_factory=Timings)


class Replay:
    """Plays what the journal has not, with `workers` threads that share the servers at `urls`."""

    def __init__(self, urls: Sequence[str], api_key: str, journal: Journal, *, workers: int) -> None:
        self._urls = urls
        self._key = api_key
        self._journal = journal
        self._workers = workers
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def run(self, votes: Sequence[Vote]) -> Played:
        """Plays the votes. Refused and ReplayFailed say why it ended early; what was played stays in the journal."""
        left = [vote for vote in votes if vote.key not in self._journal.voted]
        played = Played(before=len(votes) - len(left))
        if not left and self._journal.policy_to_restore is None:
            return played
        # Its calls are none of those that are measured, and the last one comes after a stop.
        api = Api(
            self._urls, timings=Timings(), stop=threading.Event(), patience_seconds=_POLICY_PATIENCE_SECONDS
        )
        try:
            with everybody_is_asked(api, self._key, self._journal):
                started = time.perf_counter()
                with tqdm(total=len(votes), initial=played.before, unit=" votes", disable=None) as bar:
                    self._play(left, played, bar)
                played.seconds = time.perf_counter() - started
        finally:
            api.close()
        return played

    def _play(self, left: Sequence[Vote], played: Played, bar: "tqdm[Never]") -> None:
        waiting: queue.SimpleQueue[Vote] = queue.SimpleQueue()
        for vote in left:
            waiting.put(vote)
        with ThreadPoolExecutor(self._workers, thread_name_prefix="replay") as pool:
            threads = [pool.submit(self._work, waiting, played, bar) for _ in range(self._workers)]
            try:
                wait(threads, return_when=FIRST_EXCEPTION)
            finally:
                # All is done, or somebody failed, or Ctrl-C: whoever still works ends at the next call.
                self._stop.set()
        for thread in threads:
            _raise_failure(thread)

    def _work(self, waiting: "queue.SimpleQueue[Vote]", played: Played, bar: "tqdm[Never]") -> None:
        api = Api(self._urls, timings=played.timings, stop=self._stop)
        player = Player(api, self._key, self._journal)
        try:
            while True:
                vote = waiting.get_nowait()
                choice = player.play(vote)
                with self._lock:
                    self._count(played, vote.verdict, choice)
                    bar.update()
        except (queue.Empty, Stopped):
            return
        finally:
            api.close()

    @staticmethod
    def _count(played: Played, verdict: Verdict, choice: str | None) -> None:
        played.verdicts[verdict.value] += 1
        if choice is None:
            played.before += 1
        else:
            played.votes += 1
            played.choices[choice] += 1


def check_server(urls: Sequence[str], api_key: str) -> None:
    """One call to each server, without patience: a wrong address or key is said at once, by ReplayFailed."""
    for url in urls:
        api = Api([url], timings=Timings(), stop=threading.Event(), patience_seconds=0)
        try:
            api.call("GET", "/v1/policy", token=api_key)
        except Refused as refused:
            if refused.status in _KEY_REFUSED:
                raise ReplayFailed(f"The server at {url} does not take this API key: {refused}") from refused
            if refused.status == httpx.codes.NOT_FOUND:
                raise ReplayFailed(
                    f"The server at {url} serves no votes; is its role `research`?"
                ) from refused
            raise
        finally:
            api.close()


def _raise_failure(thread: "Future[None]") -> None:
    error = thread.exception()
    if error is not None:
        raise error if not isinstance(error, OSError) else ReplayFailed(f"The state cannot be kept: {error}.")

"""What all rules act on: one workspace of an installation, the model of it, and the comparison of both."""

import itertools
import tempfile
from pathlib import Path
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from app.intake.doomed_keys.models import is_used_once
from tests.lifecycle.answers import Answer, State
from tests.lifecycle.model import QUIET_MS, Model, Whom
from tests.lifecycle.stored import content_keys_of, count_record_keys, in_intake, in_research
from tests.lifecycle.world import World
from tests.stores import Backend, fresh_stores

ACCOUNTS: Final = st.sampled_from(["anna", "ben"])
_CONVERSATIONS: Final = (None, "monday", "monday", "tuesday")
_PROJECTS: Final = (None, None, "alpha")
_ANYBODY: Final = [
    Whom(*named)
    for named in itertools.product(("anna", "ben", "anna", "ben", None), _CONVERSATIONS, _PROJECTS)
]
# Drawn at once: each draw costs as much as a call.
ANYBODY: Final = st.sampled_from(_ANYBODY)
PERSONS: Final = st.sampled_from([whom for whom in _ANYBODY if whom.account is not None])
# Which comparison or rating: the newest is met most.
WHICH: Final = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4])
SECONDS: Final = st.sampled_from([1, 100, 301, 900, 901, 3_601, 90_000])


class Stage(RuleBasedStateMachine):
    """One workspace of an installation, and what becomes of its comparisons and ratings."""

    backend: ClassVar[Backend] = "sqlite"
    steps: ClassVar[int] = 0
    """Taken in all runs of this class."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="pairvote-lifecycle-", dir=_memory())
        self._stores = fresh_stores(self.backend, Path(self._folder.name))
        self.world = World(self._stores.__enter__(), Path(self._folder.name))
        self.model = Model()
        self.exports: dict[str, dict[Answer, None]] = {}
        """Those that there are, and what each has a row of."""
        self.told: dict[str, int] = {}
        """How many of its rows each has recalled, when it was looked at last."""
        self.erasures: dict[str, str] = {}
        """Those that are not done, and whose they are."""
        self.numbers = itertools.count()
        self.ages = 0
        # What is there before the first step is looked at, too.
        type(self).steps -= 1

    def teardown(self) -> None:
        """At the end all that can still be undone has become final, and nothing is left but what must be."""
        try:
            # What waits for a vote to leave is carried on after it.
            for seconds in (90_000, 100, 100):
                self.world.clock.advance(seconds=seconds)
                self.let_jobs_run(is_last=True)
            assert self.erasures == {}
            self.intake_holds_what_it_must()
            for answer in self.model.answers:
                self.check_receipt(answer)
        finally:
            self.world.close()
            self._stores.__exit__(None, None, None)
            self._folder.cleanup()

    @property
    def at(self) -> int:
        """The time."""
        return self.world.clock()

    def let_jobs_run(self, *, is_last: bool = False) -> None:
        """The jobs run, and whatever they do has been done."""
        self.world.run_jobs()
        self.model.sweep(self.at)
        self._look_after_erasures()
        found, expected = in_research(self.world.here), self.model.records()
        assert found == expected, (found, expected)
        with_text = sum(answer.has_text for answer in self.model.recorded())
        assert count_record_keys(self.world.here) == with_text + len(self.exports)
        for export_id, answers in self.exports.items():
            gone = sum(answer.state in (State.WITHDRAWN, State.ERASED) for answer in answers)
            if gone != self.told.get(export_id) or is_last:
                told = self.world.get(f"/v1/exports/{export_id}/tombstones").get_json()
                self.told[export_id] = told["count"]["last_number"]
            assert self.told[export_id] == gone
        kept, needed = content_keys_of(self.world.here), self.model.single_keys()
        assert {key for key in kept if is_used_once(key)} == needed

    def _look_after_erasures(self) -> None:
        """One that has to wait until nothing else is sealed by a person's key begins the quiet time then."""
        for erasure_id, account in [*self.erasures.items()]:
            if self.world.get(f"/v1/erasures/{erasure_id}").get_json()["state"] == "done":
                del self.erasures[erasure_id]
            self.model.person(account).may_be_quiet_until = self.at + QUIET_MS

    def may_be_quiet(self, account: str | None) -> bool:
        """Whether nobody outside can tell if something is asked of somebody."""
        return self.at < self.model.person(account).may_be_quiet_until

    def check_receipt(self, answer: Answer) -> None:
        """A receipt tells how the vote stands, and nothing where there is none."""
        if not answer.receipt:
            return
        told = self.world.receipt("lookup", answer.receipt)
        expected = answer.receipt_states(self.at)
        assert told.status_code == (200 if expected else 404), (told.get_json(), answer)
        assert not expected or told.get_json()["state"] in expected, (told.get_json(), answer)

    @invariant()
    def after_each_step(self) -> None:
        """Whatever happened, nothing is where it must not be, and nothing is lost."""
        type(self).steps += 1
        self.intake_holds_what_it_must()

    def intake_holds_what_it_must(self) -> None:
        """Intake has the votes, ratings and texts that it must have, and no others."""
        assert in_intake(self.world.here) == self.model.intake()


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None

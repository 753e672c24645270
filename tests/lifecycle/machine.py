"""Does by chance whatever can be done, and compares what is there with the model after every step."""

from typing import Final

import pyarrow.parquet as pq
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.research.exports.services import export_folder, read_export_text
from tests.lifecycle.answers import State
from tests.lifecycle.leaving import Leaving
from tests.lifecycle.model import Whom
from tests.lifecycle.stage import ACCOUNTS, PERSONS, SECONDS
from tests.lifecycle.stored import StoredRecord

_PURPOSES: Final = st.sampled_from(
    ["pseudonym", "pseudonym", "content", "ticket", "link", "record", "export-signing"]
)
# Less than an export's, and longer than what is kept of comparisons.
_AGE_DAYS: Final = 100
_MOST_AGES: Final = 3
_TALKS: Final = st.sampled_from([None, "monday"])


class Lifecycle(Leaving):
    """All rules together, with time and what an operator does."""

    @rule(seconds=SECONDS)
    def pass_time(self, seconds: int) -> None:
        """Time passes."""
        self.world.clock.advance(seconds=seconds)

    @rule()
    def run_jobs(self) -> None:
        """The background jobs run."""
        self.let_jobs_run()

    @rule()
    def let_votes_become_final(self) -> None:
        """A quarter of an hour passes, and the jobs run."""
        self.world.clock.advance(seconds=900)
        self.let_jobs_run()

    @precondition(lambda self: self.ages < _MOST_AGES and next(self.numbers) % 8 == 0)
    @rule()
    def let_months_pass(self) -> None:
        """So much time passes that retention takes what is closed; records stay, and so does what is wished."""
        self.ages += 1
        self.let_votes_become_final()
        self.world.clock.advance(days=_AGE_DAYS)
        # What is open yet is closed by the first, and has reached its age for the second.
        for _ in range(2):
            self.let_jobs_run()
            self.world.clock.advance(days=1)
        self.model.age()

    @precondition(lambda self: self.ages < _MOST_AGES and next(self.numbers) % 8 == 0)
    @rule(first=ACCOUNTS, conversations=st.tuples(_TALKS, _TALKS))
    def be_erased_after_months(self, first: str, conversations: tuple[str | None, str | None]) -> None:
        """Two people's comparisons are long gone when what became of them is erased, one after the other."""
        both = sorted(("anna", "ben"), key=lambda account: account != first)
        for account in both:
            self.make_open(Whom(account, "monday"))
            self.register_and_vote(Whom(account, "monday"), "left")
            self.give_for(Whom(account, "monday"), None, "up", comments=True)
        self.let_months_pass()
        for account, conversation in zip(both, conversations, strict=True):
            if conversation is None:
                self.erase(account, forgets=False)
            else:
                self.erase_conversation(account, conversation)
            self.let_jobs_run()

    @precondition(lambda self: next(self.numbers) % 12 == 0)
    @rule(purpose=_PURPOSES)
    def rotate_keys(self, purpose: str) -> None:
        """The operator rotates a key."""
        self.world.rotate(purpose)

    @precondition(lambda self: next(self.numbers) % 12 == 0)
    @rule(whom=PERSONS, wish=st.sampled_from(["off", "never", "project"]))
    def rotate_after_a_no(self, whom: Whom, wish: str) -> None:
        """Who has refused is known under a new pseudonym key as well."""
        self.make_open(whom)
        if wish == "project":
            self.switch_project("off")
        else:
            self.wish(whom, wish, 900, "host")
        self.world.rotate("pseudonym")
        self.register_for(whom)

    @precondition(
        lambda self: len(self.exports) < 2 and len(self.model.recorded()) > 2 and next(self.numbers) % 4 == 0
    )
    @rule(recalls=st.booleans())
    def export(self, recalls: bool) -> None:
        """A researcher asks for an export; one of those who are in it may change their mind."""
        asked = self.world.post("/v1/exports", {"purpose": "a test", "recipient": "nobody"})
        assert asked.status_code in (201, 202), asked.get_json()
        export_id = asked.get_json()["id"]
        self.exports[export_id] = {}
        self.let_jobs_run()
        held = [answer for answer in self.model.recorded() if answer.state is State.DISCONNECTED]
        assert self._rows_of(export_id) == sorted(answer.record() for answer in held)
        self.exports[export_id] = dict.fromkeys(held)
        if recalls and held:
            self.withdraw_what_was_released(0)

    def _rows_of(self, export_id: str) -> list[StoredRecord]:
        data = export_folder(self.world.here.research.exports_folder, read_export_text(export_id)) / "data"

        def rows(table: str) -> list[dict[str, object]]:
            return [
                row for part in (data / table).glob("*.parquet") for row in pq.read_table(part).to_pylist()
            ]

        votes = [
            StoredRecord(str(row["outcome"]), row["response_a"] is not None, str(row["model_a"]))
            for row in rows("votes")
        ]
        thumbs = [
            StoredRecord(
                str(row["rating"]),
                row["response"] is not None or row["comment"] is not None,
                str(row["model"]),
            )
            for row in rows("feedback")
        ]
        return sorted(votes + thumbs)

"""Rules: comparisons are registered, shown, answered, changed, undone, skipped."""

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.core.clock import rfc3339
from app.core.ids import from_text
from app.intake.comparisons.content import COMPARISON_PREFIX
from tests.lifecycle.answers import ANSWER_MS, SHOW_MS, UNDO_MS, Life, State
from tests.lifecycle.model import Whom
from tests.lifecycle.stage import ANYBODY, PERSONS, WHICH, Stage

_CHOICES: Final = st.sampled_from(["left", "right", "tie", "both_bad"])
_SELDOM: Final = st.integers(0, 9).map(lambda number: number == 0)


class Comparing(Stage):
    """What a host, and whoever has a ticket, can do with comparisons."""

    @rule(whom=ANYBODY, gpc=_SELDOM)
    def register(self, whom: Whom, gpc: bool) -> None:
        """The host registers a comparison, without asking for an invitation."""
        self.register_for(whom, gpc=gpc)

    @rule(whom=PERSONS)
    def invite(self, whom: Whom) -> None:
        """The host asks first, and registers what it is invited to."""
        body = {"identifiers": whom.identifiers, "models": ["model-a", "model-b"]}
        answer = self.world.post("/v1/invitations", body).get_json()
        reason = self.model.reason_not_to_ask(whom, self.at)
        if answer.get("reason") == "cooldown" and self.may_be_quiet(whom.account):
            return
        assert answer.get("reason") == reason, answer
        assert answer["ask"] is (reason is None)
        if reason is None:
            self.register_for(whom, invitation=answer["invitation"])

    def register_for(self, whom: Whom, *, gpc: bool = False, invitation: str | None = None) -> bool:
        """Registers a comparison; whether it is open."""
        answer = self.world.register(whom.identifiers, gpc=gpc, invitation=invitation)
        reason = self.model.reason_not_to_ask(whom, self.at)
        if answer["status"] == "withheld" and self.may_be_quiet(whom.account):
            return False
        if gpc or reason is not None:
            # A snooze is an opt-out for a while.
            expected = "gpc" if gpc else "opted_out"
            assert (answer["status"], answer.get("reason")) == ("withheld", expected), answer
            return False
        assert answer["status"] == "open", answer
        comparison_id = from_text(COMPARISON_PREFIX, answer["id"])
        assert comparison_id is not None
        self.model.lives.append(
            Life(
                account=whom.account,
                conversation=whom.conversation,
                project=whom.project,
                id=comparison_id,
                ticket=answer["ticket"],
                first_left=answer["order"][0],
                created_at=self.at,
                sharing=self.model.level(whom),
                expires_at=self.at + SHOW_MS,
            )
        )
        return True

    @rule(whom=ANYBODY, choice=_CHOICES)
    def register_and_vote(self, whom: Whom, choice: str) -> None:
        """A comparison is registered, and answered at once."""
        if self.register_for(whom):
            self.vote_on(self.model.lives[-1], choice)

    def _life(self, which: int) -> Life:
        return self.model.lives[-1 - which % len(self.model.lives)]

    @precondition(lambda self: self.model.lives)
    @rule(which=WHICH)
    def show(self, which: int) -> None:
        """The widget fetches what to show."""
        life = self._life(which)
        answer = self.world.ticket("GET", "/v1/ticket", life.ticket)
        if not life.ticket_counts(self.at) or life.state is State.EXPIRED:
            assert answer.status_code == 410, (answer.get_json(), life, self.at)
            return
        if life.state is State.ERASED:
            # The row of a vote that is withdrawn stays, of one that is erased nothing does.
            assert answer.status_code in (200, 401, 410)
            assert "left" not in (answer.get_json() or {})
            return
        if life.is_open and self.at >= life.expires_at:
            assert "left" not in (answer.get_json() or {})
            return
        shown = answer.get_json()
        assert answer.status_code == 200, shown
        is_there = life.state is State.OPEN and not life.is_refused
        assert ("left" in shown) is (is_there and not life.is_final(self.at))
        assert (shown.get("vote") or {}).get("choice") == (life.said if life.has_answer else None)
        if is_there and not life.is_shown:
            life.is_shown = True
            life.expires_at = self.at + ANSWER_MS
            self.world.here.intake.shown.flush()

    @precondition(lambda self: self.model.lives)
    @rule(which=WHICH, choice=_CHOICES)
    def vote(self, which: int, choice: str) -> None:
        """The person votes, or changes the vote."""
        self.vote_on(self._life(which), choice)

    def vote_on(self, life: Life, choice: str) -> None:
        """A vote, which is taken if it may be."""
        may = life.may_be_answered(self.at) and not life.is_refused
        answer = self.world.ticket("PUT", "/v1/ticket/vote", life.ticket, {"choice": choice})
        assert (answer.status_code == 200) is may, (answer.get_json(), life)
        if not may:
            return
        if life.said is None:
            life.undo_until = self.at + UNDO_MS
        life.said = choice
        life.has_text = True
        life.receipt = answer.get_json()["receipt"]
        assert answer.get_json()["undo_until"] == rfc3339(life.undo_until)

    @precondition(lambda self: self.model.lives)
    @rule(which=WHICH)
    def undo(self, which: int) -> None:
        """The person takes the vote back."""
        life = self._life(which)
        had_vote, may = life.has_answer, life.may_be_answered(self.at)
        answer = self.world.ticket("DELETE", "/v1/ticket/vote", life.ticket)
        if had_vote:
            assert (answer.status_code == 200) is may, (answer.get_json(), life)
        if had_vote and may:
            life.said = None
            if life.is_refused:
                life.state = State.WITHHELD

    @precondition(lambda self: self.model.lives)
    @rule(which=WHICH, choice=_CHOICES)
    def change_late(self, which: int, choice: str) -> None:
        """Some minutes pass, and the person says something else; then the rest of the time to undo passes."""
        life = self._life(which)
        self.world.clock.advance(seconds=600)
        self.vote_on(life, choice)
        self.world.clock.advance(seconds=301)
        self.vote_on(life, "tie")

    @precondition(lambda self: self.model.lives)
    @rule(which=WHICH)
    def skip(self, which: int) -> None:
        """The person skips."""
        life = self._life(which)
        may = life.may_be_answered(self.at) and life.said is None
        answer = self.world.ticket("POST", "/v1/ticket/skip", life.ticket, {})
        if may:
            assert answer.status_code == 200, answer.get_json()
            life.state = State.SKIPPED
        elif life.state is State.OPEN:
            assert answer.status_code in (409, 410), answer.get_json()

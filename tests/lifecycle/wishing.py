"""Rules: people say what they share and whether they want to be asked; an administrator switches a project."""

import itertools
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.access.workspaces.models import SharingLevel
from app.core.clock import rfc3339
from tests.lifecycle.answers import Life
from tests.lifecycle.model import Whom
from tests.lifecycle.rating import Rating
from tests.lifecycle.stage import PERSONS, SECONDS

_LEVELS: Final = [level.value for level in SharingLevel]
_ALLOWING: Final = ["vote_and_content", "ask"]
# As often yes as no, or nobody could be asked any more after a while.
_WISHES: Final = st.sampled_from([*_LEVELS, "never", "snooze", "quiet", *_ALLOWING, *_ALLOWING])
_THREE_LEVELS: Final = st.sampled_from([*itertools.product(_LEVELS, repeat=3)])
_ENDINGS: Final = st.sampled_from(["skip", "late", "nothing", "undo", "change", "vote"])
_BY: Final = st.sampled_from(["host", "ticket"])


class Wishing(Rating):
    """What people, and those who administer a project, can wish."""

    @rule(whom=PERSONS, wish=_WISHES, seconds=SECONDS, by=_BY)
    def wish(self, whom: Whom, wish: str, seconds: int, by: str) -> None:
        """Somebody says what they share, or whether and when they want to be asked."""
        assert whom.account is not None
        if wish in _LEVELS:
            self._choose_level(whom.account, whom.conversation, SharingLevel(wish), by)
        elif wish == "never":
            self._never(whom.account, by)
        elif wish == "snooze":
            self._snooze(whom.account, self.at + 1000 * seconds)
        elif wish == "quiet" and whom.conversation is not None:
            self._tell(whom.account, whom.conversation, {"ask": "not_in_conversation"})
            self.model.person(whom.account).quiet.add(whom.conversation)
        elif wish == "ask":
            self._ask_again(whom.account, whom.conversation)

    @rule(whom=PERSONS, wish=_WISHES, by=_BY)
    def wish_and_register(self, whom: Whom, wish: str, by: str) -> None:
        """Somebody says something, and the host goes on as ever."""
        self.wish(whom, wish, 900, by)
        self.register_for(whom)
        self.give_for(whom, "msg-2", "up", comments=True)

    @rule(whom=PERSONS, first=_WISHES, second=_WISHES, by=_BY, votes=st.booleans())
    def answer_and_think_again(self, whom: Whom, first: str, second: str, by: str, votes: bool) -> None:
        """Somebody votes, or rates, says one thing and then another, and the answer becomes final."""
        if votes:
            self.register_and_vote(whom, "left")
        else:
            self.give_for(whom, None, "down", comments=True)
        self.wish(whom, first, 900, by)
        self.wish(whom, second, 900, by)
        self.world.clock.advance(seconds=900)
        self.let_jobs_run()

    def make_open(self, whom: Whom) -> None:
        """Whatever was refused before is allowed again."""
        if whom.project is not None:
            self.switch_project("vote_and_content")
        if whom.account is None:
            return
        self._ask_again(whom.account, None)
        self._choose_level(whom.account, None, SharingLevel.VOTE_AND_CONTENT, "host")
        if whom.conversation is not None:
            self._choose_level(whom.account, whom.conversation, SharingLevel.VOTE_AND_CONTENT, "host")

    @rule(whom=PERSONS, levels=_THREE_LEVELS, votes=st.booleans(), everywhere=st.booleans())
    def answer_between_levels(
        self, whom: Whom, levels: tuple[str, str, str], votes: bool, everywhere: bool
    ) -> None:
        """Somebody shares something, is asked, answers, and changes their mind twice before the answer is final."""
        account, talk = whom.account or "", None if everywhere else whom.conversation
        first, second, third = map(SharingLevel, levels)
        self.make_open(whom)
        self._choose_level(account, talk, first, "host")
        if votes:
            self.register_and_vote(whom, "right")
        else:
            self.give_for(whom, None, "up", comments=False)
        self._choose_level(account, talk, second, "host")
        self._choose_level(account, talk, third, "host")
        self.world.clock.advance(seconds=900)
        self.let_jobs_run()

    @rule(whom=PERSONS, then=_ENDINGS, votes=st.booleans())
    def answer_or_not(self, whom: Whom, then: str, votes: bool) -> None:
        """Somebody who may be asked is asked; what they do, or leave undone, comes to its end."""
        self.make_open(whom)
        if votes and self.register_for(whom):
            self._end_life(self.model.lives[-1], then)
        elif not votes:
            before = len(self.model.thumbs)
            self.offer(whom, None)
            if len(self.model.thumbs) > before:
                self._end_thumb(then)
        self.let_jobs_run()

    def _end_life(self, life: Life, then: str) -> None:
        if then in ("skip", "late"):
            self.world.clock.advance(seconds=1 if then == "skip" else 301)
            self.skip(0)
        if then != "nothing":
            self.vote_on(life, "left")
        if then == "undo":
            self.undo(0)
        if then == "change":
            self.change_late(0, "right")
        self.world.clock.advance(seconds=3_700 if then == "nothing" else 200)

    def _end_thumb(self, then: str) -> None:
        if then == "late":
            self.world.clock.advance(seconds=3_601)
        if then != "nothing":
            self.rate(0, "up", comments=True)
        if then == "undo":
            self.let_go(0)
        if then == "change":
            self.world.clock.advance(seconds=600)
            self.rate(0, "down", comments=True)
            self.world.clock.advance(seconds=301)
            self.rate(0, "up", comments=True)
        self.world.clock.advance(seconds=3_700 if then == "nothing" else 200)

    @rule(level=st.sampled_from([*_LEVELS, "vote_and_content"]))
    def switch_project(self, level: str) -> None:
        """An administrator says what the whole project shares."""
        answer = self.world.put("/v1/preferences", {"identifiers": {"project": "alpha"}, "sharing": level})
        assert answer.status_code == 200, answer.get_json()
        self.model.set_project("alpha", SharingLevel(level))

    @rule(account=st.sampled_from([None, "anna", "ben"]), then=st.sampled_from(_LEVELS), votes=st.booleans())
    def answer_in_switched_project(self, account: str | None, then: str, votes: bool) -> None:
        """Somebody answers in a project that is switched off, and perhaps on again, before the answer is final."""
        whom = Whom(account, "monday", "alpha")
        self.make_open(whom)
        if votes:
            self.register_and_vote(whom, "both_bad")
        else:
            self.give_for(whom, None, "down", comments=True)
        self.switch_project("off")
        self.switch_project(then)
        self.world.clock.advance(seconds=900)
        self.let_jobs_run()

    def _choose_level(self, account: str, conversation: str | None, level: SharingLevel, by: str) -> None:
        person = self.model.person(account)
        if conversation is not None:
            self._tell(account, conversation, {"sharing": level.value, "scope": "conversation"})
            person.levels[conversation] = level
        elif self._tell(account, None, {"sharing": level.value}, by):
            person.sharing = level
        else:
            return
        if level is SharingLevel.OFF:
            self.model.opt_out(account, conversation)

    def _never(self, account: str, by: str) -> None:
        if self._tell(account, None, {"ask": "never"}, by):
            self.model.person(account).is_never_asked = True
            self.model.person(account).ask_after = 0
            self.model.opt_out(account, keeps=True)

    def _snooze(self, account: str, until: int) -> None:
        self._tell(account, None, {"ask": rfc3339(until)})
        self.model.person(account).is_never_asked = False
        self.model.person(account).ask_after = until

    def _ask_again(self, account: str, conversation: str | None) -> None:
        self._tell(account, conversation, {"ask": "yes"})
        person = self.model.person(account)
        person.is_never_asked, person.ask_after = False, 0
        if conversation is None:
            person.quiet.clear()
        person.quiet.discard(conversation or "")

    def _tell(self, account: str, conversation: str | None, wishes: dict[str, Any], by: str = "host") -> bool:
        """Tells a wish by the host, or through a ticket of theirs that counts. Whether there was a way."""
        if by == "host":
            body = {"identifiers": Whom(account, conversation).identifiers, **wishes}
            answer = self.world.put("/v1/preferences", body)
            assert answer.status_code == 200, answer.get_json()
            return True
        own = [answer for answer in self.model.of_person(account) if answer.knows_its_ticket(self.at)]
        if not own:
            return False
        path = "/v1/ticket/preferences" if isinstance(own[-1], Life) else "/v1/feedback-ticket/preferences"
        answer = self.world.ticket("PUT", path, own[-1].ticket, wishes)
        assert answer.status_code == 200, answer.get_json()
        return True

"""Rules: receipts are looked up and used; votes, conversations and people are erased."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.intake.doomed_keys.models import is_used_once
from tests.lifecycle.answers import Answer, State
from tests.lifecycle.model import QUIET_MS, Person, Whom
from tests.lifecycle.stage import ACCOUNTS, WHICH
from tests.lifecycle.stored import content_keys_of
from tests.lifecycle.wishing import Wishing


class Leaving(Wishing):
    """What takes things back."""

    @precondition(lambda self: any(answer.receipt for answer in self.model.answers))
    @rule(which=WHICH, votes=st.booleans())
    def look_up(self, which: int, votes: bool) -> None:
        """Whoever holds a receipt looks how the vote stands."""
        self.check_receipt(self._with_receipt(which, votes))

    @precondition(lambda self: any(answer.receipt for answer in self.model.answers))
    @rule(which=WHICH, votes=st.booleans())
    def withdraw(self, which: int, votes: bool) -> None:
        """Whoever holds a receipt withdraws the vote."""
        answer = self._with_receipt(which, votes)
        is_known = bool(answer.receipt_states(self.at))
        told = self.world.receipt("withdraw", answer.receipt)
        assert told.status_code == (200 if is_known else 404), (told.get_json(), answer)
        if is_known:
            answer.withdraw()
            assert told.get_json()["state"] in answer.receipt_states(self.at), (told.get_json(), answer)

    def _with_receipt(self, which: int, votes: bool) -> Answer:
        """Of a vote, or of a rating, if there is one of those."""
        some: list[Answer] = [*self.model.lives] if votes else [*self.model.thumbs]
        having = [each for each in some if each.receipt] or [
            each for each in self.model.answers if each.receipt
        ]
        return having[-1 - which % len(having)]

    @precondition(lambda self: any(self._released()))
    @rule(which=WHICH)
    def withdraw_what_was_released(self, which: int) -> None:
        """Whoever holds the receipt of a vote that is in an export withdraws it."""
        released = [*self._released()]
        answer = released[which % len(released)]
        assert self.world.receipt("withdraw", answer.receipt).get_json() == {"state": "withdrawing"}
        answer.withdraw()
        self.let_jobs_run()

    def _released(self) -> Iterator[Answer]:
        for answers in self.exports.values():
            yield from (answer for answer in answers if answer.state is State.DISCONNECTED)

    @rule(account=ACCOUNTS, forgets=st.booleans())
    def erase(self, account: str, forgets: bool) -> None:
        """Somebody is erased; what they refused still holds, unless they want that forgotten as well."""
        had_content = any(answer.state is State.OPEN for answer in self.model.of_person(account))
        keys = self._keys_of_persons()
        self._erase({"account": account}, forget_wishes=forgets)
        self.model.erase(account, self.at, is_meant=lambda _: True)
        before = self.model.person(account)
        person = self.model.persons[account] = Person(ask_after=self.at + QUIET_MS)
        if not forgets:
            person.sharing, person.is_never_asked = before.sharing, before.is_never_asked
        # Before the request is answered, the key is gone that all of it was sealed with.
        assert not had_content or len(self._keys_of_persons()) < len(keys)

    def _keys_of_persons(self) -> set[bytes]:
        return {key for key in content_keys_of(self.world.here) if not is_used_once(key)}

    @rule(account=ACCOUNTS, conversation=st.sampled_from(["monday", "tuesday"]))
    def erase_conversation(self, account: str, conversation: str) -> None:
        """Somebody has a conversation erased."""
        self._erase({"account": account, "conversation": conversation}, scope="conversation")
        self.model.erase(
            account, self.at, is_meant=lambda answer: answer.conversation == conversation, keeps_husks=True
        )
        self.model.person(account).keep_quiet(self.at)

    @rule(account=ACCOUNTS)
    def withdraw_all(self, account: str) -> None:
        """Somebody withdraws all their votes and ratings."""
        self._erase({"account": account}, scope="votes")
        self.model.erase(
            account, self.at, is_meant=lambda answer: answer.has_answer or answer.state is State.DISCONNECTED
        )
        self.model.forget_rated_targets(account)
        self.model.person(account).keep_quiet(self.at)

    @rule(account=ACCOUNTS, forgets=st.booleans())
    def refuse_and_be_erased(self, account: str, forgets: bool) -> None:
        """Somebody wants never to be asked again, is erased, and comes back when nobody is kept away any more."""
        self._never(account, "host")
        self.erase(account, forgets)
        for _ in range(2):
            self.world.clock.advance(seconds=100)
            self.let_jobs_run()
        self.invite(Whom(account, "monday"))

    def _erase(self, identifiers: dict[str, str], **more: Any) -> None:
        answer = self.world.post("/v1/erasures", {"identifiers": identifiers, **more})
        assert answer.status_code == 202, answer.get_json()
        self.erasures[answer.get_json()["id"]] = identifiers["account"]

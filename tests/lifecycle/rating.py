"""Rules: feedback is given by the host, offered, rated with a ticket, changed, taken back."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.access.workspaces.models import SharingLevel
from app.core.clock import rfc3339
from app.core.ids import from_text, to_text
from app.intake.feedback.content import FEEDBACK_PREFIX
from tests.lifecycle.answers import ANSWER_MS, State, Thumb
from tests.lifecycle.comparing import Comparing
from tests.lifecycle.model import Whom
from tests.lifecycle.stage import ANYBODY, PERSONS, WHICH

_TARGETS: Final = st.sampled_from([None, "msg-1", "msg-1", "msg-2"])
_RATINGS: Final = st.sampled_from(["up", "down"])


def _said(rating: str, has_comment: bool) -> dict[str, Any]:
    return {"rating": rating} | ({"comment": "What is scattering?"} if has_comment else {})


class Rating(Comparing):
    """What a host, and whoever has a ticket, can do with feedback."""

    def _of_target(self, whom: Whom, target: str | None) -> Thumb | None:
        """What is known of somebody's rating of a target; of one that nobody named nothing is."""
        if whom.account is None or target is None:
            return None
        same = (each for each in self.model.thumbs if (each.account, each.target) == (whom.account, target))
        return next((each for each in same if each.has_row), None)

    def _is_withheld(self, answer: Mapping[str, Any], whom: Whom, *, asks: bool, gpc: bool = False) -> bool:
        """Whether it was withheld, which it must be if somebody wants that."""
        if answer.get("status") == "withheld" and self.may_be_quiet(whom.account):
            return True
        is_off = self.model.level(whom) is SharingLevel.OFF or self.model.is_leaving(whom.account, self.at)
        if not (gpc or is_off or (asks and self.model.reason_not_to_ask(whom, self.at) is not None)):
            return False
        assert (answer.get("status"), answer.get("reason")) == ("withheld", "gpc" if gpc else "opted_out")
        return True

    @rule(
        whom=ANYBODY,
        about=_TARGETS,
        rating=_RATINGS,
        comments=st.booleans(),
        gpc=st.integers(0, 9).map(lambda number: number == 0),
    )
    def give(self, whom: Whom, about: str | None, rating: str, comments: bool, gpc: bool) -> None:
        """The host passes a thumb on."""
        self.give_for(whom, about, rating, comments=comments, gpc=gpc)

    def give_for(
        self, whom: Whom, target: str | None, rating: str, *, comments: bool, gpc: bool = False
    ) -> None:
        """Passes a thumb on, in the place of an earlier one, unless that is final."""
        body = {"identifiers": whom.identifiers, "signals": {"gpc": gpc}} | _said(rating, comments)
        told = self.world.feedback("/v1/feedback", body, target=target)
        answer, thumb = told.get_json(), self._of_target(whom, target)
        if self._is_withheld(answer, whom, asks=False, gpc=gpc):
            return
        if thumb is not None and (thumb.state is not State.OPEN or thumb.is_final(self.at)):
            assert told.status_code == 409, (answer, thumb)
            return
        if thumb is not None and thumb.is_refused:
            assert answer["status"] == "withheld", (answer, thumb)
            return
        assert answer["status"] == "recorded", (answer, thumb)
        if thumb is None:
            thumb = self._new(whom, target, answer)
        thumb.has_content = True
        thumb.rate(rating, self.model.level(whom), has_comment=comments, at=self.at)
        thumb.receipt = answer["receipt"]
        assert answer["undo_until"] == rfc3339(thumb.undo_until)

    def _new(self, whom: Whom, target: str | None, answer: Mapping[str, Any]) -> Thumb:
        feedback_id = from_text(FEEDBACK_PREFIX, answer["id"])
        assert feedback_id is not None
        level = self.model.level(whom)
        thumb = Thumb(
            account=whom.account,
            conversation=whom.conversation,
            project=whom.project,
            id=feedback_id,
            ticket=answer.get("ticket", ""),
            sharing=level,
            expires_at=self.at + ANSWER_MS,
            target=target,
            has_content=level is SharingLevel.VOTE_AND_CONTENT,
        )
        self.model.thumbs.append(thumb)
        return thumb

    @rule(whom=ANYBODY, about=_TARGETS)
    def offer(self, whom: Whom, about: str | None) -> None:
        """The host lets the element ask."""
        answer = self.world.feedback(
            "/v1/feedback-tickets", {"identifiers": whom.identifiers}, target=about
        ).get_json()
        thumb = self._of_target(whom, about)
        if self._is_withheld(answer, whom, asks=True):
            return
        if (
            thumb is not None
            and thumb.state is State.OPEN
            and thumb.is_refused
            and not thumb.is_final(self.at)
        ):
            assert answer["status"] == "withheld", (answer, thumb)
            return
        assert answer["status"] == "open", (answer, thumb)
        if thumb is None:
            self._new(whom, about, answer)
            return
        thumb.ticket, thumb.expires_at = answer["ticket"], self.at + ANSWER_MS

    def _thumb(self, which: int) -> Thumb:
        return self.model.thumbs[-1 - which % len(self.model.thumbs)]

    @precondition(lambda self: any(thumb.ticket for thumb in self.model.thumbs))
    @rule(which=WHICH, rating=_RATINGS, comments=st.booleans())
    def rate(self, which: int, rating: str, comments: bool) -> None:
        """Somebody presses a thumb of the element."""
        offered = [thumb for thumb in self.model.thumbs if thumb.ticket]
        thumb = offered[-1 - which % len(offered)]
        told = self.world.ticket("PUT", "/v1/feedback-ticket/rating", thumb.ticket, _said(rating, comments))
        is_shared = not thumb.is_refused and self.model.level(thumb) is not SharingLevel.OFF
        may = thumb.ticket_counts(self.at) and thumb.may_be_rated(self.at) and is_shared
        assert (told.status_code == 200) is may, (told.get_json(), thumb)
        if may:
            thumb.rate(rating, self.model.level(thumb), has_comment=comments, at=self.at)
            thumb.receipt = told.get_json()["receipt"]
            assert told.get_json()["undo_until"] == rfc3339(thumb.undo_until)

    @precondition(lambda self: any(thumb.ticket for thumb in self.model.thumbs))
    @rule(which=WHICH)
    def let_go(self, which: int) -> None:
        """Somebody lets the thumb go again."""
        offered = [thumb for thumb in self.model.thumbs if thumb.ticket]
        thumb = offered[-1 - which % len(offered)]
        told = self.world.ticket("DELETE", "/v1/feedback-ticket/rating", thumb.ticket)
        may = thumb.state is State.OPEN and thumb.ticket_counts(self.at) and not thumb.is_final(self.at)
        assert (told.status_code == 200) is may, (told.get_json(), thumb)
        if may:
            thumb.unrate()

    @precondition(lambda self: self.model.thumbs)
    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        """The host takes feedback back."""
        thumb = self._thumb(which)
        told = self.world.delete(f"/v1/feedback/{_text(thumb)}")
        may = thumb.state is State.OPEN and not thumb.is_final(self.at)
        assert (told.status_code == 200) is may, (told.get_json(), thumb)
        if may:
            thumb.close(State.TAKEN_BACK)

    @rule(whom=PERSONS, about=_TARGETS, rating=_RATINGS)
    def offer_and_rate(self, whom: Whom, about: str | None, rating: str) -> None:
        """The element asks, and is answered at once."""
        self.offer(whom, about)
        if any(thumb.ticket for thumb in self.model.thumbs):
            self.rate(0, rating, comments=True)


def _text(thumb: Thumb) -> str:
    return to_text(FEEDBACK_PREFIX, thumb.feedback_id)

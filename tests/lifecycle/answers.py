"""Comparisons and ratings, each from the moment in which somebody was asked to what is left of it at the end."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.access.workspaces.models import SharingLevel
from tests.lifecycle.stored import StoredRating, StoredRecord
from tests.lifecycle.world import MODELS

SHOW_MS: Final = 300_000
ANSWER_MS: Final = 3_600_000
UNDO_MS: Final = 900_000
_OUTCOMES: Final = {"left": "model_a", "right": "model_b", "tie": "tie", "both_bad": "both_bad"}


class State(StrEnum):
    """Where a comparison or a rating stands."""

    OPEN = "open"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    WITHHELD = "withheld"
    TAKEN_BACK = "taken_back"
    DISCONNECTED = "disconnected"
    DROPPED = "dropped"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


@dataclass(eq=False, kw_only=True)
class Answer:
    """What somebody was asked, and may have answered."""

    account: str | None
    conversation: str | None
    project: str | None
    id: bytes
    ticket: str
    sharing: SharingLevel
    """At the moment in which it was asked; of a rating, when it was given."""
    expires_at: int
    state: State = State.OPEN
    said: str | None = None
    undo_until: int = 0
    receipt: str = ""
    is_refused: bool = False
    """Its person, or their project, has said no since: the door drops it."""
    has_text: bool = True
    """Whether its record will have text, or has."""
    was_recorded: bool = False
    """Whether a vote was known under its receipt when it was erased."""
    lingers: bool = False
    """Whether the job has yet to find the record of what was erased."""
    is_forgotten: bool = False
    """Whether nobody remembers any more that it was withdrawn."""

    @property
    def is_given(self) -> bool:
        """Whether a vote or a rating stands, or stood when it left."""
        return self.said is not None

    @property
    def has_answer(self) -> bool:
        """Whether intake has a vote or rating of it."""
        return self.state is State.OPEN and self.is_given

    @property
    def is_open(self) -> bool:
        """Whether intake still waits for an answer."""
        return self.state is State.OPEN and not self.is_given

    def knows_its_ticket(self, at: int) -> bool:
        """Whether its ticket leads to it."""
        raise NotImplementedError

    def is_final(self, at: int) -> bool:
        """Whether it can no longer be changed."""
        return self.has_answer and at >= self.undo_until

    def receipt_states(self, at: int) -> tuple[str, ...]:
        """What its receipt may be answered with; nothing where no vote is recorded under it."""
        if self.has_answer:
            return ("recorded" if at < self.undo_until else "final",)
        if self.is_forgotten:
            return ()
        if self.state is State.ERASED and self.was_recorded:
            # Until the job has been through.
            return ("withdrawing", "withdrawn", *(["disconnected"] if self.lingers else []))
        if self.state is State.DROPPED:
            return (State.WITHDRAWN.value,)
        known = (State.DISCONNECTED, State.WITHDRAWING, State.WITHDRAWN)
        return (self.state.value,) if self.state in known else ()

    def close(self, state: State) -> None:
        """It ends without an answer."""
        self.state = state

    def withdraw(self) -> None:
        """Whoever holds its receipt takes it back."""
        if self.state is State.OPEN:
            self.state = State.WITHDRAWN
        elif self.state is State.DISCONNECTED:
            self.state = State.WITHDRAWING

    def erase(self, at: int, *, keeps_husk: bool = False) -> None:
        """It goes, wherever it stands."""
        del keeps_husk
        if self.state is not State.ERASED:
            self.was_recorded = bool(self.receipt_states(at))
            self.lingers = self.state is State.DISCONNECTED
            self.state = State.ERASED

    def be_found(self) -> None:
        """The job has been through, and has found the record of what was erased."""
        self.lingers = False

    def age(self) -> None:
        """Some months pass."""
        if self.state in (State.DROPPED, State.WITHDRAWN, State.ERASED):
            self.is_forgotten = True

    def record(self) -> StoredRecord:
        """What research has of it."""
        raise NotImplementedError


@dataclass(eq=False, kw_only=True)
class Life(Answer):
    """One comparison that was not withheld at once."""

    first_left: int
    created_at: int
    is_shown: bool = False

    @property
    def comparison_id(self) -> bytes:
        """Its id."""
        return self.id

    def ticket_counts(self, at: int) -> bool:
        """Whether the ticket has not run out by itself: it is valid through its last millisecond."""
        return at <= self.created_at + SHOW_MS + ANSWER_MS + UNDO_MS

    def knows_its_ticket(self, at: int) -> bool:
        """Whether its ticket leads to it."""
        return self.state is not State.ERASED and not self.is_forgotten and self.ticket_counts(at)

    def may_be_answered(self, at: int) -> bool:
        """Whether a vote may be undone, or the question skipped."""
        if self.state is not State.OPEN or not self.ticket_counts(at):
            return False
        return at < (self.expires_at if self.said is None else self.undo_until)

    def record(self) -> StoredRecord:
        """What research has of it."""
        assert self.said is not None
        return StoredRecord(_OUTCOMES[self.said], self.has_text, MODELS[self.first_left])


@dataclass(eq=False, kw_only=True)
class Thumb(Answer):
    """Feedback that was offered or given."""

    target: str | None
    has_content: bool
    has_comment: bool = False
    has_row: bool = True
    """Whether intake still knows that the target is rated."""

    @property
    def feedback_id(self) -> bytes:
        """Its id."""
        return self.id

    def ticket_counts(self, at: int) -> bool:
        """Whether it has a ticket that has not run out by itself."""
        return bool(self.ticket) and at <= self.expires_at + UNDO_MS

    def knows_its_ticket(self, at: int) -> bool:
        """Whether its ticket leads to it."""
        return self.has_row and self.ticket_counts(at)

    def may_be_rated(self, at: int) -> bool:
        """Whether there is still time to rate it, or to say something else."""
        return self.state is State.OPEN and at < (self.undo_until if self.is_given else self.expires_at)

    def rate(self, rating: str, level: SharingLevel, *, has_comment: bool, at: int) -> None:
        """A thumb, in the place of an earlier one. What was not shared when it was offered is not shared now."""
        if not self.is_given:
            self.undo_until = at + UNDO_MS
        self.said = rating
        self.sharing = self.sharing.stricter(level)
        with_text = self.sharing is SharingLevel.VOTE_AND_CONTENT
        self.has_comment = has_comment and with_text
        self.has_content = self.has_content and with_text
        self.has_text = self.has_comment or self.has_content

    def unrate(self) -> None:
        """The thumb is let go."""
        self.said, self.has_comment = None, False
        if self.is_refused:
            self.close(State.WITHHELD)

    def stored(self) -> StoredRating:
        """What intake has of it."""
        return StoredRating(self.said, self.has_content, self.has_comment)

    def close(self, state: State) -> None:
        """It ends, and nothing stays of it."""
        super().close(state)
        self.has_row = False

    def withdraw(self) -> None:
        """The target can be rated anew, unless it was dropped at the door: of that there is nothing to withdraw."""
        if self.state in (State.OPEN, State.DISCONNECTED) or self.lingers:
            self.has_row = False
        super().withdraw()

    def erase(self, at: int, *, keeps_husk: bool = False) -> None:
        """Of what has left nobody knows in which conversation it was: a row stays, until its record is found."""
        self.has_row = self.has_row and keeps_husk and self.state is not State.OPEN
        super().erase(at)

    def be_found(self) -> None:
        """Its record leads to its row."""
        self.has_row = self.has_row and not self.lingers
        super().be_found()

    def age(self) -> None:
        """What has left is forgotten."""
        super().age()
        self.has_row = False

    def record(self) -> StoredRecord:
        """What research has of it."""
        assert self.said is not None
        return StoredRecord(self.said, self.has_text, MODELS[0])

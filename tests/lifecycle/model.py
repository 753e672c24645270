"""What must hold of every comparison, rating and person, told in a few lines: the oracle of the lifecycle tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from app.access.workspaces.models import SharingLevel
from tests.lifecycle.answers import Answer, Life, State, Thumb
from tests.lifecycle.stored import Intake, StoredRecord

# After an erasure.
QUIET_MS: Final = 90_000
# The sweeps leave what is just over alone.
EXPIRY_GRACE_MS: Final = 60_000


@dataclass
class Person:
    """What somebody has said they want."""

    sharing: SharingLevel = SharingLevel.VOTE_AND_CONTENT
    is_never_asked: bool = False
    ask_after: int = 0
    quiet: set[str] = field(default_factory=set)
    levels: dict[str, SharingLevel] = field(default_factory=dict)
    """Of conversations."""
    may_be_quiet_until: int = 0
    """After an erasure that had to wait; nobody outside can tell whether it did."""

    def level(self, conversation: str | None) -> SharingLevel:
        """What is shared: the stricter of both."""
        own = self.levels.get(conversation or "", SharingLevel.VOTE_AND_CONTENT)
        return self.sharing.stricter(own)

    def keep_quiet(self, at: int) -> None:
        """Nothing is asked for a while after an erasure."""
        self.ask_after = max(self.ask_after, at + QUIET_MS)


@dataclass(frozen=True)
class Whom:
    """Whom a call is about."""

    account: str | None = None
    conversation: str | None = None
    project: str | None = None

    @property
    def identifiers(self) -> dict[str, str]:
        """As a host names them; somebody has to be named."""
        named = {"account": self.account, "conversation": self.conversation, "project": self.project}
        return {name: value for name, value in named.items() if value is not None} or {"api_key": "key-1"}


@dataclass
class Model:
    """Everybody and everything."""

    lives: list[Life] = field(default_factory=list)
    thumbs: list[Thumb] = field(default_factory=list)
    persons: dict[str, Person] = field(default_factory=dict)
    projects: dict[str, SharingLevel] = field(default_factory=dict)
    """What a project shares at most, where its administrator has said something."""

    @property
    def answers(self) -> list[Answer]:
        """Comparisons and ratings alike."""
        return [*self.lives, *self.thumbs]

    def person(self, account: str | None) -> Person:
        """Somebody; who is not named has said nothing."""
        return Person() if account is None else self.persons.setdefault(account, Person())

    def level(self, whom: Whom | Answer) -> SharingLevel:
        """What is shared: the strictest level of all."""
        own = self.person(whom.account).level(whom.conversation)
        return own.stricter(self.projects.get(whom.project or "", SharingLevel.VOTE_AND_CONTENT))

    def reason_not_to_ask(self, whom: Whom, at: int) -> str | None:
        """Why an invitation is refused."""
        person = self.person(whom.account)
        if self.level(whom) is SharingLevel.OFF or person.is_never_asked or whom.conversation in person.quiet:
            return "opted_out"
        return "cooldown" if at < person.ask_after else None

    def is_leaving(self, account: str | None, at: int) -> bool:
        """Whether an erasure may be going on, or the last moments of a snooze, which look the same."""
        return at < self.person(account).ask_after <= at + QUIET_MS

    def of_person(self, account: str) -> Iterator[Answer]:
        """All that somebody has or had."""
        return (answer for answer in self.answers if answer.account == account)

    def opt_out(self, account: str, conversation: str | None = None, *, keeps: bool = False) -> None:
        """Closes what is open; answers that can still be undone are refused at the door unless they are kept."""
        for answer in self.of_person(account):
            if answer.state is State.OPEN and conversation in (None, answer.conversation):
                self._refuse(answer, keeps=keeps)

    def _refuse(self, answer: Answer, *, keeps: bool = False) -> None:
        if not answer.is_given:
            answer.close(State.WITHHELD)
        elif not keeps:
            answer.is_refused = True

    def set_project(self, project: str, level: SharingLevel) -> None:
        """Marks what is under way where nothing is shared any more; the job closes what is open."""
        self.projects[project] = level
        if level is SharingLevel.OFF:
            for answer in self.answers:
                if answer.project == project and answer.state is State.OPEN:
                    answer.is_refused = True

    def erase(
        self, account: str, at: int, *, is_meant: Callable[[Answer], bool], keeps_husks: bool = False
    ) -> None:
        """What is meant of somebody goes, wherever it stands."""
        for answer in self.of_person(account):
            if is_meant(answer):
                answer.erase(at, keeps_husk=keeps_husks)

    def forget_rated_targets(self, account: str) -> None:
        """Who withdraws all ratings may rate everything anew, also what was dropped at the door."""
        for thumb in self.thumbs:
            if thumb.account == account and thumb.state is not State.OPEN:
                thumb.has_row = False

    def sweep(self, at: int) -> None:
        """What the jobs do, in their order."""
        for answer in self.answers:
            answer.be_found()
            if answer.state is State.WITHDRAWING:
                answer.state = State.WITHDRAWN
            elif answer.has_answer and answer.undo_until <= at:
                self._through_the_door(answer)
            elif answer.is_open and answer.expires_at < at - EXPIRY_GRACE_MS:
                answer.close(State.EXPIRED)
            elif answer.is_open and (answer.is_refused or self.level(answer) is SharingLevel.OFF):
                answer.close(State.WITHHELD)

    def _through_the_door(self, answer: Answer) -> None:
        level = self.level(answer).stricter(answer.sharing)
        if answer.is_refused or level is SharingLevel.OFF:
            answer.state = State.DROPPED
            return
        answer.state = State.DISCONNECTED
        answer.has_text = answer.has_text and level is SharingLevel.VOTE_AND_CONTENT

    def age(self) -> None:
        """What retention takes after some months: all that is closed, and the memory of what was withdrawn."""
        for answer in self.answers:
            answer.age()

    def intake(self) -> Intake:
        """What intake must have: this and nothing else."""
        return Intake(
            votes={life.comparison_id for life in self.lives if life.has_answer},
            contents={life.comparison_id for life in self.lives if life.state is State.OPEN},
            ratings={thumb.feedback_id: thumb.stored() for thumb in self.thumbs if thumb.state is State.OPEN},
        )

    def recorded(self) -> list[Answer]:
        """What research has a record of."""
        return [each for each in self.answers if each.state in (State.DISCONNECTED, State.WITHDRAWING)]

    def records(self) -> list[StoredRecord]:
        """The records that research must have: these and no others."""
        return sorted(answer.record() for answer in self.recorded())

    def single_keys(self) -> set[bytes]:
        """The ids of data keys that seal one comparison or rating alone, of somebody whom nobody named."""
        return {answer.id for answer in self.answers if answer.account is None and answer.state is State.OPEN}

"""Tables of erasures: what was asked for, how far it has come, and the links that it has to follow."""

import enum
import json
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text

from app.core.tables import Privacy, Retention, column, enum_check, intake, table
from app.privacy.pseudonyms import PERSON_BYTES

ERASURE_PREFIX: Final = "era"
KEPT_DAYS: Final = 1096


class ErasureScope(enum.StrEnum):
    """What goes."""

    PERSON = "person"
    """Everything of a person. Who comes back is a stranger."""
    CONVERSATION = "conversation"
    """What a person was asked and chose in one conversation."""
    VOTES = "votes"
    """Every vote and rating of a person, wherever it is; their wishes stay."""


class ErasureState(enum.StrEnum):
    """Whether anything is left to do."""

    RUNNING = "running"
    DONE = "done"


class StepName(enum.StrEnum):
    """The parts of an erasure, in the order in which they are done."""

    CONTENT = "content"
    """Comparisons with their content, votes, uploads and stored answers; feedback."""
    KEYS = "keys"
    """The person's data key: with it goes every copy of what it has sealed."""
    INVITATIONS = "invitations"
    PERSON = "person"
    """The person's row, and all else that is kept by their pseudonym."""
    RECORDS = "records"
    """What has gone through the door, with its keys and with what led to it."""
    EXPORTS = "exports"
    """Notices for those who hold exports."""


STEPS_OF: Final[dict[ErasureScope, tuple[StepName, ...]]] = {
    ErasureScope.PERSON: tuple(StepName),
    ErasureScope.CONVERSATION: tuple(step for step in StepName if step is not StepName.PERSON),
    ErasureScope.VOTES: (StepName.CONTENT, StepName.KEYS, StepName.RECORDS, StepName.EXPORTS),
}


@dataclass
class Step:
    """How one part stands."""

    name: StepName
    done_at: int | None = None
    deleted: dict[str, int] = field(default_factory=dict)
    """Rows by table; `data_keys` are keys."""

    def count(self, counts: dict[str, int]) -> None:
        """Adds what was deleted."""
        for name, number in counts.items():
            if number:
                self.deleted[name] = self.deleted.get(name, 0) + number


@dataclass
class Progress:
    """What is told of an erasure: its steps, and which exports had what it has deleted."""

    steps: list[Step]
    exports: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def begun(cls, scope: ErasureScope) -> "Progress":
        """Nothing is done yet."""
        return cls([Step(name) for name in STEPS_OF[scope]])

    @classmethod
    def from_json(cls, text: str) -> "Progress":
        """As stored."""
        stored = json.loads(text)
        steps = [Step(StepName(each["name"]), each["done_at"], each["deleted"]) for each in stored["steps"]]
        return cls(steps, stored["exports"])

    def to_json(self) -> str:
        """For storage."""
        return json.dumps({"steps": [vars(each) for each in self.steps], "exports": self.exports})

    def find(self, name: StepName) -> Step | None:
        """A step; None where the erasure has no such step."""
        return next((step for step in self.steps if step.name is name), None)

    def get(self, name: StepName) -> Step:
        """A step that is there."""
        found = self.find(name)
        if found is None:
            raise LookupError(name)
        return found

    def has_open(self, name: StepName) -> bool:
        """Whether a step is there and is not done."""
        found = self.find(name)
        return found is not None and found.done_at is None

    @property
    def is_done(self) -> bool:
        """Whether no step is left."""
        return all(step.done_at is not None for step in self.steps)


class Erasure(NamedTuple):
    """An erasure as stored. Whom it is about is forgotten when it is done."""

    workspace_id: bytes
    id: bytes
    scope: str
    state: str
    person: bytes | None
    conversations_pseudonyms: bytes | None
    requested_at: int
    quiet_until: int
    finished_at: int | None
    progress: str

    @property
    def conversations(self) -> tuple[bytes, ...]:
        """Every pseudonym of the conversation that it is about."""
        joined = self.conversations_pseudonyms or b""
        return tuple(joined[at : at + PERSON_BYTES] for at in range(0, len(joined), PERSON_BYTES))

    @property
    def key(self) -> dict[str, bytes]:
        """The primary key as statement parameters."""
        return {"workspace_id": self.workspace_id, "erasure_id": self.id}


erasures: Final = table(
    "erasures",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("scope", String(12), privacy=Privacy.OPERATIONAL),
    column("state", String(8), privacy=Privacy.OPERATIONAL),
    # Both are emptied when it is done: the report is about nobody then.
    column("person", LargeBinary(PERSON_BYTES), privacy=Privacy.PSEUDONYM, nullable=True),
    column("conversations_pseudonyms", LargeBinary, privacy=Privacy.PSEUDONYM, nullable=True),
    column("requested_at", BigInteger, privacy=Privacy.TIMED),
    # Until then nothing is sealed for the person: a process may still have their old key in memory.
    column("quiet_until", BigInteger, privacy=Privacy.TIMED),
    column("finished_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("progress", Text, privacy=Privacy.OPERATIONAL),
    enum_check("scope", ErasureScope),
    enum_check("state", ErasureState),
    retention=Retention(
        "The report: three years after it was asked for, about nobody once it is done.",
        days=KEPT_DAYS,
        clock_column="requested_at",
        only=lambda c: c.state == ErasureState.DONE.value,
    ),
    sqlite_with_rowid=False,
)
_IS_RUNNING: Final = erasures.c.state == ErasureState.RUNNING.value
Index(
    "ix_erasures_running",
    erasures.c.requested_at,
    sqlite_where=_IS_RUNNING,
    postgresql_where=_IS_RUNNING,
)

# The links of what is erased, from the moment its comparison goes until its record is out and exports are told.
erasure_links: Final = table(
    "erasure_links",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("erasure_id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True, autoincrement=False),
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("link_sealed", LargeBinary, privacy=Privacy.SEALED),
    column("week", Integer, privacy=Privacy.TIMED),
    retention=Retention("Until the erasure is done; seconds to hours."),
    sqlite_with_rowid=False,
)

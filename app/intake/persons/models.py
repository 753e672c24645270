"""Persons: pseudonyms, their wishes, when they were last asked; and the levels of conversations and projects."""

import enum
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, String, false

from app.access.workspaces.models import SharingLevel
from app.core.clock import MS_PER_SECOND
from app.core.tables import Privacy, Retention, column, enum_check, intake, table
from app.intake.documents.fresh_choice import Acquaintance

# Twice as long as a process keeps a data key in memory: the other half is for a slow destruction and for clocks that
# differ. Nobody who is being erased is asked, and nothing sealed for them, until it is over.
QUIET_MS: Final = 20 * MS_PER_SECOND


class Ask(enum.StrEnum):
    """Whether a person may be asked to compare; `ask_after` snoozes a yes."""

    YES = "yes"
    NEVER = "never"


class Person(NamedTuple):
    """One pseudonymous person of a workspace."""

    workspace_id: bytes
    person: bytes
    ask: str
    ask_after: int | None
    sharing: str | None
    is_restricted: bool
    last_vote_at: int | None
    last_skip_at: int | None
    consecutive_skips: int
    asked_day: int
    asked_in_day: int
    asked_week: int
    asked_in_week: int
    has_quiet_conversations: bool
    """Whether to look for the conversation at hand among `quiet_conversations`."""
    has_conversation_levels: bool
    """Whether to look for it among `conversation_sharing`."""
    created_day: int
    told_of_documents_at: int | None
    told_before_at: int | None
    """`told_of_documents_at` as it was before it was moved last: what the comparison of then has told."""
    sharing_chosen_at: int | None

    @property
    def acquaintance(self) -> Acquaintance:
        """What is remembered of the person and the documents."""
        return Acquaintance(
            self.created_day, self.told_of_documents_at, self.sharing_chosen_at, self.told_before_at
        )

    def may_be_asked(self, at: int) -> bool:
        """Whether the person has neither said "never again" nor snoozed."""
        return self.ask == Ask.YES and (self.ask_after is None or at >= self.ask_after)

    def may_be_leaving(self, at: int) -> bool:
        """Whether an erasure may be keeping things away from them; the last moments of a snooze look the same."""
        return self.ask_after is not None and at < self.ask_after <= at + QUIET_MS


persons = table(
    "persons",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("created_day", Integer, privacy=Privacy.TIMED),
    column("ask", String(8), privacy=Privacy.CHOICE),
    column("ask_after", BigInteger, privacy=Privacy.CHOICE, nullable=True),
    column("sharing", String(20), privacy=Privacy.CHOICE, nullable=True),
    column("is_restricted", Boolean(create_constraint=False), privacy=Privacy.OPERATIONAL),
    column("last_vote_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("last_skip_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("consecutive_skips", Integer, privacy=Privacy.OPERATIONAL),
    column("asked_day", Integer, privacy=Privacy.TIMED),
    column("asked_in_day", Integer, privacy=Privacy.OPERATIONAL),
    column("asked_week", Integer, privacy=Privacy.TIMED),
    column("asked_in_week", Integer, privacy=Privacy.OPERATIONAL),
    column(
        "has_quiet_conversations",
        Boolean(create_constraint=False),
        privacy=Privacy.CHOICE,
        server_default=false(),
    ),
    column("told_of_documents_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("sharing_chosen_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column(
        "has_conversation_levels",
        Boolean(create_constraint=False),
        privacy=Privacy.CHOICE,
        server_default=false(),
    ),
    column("told_before_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    enum_check("ask", Ask),
    enum_check("sharing", SharingLevel),
    retention=Retention("Until the person is erased: an opt-out that is forgotten would be asked again."),
)

quiet_conversations = table(
    "quiet_conversations",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("conversation", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, index=True),
    retention=Retention(
        "A year after the person asked not to be asked there, or until they ask to be asked again.",
        days=365,
        clock_column="day",
        bounds=(30, 1095),
    ),
    sqlite_with_rowid=False,
)

conversation_sharing = table(
    "conversation_sharing",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("conversation", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("sharing", String(20), privacy=Privacy.CHOICE),
    enum_check("sharing", SharingLevel),
    retention=Retention(
        "Until the person takes it back or is erased: a no that is forgotten would be overruled by the next call."
    ),
    sqlite_with_rowid=False,
)

project_sharing = table(
    "project_sharing",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("project", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("sharing", String(20), privacy=Privacy.OPERATIONAL),
    enum_check("sharing", SharingLevel),
    retention=Retention("Until an administrator of the project takes it back; it is about no single person."),
    sqlite_with_rowid=False,
)

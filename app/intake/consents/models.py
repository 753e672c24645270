"""The table of consents: one row for each change of what a person allows."""

import enum
from typing import NamedTuple

from sqlalchemy import BigInteger, LargeBinary, String

from app.access.workspaces.models import SharingLevel
from app.core.tables import Privacy, Retention, column, enum_check, intake, table


class ConsentScope(enum.StrEnum):
    """What a change is about."""

    PERSON = "person"
    CONVERSATION = "conversation"


class ConsentSource(enum.StrEnum):
    """By what a person, or the host for them, has set it."""

    TICKET = "ticket"
    HOST = "host"
    SETTINGS_PAGE = "settings_page"


class ConsentAsk(enum.StrEnum):
    """What was set about being asked; `later` goes with a time."""

    YES = "yes"
    LATER = "later"
    NEVER = "never"
    NOT_IN_CONVERSATION = "not_in_conversation"


class Consent(NamedTuple):
    """One change: a level, or whether to be asked."""

    at: int
    scope: str
    sharing: str | None
    ask: str | None
    ask_after: int | None
    source: str
    notice_version: str
    conversation: bytes | None


consents = table(
    "consents",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("at", BigInteger, privacy=Privacy.TIMED),
    column("scope", String(16), privacy=Privacy.CHOICE),
    column("sharing", String(20), privacy=Privacy.CHOICE, nullable=True),
    column("ask", String(20), privacy=Privacy.CHOICE, nullable=True),
    column("ask_after", BigInteger, privacy=Privacy.CHOICE, nullable=True),
    column("source", String(16), privacy=Privacy.OPERATIONAL),
    column("notice_version", String(20), privacy=Privacy.OPERATIONAL),
    column("conversation", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    enum_check("scope", ConsentScope),
    enum_check("sharing", SharingLevel),
    enum_check("ask", ConsentAsk),
    enum_check("source", ConsentSource),
    retention=Retention("Until the person is erased: it proves what they have allowed, and since when."),
    sqlite_with_rowid=False,
)

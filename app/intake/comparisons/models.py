"""Tables of comparisons and their content, and what a comparison allows at a given moment."""

import enum
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Float, Index, Integer, LargeBinary, SmallInteger, String, and_

from app.access.workspaces.models import SharingLevel
from app.core.tables import Privacy, Retention, column, enum_check, intake, table
from app.intake.comparisons.errors import ComparisonClosed, PersonOptedOut, TicketExpired, VoteFinal
from app.intake.persons.levels import Levels, workspace_level


class ComparisonState(enum.StrEnum):
    """Where a comparison stands. A vote in its undo window leaves it `open`."""

    OPEN = "open"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    WITHHELD = "withheld"
    """Never shown; or taken back, with its content, when its person opted out before voting."""
    LEAVING = "leaving"
    """Disconnection has begun: a link is written, the vote can no longer change."""
    DISCONNECTED = "disconnected"
    WITHDRAWN = "withdrawn"
    """Whoever holds the receipt took the vote back, before or after disconnection; its content is gone."""


class WithheldReason(enum.StrEnum):
    """Why a comparison is not shown."""

    OPTED_OUT = "opted_out"
    RESTRICTED = "restricted"
    PAUSED = "paused"
    SAFETY = "safety"
    GPC = "gpc"


class SkipReason(enum.StrEnum):
    """Why a person skips, where they say."""

    NOT_NOW = "not_now"
    TOO_LONG = "too_long"
    CANNOT_TELL = "cannot_tell"
    OTHER = "other"


class Choice(enum.StrEnum):
    """A vote. `left` and `right` are positions on the screen."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BOTH_BAD = "both_bad"


class Span(enum.StrEnum):
    """For how long a person may ask not to be asked, as a ticket's holder is offered it."""

    WEEK = "week"
    CONVERSATION = "conversation"
    NEVER = "never"


class TicketedComparison(NamedTuple):
    """What a ticket's calls need to know of a comparison, with the vote it may have."""

    person: bytes
    state: str
    first_left: int
    created_at: int
    expires_at: int
    shown_at: int | None
    ticket_digest: bytes
    cast_at: int | None
    changed_at: int | None
    undo_until: int | None
    choice: str | None
    strength: int | None
    changes: int | None
    revealed_at: int | None
    is_changed_after_reveal: bool | None
    sharing: str
    project_sharing: str | None
    workspace_options: str | None

    @property
    def levels(self) -> Levels:
        """What may be shown and kept of it now.

        What its person and conversation allow is on its own row, off from the transaction that switches them off;
        the project's and the workspace's levels are read with it.
        """
        return Levels(
            workspace=workspace_level(self.workspace_options),
            project=SharingLevel(self.project_sharing) if self.project_sharing is not None else None,
            person=SharingLevel(self.sharing),
        )

    @property
    def has_vote(self) -> bool:
        """Whether a vote stands."""
        return self.choice is not None

    def public_state(self, at: int) -> str:
        """The state as callers see it: open, voted, final, skipped, expired, withheld or withdrawn."""
        state = public_state(self.state, undo_until=self.undo_until, expires_at=self.expires_at, at=at)
        return "withheld" if state in ("open", "voted") and self.levels.is_off else state

    def check_votable(self, at: int) -> None:
        """Raises unless a vote may be cast or changed now: as `check_answerable`, and PersonOptedOut."""
        if self.state in (ComparisonState.OPEN, ComparisonState.WITHHELD) and self.levels.is_off:
            raise PersonOptedOut
        self.check_answerable(at)

    def check_answerable(self, at: int) -> None:
        """Raises unless it takes answers now: ComparisonClosed, VoteFinal, TicketExpired."""
        if self.state in (ComparisonState.LEAVING, ComparisonState.DISCONNECTED):
            raise VoteFinal
        if self.state == ComparisonState.EXPIRED:
            raise TicketExpired
        if self.state != ComparisonState.OPEN:
            raise ComparisonClosed
        if self.undo_until is not None and at >= self.undo_until:
            raise VoteFinal
        if self.undo_until is None and at >= self.expires_at:
            raise TicketExpired


def public_state(state: str, *, undo_until: int | None, expires_at: int, at: int) -> str:
    """The state as callers see it, derived from the stored one, the vote and the time."""
    if state in (ComparisonState.LEAVING, ComparisonState.DISCONNECTED):
        return "final"
    if state != ComparisonState.OPEN:
        return state
    if undo_until is not None:
        return "voted" if at < undo_until else "final"
    return "open" if at < expires_at else "expired"


def comparison_key(workspace_id: bytes, day: int, comparison_id: bytes) -> dict[str, Any]:
    """A comparison's primary key as statement parameters."""
    return {"workspace_id": workspace_id, "day": day, "comparison_id": comparison_id}


comparisons = table(
    "comparisons",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM),
    column("api_key", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("project", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("conversation", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("invitation_id", LargeBinary(16), privacy=Privacy.TIMED, nullable=True),
    column("surface", String(64), privacy=Privacy.OPERATIONAL, nullable=True),
    column("locale", String(35), privacy=Privacy.OPERATIONAL, nullable=True),
    column("model_0", String(200), privacy=Privacy.OPERATIONAL),
    column("model_1", String(200), privacy=Privacy.OPERATIONAL),
    column("first_left", SmallInteger, privacy=Privacy.OPERATIONAL),
    column("propensity", Float, privacy=Privacy.OPERATIONAL, nullable=True),
    column("sharing", String(20), privacy=Privacy.CHOICE),
    column("notice_version", String(20), privacy=Privacy.OPERATIONAL),
    column("state", String(16), privacy=Privacy.OPERATIONAL),
    column("withheld_reason", String(16), privacy=Privacy.OPERATIONAL, nullable=True),
    column("skip_reason", String(16), privacy=Privacy.CHOICE, nullable=True),
    column("created_at", BigInteger, privacy=Privacy.TIMED),
    column("shown_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("expires_at", BigInteger, privacy=Privacy.TIMED),
    column("closed_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("revealed_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("ticket_digest", LargeBinary(32), privacy=Privacy.DIGEST, nullable=True),
    enum_check("state", ComparisonState),
    enum_check("withheld_reason", WithheldReason),
    enum_check("skip_reason", SkipReason),
    enum_check("sharing", SharingLevel),
    retention=Retention(
        "`PAIRVOTE_INTAKE_DAYS` after registration, once closed; then only counts remain.",
        days=90,
        clock_column="day",
        bounds=(1, 3650),
        setting="intake_days",
        # What is open or leaving is not over, however old: the sweeps for those come first.
        only=lambda c: and_(c.state != ComparisonState.OPEN.value, c.state != ComparisonState.LEAVING.value),
    ),
    sqlite_with_rowid=False,
)
# The expiry sweep's way to open comparisons; closed ones cost it nothing.
Index(
    "ix_comparisons_open",
    comparisons.c.expires_at,
    sqlite_where=comparisons.c.state == "open",
    postgresql_where=comparisons.c.state == "open",
)
# An opt-out closes what a person has open, an erasure deletes all that they have.
Index("ix_comparisons_workspace_id_person", comparisons.c.workspace_id, comparisons.c.person)

comparison_contents = table(
    "comparison_contents",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("shown_sealed", LargeBinary, privacy=Privacy.SEALED),
    column("private_sealed", LargeBinary, privacy=Privacy.SEALED),
    retention=Retention("Until disconnection, skip, withdrawal or expiry of the ticket; minutes to hours."),
)

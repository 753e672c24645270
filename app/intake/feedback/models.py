"""The table of feedback, from the ticket or the rating until it leaves through disconnection."""

import enum
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text

from app.access.workspaces.models import SharingLevel
from app.core.clock import day_of
from app.core.ids import uuid7_time
from app.core.tables import Privacy, Retention, column, enum_check, intake, table
from app.intake.persons.services import Subject


class TargetKind(enum.StrEnum):
    """What is rated."""

    RESPONSE = "response"
    PAGE = "page"


class Thumb(enum.StrEnum):
    """A rating."""

    UP = "up"
    DOWN = "down"


class FeedbackState(enum.StrEnum):
    """Where feedback stands. A rating in its undo window leaves it `open`, and so does none."""

    OPEN = "open"
    LEAVING = "leaving"
    """Disconnection has begun: a link is written, the rating can no longer change."""
    DISCONNECTED = "disconnected"


class StoredFeedback(NamedTuple):
    """What changing or showing feedback needs to know of it."""

    id: bytes
    day: int
    person: bytes
    project: bytes | None
    conversation: bytes | None
    target_kind: str
    target: bytes | None
    locale: str | None
    sharing: str
    notice_version: str
    state: str
    rating: str | None
    reasons: str | None
    comment_sealed: bytes | None
    receipt_sealed: bytes
    rated_at: int | None
    undo_until: int | None
    expires_at: int
    ticket_digest: bytes | None

    @property
    def subject(self) -> Subject:
        """The pseudonyms of who rates it, in which project and conversation."""
        return Subject(self.person, project=self.project, conversation=self.conversation)

    @property
    def is_unshared(self) -> bool:
        """Whether a no has overtaken it: nothing of it is kept, whatever is allowed later."""
        return self.sharing == SharingLevel.OFF

    def is_final(self, at: int) -> bool:
        """Whether the rating can no longer be changed or taken back."""
        return self.state != FeedbackState.OPEN or (self.undo_until is not None and at >= self.undo_until)

    def public_state(self, at: int) -> str:
        """The state as callers see it: open, rated, final or expired."""
        if self.is_final(at):
            return "final"
        if self.rating is not None:
            return "rated"
        return "open" if at < self.expires_at else "expired"


def feedback_key(workspace_id: bytes, feedback_id: bytes) -> dict[str, Any]:
    """The primary key of feedback as statement parameters. Its day is in its id."""
    return {
        "workspace_id": workspace_id,
        "day": day_of(uuid7_time(feedback_id)),
        "feedback_id": feedback_id,
    }


feedback = table(
    "feedback",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM),
    column("project", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("conversation", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("target_kind", String(8), privacy=Privacy.OPERATIONAL),
    # A response's reference or a page's address may name somebody: neither is stored.
    column("target", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("surface", String(64), privacy=Privacy.OPERATIONAL, nullable=True),
    column("locale", String(35), privacy=Privacy.OPERATIONAL, nullable=True),
    column("model", String(200), privacy=Privacy.OPERATIONAL, nullable=True),
    column("sharing", String(20), privacy=Privacy.CHOICE),
    column("notice_version", String(20), privacy=Privacy.OPERATIONAL),
    column("state", String(16), privacy=Privacy.OPERATIONAL),
    column("rating", String(4), privacy=Privacy.CHOICE, nullable=True),
    column("reasons", Text, privacy=Privacy.CHOICE, nullable=True),
    column("comment_sealed", LargeBinary, privacy=Privacy.SEALED, nullable=True),
    column("content_sealed", LargeBinary, privacy=Privacy.SEALED, nullable=True),
    column("receipt_sealed", LargeBinary, privacy=Privacy.SEALED),
    column("created_at", BigInteger, privacy=Privacy.TIMED),
    column("expires_at", BigInteger, privacy=Privacy.TIMED),
    column("rated_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("undo_until", BigInteger, privacy=Privacy.TIMED, nullable=True),
    column("ticket_digest", LargeBinary(32), privacy=Privacy.DIGEST, nullable=True),
    column("receipt_digest", LargeBinary(32), privacy=Privacy.DIGEST, nullable=True),
    enum_check("target_kind", TargetKind),
    enum_check("rating", Thumb),
    enum_check("state", FeedbackState),
    enum_check("sharing", SharingLevel),
    retention=Retention(
        "For 90 days, so that a target is rated once; the rating, the text and the receipt only until disconnection, "
        "undo or withdrawal. What nobody rated goes when its ticket expires.",
        days=90,
        clock_column="day",
        # All else has an end of its own, and comes to this first.
        only=lambda c: c.state == FeedbackState.DISCONNECTED.value,
    ),
    sqlite_with_rowid=False,
)
# One rating of a target by a person; an erasure deletes all that they have.
Index("ix_feedback_workspace_id_person_target", feedback.c.workspace_id, feedback.c.person, feedback.c.target)
Index("ix_feedback_receipt_digest", feedback.c.receipt_digest)
_IS_RATED: Any = feedback.c.undo_until.is_not(None)
Index("ix_feedback_undo_until", feedback.c.undo_until, sqlite_where=_IS_RATED, postgresql_where=_IS_RATED)
_IS_UNRATED: Any = feedback.c.undo_until.is_(None) & (feedback.c.state == "open")
Index("ix_feedback_unrated", feedback.c.expires_at, sqlite_where=_IS_UNRATED, postgresql_where=_IS_UNRATED)

"""The table of reports. It names neither a person nor a comparison, and each row has a data key of its own."""

import enum
from typing import Final, NamedTuple

from sqlalchemy import Index, Integer, LargeBinary, String

from app.core.tables import Privacy, Retention, column, enum_check, intake, table

RETENTION_DAYS: Final = 55
RETENTION: Final = Retention(
    "At most 55 days, with the data key of its own, whatever becomes of the comparison.",
    days=RETENTION_DAYS,
    clock_column="day",
    bounds=(1, RETENTION_DAYS),
    is_at_most=True,
)


class ReportSide(enum.StrEnum):
    """Which response is meant, by its position on the screen."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class ReportCategory(enum.StrEnum):
    """What is wrong with it, in the reporter's eyes."""

    HARMFUL = "harmful"
    ILLEGAL = "illegal"
    HATEFUL = "hateful"
    SEXUAL = "sexual"
    PERSONAL_DATA = "personal_data"
    SPAM = "spam"
    OTHER = "other"


class ReportState(enum.StrEnum):
    """Whether an operator has read it."""

    NEW = "new"
    SEEN = "seen"


class ReportHead(NamedTuple):
    """What may be listed of a report: nothing that anybody wrote."""

    workspace_id: bytes
    id: bytes
    day: int
    side: str
    category: str
    state: str


class StoredReport(NamedTuple):
    """A report as stored."""

    head: ReportHead
    key_id: bytes
    content_sealed: bytes

    @classmethod
    def from_row(cls, key_id: bytes, content_sealed: bytes, *head: object) -> "StoredReport":
        """From the selected columns."""
        return cls(ReportHead._make(head), key_id, content_sealed)


# No time but the day, no order and no pseudonym: nothing here can be matched with a comparison's row.
reports: Final = table(
    "reports",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("id", LargeBinary(16), privacy=Privacy.DIGEST, primary_key=True),
    column("ticket_mark", LargeBinary(16), privacy=Privacy.DIGEST),
    column("day", Integer, privacy=Privacy.TIMED),
    column("side", String(8), privacy=Privacy.CHOICE),
    column("category", String(16), privacy=Privacy.CHOICE),
    column("state", String(8), privacy=Privacy.OPERATIONAL),
    column("key_id", LargeBinary(16), privacy=Privacy.OPERATIONAL),
    column("content_sealed", LargeBinary, privacy=Privacy.SEALED),
    enum_check("side", ReportSide),
    enum_check("category", ReportCategory),
    enum_check("state", ReportState),
    retention=RETENTION,
    sqlite_with_rowid=False,
)
Index("ix_reports_id", reports.c.id)
Index("ix_reports_workspace_id_ticket_mark", reports.c.workspace_id, reports.c.ticket_mark)
Index("ix_reports_day", reports.c.day)

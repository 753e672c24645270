"""Tables behind the door: what leads from a comparison to its record, and from a pseudonym to its random number."""

import enum
import hashlib
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String

from app.core.tables import Privacy, Retention, column, enum_check, intake, table
from app.privacy.sealing import bind

RECORD_ID_BYTES: Final = 16
_KEY_MARK_BYTES: Final = 2
# Far beyond what any worker takes from claiming a vote to writing its record: transactions end after a minute.
SLOWEST_WORKER_DAYS: Final = 1
DROPPED_LINKS_KEPT: Final = Retention(
    "A day after the vote was dropped or withdrawn; then no worker is left that could write its record.",
    days=SLOWEST_WORKER_DAYS,
    clock_column="dropped_at",
    is_at_most=True,
)


class AliasKind(enum.StrEnum):
    """What a random number stands for."""

    VOTER = "voter"
    CONVERSATION = "conversation"

    @property
    def number_bytes(self) -> int:
        """How many random bytes stand for one of them in research."""
        return 8 if self is AliasKind.VOTER else 16


class AliasKey(NamedTuple):
    """What an alias is found by; its columns in the order of the primary key."""

    workspace_id: bytes
    kind: str
    quarter: int
    pseudonym: bytes

    @property
    def place(self) -> bytes:
        """What the sealed number is bound to."""
        return bind("alias", self.workspace_id, self.kind, str(self.quarter), self.pseudonym)


def conversation_of(person: bytes, conversation: bytes) -> bytes:
    """What a person's share in a conversation is found by: each has a number of their own there.

    So one person's erasure takes nothing that leads to another's records, and research cannot see who talked with whom.
    Shape: `key version (2 bytes) || SHA-256 of both pseudonyms (16 bytes)`. No person (empty bytes) is one, too.
    """
    digest = hashlib.sha256(bind("conversation-of", person, conversation)).digest()
    return conversation[:_KEY_MARK_BYTES] + digest[: len(conversation) - _KEY_MARK_BYTES]


def link_place(workspace_id: bytes, comparison_id: bytes) -> bytes:
    """What the sealed record id of a comparison is bound to."""
    return bind("link", workspace_id, comparison_id)


links = table(
    "links",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("link_sealed", LargeBinary, privacy=Privacy.SEALED),
    # The vote's row, which had it, is gone by then: the only way from a receipt to its record.
    column("receipt_digest", LargeBinary(32), privacy=Privacy.DIGEST),
    column("week", Integer, privacy=Privacy.TIMED),
    retention=Retention("As long as the record lives; only withdrawal and erasure open it."),
    sqlite_with_rowid=False,
)
Index("ix_links_receipt_digest", links.c.receipt_digest)

# Of votes that were dropped or withdrawn. A worker that claimed such a vote before may still write its record.
dropped_links = table(
    "dropped_links",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("link_sealed", LargeBinary, privacy=Privacy.SEALED),
    column("dropped_at", BigInteger, privacy=Privacy.TIMED),
    column("is_taken_back", Boolean(create_constraint=False), privacy=Privacy.OPERATIONAL),
    retention=DROPPED_LINKS_KEPT,
    sqlite_with_rowid=False,
)

# Nothing but the digest and the day, once the record is gone: what a receipt is answered with leads to nobody.
withdrawn_receipts = table(
    "withdrawn_receipts",
    intake,
    column("receipt_digest", LargeBinary(32), privacy=Privacy.DIGEST, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED),
    # Until its record is taken out of research; null when there is none.
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, nullable=True),
    # Whether exports have been told to delete it, for whoever holds the receipt; null when that is not known.
    column("is_tombstoned", Boolean(create_constraint=False), privacy=Privacy.OPERATIONAL, nullable=True),
    retention=Retention(
        "For 90 days after the withdrawal, so that whoever asks again is told that it is done.",
        days=90,
        clock_column="day",
        # Not before its record is taken out, should that fail for so long.
        only=lambda c: c.comparison_id.is_(None),
    ),
    sqlite_with_rowid=False,
)
_IS_PENDING: Final = withdrawn_receipts.c.comparison_id.is_not(None)
Index(
    "ix_withdrawn_receipts_comparison_id",
    withdrawn_receipts.c.comparison_id,
    sqlite_where=_IS_PENDING,
    postgresql_where=_IS_PENDING,
)

aliases = table(
    "aliases",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("kind", String(12), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("quarter", Integer, privacy=Privacy.TIMED, primary_key=True, autoincrement=False),
    column("pseudonym", LargeBinary(18), privacy=Privacy.PSEUDONYM, primary_key=True),
    column("alias_sealed", LargeBinary, privacy=Privacy.SEALED),
    enum_check("kind", AliasKind),
    retention=Retention("As long as records of its quarter live: erasure finds a person's records by it."),
    sqlite_with_rowid=False,
)

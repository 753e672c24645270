"""Tables of published documents: a version's terms, and its exact text in each language. Neither ever changes."""

import enum
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, LargeBinary, String, Text

from app.core.tables import Privacy, Retention, column, enum_check, intake, table


class DocumentKind(enum.StrEnum):
    """What a document is for."""

    VOTING_NOTICE = "voting_notice"
    """Shown beside every comparison; its version is stored with each vote."""
    PRIVACY_NOTICE = "privacy_notice"
    USAGE_POLICY = "usage_policy"


class Edition(NamedTuple):
    """One version of a document, without its words. Shipped ones have taken effect at 0: before everything."""

    kind: str
    version: str
    effective_at: int
    requires_choice: bool
    published_at: int

    @property
    def is_shipped(self) -> bool:
        """Whether it came with Pairvote."""
        return self.published_at == 0


class Wording(NamedTuple):
    """A version's text in one language, exactly as published; `summary` says what changed ("" for a first one)."""

    language: str
    markdown: str
    sha256: bytes
    summary: str


documents = table(
    "documents",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("kind", String(20), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("version", String(20), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("effective_at", BigInteger, privacy=Privacy.OPERATIONAL),
    column("requires_choice", Boolean(create_constraint=False), privacy=Privacy.OPERATIONAL),
    column("published_at", BigInteger, privacy=Privacy.OPERATIONAL),
    enum_check("kind", DocumentKind),
    retention=Retention("Until the workspace is closed: votes name the version that was shown."),
)

document_texts = table(
    "document_texts",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("kind", String(20), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("version", String(20), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("language", String(3), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("markdown", Text, privacy=Privacy.OPERATIONAL),
    column("sha256", LargeBinary(32), privacy=Privacy.OPERATIONAL),
    column("summary", Text, privacy=Privacy.OPERATIONAL),
    enum_check("kind", DocumentKind),
    retention=Retention("As long as its version."),
)

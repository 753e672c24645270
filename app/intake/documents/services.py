"""Use cases of documents: publish a version, read what is written of one for a person."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from app.access.workspaces.models import INTAKE, AuditKind
from app.access.workspaces.services import record_audit
from app.core.clock import day_of, iso_date
from app.core.connections import Transaction
from app.core.languages import FALLBACK
from app.intake.documents.errors import DocumentOdd, DocumentVersionTaken
from app.intake.documents.models import DocumentKind, Edition
from app.intake.documents.queries import INSERT_DOCUMENT, INSERT_TEXT
from app.intake.documents.wording import PLACEHOLDERS, unknown_placeholders

MOST_CHARACTERS: Final = 60_000
MOST_NOTICE_CHARACTERS: Final = 2_000
LONGEST_SUMMARY: Final = 300
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)


class NewDocument(NamedTuple):
    """A version to be published: its texts and what changed, by language."""

    workspace_id: bytes
    kind: DocumentKind
    version: str
    effective_at: int
    requires_choice: bool
    texts: Mapping[str, str]
    summaries: Mapping[str, str]


def default_version(effective_at: int, taken: set[str]) -> str:
    """The day on which it takes effect, with a number where that day has one already."""
    day = iso_date(day_of(effective_at))
    names = (day if number == 1 else f"{day}.{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def check_document(new: NewDocument, *, earliest: int) -> None:
    """DocumentOdd says what is wrong; `earliest` is the first moment (ms) at which every process can know of it."""
    if not _VERSION.fullmatch(new.version):
        raise DocumentOdd(
            "A version's name has 1 to 20 of letters, digits, . _ and -, the first of them no sign."
        )
    if FALLBACK not in new.texts:
        raise DocumentOdd(
            "The English text is missing: it stands in for every language that there is none of."
        )
    if new.effective_at < earliest:
        raise DocumentOdd(
            "It would take effect before every process knows of it; give a later time, or none."
        )
    for language, markdown in new.texts.items():
        _check_text(new.kind, language, markdown)
    for language, summary in new.summaries.items():
        if language not in new.texts:
            raise DocumentOdd("A summary is in a language that there is no text in.")
        if not 1 <= len(summary) <= LONGEST_SUMMARY or not summary.isprintable():
            raise DocumentOdd(f"A summary is one line of 1 to {LONGEST_SUMMARY} characters.")
    if FALLBACK not in new.summaries:
        raise DocumentOdd("Say in English what has changed (--summary): people are told so.")


def _check_text(kind: DocumentKind, language: str, markdown: str) -> None:
    most = MOST_NOTICE_CHARACTERS if kind is DocumentKind.VOTING_NOTICE else MOST_CHARACTERS
    if not _LANGUAGE.fullmatch(language):
        raise DocumentOdd("A language is written as two or three small letters, such as en.")
    if not markdown.strip() or len(markdown) > most:
        raise DocumentOdd(f"The text in {language} must have 1 to {most} characters.")
    if "\0" in markdown:
        raise DocumentOdd(f"The text in {language} holds a character that no database takes.")
    if unknown_placeholders(markdown):
        known = ", ".join(f"{{{{{name}}}}}" for name in sorted(PLACEHOLDERS))
        raise DocumentOdd(
            f"The text in {language} has a placeholder that stands for nothing; there are {known}."
        )


def publish_document(tx: Transaction, *, new: NewDocument, actor: str, at: int) -> Edition:
    """Stores a checked version for good, with an audit event. DocumentVersionTaken."""
    key = {"workspace_id": new.workspace_id, "kind": new.kind.value, "version": new.version}
    edition = Edition(new.kind.value, new.version, new.effective_at, new.requires_choice, at)
    if not tx.run(INSERT_DOCUMENT, workspace_id=new.workspace_id, **edition._asdict()):
        raise DocumentVersionTaken
    for language, markdown in new.texts.items():
        tx.run(
            INSERT_TEXT,
            **key,
            language=language,
            markdown=markdown,
            sha256=hashlib.sha256(markdown.encode()).digest(),
            summary=new.summaries.get(language, ""),
        )
    record_audit(
        tx,
        INTAKE,
        kind=AuditKind.DOCUMENT_PUBLISHED,
        workspace_id=new.workspace_id,
        actor=actor,
        subject=f"{new.kind.value} {new.version}",
        at=at,
    )
    return edition

"""The table of links to the settings page, each with the session that it opens."""

from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text

from app.core.clock import MS_PER_SECOND
from app.core.tables import Privacy, Retention, column, intake, table
from app.intake.persons.services import Subject
from app.privacy.pseudonyms import PERSON_BYTES

SESSION_MS: Final = 30 * 60 * MS_PER_SECOND
"""From the last opening of the link on. No link may be opened for longer than that."""


class Session(NamedTuple):
    """Whose settings page is open."""

    workspace_id: bytes
    person: bytes
    projects: bytes
    conversations: bytes
    locale: str | None
    return_url_sealed: bytes | None
    last_change: str | None
    ends_at: int

    @property
    def subject(self) -> Subject:
        """Whom the host named, and where."""
        conversations = _pseudonyms(self.conversations)
        projects = _pseudonyms(self.projects)
        return Subject(
            person=self.person,
            project=projects[0] if projects else None,
            conversation=conversations[0] if conversations else None,
            older_conversations=conversations[1:],
            older_projects=projects[1:],
        )


def _pseudonyms(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[at : at + PERSON_BYTES] for at in range(0, len(joined), PERSON_BYTES))


preference_links = table(
    "preference_links",
    intake,
    column("link_digest", LargeBinary(32), privacy=Privacy.DIGEST, primary_key=True),
    column("session_digest", LargeBinary(32), privacy=Privacy.DIGEST, unique=True),
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM),
    # Every pseudonym that they may be stored under, the newest first, one after the other.
    column("projects", LargeBinary, privacy=Privacy.PSEUDONYM),
    column("conversations", LargeBinary, privacy=Privacy.PSEUDONYM),
    column("locale", String(35), privacy=Privacy.OPERATIONAL, nullable=True),
    # Under a key that only the link, or the browser's cookie, gives: a host's address may name its user.
    column("return_url_sealed", LargeBinary, privacy=Privacy.SEALED, nullable=True),
    # What was changed last on the page and how it was before, for its "Undo".
    column("last_change", Text, privacy=Privacy.CHOICE, nullable=True),
    column("expires_at", BigInteger, privacy=Privacy.TIMED),
    column("ends_at", BigInteger, privacy=Privacy.TIMED),
    retention=Retention(
        "Until the link, and the session that it opened, have ended; an hour at most, and a minute for the sweep."
    ),
    sqlite_with_rowid=False,
)
Index("ix_preference_links_ends_at", preference_links.c.ends_at)
Index("ix_preference_links_workspace_id_person", preference_links.c.workspace_id, preference_links.c.person)

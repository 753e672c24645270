"""From raw identifiers to a pseudonymous person."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.access.workspaces.models import Workspace
from app.core.connections import Transaction
from app.core.database import Database
from app.intake.persons.models import Person
from app.intake.persons.queries import (
    FIND_PERSON,
    FIND_QUIET_CONVERSATION,
    HOLD_PROJECT,
    INSERT_PERSON,
    LOCK_PERSON,
    LOCK_PROJECT,
    NOTE_TOLD,
    new_person,
)
from app.privacy.identifiers import Identifier
from app.privacy.pseudonyms import Pseudonyms


class Identifiers(NamedTuple):
    """The raw identifiers of one call; they live as long as the request."""

    account: Identifier | None = None
    api_key: Identifier | None = None
    project: Identifier | None = None
    conversation: Identifier | None = None


class Subject(NamedTuple):
    """The pseudonyms that stand for a call's identifiers; `person` is empty without an account.

    `older_conversations` and `older_projects` are those of the conversation and the project under earlier pseudonym
    keys: to look up, not to store.
    """

    person: bytes = b""
    api_key: bytes | None = None
    project: bytes | None = None
    conversation: bytes | None = None
    older_conversations: tuple[bytes, ...] = ()
    older_projects: tuple[bytes, ...] = ()

    @property
    def conversations(self) -> tuple[bytes, ...]:
        """Every pseudonym that the conversation may be stored under; none where the host named none."""
        return () if self.conversation is None else (self.conversation, *self.older_conversations)

    @property
    def projects(self) -> tuple[bytes, ...]:
        """Every pseudonym that the project may be stored under; none where the host named none."""
        return () if self.project is None else (self.project, *self.older_projects)


def resolve_subject(
    database: Database, pseudonyms: Pseudonyms, *, workspace: Workspace, identifiers: Identifiers
) -> Subject:
    """Pseudonymises a call's identifiers. A person known under an older pseudonym key keeps that pseudonym."""

    def every(identifier: Identifier | None) -> tuple[bytes, ...]:
        return pseudonyms.all(workspace.id, identifier) if identifier is not None else ()

    api_key = identifiers.api_key
    conversations, projects = every(identifiers.conversation), every(identifiers.project)
    return Subject(
        person=_known_person(database, pseudonyms, workspace, identifiers.account),
        api_key=pseudonyms.current(workspace.id, api_key) if api_key is not None else None,
        project=projects[0] if projects else None,
        conversation=conversations[0] if conversations else None,
        older_conversations=conversations[1:],
        older_projects=projects[1:],
    )


def _known_person(
    database: Database, pseudonyms: Pseudonyms, workspace: Workspace, account: Identifier | None
) -> bytes:
    if account is None:
        return b""
    candidates = pseudonyms.all(workspace.id, account)
    if len(candidates) == 1:
        return candidates[0]
    for candidate in candidates:
        if database.fetch(lambda tx, c=candidate: tx.find(FIND_PERSON, workspace_id=workspace.id, person=c)):  # type: ignore[misc]
            return candidate
    return candidates[0]


def lock_person(tx: Transaction, *, workspace_id: bytes, person: bytes, day: int) -> Person:
    """The person's row, locked for this transaction; made when it is new."""
    found = tx.find(LOCK_PERSON, workspace_id=workspace_id, person=person)
    if found is None:
        tx.run(INSERT_PERSON, **new_person(workspace_id, person, day))
        found = tx.one(LOCK_PERSON, workspace_id=workspace_id, person=person)
    return found


def is_leaving(tx: Transaction, *, workspace_id: bytes, person: bytes, at: int) -> bool:
    """Whether an erasure may be under way, so that no data key should be made for the person."""
    row = tx.find(FIND_PERSON, workspace_id=workspace_id, person=person) if person else None
    return row is not None and row.may_be_leaving(at)


def hold_projects(tx: Transaction, *, subject: Subject, for_change: bool = False) -> None:
    """Keeps the level of a subject's project as it is until this transaction ends.

    Many can hold it at once, or one `for_change`. Whoever stores a row that the level would forbid holds it: whoever
    marks a project's rows would not see one that is not committed yet.
    """
    # In one order everywhere; two projects of one number wait for each other now and then.
    for number in sorted(int.from_bytes(project[-8:], signed=True) for project in subject.projects):
        tx.lock(LOCK_PROJECT if for_change else HOLD_PROJECT, project_number=number)


def write_told(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Notes until when persons have been told of new documents; what was shown last counts."""
    # In one order everywhere, as votes are written: two processes wait for each other instead of deadlocking.
    tx.run_many(NOTE_TOLD, sorted(rows, key=lambda row: (row["workspace_id"], row["person"])))


def is_quiet(tx: Transaction, *, person: Person | None, subject: Subject) -> bool:
    """Whether the person has asked not to be asked in the conversation at hand.

    `person` is their row as this transaction read it: nothing more is read for those who never asked that.
    """
    if person is None or not person.has_quiet_conversations:
        return False
    # Noted under the pseudonym of its comparison, which may be older than the key that makes new ones.
    return any(
        tx.find(
            FIND_QUIET_CONVERSATION,
            workspace_id=person.workspace_id,
            person=person.person,
            conversation=conversation,
        )
        is not None
        for conversation in subject.conversations
    )

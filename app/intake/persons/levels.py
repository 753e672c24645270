"""What is shared: which levels bear on a call, and which of them holds. The strictest does."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from app.access.workspaces.models import SharingLevel, Workspace, WorkspaceOptions
from app.core.connections import Transaction
from app.intake.persons.models import Person
from app.intake.persons.queries import (
    FIND_CONVERSATION_LEVEL,
    FIND_PERSON,
    FIND_PERSON_IN_PROJECT,
    FIND_PROJECT_LEVEL,
    PUT_CONVERSATION_LEVEL,
    PUT_PROJECT_LEVEL,
)
from app.intake.persons.services import Subject


class SharingScope(StrEnum):
    """For what a level is set, the widest first."""

    WORKSPACE = "workspace"
    PROJECT = "project"
    PERSON = "person"
    CONVERSATION = "conversation"


class Levels(NamedTuple):
    """What each scope says; None where nothing was said there. The fields are the scopes, in their order."""

    workspace: SharingLevel
    project: SharingLevel | None = None
    person: SharingLevel | None = None
    conversation: SharingLevel | None = None

    @property
    def sharing(self) -> SharingLevel:
        """What holds: the strictest of all."""
        level = self.workspace
        for each in self[1:]:
            level = level if each is None else level.stricter(each)
        return level

    @property
    def decided_by(self) -> SharingScope:
        """The scope whose level holds. Of several that say the same, the widest: it has to change first."""
        return list(SharingScope)[self.index(self.sharing)]

    @property
    def is_off(self) -> bool:
        """Whether nothing may be asked, shown or kept."""
        return self.sharing is SharingLevel.OFF


def find_levels(tx: Transaction, *, workspace: Workspace, subject: Subject, person: Person | None) -> Levels:
    """The levels that bear on a subject, as they are stored at this moment; the workspace's as it was given.

    `person` is the subject's row as this transaction has read it: where it says that no conversation has a level of
    its own, none is looked for.
    """
    found = [
        tx.find(FIND_PROJECT_LEVEL, workspace_id=workspace.id, project=each) for each in subject.projects
    ]
    return _levels(tx, workspace, subject, person, project=_strictest(found))


def find_person_and_levels(
    tx: Transaction, *, workspace: Workspace, subject: Subject
) -> tuple[Person | None, Levels]:
    """A subject's row, and the levels that bear on them, in as few reads as can be. Locks nothing."""
    person, projects = None, subject.projects
    this = {"workspace_id": workspace.id, "person": subject.person}
    if subject.person and len(projects) == 1:
        person, level = tx.one(FIND_PERSON_IN_PROJECT, **this, project=projects[0])
        return person, _levels(
            tx, workspace, subject, person, project=None if level is None else SharingLevel(level)
        )
    if subject.person:
        person = tx.find(FIND_PERSON, **this)
    return person, find_levels(tx, workspace=workspace, subject=subject, person=person)


def _levels(
    tx: Transaction,
    workspace: Workspace,
    subject: Subject,
    person: Person | None,
    *,
    project: SharingLevel | None,
) -> Levels:
    conversation = None
    if person is not None and person.has_conversation_levels:
        conversation = _strictest(
            tx.find(
                FIND_CONVERSATION_LEVEL,
                workspace_id=workspace.id,
                person=person.person,
                conversation=pseudonym,
            )
            for pseudonym in subject.conversations
        )
    return Levels(
        workspace=workspace.options.sharing,
        project=project,
        person=None if person is None or person.sharing is None else SharingLevel(person.sharing),
        conversation=conversation,
    )


def repeat_levels(tx: Transaction, *, workspace_id: bytes, subject: Subject, levels: Levels) -> None:
    """Stores what was said under older pseudonyms of a conversation or project under those of today as well.

    Who comes back with an invitation is known by the pseudonyms that it was given for, and by no raw identifier.
    """
    if subject.older_conversations and subject.conversation and levels.conversation is not None:
        place = {"workspace_id": workspace_id, "person": subject.person, "conversation": subject.conversation}
        tx.run(PUT_CONVERSATION_LEVEL, **place, sharing=levels.conversation.value)
    if subject.older_projects and subject.project and levels.project is not None:
        place = {"workspace_id": workspace_id, "project": subject.project}
        tx.run(PUT_PROJECT_LEVEL, **place, sharing=levels.project.value)


def _strictest(stored: Iterable[str | None]) -> SharingLevel | None:
    """Of what is stored under the pseudonyms of one thing."""
    levels = [SharingLevel(level) for level in stored if level is not None]
    return min(levels, key=list(SharingLevel).index, default=None)


@lru_cache(maxsize=1024)
def workspace_level(options: str | None) -> SharingLevel:
    """The level in a workspace's options as stored; off where the workspace is gone."""
    return SharingLevel.OFF if options is None else WorkspaceOptions.from_json(options).sharing

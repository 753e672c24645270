"""Use cases of preferences: set them, look them up."""

from typing import NamedTuple

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.clock import day_of
from app.core.connections import Transaction
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.queries import FIND_CONVERSATION, FIND_TICKETED
from app.intake.feedback.queries import DELETE_OFFERED
from app.intake.persons.models import Ask, Person
from app.intake.persons.queries import (
    DELETE_QUIET_CONVERSATION,
    DELETE_QUIET_CONVERSATIONS,
    FIND_PERSON,
    PUT_QUIET_CONVERSATION,
    SET_PREFERENCES,
)
from app.intake.persons.services import Subject, is_quiet, lock_person
from app.intake.preferences.errors import AccountNeeded, ConversationNeeded
from app.intake.preferences.schemas import NewPreferences
from app.privacy.tickets import Tickets


class Preferences(NamedTuple):
    """What a person wishes; None for somebody never met, for whom the workspace's defaults hold."""

    person: Person | None
    is_quiet: bool
    """Not in the conversation at hand."""


def subject_of_ticket(tx: Transaction, *, holder: TicketHolder, tickets: Tickets) -> Subject:
    """The person a ticket was issued for, in their conversation. TicketInvalid, AccountNeeded."""
    person = holder.check(tx.find(FIND_TICKETED, **holder.key), tickets).person
    if not person:
        raise AccountNeeded
    return Subject(person=person, conversation=tx.find(FIND_CONVERSATION, **holder.key))


def set_preferences(
    tx: Transaction, *, workspace: Workspace, subject: Subject, wishes: NewPreferences, at: int
) -> Preferences:
    """Stores what a person wishes; it holds from the commit on, for every process.

    AccountNeeded, ConversationNeeded: nothing is stored.
    """
    if not subject.person:
        raise AccountNeeded
    row = lock_person(tx, workspace_id=workspace.id, person=subject.person, day=day_of(at))
    wish = wishes.ask
    if wish is not None and wish.ask is None:
        row = _keep_quiet(tx, row, subject, at)
    elif wish is not None and wish.ask is not None:
        if wish.ask is Ask.YES and wish.after is None:
            row = _end_quiet(tx, row, subject)
        row = row._replace(ask=wish.ask.value, ask_after=wish.after)
    row = row._replace(sharing=wishes.sharing or row.sharing)
    tx.run(
        SET_PREFERENCES,
        workspace_id=workspace.id,
        person=subject.person,
        new_ask=row.ask,
        new_ask_after=row.ask_after,
        new_sharing=row.sharing,
        new_has_quiet_conversations=row.has_quiet_conversations,
    )
    if row.sharing == SharingLevel.OFF:
        tx.run(DELETE_OFFERED, workspace_id=workspace.id, person=subject.person)
    return Preferences(row, is_quiet(tx, person=row, subject=subject))


def _keep_quiet(tx: Transaction, row: Person, subject: Subject, at: int) -> Person:
    if subject.conversation is None:
        raise ConversationNeeded
    tx.run(
        PUT_QUIET_CONVERSATION,
        workspace_id=row.workspace_id,
        person=row.person,
        conversation=subject.conversation,
        day=day_of(at),
    )
    return row._replace(has_quiet_conversations=True)


def _end_quiet(tx: Transaction, row: Person, subject: Subject) -> Person:
    """In the conversation at hand; in all of them where none is named, as on a settings page."""
    if not row.has_quiet_conversations:
        return row
    person = {"workspace_id": row.workspace_id, "person": row.person}
    if subject.conversation is None:
        tx.run(DELETE_QUIET_CONVERSATIONS, **person)
        return row._replace(has_quiet_conversations=False)
    for conversation in subject.conversations:
        tx.run(DELETE_QUIET_CONVERSATION, **person, conversation=conversation)
    return row


def find_preferences(tx: Transaction, *, workspace: Workspace, subject: Subject) -> Preferences:
    """What holds for a person, who may never have been met."""
    row = tx.find(FIND_PERSON, workspace_id=workspace.id, person=subject.person)
    return Preferences(row, is_quiet(tx, person=row, subject=subject))


def sharing_of(person: Person | None, workspace: Workspace) -> SharingLevel:
    """What holds for a person now."""
    default = workspace.options.sharing
    return person.sharing_level(default) if person is not None else default

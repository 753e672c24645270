"""Use cases of preferences: set them, look them up."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.clock import day_of
from app.core.connections import Transaction
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.closing import close_open_of_person, lock_open_of_person
from app.intake.comparisons.queries import COUNT_WITHDRAWABLE, FIND_CIRCUMSTANCES, FIND_TICKETED
from app.intake.consents.models import ConsentSource
from app.intake.documents.models import Edition
from app.intake.feedback.closing import close_feedback_of_person
from app.intake.feedback.queries import COUNT_WITHDRAWABLE as COUNT_WITHDRAWABLE_FEEDBACK
from app.intake.persons.levels import Levels, SharingScope, find_levels, find_person_and_levels
from app.intake.persons.models import Ask, Person
from app.intake.persons.queries import SET_PREFERENCES
from app.intake.persons.services import Subject, is_quiet, lock_person
from app.intake.preferences.changes import Change, Occasion
from app.intake.preferences.errors import AccountNeeded, ConversationNeeded
from app.intake.preferences.projects import set_project_level
from app.intake.preferences.schemas import AskWish, NewPreferences
from app.privacy.tickets import Tickets


class Preferences(NamedTuple):
    """What a person wishes; `person` is None for somebody never met, for whom the workspace's defaults hold."""

    person: Person | None
    is_quiet: bool
    """Not in the conversation at hand."""
    levels: Levels
    """What each scope says about sharing."""
    withdrawable_votes: int | None = None
    """How many earlier votes could be withdrawn, where the wish was an opt-out."""
    useless_keys: tuple[bytes, ...] = ()
    """Ids of data keys to destroy at once when it is committed; should that fail, they are doomed."""


def subject_of_ticket(tx: Transaction, *, holder: TicketHolder, tickets: Tickets) -> tuple[Subject, Occasion]:
    """The person a ticket was issued for, in their conversation and project. TicketInvalid, AccountNeeded."""
    person = holder.check(tx.find(FIND_TICKETED, **holder.key), tickets).person
    if not person:
        raise AccountNeeded
    found = tx.one(FIND_CIRCUMSTANCES, **holder.key)
    subject = Subject(person=person, project=found.project, conversation=found.conversation)
    return subject, Occasion(ConsentSource.TICKET, found.notice_version)


def set_preferences_by_host(
    tx: Transaction,
    *,
    workspace: Workspace,
    subject: Subject,
    wishes: NewPreferences,
    notice_version: str,
    editions: Sequence[Edition] = (),
    actor: str,
    at: int,
) -> Preferences:
    """What the host has been told: by its person, or about a whole project by who administers that.

    `notice_version` is the voting notice of the moment, `editions` what the workspace has published,
    `actor` the API key.

    AccountNeeded, ConversationNeeded, ProjectNeeded: nothing is stored.
    """
    asked: dict[str, Any] = {"workspace": workspace, "subject": subject, "at": at}
    asked["occasion"] = Occasion(ConsentSource.HOST, notice_version, editions)
    if wishes.sharing is None or _scope(wishes, subject) is not SharingScope.PROJECT:
        return set_preferences(tx, wishes=wishes, **asked)
    if wishes.ask is not None and not subject.person:
        raise AccountNeeded
    set_project_level(
        tx, workspace_id=workspace.id, subject=subject, level=wishes.sharing, actor=actor, at=at
    )
    if wishes.ask is None:
        return find_preferences(tx, workspace=workspace, subject=subject)
    return set_preferences(tx, wishes=NewPreferences(ask=wishes.ask), **asked)


def _scope(wishes: NewPreferences, subject: Subject) -> SharingScope:
    """What a level is for where the call does not say: its person, or the project if it names nothing else."""
    if wishes.scope is not None:
        return wishes.scope
    names_project_alone = subject.project is not None and not (subject.person or subject.conversation)
    return SharingScope.PROJECT if names_project_alone else SharingScope.PERSON


def set_preferences(
    tx: Transaction,
    *,
    workspace: Workspace,
    subject: Subject,
    wishes: NewPreferences,
    occasion: Occasion,
    at: int,
) -> Preferences:
    """Stores what a person wishes; it holds from the commit on, for every process.

    With `off`, what they have open is closed, its content deleted, and votes in their undo window are marked so that
    the door drops them, whatever is allowed later. With `never`, open questions are closed and votes stay. What has
    changed goes into the history of consents. AccountNeeded, ConversationNeeded: nothing is stored.
    """
    if not subject.person:
        raise AccountNeeded
    is_for_conversation = wishes.scope is SharingScope.CONVERSATION
    if subject.conversation is None and (is_for_conversation or wishes.ask == AskWish(None)):
        raise ConversationNeeded
    is_off, is_never = wishes.sharing is SharingLevel.OFF, wishes.ask == AskWish(Ask.NEVER)
    of_person = {"workspace_id": workspace.id, "person": subject.person}
    if is_off or is_never:
        lock_open_of_person(tx, **of_person)
    before = lock_person(tx, **of_person, day=day_of(at))
    row, change = before, Change(tx, subject, occasion, at)
    if wishes.ask is not None:
        row = change.with_ask(row, wishes.ask)
    if wishes.sharing is not None and is_for_conversation:
        row = change.with_conversation_level(row, wishes.sharing)
    elif wishes.sharing is not None:
        row = change.with_level(row, wishes.sharing)
    if row != before:
        _store(tx, row)
    useless: list[bytes] = []
    if is_off:
        only = subject.conversations if is_for_conversation else None
        useless += close_open_of_person(tx, person=row, conversations=only, at=at)
        close_feedback_of_person(tx, person=row, conversations=only)
    if is_never:
        useless += close_open_of_person(tx, person=row, keeps_votes=True, at=at)
        close_feedback_of_person(tx, person=row, keeps_ratings=True)
    return Preferences(
        row,
        is_quiet(tx, person=row, subject=subject),
        find_levels(tx, workspace=workspace, subject=subject, person=row),
        _count_withdrawable(tx, of_person) if is_off or is_never else None,
        tuple(useless),
    )


def _count_withdrawable(tx: Transaction, of_person: Mapping[str, Any]) -> int:
    return sum(int(tx.one(count, **of_person)) for count in (COUNT_WITHDRAWABLE, COUNT_WITHDRAWABLE_FEEDBACK))


def _store(tx: Transaction, row: Person) -> None:
    tx.run(
        SET_PREFERENCES,
        workspace_id=row.workspace_id,
        person=row.person,
        new_ask=row.ask,
        new_ask_after=row.ask_after,
        new_sharing=row.sharing,
        new_has_quiet_conversations=row.has_quiet_conversations,
        new_has_conversation_levels=row.has_conversation_levels,
    )


def find_preferences(tx: Transaction, *, workspace: Workspace, subject: Subject) -> Preferences:
    """What holds for a person, who may never have been met, or for a project where no account is named."""
    row, levels = find_person_and_levels(tx, workspace=workspace, subject=subject)
    return Preferences(row, is_quiet(tx, person=row, subject=subject), levels)

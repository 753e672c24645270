"""Calls around preferences: by the person through a ticket, by the host for the person."""

from collections.abc import Callable
from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope, Workspace
from app.access.workspaces.services import KEY_PREFIX
from app.core.clock import rfc3339
from app.core.connections import Transaction
from app.core.errors import OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.core.ids import to_text
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.errors import TicketExpired, TicketInvalid
from app.intake.documents.fresh_choice import level_under_notice
from app.intake.documents.models import DocumentKind
from app.intake.persons.models import Ask, Person
from app.intake.persons.services import Identifiers, resolve_subject
from app.intake.preferences import services
from app.intake.preferences.errors import AccountNeeded, ConversationNeeded, ProjectNeeded
from app.intake.preferences.schemas import (
    DOCUMENTS,
    NOT_IN_CONVERSATION,
    HostPreferencesSchema,
    LookupSchema,
    NewPreferences,
    PreferencesSchema,
    TicketPreferencesSchema,
)
from app.intake.preferences.under_notice import note_choice, set_with_ticket
from app.intake.zone import Intake

operations: Final[Operations[Intake]] = Operations("preferences")


_EVERYWHERE: Final = {"workspace": "vote_and_content", "project": None, "person": None, "conversation": None}


def _preferences(intake: Intake, held: services.Preferences, workspace: Workspace, at: int) -> Answer:
    levels, sharing = held.levels, held.levels.sharing
    if held.person is not None:
        editions = intake.library.published(workspace.id)
        sharing = level_under_notice(sharing, editions, held.person.acquaintance, at=at)
    answer: dict[str, object] = {
        "sharing": sharing.value,
        "ask": _ask(held.person, is_quiet=held.is_quiet, at=at),
        "levels": {name: level and level.value for name, level in levels._asdict().items()},
        "decided_by": levels.decided_by.value if sharing is levels.sharing else DOCUMENTS,
    }
    if held.withdrawable_votes is not None:
        answer["withdrawable_votes"] = held.withdrawable_votes
    return Answer(answer)


def store_preferences(
    intake: Intake, workspace: Workspace, change: Callable[[Transaction], services.Preferences], at: int
) -> Answer:
    """Stores wishes and destroys the data keys that are useless by them; what now holds, as a caller is told it."""
    held = intake.db.write(change)
    if held.useless_keys:
        intake.data_keys.destroy(held.useless_keys)
    return _preferences(intake, held, workspace, at)


def _ask(person: Person | None, *, is_quiet: bool, at: int) -> str:
    """What keeps the person from being asked here and now, the longest lasting first."""
    if person is None:
        return Ask.YES
    if person.ask != Ask.YES:
        return person.ask
    if is_quiet:
        return NOT_IN_CONVERSATION
    snoozes = person.ask_after is not None and at < person.ask_after
    return rfc3339(person.ask_after) if snoozes and person.ask_after is not None else Ask.YES


@operations.operation(
    "PUT",
    "/v1/ticket/preferences",
    access=TicketAccess(),
    body=TicketPreferencesSchema,
    answer=PreferencesSchema,
    errors=[TicketInvalid, TicketExpired, OriginNotAllowed, AccountNeeded, ConversationNeeded],
    example={"ask": "never"},
    answer_example={
        "sharing": "vote_and_content",
        "ask": "never",
        "levels": _EVERYWHERE,
        "decided_by": "workspace",
        "withdrawable_votes": 2,
    },
)
def set_ticket_preferences(intake: Intake, call: Call[NewPreferences, TicketHolder]) -> Answer:
    """Say "don't ask me again", "not in this conversation", snooze, or choose what is shared.

    It takes effect at once, on every surface of the workspace. With `off` or `never` the person's open questions are
    closed and their content deleted; with `off` nothing they have voted on and could still undo is kept either. The
    answer tells what holds in the comparison's conversation.
    """
    holder = call.caller

    def change(tx: Transaction) -> services.Preferences:
        return set_with_ticket(
            tx,
            holder=holder,
            tickets=intake.tickets,
            wishes=call.body,
            editions=intake.library.published(holder.workspace.id),
            at=call.at,
        )

    return store_preferences(intake, holder.workspace, change, call.at)


@operations.operation(
    "PUT",
    "/v1/preferences",
    access=HostKey(Scope.PREFERENCES),
    body=HostPreferencesSchema,
    answer=PreferencesSchema,
    errors=[AccountNeeded, ConversationNeeded, ProjectNeeded],
    example={"identifiers": {"account": "user-1042"}, "sharing": "vote_only"},
    answer_example={
        "sharing": "vote_only",
        "ask": "yes",
        "levels": _EVERYWHERE | {"person": "vote_only"},
        "decided_by": "person",
    },
)
def set_preferences(intake: Intake, call: Call[NewPreferences, HostCaller]) -> Answer:
    """Set a person's preferences from the product's own settings page, or what a whole project shares.

    `identifiers.project` alone, or `scope: project`, is an administrator's switch for everybody in the project.
    """
    workspace = call.caller.workspace
    assert call.body.identifiers is not None  # required by the schema
    subject = resolve_subject(
        intake.db, intake.pseudonyms, workspace=workspace, identifiers=call.body.identifiers
    )

    notice = intake.library.current(workspace.id, DocumentKind.VOTING_NOTICE, at=call.at)

    def change(tx: Transaction) -> services.Preferences:
        held = services.set_preferences_by_host(
            tx,
            workspace=workspace,
            subject=subject,
            wishes=call.body,
            notice_version=notice.version,
            editions=intake.library.published(workspace.id),
            actor=to_text(KEY_PREFIX, call.caller.key_id),
            at=call.at,
        )
        return note_choice(tx, held=held, wishes=call.body, at=call.at)

    return store_preferences(intake, workspace, change, call.at)


@operations.operation(
    "POST",
    "/v1/preferences/lookup",
    access=HostKey(Scope.PREFERENCES),
    body=LookupSchema,
    answer=PreferencesSchema,
    errors=[AccountNeeded],
    example={"identifiers": {"account": "user-1042"}},
    answer_example={
        "sharing": "vote_only",
        "ask": "2026-11-29T10:00:00.000Z",
        "levels": _EVERYWHERE | {"project": "vote_only"},
        "decided_by": "project",
    },
)
def look_up_preferences(intake: Intake, call: Call[Identifiers, HostCaller]) -> Answer:
    """Look up what holds for a person, or for a project where no account is named.

    The identifiers are in the body, never in an address.
    """
    workspace = call.caller.workspace
    subject = resolve_subject(intake.db, intake.pseudonyms, workspace=workspace, identifiers=call.body)
    if not subject.person and subject.project is None:
        raise AccountNeeded
    held = intake.db.fetch(lambda tx: services.find_preferences(tx, workspace=workspace, subject=subject))
    return _preferences(intake, held, workspace, call.at)

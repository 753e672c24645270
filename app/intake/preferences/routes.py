"""Calls around preferences: by the person through a ticket, by the host for the person."""

from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope, Workspace
from app.core.clock import rfc3339
from app.core.connections import Transaction
from app.core.errors import OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.errors import TicketExpired, TicketInvalid
from app.intake.documents.fresh_choice import level_under_notice
from app.intake.persons.models import Ask, Person
from app.intake.persons.services import Identifiers, resolve_subject
from app.intake.preferences import services
from app.intake.preferences.errors import AccountNeeded, ConversationNeeded
from app.intake.preferences.schemas import (
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


def preferences_answer(intake: Intake, held: services.Preferences, workspace: Workspace, at: int) -> Answer:
    """What now holds, as a caller is told it."""
    sharing = services.sharing_of(held.person, workspace)
    if held.person is not None:
        editions = intake.library.published(workspace.id)
        sharing = level_under_notice(sharing, editions, held.person.acquaintance, at=at)
    return Answer({"sharing": sharing.value, "ask": _ask(held.person, is_quiet=held.is_quiet, at=at)})


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
    answer_example={"sharing": "vote_and_content", "ask": "never"},
)
def set_ticket_preferences(intake: Intake, call: Call[NewPreferences, TicketHolder]) -> Answer:
    """Say "don't ask me again", "not in this conversation", snooze, or choose what is shared.

    It takes effect at once, on every surface of the workspace. The answer's `ask` is what holds in the comparison's
    conversation.
    """

    def change(tx: Transaction) -> Answer:
        holder = call.caller
        held = set_with_ticket(
            tx,
            holder=holder,
            tickets=intake.tickets,
            wishes=call.body,
            editions=intake.library.published(holder.workspace.id),
            at=call.at,
        )
        return preferences_answer(intake, held, holder.workspace, call.at)

    return intake.db.write(change)


@operations.operation(
    "PUT",
    "/v1/preferences",
    access=HostKey(Scope.PREFERENCES),
    body=HostPreferencesSchema,
    answer=PreferencesSchema,
    errors=[AccountNeeded, ConversationNeeded],
    example={"identifiers": {"account": "user-1042"}, "sharing": "vote_only"},
    answer_example={"sharing": "vote_only", "ask": "yes"},
)
def set_preferences(intake: Intake, call: Call[NewPreferences, HostCaller]) -> Answer:
    """Set a person's preferences from the product's own settings page."""
    workspace = call.caller.workspace
    assert call.body.identifiers is not None  # required by the schema
    subject = resolve_subject(
        intake.db, intake.pseudonyms, workspace=workspace, identifiers=call.body.identifiers
    )

    def change(tx: Transaction) -> Answer:
        held = services.set_preferences(
            tx, workspace=workspace, subject=subject, wishes=call.body, at=call.at
        )
        held = note_choice(tx, held=held, wishes=call.body, at=call.at)
        return preferences_answer(intake, held, workspace, call.at)

    return intake.db.write(change)


@operations.operation(
    "POST",
    "/v1/preferences/lookup",
    access=HostKey(Scope.PREFERENCES),
    body=LookupSchema,
    answer=PreferencesSchema,
    errors=[AccountNeeded],
    example={"identifiers": {"account": "user-1042"}},
    answer_example={"sharing": "vote_only", "ask": "2026-11-29T10:00:00.000Z"},
)
def look_up_preferences(intake: Intake, call: Call[Identifiers, HostCaller]) -> Answer:
    """Look up what holds for a person. The identifiers are in the body, never in an address."""
    workspace = call.caller.workspace
    subject = resolve_subject(intake.db, intake.pseudonyms, workspace=workspace, identifiers=call.body)
    if not subject.person:
        raise AccountNeeded
    held = intake.db.fetch(lambda tx: services.find_preferences(tx, workspace=workspace, subject=subject))
    return preferences_answer(intake, held, workspace, call.at)

"""Use cases of preferences: set them, look them up."""

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.clock import day_of
from app.core.connections import Transaction
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.queries import FIND_TICKETED
from app.intake.persons.models import Person
from app.intake.persons.queries import FIND_PERSON, SET_PREFERENCES
from app.intake.persons.services import lock_person
from app.intake.preferences.errors import AccountNeeded
from app.intake.preferences.schemas import NewPreferences
from app.privacy.tickets import Tickets


def person_of_ticket(tx: Transaction, *, holder: TicketHolder, tickets: Tickets) -> bytes:
    """The person a ticket was issued for. TicketInvalid, AccountNeeded."""
    person = holder.check(tx.find(FIND_TICKETED, **holder.key), tickets).person
    if not person:
        raise AccountNeeded
    return person


def set_preferences(
    tx: Transaction, *, workspace: Workspace, person: bytes, wishes: NewPreferences, at: int
) -> Person:
    """Stores what a person wishes; it holds from the commit on, for every process."""
    if not person:
        raise AccountNeeded
    row = lock_person(tx, workspace_id=workspace.id, person=person, day=day_of(at))
    ask, ask_after = (wishes.ask.ask, wishes.ask.after) if wishes.ask else (row.ask, row.ask_after)
    sharing = wishes.sharing or row.sharing
    tx.run(
        SET_PREFERENCES,
        workspace_id=workspace.id,
        person=person,
        new_ask=ask,
        new_ask_after=ask_after,
        new_sharing=sharing,
    )
    return row._replace(ask=ask, ask_after=ask_after, sharing=sharing)


def find_preferences(tx: Transaction, *, workspace: Workspace, person: bytes) -> Person | None:
    """The person's row; None for somebody never met, for whom the workspace's defaults hold."""
    return tx.find(FIND_PERSON, workspace_id=workspace.id, person=person)


def sharing_of(person: Person | None, workspace: Workspace) -> SharingLevel:
    """What holds for a person now."""
    default = workspace.options.sharing
    return person.sharing_level(default) if person is not None else default

"""A choice of what is shared counts under the documents that the person had before them."""

from collections.abc import Sequence

from app.access.workspaces.models import SharingLevel
from app.core.connections import Transaction
from app.core.ids import uuid7_time
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.queries import LOCK_COMPARISON, SET_SHARING
from app.intake.documents.fresh_choice import needs_choice
from app.intake.documents.models import Edition
from app.intake.persons.levels import SharingScope
from app.intake.persons.queries import NOTE_CHOSEN
from app.intake.preferences.schemas import NewPreferences
from app.intake.preferences.services import Preferences, set_preferences, subject_of_ticket
from app.privacy.tickets import Tickets


def note_choice(tx: Transaction, *, held: Preferences, wishes: NewPreferences, at: int) -> Preferences:
    """Remembers when a person, whose row is locked, chose what they share: by the documents of that moment (ms)."""
    if not _is_choice(wishes) or held.person is None:
        return held
    row = held.person
    tx.run(NOTE_CHOSEN, workspace_id=row.workspace_id, person=row.person, chosen_at=at)
    return held._replace(person=row._replace(sharing_chosen_at=at))


def _is_choice(wishes: NewPreferences) -> bool:
    """Whether a wish is the choice that documents ask for: what the person shares everywhere."""
    return wishes.sharing is not None and wishes.scope in (None, SharingScope.PERSON)


def set_with_ticket(
    tx: Transaction,
    *,
    holder: TicketHolder,
    tickets: Tickets,
    wishes: NewPreferences,
    editions: Sequence[Edition],
    at: int,
) -> Preferences:
    """Sets the preferences of a ticket's person.

    What is shown with a comparison is sealed with it, so a choice made there counts as made when it was registered. A
    comparison that was held to its vote alone because this choice was open follows the choice; any other keeps the
    level that it was registered with. TicketInvalid, AccountNeeded, ConversationNeeded.
    """
    # The comparison before the person, as a vote does: the other way round, both would wait for each other.
    tx.lock(LOCK_COMPARISON, **holder.key)
    subject, occasion = subject_of_ticket(tx, holder=holder, tickets=tickets)
    shown_with = uuid7_time(holder.claims.comparison_id)
    held = set_preferences(
        tx,
        workspace=holder.workspace,
        subject=subject,
        wishes=wishes,
        occasion=occasion._replace(editions=editions),
        at=at,
    )
    if wishes.sharing is None or not _is_choice(wishes) or held.person is None:
        return held
    if needs_choice(editions, held.person.acquaintance, at=shown_with):
        level = wishes.sharing.stricter(SharingLevel(holder.workspace.options.sharing))
        tx.run(SET_SHARING, **holder.key, new_sharing=level.value)
    return note_choice(tx, held=held, wishes=wishes, at=shown_with)

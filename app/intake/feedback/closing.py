"""Taking offers of feedback back where a no has come before the rating, and marking ratings that it has overtaken."""

from app.core.connections import Transaction
from app.intake.doomed_keys.services import doom_keys
from app.intake.feedback.models import StoredFeedback, feedback_key
from app.intake.feedback.queries import (
    DELETE_OFFERED,
    DELETE_OFFERED_IN_CONVERSATION,
    DELETE_THIS_OFFERED,
    MARK_CONVERSATION_UNSHARED,
    MARK_PERSON_UNSHARED,
)
from app.intake.persons.models import Person


def close_feedback_of_person(
    tx: Transaction,
    *,
    person: Person,
    conversations: tuple[bytes, ...] | None = None,
    keeps_ratings: bool = False,
) -> None:
    """Deletes what a person was offered to rate, in all conversations or in one, known by any of its pseudonyms.

    `person` is their row, locked by this transaction: nobody can offer or rate for them meanwhile. Ratings in their
    undo window are marked, so that the door drops them, unless they are to be kept.
    """
    of_person = {"workspace_id": person.workspace_id, "person": person.person}
    if conversations is None:
        if not keeps_ratings:
            tx.run(MARK_PERSON_UNSHARED, **of_person)
        tx.run(DELETE_OFFERED, **of_person)
        return
    for conversation in conversations:
        if not keeps_ratings:
            tx.run(MARK_CONVERSATION_UNSHARED, **of_person, conversation=conversation)
        tx.run(DELETE_OFFERED_IN_CONVERSATION, **of_person, conversation=conversation)


def forget_offered(tx: Transaction, *, workspace_id: bytes, found: StoredFeedback) -> list[bytes]:
    """Deletes feedback unless it is rated; the data keys to destroy at once when it is committed, doomed till then."""
    if not tx.run(DELETE_THIS_OFFERED, **feedback_key(workspace_id, found.id)):
        return []
    useless = [] if found.person else [found.id]
    doom_keys(tx, key_ids=useless)
    return useless

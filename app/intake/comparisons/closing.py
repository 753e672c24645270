"""Taking open comparisons back where a no has come before the vote, and marking votes that a no has overtaken."""

from typing import Any

from app.core.connections import Transaction
from app.intake.comparisons.forgetting import delete_content
from app.intake.comparisons.models import WithheldReason
from app.intake.comparisons.queries import (
    FIND_TICKETED,
    LIST_OPEN_OF_PERSON,
    LOCK_COMPARISON,
    MARK_UNSHARED,
    WITHHOLD,
    OpenComparison,
)
from app.intake.persons.models import Person


def lock_open_of_person(tx: Transaction, *, workspace_id: bytes, person: bytes) -> None:
    """Locks what a person has open, to be called before their own row is locked.

    A vote locks its comparison and then its person: whoever takes both in this order waits for it without a deadlock.
    """
    for comparison in tx.list(LIST_OPEN_OF_PERSON, workspace_id=workspace_id, person=person):
        tx.lock(LOCK_COMPARISON, **comparison.key)


def close_open_of_person(
    tx: Transaction,
    *,
    person: Person,
    conversations: tuple[bytes, ...] | None = None,
    keeps_votes: bool = False,
    at: int,
) -> list[bytes]:
    """Closes what a person has open, in all conversations or in one, known by any of its pseudonyms.

    `person` is their row, locked by this transaction: no registration can add to it meanwhile. Votes in their undo
    window are marked, so that the door drops them, unless they are to be kept. Returns the ids of data keys to
    destroy at once when it is committed.
    """
    found = tx.list(LIST_OPEN_OF_PERSON, workspace_id=person.workspace_id, person=person.person)
    useless: list[bytes] = []
    for comparison in found:
        if conversations is not None and comparison.conversation not in conversations:
            continue
        if comparison.has_vote and keeps_votes:
            continue
        tx.lock(LOCK_COMPARISON, **comparison.key)
        useless += close_open(tx, comparison=comparison, marks=not keeps_votes, at=at)
    return useless


def close_open(tx: Transaction, *, comparison: OpenComparison, marks: bool = True, at: int) -> list[bytes]:
    """Closes a locked comparison and deletes its content, or marks its vote; the data keys to destroy."""
    if marks:
        tx.run(MARK_UNSHARED, **comparison.key)
    # Asked under the lock: a vote may have come, or gone, since the list was read.
    found = tx.find(FIND_TICKETED, **comparison.key)
    if found is None or found.has_vote:
        return []
    return withhold(tx, key=comparison.key, person=comparison.person, reason=WithheldReason.OPTED_OUT, at=at)


def withhold(
    tx: Transaction, *, key: dict[str, Any], person: bytes, reason: WithheldReason, at: int
) -> list[bytes]:
    """Takes a locked, open comparison without a vote back; the data keys to destroy at once when it is committed."""
    if not tx.run(WITHHOLD, **key, new_reason=reason.value, at=at):
        return []
    return delete_content(tx, key=key, person=person)

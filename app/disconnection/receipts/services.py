"""Use cases of whoever holds a receipt: ask how the vote stands, withdraw it."""

from typing import Any, NamedTuple

from app.core.connections import Transaction
from app.disconnection.queries import DELETE_LINK, KEEP_DROPPED_LINK
from app.disconnection.receipts.errors import ReceiptUnknown
from app.disconnection.receipts.models import FoundLink, ReceiptState, Standing
from app.disconnection.receipts.queries import (
    DELETE_VOTE,
    FIND_FEEDBACK,
    FIND_LINK,
    FIND_PERSON_OF,
    FIND_VOTE,
    FIND_WITHDRAWN,
    SET_WITHDRAWN,
    FoundVote,
    Withdrawn,
)
from app.disconnection.services import remember_receipt
from app.intake.comparisons.forgetting import delete_content
from app.intake.comparisons.queries import LOCK_COMPARISON
from app.intake.feedback.models import feedback_key
from app.intake.feedback.queries import LOCK_FEEDBACK
from app.intake.feedback.services import forget_feedback
from app.privacy.errors import ReceiptInvalid
from app.privacy.tickets import Tickets


class Withdrawal(NamedTuple):
    """What a withdrawal has come to, and the data keys to destroy at once when it is committed."""

    state: ReceiptState
    useless_keys: list[bytes]


def digest_of(receipt: str) -> bytes:
    """What a receipt's vote is found by. ReceiptUnknown for what is none: no answer tells the two apart."""
    try:
        return Tickets.receipt_digest(receipt)
    except ReceiptInvalid:
        raise ReceiptUnknown from None


def get_standing(tx: Transaction, *, receipt_digest: bytes, at: int) -> Standing:
    """How a receipt's vote stands. ReceiptUnknown.

    Asked in the order in which a vote passes on: what has just left one place is found in the next.
    """
    vote = _find_answer(tx, receipt_digest)
    if vote is not None and at < vote.undo_until:
        return Standing(ReceiptState.RECORDED, undo_until=vote.undo_until)
    if vote is not None:
        return Standing(ReceiptState.FINAL)
    link = tx.find(FIND_LINK, receipt_digest=receipt_digest)
    if link is not None:
        return Standing(ReceiptState.DISCONNECTED, week=link.week, link=link)
    withdrawn = _get_withdrawn(tx, receipt_digest)
    return Standing(withdrawn.state, is_tombstoned=withdrawn.is_tombstoned)


def withdraw_vote(tx: Transaction, *, receipt_digest: bytes, at: int) -> Withdrawal:
    """Deletes a vote with its content, wherever it stands; repeating it changes nothing. ReceiptUnknown.

    Of a vote that is leaving or has left, the link is laid where the door's job takes records back by it. A worker
    that has the vote in its hands then finds the link gone, and takes back what it has written.
    """
    found = _find(tx, receipt_digest)
    if found is None:
        return Withdrawal(_state_of_withdrawn(tx, receipt_digest), [])
    key = found.key
    tx.lock(LOCK_COMPARISON, **key)
    given = tx.find(LOCK_FEEDBACK, **feedback_key(key["workspace_id"], key["comparison_id"]))
    # Asked again under the lock: it may have been undone, dropped, disconnected or withdrawn meanwhile.
    has_vote = _find_answer(tx, receipt_digest) is not None
    has_link = tx.find(FIND_LINK, receipt_digest=receipt_digest) is not None
    if not (has_vote or has_link):
        return Withdrawal(_state_of_withdrawn(tx, receipt_digest), [])
    # The comparison's row may be gone by age and lock nothing: of two at once, one waits here for the other.
    pending = key["comparison_id"] if has_link else None
    if not remember_receipt(tx, receipt_digest=receipt_digest, pending=pending, at=at):
        return Withdrawal(_state_of_withdrawn(tx, receipt_digest), [])
    if has_link:
        tx.run(KEEP_DROPPED_LINK, **key, at=at)
        tx.run(DELETE_LINK, **key)
    tx.run(DELETE_VOTE, receipt_digest=receipt_digest)
    state = ReceiptState.WITHDRAWING if has_link else ReceiptState.WITHDRAWN
    if given is not None:
        return Withdrawal(
            state,
            forget_feedback(tx, key=feedback_key(key["workspace_id"], given.id), person=given.person),
        )
    return Withdrawal(state, _close(tx, key, at))


def _find(tx: Transaction, receipt_digest: bytes) -> FoundVote | FoundLink | None:
    return _find_answer(tx, receipt_digest) or tx.find(FIND_LINK, receipt_digest=receipt_digest)


def _find_answer(tx: Transaction, receipt_digest: bytes) -> FoundVote | None:
    return tx.find(FIND_VOTE, receipt_digest=receipt_digest) or tx.find(
        FIND_FEEDBACK, receipt_digest=receipt_digest
    )


def _get_withdrawn(tx: Transaction, receipt_digest: bytes) -> Withdrawn:
    withdrawn = tx.find(FIND_WITHDRAWN, receipt_digest=receipt_digest)
    if withdrawn is None:
        raise ReceiptUnknown
    return withdrawn


def _state_of_withdrawn(tx: Transaction, receipt_digest: bytes) -> ReceiptState:
    return _get_withdrawn(tx, receipt_digest).state


def _close(tx: Transaction, key: dict[str, Any], at: int) -> list[bytes]:
    """Closes the comparison, if its row is still there, and deletes what is left of its content."""
    person = tx.find(FIND_PERSON_OF, **key)
    if person is None:
        return []
    tx.run(SET_WITHDRAWN, **key, at=at)
    return delete_content(tx, key=key, person=person)

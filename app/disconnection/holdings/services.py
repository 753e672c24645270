"""The use case of whoever wants to know what is kept of them."""

from typing import NamedTuple

from app.core.connections import Transaction
from app.disconnection.holdings.queries import (
    COUNT_FEEDBACK_IN_RESEARCH,
    COUNT_FEEDBACK_OPEN,
    COUNT_FEEDBACK_WAITING,
    COUNT_IN_RESEARCH,
    COUNT_OPEN,
    COUNT_QUIET,
    COUNT_WAITING,
)


class Holdings(NamedTuple):
    """How much there is of a person: comparisons, and feedback with them. Times are in ms."""

    open: int
    """Comparisons and offers of feedback that wait for an answer."""
    open_until: int | None
    """When the last of them expires at the latest, and its text is deleted."""
    waiting: int
    """Votes and ratings that have not reached research."""
    undo_until: int | None
    """How long the last of them can be undone; then it is cut loose from the person."""
    in_research: int
    """Votes there that still lead back, and so can be withdrawn."""
    quiet: int
    """Conversations in which they are not asked."""

    @property
    def votes(self) -> int:
        """Votes that can be withdrawn."""
        return self.waiting + self.in_research


def count_holdings(
    tx: Transaction, *, workspace_id: bytes, person: bytes, answer_ms: int, at: int
) -> Holdings:
    """What is kept of a person at a time (ms), as far as intake and the door know.

    `answer_ms` is how long they may take to answer once something is shown.
    """
    key = {"workspace_id": workspace_id, "person": person}
    unanswered = tx.one(COUNT_OPEN, **key, answer_ms=answer_ms, at=at)
    unanswered = unanswered.plus(tx.one(COUNT_FEEDBACK_OPEN, **key, at=at))
    waiting = tx.one(COUNT_WAITING, **key).plus(tx.one(COUNT_FEEDBACK_WAITING, **key))
    return Holdings(
        open=unanswered.number,
        open_until=unanswered.until,
        waiting=waiting.number,
        undo_until=waiting.until,
        in_research=tx.one(COUNT_IN_RESEARCH, **key) + tx.one(COUNT_FEEDBACK_IN_RESEARCH, **key),
        quiet=tx.one(COUNT_QUIET, **key),
    )

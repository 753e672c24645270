"""How the vote of a receipt can stand."""

import enum
from typing import Any, NamedTuple

from app.intake.comparisons.models import comparison_key


class ReceiptState(enum.StrEnum):
    """Where the vote of a receipt is."""

    RECORDED = "recorded"
    FINAL = "final"
    DISCONNECTED = "disconnected"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is something left to withdraw."""
        return self not in (ReceiptState.WITHDRAWING, ReceiptState.WITHDRAWN)


class FoundLink(NamedTuple):
    """The link of a vote that is leaving or has left."""

    workspace_id: bytes
    day: int
    comparison_id: bytes
    week: int
    link_sealed: bytes

    @property
    def key(self) -> dict[str, Any]:
        """The comparison's primary key as statement parameters."""
        return comparison_key(self.workspace_id, self.day, self.comparison_id)


class Standing(NamedTuple):
    """How a vote stands. No time that its holder was not told before, none finer than a week after disconnection."""

    state: ReceiptState
    undo_until: int | None = None
    week: int | None = None
    link: FoundLink | None = None
    """The way to its record, while there is one: for whoever may follow it."""
    is_tombstoned: bool | None = None
    """Of a withdrawn vote, whether exports have been told to delete it; None where that is not known."""

"""How the vote of a receipt can stand."""

import enum
from typing import NamedTuple


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


class Standing(NamedTuple):
    """How a vote stands. No time that its holder was not told before, none finer than a week after disconnection."""

    state: ReceiptState
    undo_until: int | None = None
    week: int | None = None

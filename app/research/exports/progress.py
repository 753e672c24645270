"""How far a build has come."""

import enum
from typing import Final, NamedTuple


class Phase(enum.StrEnum):
    """What a builder is busy with."""

    CHOOSING = "choosing"
    VOTES = "votes"
    GATHERING = "gathering"
    CONVERSATIONS = "conversations"
    DESCRIBING = "describing"


# Where each begins and ends, as shares of the whole work by its usual duration.
_SPANS: Final = {
    Phase.CHOOSING: (0.0, 0.03),
    Phase.VOTES: (0.03, 0.85),
    Phase.GATHERING: (0.85, 0.9),
    Phase.CONVERSATIONS: (0.9, 0.98),
    Phase.DESCRIBING: (0.98, 1.0),
}


class Progress(NamedTuple):
    """How far a build has come: never less than it was told before."""

    phase: Phase
    share: float
    """Of the whole work, from 0 to 1."""
    rows_in: int
    """Records chosen; grows while they are chosen."""
    rows_out: int
    """Rows of votes written."""


def share_of(phase: Phase, done: int, of: int) -> float:
    """The share of the whole work when so much of a phase is done."""
    begin, end = _SPANS[phase]
    return begin + (end - begin) * (min(1.0, done / of) if of else 1.0)

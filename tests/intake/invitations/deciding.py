"""What the tests of a decision share: a moment, a workspace, many people, and a decision with plain arguments."""

import random
from typing import Any

from app.intake.invitations.decision import Decision, NotAsked, PersonState, Reason, decide_person
from app.intake.invitations.policy import InvitationPolicy

# A Wednesday, 10:00 UTC.
AT = 1_795_600_800_000
DAY_SECONDS = 86_400
WORKSPACE = "0193567890abcdef0123456789abcdef"
EVERYBODY = [f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}" for n in range(1, 20_001)]


def decision(policy: InvitationPolicy, person: PersonState | None = None, **changes: Any) -> Decision:
    """What is decided about somebody whom nothing stands against."""
    arguments: dict[str, Any] = {
        "person": person,
        "pair_counts": {},
        "day_counts": None,
        "models": (),
        "at": AT,
        "chance": random.Random(1).random,
    }
    return decide_person(policy, **arguments | changes)


def reason_for_no(
    policy: InvitationPolicy, person: PersonState | None = None, **changes: Any
) -> Reason | None:
    """Why somebody is not asked; None when they are."""
    decided = decision(policy, person, **changes)
    return decided.reason if isinstance(decided, NotAsked) else None

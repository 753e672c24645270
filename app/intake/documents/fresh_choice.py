"""Who is to be told of a new version, and who must choose anew before more than votes is shared: pure rules."""

from collections.abc import Iterable
from typing import NamedTuple

from app.access.workspaces.models import SharingLevel
from app.core.clock import MS_PER_DAY
from app.intake.documents.models import Edition


class Acquaintance(NamedTuple):
    """What is remembered of a person and the documents (`persons`; times in ms)."""

    created_day: int
    told_at: int | None
    """What had taken effect by then has been shown to them."""
    chosen_at: int | None
    """When they last said what they share, by the documents of that moment."""
    told_before_at: int | None = None
    """`told_at` before it was moved last."""

    def is_older_than(self, edition: Edition) -> bool:
        """Whether the person was met before a version took effect; on its very day counts as before."""
        return self.created_day * MS_PER_DAY < edition.effective_at


def untold(editions: Iterable[Edition], known: Acquaintance, *, at: int) -> list[Edition]:
    """The versions that have taken effect since the person was last told of any, oldest first.

    `at` (ms) is when the comparison was registered that they are shown with. The one that told them last tells the same
    whenever it is shown again: a page that is loaded anew must not lose what was said once.
    """
    since = known.told_before_at if known.told_at == at else known.told_at
    return [
        edition
        for edition in editions
        if known.is_older_than(edition) and (since or 0) < edition.effective_at <= at
    ]


def needs_choice(editions: Iterable[Edition], known: Acquaintance, *, at: int) -> bool:
    """Whether a version in effect asks for a fresh choice that the person, who knew an older one, has not made."""
    return any(
        edition.requires_choice
        and known.is_older_than(edition)
        and (known.chosen_at or 0) < edition.effective_at <= at
        for edition in editions
    )


def level_under_notice(
    level: SharingLevel, editions: Iterable[Edition], known: Acquaintance, *, at: int
) -> SharingLevel:
    """A person's level as the documents leave it: votes alone until a fresh choice is made, where one is asked for."""
    return level.stricter(SharingLevel.VOTE_ONLY) if needs_choice(editions, known, at=at) else level

"""The sweep that forgets links and sessions once they have ended."""

from typing import Final

from app.intake.preference_links.queries import DELETE_LINK, LIST_ENDED
from app.intake.zone import Intake

_BATCH: Final = 500


def forget_preference_links(intake: Intake, *, at: int) -> int:
    """Deletes what has ended; how many. Can be killed and run again at any point."""
    total = 0
    while ended := intake.db.fetch(lambda tx: tx.list(LIST_ENDED, at=at, most=_BATCH)):
        rows = [{"link_digest": digest, "at": at} for digest in ended]
        intake.db.write(lambda tx, rows=rows: tx.run_many(DELETE_LINK, rows))  # type: ignore[misc]
        total += len(ended)
        if len(ended) < _BATCH:
            break
    return total

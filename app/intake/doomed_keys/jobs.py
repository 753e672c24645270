"""The sweep that destroys doomed data keys: most are gone by then, those that a crash has saved go now."""

from typing import Final

from sqlalchemy import bindparam, delete, select

from app.core.statements import query, statement
from app.intake.doomed_keys.models import doomed_keys
from app.intake.zone import Intake

_BATCH: Final = 500
# In one order, so that two sweeps at a time wait for each other instead of deadlocking.
_LIST_SOME: Final = query(select(doomed_keys.c.id).order_by(doomed_keys.c.id).limit(_BATCH), bytes)
_FORGET: Final = statement(delete(doomed_keys).where(doomed_keys.c.id == bindparam("key_id")))


def destroy_doomed_keys(intake: Intake) -> int:
    """Destroys the keys of content that is gone, then forgets their ids; how many. Can be killed at any point.

    What is listed is committed, and what a listed key sealed is deleted for good: destroying it twice, or beside
    whoever doomed it, does no harm.
    """
    total = 0
    while key_ids := intake.db.fetch(lambda tx: tx.list(_LIST_SOME)):
        intake.data_keys.destroy(key_ids)
        rows = [{"key_id": key_id} for key_id in key_ids]
        intake.db.write(lambda tx, rows=rows: tx.run_many(_FORGET, rows))  # type: ignore[misc]
        total += len(key_ids)
        if len(key_ids) < _BATCH:
            break
    return total

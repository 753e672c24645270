"""Doomed keys as those leave them who die after deleting content."""

from app.core.clock import day_of
from app.core.ids import uuid7
from app.intake.doomed_keys.services import doom_keys
from app.operations.installation import Installation


def doom_new_keys(here: Installation, count: int, at: int) -> set[bytes]:
    """Makes keys and dooms them; their ids."""
    key_ids = [uuid7(at) for _ in range(count)]
    here.intake.data_keys.create_many(key_ids, day=day_of(at))
    here.intake_db.write(lambda tx: doom_keys(tx, key_ids=key_ids))
    return set(key_ids)

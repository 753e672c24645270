"""The sweep of uploads that no comparison has claimed."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, select

from app.core.connections import Transaction
from app.core.retention import Note, note_nothing
from app.core.statements import query, statement
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.doomed_keys.services import doom_keys
from app.intake.uploads.models import uploads
from app.intake.zone import Intake

_BATCH: Final = 500


class _Unused(NamedTuple):
    workspace_id: bytes
    upload_day: int
    upload_id: bytes


_LIST_UNUSED: Final = query(
    select(uploads.c.workspace_id, uploads.c.day, uploads.c.id)
    .where(uploads.c.comparison_id.is_(None), uploads.c.created_at < bindparam("before"))
    .limit(_BATCH),
    _Unused,
)
_DELETE: Final = statement(
    delete(uploads).where(
        uploads.c.workspace_id == bindparam("workspace_id"),
        uploads.c.day == bindparam("upload_day"),
        uploads.c.id == bindparam("upload_id"),
        uploads.c.comparison_id.is_(None),
    )
)


def delete_unused_uploads(intake: Intake, *, before: int, note: Note = note_nothing) -> int:
    """Deletes uploads from before a time (ms) that no comparison has claimed, and their keys; how many.

    Can be killed and run again at any point.
    """
    total = 0
    while found := intake.db.fetch(lambda tx: tx.list(_LIST_UNUSED, before=before)):
        total += intake.db.write(partial(_delete, found, note))
        destroy_doomed_keys(intake)
        if len(found) < _BATCH:
            break
    return total


def _delete(found: Sequence[_Unused], note: Note, tx: Transaction) -> int:
    """How many of them were still unused; a comparison may have claimed one since the list was read."""
    gone = [each for each in found if tx.run(_DELETE, **each._asdict())]
    doom_keys(tx, key_ids=[each.upload_id for each in gone])
    note(tx, Counter(each.workspace_id for each in gone))
    return len(gone)

"""The retention sweep: deletes what has been kept for its time, in every zone of this process."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import Table, bindparam, delete, func, select

from app.access.idempotency import models as idempotency_models
from app.access.workspaces import models as access_models
from app.access.workspaces.queries import access_queries
from app.core.clock import MS_PER_DAY, day_of
from app.core.connections import Transaction
from app.core.database import Database
from app.core.statements import Query, Statement, query, scalar_query, statement
from app.core.tables import Retention
from app.disconnection.models import withdrawn_receipts
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.doomed_keys.services import doom_keys
from app.intake.feedback.models import FeedbackState, feedback
from app.intake.invitations.exposures import roll_up_exposures
from app.intake.persons.models import quiet_conversations
from app.intake.uploads.models import uploads
from app.intake.zone import Intake
from app.operations.installation import Installation
from app.research.exports.models import export_downloads

_BATCH: Final = 500
# A slice of time is deleted at once: short transactions, and an index on the clock column serves them all.
_SLICE_MS: Final = 3_600_000
_ONE_DAY: Final = 1


class _Sweep(NamedTuple):
    """The statements that empty a table of its old rows."""

    oldest: Query[int | None]
    delete: Statement


class Kept(NamedTuple):
    """A table whose rows end by age alone."""

    table: Table
    days: int
    sweep: _Sweep
    counts_days: bool
    """Whether the table's clock counts days; milliseconds otherwise."""


def _kept(table: Table, *conditions: Any) -> Kept:
    retention: Retention = table.info["retention"]
    if retention.days is None or retention.clock_column is None:
        raise ValueError(f"{table.name} declares no period")
    clock = table.c[retention.clock_column]
    due = (clock < bindparam("before"), *conditions)
    return Kept(
        table,
        retention.days,
        _Sweep(
            scalar_query(select(func.min(clock)).where(*due)),
            statement(delete(table).where(clock < bindparam("until"), *due)),
        ),
        counts_days=not retention.clock_column.endswith("_at"),
    )


INTAKE_TABLES: Final = (
    _kept(idempotency_models.INTAKE),
    _kept(quiet_conversations),
    # What left; all else has an end of its own.
    _kept(feedback, feedback.c.state == FeedbackState.DISCONNECTED.value),
    # Not before its record is taken out, should that fail for so long.
    _kept(withdrawn_receipts, withdrawn_receipts.c.comparison_id.is_(None)),
)
RESEARCH_TABLES: Final = (_kept(idempotency_models.RESEARCH), _kept(export_downloads))

_LIST_UNUSED_UPLOADS: Final = query(
    select(uploads.c.workspace_id, uploads.c.day, uploads.c.id)
    .where(uploads.c.comparison_id.is_(None), uploads.c.created_at < bindparam("before"))
    .limit(_BATCH),
    lambda *key: key,
)
_DELETE_UPLOAD: Final = statement(
    delete(uploads).where(
        uploads.c.workspace_id == bindparam("workspace_id"),
        uploads.c.day == bindparam("upload_day"),
        uploads.c.id == bindparam("upload_id"),
        uploads.c.comparison_id.is_(None),
    )
)


def sweep_retention(here: Installation, *, at: int) -> int:
    """Deletes all that is due; how many rows went. Can be killed and run again at any point."""
    total = 0
    if here.settings.role.serves_intake:
        total += sum(_delete_old(here.intake_db, kept, at) for kept in INTAKE_TABLES)
        total += _delete_unused_uploads(here.intake, at)
        total += _roll_up(here, at)
    if "research" in here.databases():
        total += sum(_delete_old(here.research_db, kept, at) for kept in RESEARCH_TABLES)
    return total


def _delete_old(database: Database, kept: Kept, at: int) -> int:
    before = day_of(at) - kept.days if kept.counts_days else at - kept.days * MS_PER_DAY
    slice_length = _ONE_DAY if kept.counts_days else _SLICE_MS
    total = 0
    while True:
        oldest = database.fetch(lambda tx: tx.find(kept.sweep.oldest, before=before))
        if oldest is None:
            return total
        total += database.write(partial(_delete_slice, kept.sweep.delete, before, oldest + slice_length))


def _delete_slice(delete_statement: Statement, before: int, until: int, tx: Transaction) -> int:
    return tx.run(delete_statement, before=before, until=until)


def _delete_unused_uploads(intake: Intake, at: int) -> int:
    """Uploads that no comparison claimed within a day, and their keys."""
    total = 0
    while found := intake.db.fetch(lambda tx: tx.list(_LIST_UNUSED_UPLOADS, before=at - MS_PER_DAY)):
        total += intake.db.write(partial(_delete_uploads, found))
        destroy_doomed_keys(intake)
        if len(found) < _BATCH:
            break
    return total


def _delete_uploads(found: Sequence[tuple[bytes, int, bytes]], tx: Transaction) -> int:
    """How many of them were still unused; a comparison may have claimed one since the list was read."""
    gone = [i for w, d, i in found if tx.run(_DELETE_UPLOAD, workspace_id=w, upload_day=d, upload_id=i)]
    doom_keys(tx, key_ids=gone)
    return len(gone)


def _roll_up(here: Installation, at: int) -> int:
    """Closed comparisons and invitations become counts."""
    before_day = day_of(at) - here.settings.intake_days
    workspaces = here.intake_db.fetch(
        lambda tx: tx.list(access_queries(access_models.INTAKE).list_workspaces)
    )
    total = 0
    for workspace in workspaces:
        while rolled := here.intake_db.write(partial(_roll_up_some, workspace.id, before_day, at)):
            total += rolled
    return total


def _roll_up_some(workspace_id: bytes, before_day: int, at: int, tx: Transaction) -> int:
    return roll_up_exposures(tx, workspace_id=workspace_id, before_day=before_day, most=_BATCH, at=at)

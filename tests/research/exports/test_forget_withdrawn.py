"""What was taken out of research is known by its id as long as an export may hold it, and no longer."""

from app.core.clock import MS_PER_DAY
from app.research.exports.jobs import build_exports, expire_exports, forget_withdrawn
from app.research.exports.services import cancel_export
from app.research.records.models import withdrawn_records
from app.research.records.services import withdraw_record
from app.research.zone import Research
from tests.clock import MovableClock
from tests.research.exports.stored import queue, records_of, store
from tests.tables import rows_of


def _withdraw(research: Research, record_id: bytes) -> None:
    at = research.clock()
    assert research.db.write(lambda tx: withdraw_record(tx, record_id=record_id, at=at))


def _noted(research: Research, at: int) -> list[bytes]:
    expire_exports(research, at=at)
    forget_withdrawn(research)
    return [row.id for row in rows_of(research.db, withdrawn_records)]


def test_a_note_lives_as_long_as_an_export_from_before(
    research: Research, workspace_id: bytes, clock: MovableClock
) -> None:
    (record_id,) = store(research, records_of(workspace_id, 1))
    queue(research, workspace_id)
    assert build_exports(research, at=clock()) == 1
    clock.advance(days=10)
    _withdraw(research, record_id)
    assert _noted(research, clock()) == [record_id]
    assert _noted(research, clock.advance(days=19.9)) == [record_id]
    assert _noted(research, clock.advance(days=0.2)) == []


def test_an_export_that_waits_to_be_built_counts_until_it_is_cancelled(
    research: Research, workspace_id: bytes, clock: MovableClock
) -> None:
    (record_id,) = store(research, records_of(workspace_id, 1))
    export_id = queue(research, workspace_id)
    clock.advance(seconds=1)
    _withdraw(research, record_id)
    assert _noted(research, clock()) == [record_id]
    research.db.write(lambda tx: cancel_export(tx, export_id=export_id, at=clock()))
    assert _noted(research, clock()) == []


def test_an_export_of_a_later_week_or_of_another_workspace_does_not_keep_it(
    research: Research, workspace_id: bytes, clock: MovableClock
) -> None:
    (record_id,) = store(research, records_of(workspace_id, 1))
    queue(research, b"another-workspac")
    _withdraw(research, record_id)
    clock.advance(ms=7 * MS_PER_DAY)
    queue(research, workspace_id)
    assert _noted(research, clock()) == []

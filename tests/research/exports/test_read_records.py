"""Records are chosen and read alike, however the database goes about it."""

import random
from collections import Counter

import pytest

from app.research.exports import reading
from app.research.exports.queries import HAS_MOST_RECORDS
from app.research.exports.reading import read_records
from app.research.exports.request import ExportRequest
from app.research.zone import Research
from tests.research.exports.stored import records_of, store, surveyed

OTHER = b"another-tenant--"


@pytest.mark.parametrize("most_bytes", [16 * 1024 * 1024, 20_000, 0])
def test_records_come_in_the_order_asked_for_also_when_they_are_too_long_to_hold_together(
    research: Research, workspace_id: bytes, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    stored = {each.record_id: each for each in records_of(workspace_id, 320)}
    store(research, list(stored.values())[:310])
    ids = [*stored]
    random.Random(1).shuffle(ids)
    monkeypatch.setattr(reading, "_MOST_BYTES", most_bytes)
    dropped: Counter[str] = Counter()
    found = list(read_records(research, iter(ids), dropped=dropped))
    missing = list(stored)[310:]
    assert found == [stored[record_id] for record_id in ids if record_id not in missing]
    assert dropped == {"withdrawn": 10}


def test_a_workspace_is_surveyed_alike_with_few_and_with_most_of_all_records(
    research: Research, workspace_id: bytes
) -> None:
    store(research, records_of(workspace_id, 40))
    store(research, records_of(OTHER, 30, seed=2))
    among_few = surveyed(research, workspace_id, ExportRequest(k=1))
    assert has_most(research, workspace_id) is research.db.is_sqlite
    store(research, records_of(OTHER, 20, seed=3))
    assert not has_most(research, workspace_id)
    assert surveyed(research, workspace_id, ExportRequest(k=1)) == among_few
    assert among_few[0].rows_out == 40


def has_most(research: Research, workspace_id: bytes) -> bool:
    return bool(research.db.fetch(lambda tx: tx.one(HAS_MOST_RECORDS, workspace_id=workspace_id)))

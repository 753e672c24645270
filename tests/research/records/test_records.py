"""Records: written once, read as they were, their text readable with their own key alone."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.core.statements import query, scalar_query
from app.operations.installation import Installation
from app.privacy.errors import SealBroken
from app.research.records.content import read_record, seal_text
from app.research.records.models import StoredRecord, records
from app.research.records.record import Outcome, Record, Sharing
from app.research.records.services import has_record, insert_record, withdraw_record
from app.research.zone import Research
from tests.research.exports.records import MONDAY, record
from tests.research.exports.stored import read
from tests.stores import Backend

_WORKSPACE = b"workspace-id-000"


class Shelf:
    """A research database with its keys."""

    def __init__(self, research: Research) -> None:
        self.research = research
        self.database = research.db
        self.keys = research.record_keys

    def put(self, item: Record) -> bool:
        """Writes a record; whether it was new."""
        key = self.keys.get_or_create(item.record_id, day=item.voted_week)
        sealed = seal_text(key, item)
        return self.database.write(
            lambda tx: insert_record(tx, record=item, content_sealed=sealed, rules_version="r1")
        )

    def read(self) -> list[Record]:
        """The workspace's records, in order of their ids."""
        return read(self.research, _WORKSPACE)

    def row(self) -> StoredRecord:
        """The only row."""
        columns = [records.c[name] for name in StoredRecord._fields]
        return self.database.fetch(lambda tx: tx.one(query(select(*columns), StoredRecord)))


@pytest.fixture
def shelf(installation: Installation) -> Shelf:
    """An empty one."""
    return Shelf(installation.research)


def _item(number: int, **changes: Any) -> Record:
    return record(record_id=number.to_bytes(16, "big"), **changes)


def test_a_record_is_read_as_it_was_written(shelf: Shelf) -> None:
    full = _item(1)
    bare = _item(
        2,
        sharing=Sharing.VOTE_ONLY,
        content=None,
        voter=b"",
        outcome=Outcome.TIE,
        surface=None,
        language=None,
        strength=None,
        reasons=(),
        quality_flags=(),
        redaction_counts={},
        turn_index=0,
        selection_probability=None,
        notice_version=None,
        finish_reason_a=None,
        input_tokens_a=0,
    )
    assert shelf.put(full)
    assert shelf.put(bare)
    assert shelf.read() == [full, bare]


def test_writing_a_record_twice_is_writing_it_once(shelf: Shelf) -> None:
    assert shelf.put(_item(1))
    assert not shelf.put(_item(1, outcome=Outcome.TIE))
    assert [found.outcome for found in shelf.read()] == [Outcome.MODEL_A]


def test_text_lies_sealed_under_the_records_own_key_in_its_own_place(
    shelf: Shelf, backend: Backend, tmp_path: Path
) -> None:
    shelf.put(_item(1))
    row, key = shelf.row(), shelf.keys.get_or_create(bytes(16), day=0)
    with pytest.raises(SealBroken):
        read_record(row, key)
    own = shelf.keys.find(row.id)
    assert own is not None
    assert read_record(row, own) == _item(1)
    with pytest.raises(SealBroken):
        read_record(row._replace(id=b"x" * 16), own)
    with pytest.raises(ValueError, match="with its key"):
        read_record(row, None)
    if backend == "sqlite":
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("*.db*"))
        assert b"acme-large" in stored
        for text in (b"owl", b"nocturnal", b"a says more"):
            assert text not in stored


def test_the_database_refuses_text_that_was_not_shared(shelf: Shelf) -> None:
    item = _item(1, sharing=Sharing.VOTE_ONLY, content=None)
    with pytest.raises(Exception, match="only_shared_text"):
        shelf.database.write(
            lambda tx: insert_record(tx, record=item, content_sealed=b"text", rules_version="r1")
        )


def test_a_record_whose_key_is_destroyed_is_left_out(shelf: Shelf) -> None:
    for number in range(1, 4):
        shelf.put(_item(number))
    shelf.keys.destroy([_item(2).record_id])
    assert [found.record_id[-1] for found in shelf.read()] == [1, 3]


def test_a_vote_without_text_needs_no_key(shelf: Shelf) -> None:
    item = _item(1, sharing=Sharing.VOTE_ONLY, content=None)
    shelf.put(item)
    shelf.keys.destroy([item.record_id])
    assert shelf.read() == [item]


def test_a_record_belongs_to_one_workspace(shelf: Shelf) -> None:
    shelf.put(_item(1))
    shelf.put(_item(2, workspace_id=b"another-workspac"))
    assert [found.record_id[-1] for found in shelf.read()] == [1]


def test_more_records_than_one_statement_asks_for_are_read_whole(shelf: Shelf) -> None:
    written = {secrets.token_bytes(16) for _ in range(230)}
    items = [record(record_id=record_id) for record_id in written]
    keys = shelf.keys.create_many(written, day=MONDAY)
    sealed = [(item, seal_text(keys[item.record_id], item)) for item in items]
    shelf.database.write(
        lambda tx: [
            insert_record(tx, record=item, content_sealed=text, rules_version="r1") for item, text in sealed
        ]
    )
    assert [found.record_id for found in shelf.read()] == sorted(written)


def test_a_deleted_record_is_gone_and_deleting_it_again_changes_nothing(shelf: Shelf) -> None:
    item = _item(1)
    shelf.put(item)
    assert shelf.database.fetch(lambda tx: has_record(tx, record_id=item.record_id))
    assert shelf.database.write(lambda tx: withdraw_record(tx, record_id=item.record_id, at=0))
    assert not shelf.database.write(lambda tx: withdraw_record(tx, record_id=item.record_id, at=0))
    assert not shelf.database.fetch(lambda tx: has_record(tx, record_id=item.record_id))


def test_the_rules_that_made_a_record_are_kept_with_it(shelf: Shelf) -> None:
    shelf.put(_item(1))
    assert shelf.database.fetch(lambda tx: tx.one(scalar_query(select(records.c.rules_version)))) == "r1"

"""What an insider finds on either side of the door, and what it takes to get from one side to the other."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.core.clock import day_of, week_of
from app.core.statements import query, scalar_query
from app.disconnection.models import AliasKey, aliases, link_place, links
from app.intake.comparisons.models import ComparisonState, comparisons
from app.intake.uploads.models import uploads
from app.privacy.errors import SealBroken, UnknownKeyVersion
from app.privacy.keyring import Keyring, Purpose
from app.privacy.links import Links
from app.privacy.models import content_keys, record_keys
from app.research.records.models import records
from app.research.records.record import Record
from tests.disconnection.test_records_of_votes import LATER, MONDAY, NOON
from tests.disconnection.voting import PNG, UNDO_MS, Booth
from tests.stores import Backend

_DAY_MS = 86_400_000
_QUARTER_MS = 92 * _DAY_MS


def _rows(booth: Booth, *columns: Any) -> list[Any]:
    here = booth.here
    place = {records: here.research_db, content_keys: here.keystore_db, record_keys: here.keystore_db}
    database = place.get(columns[0].table, here.intake_db)
    return database.fetch(lambda tx: tx.list(query(select(*columns), lambda *values: values)))


def _vote_with_text_everywhere(booth: Booth) -> None:
    upload = booth.upload(NOON - 60_000)
    picture = {"type": "image_url", "image_url": {"url": f"upload:{upload}"}}
    booth.vote(
        NOON,
        account="canary-account",
        conversation="canary-conversation",
        messages=[
            {
                "role": "user",
                "name": "canary-name",
                "content": [{"type": "text", "text": "canary-prompt"}, picture],
            }
        ],
        texts=("canary-first", "canary-second"),
        metadata=[
            {"finish_reason": "canary-finish", "response_id": "canary-id"},
            {"provider": "canary-provider"},
        ],
        comment="canary-comment",
    )


def test_nothing_that_was_written_is_in_clear_in_any_file(
    booth: Booth, tmp_path: Path, backend: Backend
) -> None:
    if backend != "sqlite":
        pytest.skip("reads the files of SQLite")
    _vote_with_text_everywhere(booth)
    before = _bytes_of(tmp_path)
    booth.disconnect(LATER)
    content = booth.record().content
    assert content is not None
    assert content.comment == "canary-comment"
    found = before + _bytes_of(tmp_path)
    assert b"model-0" in found
    assert b"canary" not in found
    assert PNG not in found


def _bytes_of(folder: Path) -> bytes:
    """Every file of the stores, write-ahead logs included."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_intake_keeps_neither_the_vote_nor_the_content_nor_what_sealed_only_them(booth: Booth) -> None:
    upload = booth.upload(NOON - 60_000)
    picture = {"type": "image_url", "image_url": {"url": f"upload:{upload}"}}
    voted = booth.vote(NOON, account=None, messages=[{"role": "user", "content": [picture]}])
    assert len(_rows(booth, content_keys.c.id)) == 2
    booth.disconnect(LATER)
    for name in ("votes", "comparison_contents", "uploads"):
        assert booth.here.intake_db.fetch(lambda tx, n=name: tx.find(_count_of(n))) == 0  # type: ignore[misc]
    assert _rows(booth, content_keys.c.id) == []
    assert _rows(booth, record_keys.c.id) == [(booth.record().record_id,)]
    assert voted.person == b""


def _count_of(name: str) -> Any:
    return scalar_query(text(f"SELECT count(*) FROM {name}").columns(uploads.c.size_bytes))


def test_a_disconnected_comparison_keeps_what_counts_need_and_not_what_helps_to_find_its_record(
    booth: Booth,
) -> None:
    booth.vote(NOON, conversation="one")
    booth.disconnect(LATER)
    ((state, closed_at, *kept),) = _rows(
        booth,
        comparisons.c.state,
        comparisons.c.closed_at,
        comparisons.c.person,
        comparisons.c.model_0,
        comparisons.c.surface,
        comparisons.c.ticket_digest,
    )
    assert (state, closed_at) == (ComparisonState.DISCONNECTED, LATER)
    assert all(kept)
    names = ("api_key", "project", "conversation", "locale", "propensity")
    assert _rows(booth, *(comparisons.c[name] for name in names)) == [(None,) * len(names)]


def test_research_and_its_keys_know_no_time_but_the_week(booth: Booth) -> None:
    booth.vote(NOON)
    booth.disconnect(LATER + 3 * _DAY_MS)
    record_id = booth.record().record_id
    assert _rows(booth, records.c.voted_week) == [(week_of(day_of(NOON)),)]
    assert _rows(booth, record_keys.c.id, record_keys.c.created_day) == [(record_id, week_of(day_of(NOON)))]


def test_only_the_link_key_leads_from_a_comparison_to_its_record(booth: Booth) -> None:
    voted = booth.vote(NOON)
    booth.vote(NOON + 1)
    booth.disconnect(LATER + 1)
    ids = {record.record_id for record in booth.records()}
    by_comparison = dict(_rows(booth, links.c.comparison_id, links.c.link_sealed))
    sealed = by_comparison.pop(voted.comparison_id)
    place = link_place(booth.workspace.id, voted.comparison_id)
    keyring = booth.here.keyring
    assert Links(keyring).open_link(sealed, place) in ids
    assert not any(record_id in sealed for record_id in ids)
    with pytest.raises(SealBroken):
        Links(keyring).open_link(sealed, link_place(booth.workspace.id, next(iter(by_comparison))))
    with pytest.raises(SealBroken):
        Links(Keyring.create(at=NOON)).open_link(sealed, place)
    with pytest.raises(UnknownKeyVersion):
        Links(keyring.restricted(set(Purpose) - {Purpose.LINK})).open_link(sealed, place)


def test_a_receipt_still_leads_to_the_link(booth: Booth) -> None:
    voted = booth.vote(NOON)
    booth.disconnect(LATER)
    tickets = booth.here.intake.tickets
    receipt = tickets.receipt(booth.holder(voted, NOON).claims)
    assert _rows(booth, links.c.receipt_digest, links.c.week) == [
        (tickets.receipt_digest(receipt), week_of(day_of(NOON)))
    ]


def test_a_voter_has_one_number_for_a_workspace_and_a_quarter(booth: Booth) -> None:
    other = Booth(booth.here, workspace_id=b"o" * 16)
    for where, at in ((booth, NOON), (booth, NOON + _DAY_MS), (booth, NOON + _QUARTER_MS), (other, NOON)):
        where.vote(at)
    booth.vote(NOON, account="somebody else")
    booth.vote(NOON, account=None)
    booth.disconnect(NOON + _QUARTER_MS + UNDO_MS)
    by_week: dict[int, list[bytes]] = {}
    for record in booth.records():
        by_week.setdefault(record.voted_week, []).append(record.voter)
    this_quarter = by_week[day_of(MONDAY)]
    mine = {voter for voter in this_quarter if this_quarter.count(voter) == 2}
    assert len(mine) == 1
    assert len(set(this_quarter)) == 3
    assert b"" in this_quarter
    everywhere = [*mine, *by_week[week_of(day_of(NOON + _QUARTER_MS))], other.record().voter]
    assert len(set(everywhere)) == 3
    assert {len(voter) for voter in everywhere} == {8}


def test_a_number_is_random_and_not_derived_from_whom_it_stands_for(booth: Booth) -> None:
    voted = booth.vote(NOON, conversation="one")
    booth.disconnect(LATER)
    first = booth.record()
    assert first.voter not in voted.person
    # The same person and conversation under the same keys, once the numbers are gone, get others.
    booth.here.intake_db.write(lambda tx: tx.raw("DELETE FROM aliases"))
    booth.vote(NOON + 1, conversation="one")
    booth.disconnect(LATER + 1)
    (second,) = (record for record in booth.records() if record.record_id != first.record_id)
    assert first.voter != second.voter
    assert first.conversation != second.conversation


def test_an_alias_is_sealed_and_bound_to_its_place(booth: Booth) -> None:
    booth.vote(NOON)
    booth.disconnect(LATER)
    record, door = booth.record(), booth.door
    ((*key, sealed),) = _rows(booth, *(aliases.c[name] for name in AliasKey._fields), aliases.c.alias_sealed)
    assert record.voter not in sealed
    assert door.links.open_link(sealed, AliasKey(*key).place) == record.voter
    with pytest.raises(SealBroken):
        door.links.open_link(sealed, AliasKey(*key)._replace(quarter=key[2] + 1).place)


def test_a_conversation_has_one_number_and_a_comparison_without_one_its_own(booth: Booth) -> None:
    for name in ("one", "one", "two", None, None):
        booth.vote(NOON, conversation=name)
    booth.disconnect(LATER)
    numbers = [record.conversation for record in booth.records()]
    assert sorted(numbers.count(number) for number in set(numbers)) == [1, 1, 1, 2]
    assert {len(number) for number in numbers} == {16}


def test_records_lie_in_the_order_of_their_random_ids(booth: Booth) -> None:
    cast = [booth.vote(NOON + n, texts=(f"{n}", f"{n}")).comparison_id for n in range(30)]
    booth.disconnect(LATER + 30)
    with booth.here.research_db.read() as tx:
        stored = tx.list(scalar_query(select(records.c.id)))
    assert stored == sorted(stored)
    order = {record.record_id: _number(record) for record in booth.records()}
    assert [order[record_id] for record_id in stored] != list(range(len(cast)))


def _number(record: Record) -> int:
    assert record.content is not None
    return int(record.content.response_a)


def test_sqlite_keeps_no_row_number_that_would_tell_the_order(booth: Booth, backend: Backend) -> None:
    if backend != "sqlite":
        pytest.skip("a rowid is SQLite's")
    with (
        booth.here.research_db.engine.connect() as connection,
        pytest.raises(Exception, match="no such column: rowid"),
    ):
        connection.execute(text("SELECT rowid FROM records"))

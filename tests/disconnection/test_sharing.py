"""How much passes the door is what the person shares at that moment, and never more than they shared at the start."""

import pytest
from sqlalchemy import Table, func, select

from app.core.statements import scalar_query
from app.disconnection.crossing import Tally, _claim, _finish, _prepare, _write_records
from app.disconnection.jobs import sweep
from app.disconnection.models import aliases, links
from app.disconnection.services import DropReason
from app.intake.comparisons.models import comparison_contents
from app.intake.votes.models import votes
from app.privacy.data_keys import person_key_id
from app.research.records.models import records
from app.research.records.record import Sharing
from tests.disconnection.test_records_of_votes import LATER, NOON
from tests.disconnection.voting import Booth


def count(booth: Booth, table: Table) -> int:
    """How many rows a table has."""
    database = booth.here.research_db if table is records else booth.here.intake_db
    return int(database.fetch(lambda tx: tx.one(scalar_query(select(func.count()).select_from(table)))))


def test_a_vote_alone_leaves_no_text(booth: Booth) -> None:
    voted = booth.vote(NOON, comment="well said", reasons=("useful",))
    booth.share(voted, "vote_only", NOON + 1)
    assert booth.disconnect(LATER) == 1
    record = booth.record()
    assert (record.sharing, record.content) == (Sharing.VOTE_ONLY, None)
    assert (record.reasons, record.n_turns, record.redaction_counts) == (("useful",), 1, {})
    assert booth.here.record_keys.find(record.record_id) is None


def test_sharing_that_was_widened_later_does_not_reach_back(booth: Booth) -> None:
    voted = booth.vote(NOON, account="narrow", texts=("x", "y"))
    booth.share(voted, "vote_only", NOON)
    second = booth.vote(NOON + 1, account="narrow")
    booth.share(second, "vote_and_content", NOON + 2)
    booth.disconnect(LATER + 1)
    assert sorted(record.sharing for record in booth.records()) == ["vote_and_content", "vote_only"]


def test_a_person_who_shares_nothing_any_more_leaves_nothing(booth: Booth) -> None:
    voted = booth.vote(NOON, conversation="one")
    booth.vote(NOON, account="somebody else")
    booth.share(voted, "off", NOON + 1)
    tally = sweep(booth.door, at=LATER)
    assert tally == Tally(disconnected=1, dropped=tally.dropped)
    assert tally.dropped == {DropReason.SHARING_OFF: 1}
    left = [count(booth, each) for each in (records, links, votes, comparison_contents)]
    assert left == [1, 1, 0, 0]
    # The other one's: nothing was drawn for who shares nothing.
    assert count(booth, aliases) == 1


@pytest.mark.parametrize(("level", "expected"), [("off", 0), ("vote_only", 1)])
def test_what_the_workspace_shares_now_is_the_most_that_leaves(
    booth: Booth, level: str, expected: int
) -> None:
    booth.vote(NOON)
    booth.vote(NOON, account=None)
    booth.set_default(level)
    assert booth.disconnect(LATER) == 2
    assert [record.sharing for record in booth.records()] == [Sharing.VOTE_ONLY] * 2 * expected


def test_an_erased_persons_vote_is_dropped(booth: Booth) -> None:
    voted = booth.vote(NOON)
    booth.here.intake.data_keys.destroy([person_key_id(booth.workspace.id, voted.person)])
    assert sweep(booth.door, at=LATER).dropped == {DropReason.KEY_DESTROYED: 1}
    assert [count(booth, each) for each in (records, links, votes, comparison_contents)] == [0, 0, 0, 0]


def test_sharing_switched_off_between_a_crash_and_the_next_run_still_counts(booth: Booth) -> None:
    voted = booth.vote(NOON)
    due = booth.list_due(LATER)
    _claim(booth.door, due, LATER)
    booth.share(voted, "off", LATER)
    assert sweep(booth.door, at=LATER).dropped == {DropReason.SHARING_OFF: 1}
    assert (count(booth, records), count(booth, links)) == (0, 0)


def test_a_record_that_a_slower_worker_writes_after_the_vote_was_dropped_is_taken_back(booth: Booth) -> None:
    voted = booth.vote(NOON)
    claimed, numbers = _claim(booth.door, booth.list_due(LATER), LATER)
    passages = _prepare(booth.door, claimed, numbers)
    booth.share(voted, "off", LATER)
    assert sweep(booth.door, at=LATER).dropped == {DropReason.SHARING_OFF: 1}
    _write_records(booth.door, [passage.record for passage in passages if passage.record])
    assert count(booth, records) == 1
    assert _finish(booth.door, passages, LATER) == Tally()
    assert count(booth, records) == 0
    assert booth.here.record_keys.find(passages[0].record_id) is None

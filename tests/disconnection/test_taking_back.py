"""Of a vote that was dropped nothing stays in research, whoever was at it and wherever they died."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from app.core.clock import MS_PER_DAY
from app.core.statements import query
from app.disconnection.crossing import Door, Tally, _claim, _finish, _Passage, _prepare, _write_records
from app.disconnection.jobs import sweep
from app.disconnection.models import dropped_links, links
from app.disconnection.services import DropReason
from app.operations.key_usage import needed_by
from app.privacy.keyring import Purpose
from app.privacy.models import record_keys
from app.research.records.models import records
from tests.disconnection.killing import Fuse, ended, fused, started
from tests.disconnection.test_records_of_votes import LATER, NOON
from tests.disconnection.test_sharing import count
from tests.disconnection.voting import Booth, Voted, door_of
from tests.tables import rows_of

_MOST_STEPS = 60
_A_DAY_LATER = LATER + MS_PER_DAY


def _prepared(door: Door, booth: Booth) -> list[_Passage]:
    """What a worker has made of the votes that are due, before it writes any record."""
    return _prepare(door, *_claim(door, booth.list_due(LATER), LATER))


def _write(door: Door, passages: list[_Passage]) -> None:
    _write_records(door, [passage.record for passage in passages if passage.record])


def _left(booth: Booth) -> tuple[int, int]:
    """Records, and keys of records."""
    return len(rows_of(booth.here.research_db, records)), len(rows_of(booth.here.keystore_db, record_keys))


def _drop(booth: Booth, voted: Voted) -> None:
    """The voter shares nothing any more, and another worker comes by."""
    booth.share(voted, "off", LATER)
    assert sweep(booth.door, at=LATER).dropped == {DropReason.SHARING_OFF: 1}


def test_a_record_whose_writer_dies_after_the_vote_was_dropped_is_gone_a_day_later(booth: Booth) -> None:
    voted = booth.vote(NOON)
    passages = _prepared(booth.door, booth)
    _drop(booth, voted)
    _write(booth.door, passages)
    assert _left(booth) == (1, 1)
    sweep(booth.door, at=_A_DAY_LATER - 1)
    assert count(booth, dropped_links) == 1
    sweep(booth.door, at=_A_DAY_LATER)
    assert _left(booth) == (0, 0)
    assert (count(booth, links), count(booth, dropped_links)) == (0, 0)


def test_the_key_of_a_record_that_was_never_written_goes_with_the_vote(booth: Booth) -> None:
    voted = booth.vote(NOON)
    (passage,) = _prepared(booth.door, booth)
    # As a worker leaves it that dies between making the key and writing the record.
    booth.here.record_keys.get_or_create(passage.record_id, day=0)
    _drop(booth, voted)
    assert _left(booth) == (0, 0)


def _kill_at_every_step(booth: Booth, begin: Callable[[], Callable[[Fuse], object]]) -> int:
    """Begins something anew, kills it one step later each time, and looks for what the sweeps have left."""
    for step in range(1, _MOST_STEPS):
        work = begin()
        booth.here.close()
        code = ended(started(partial(work, Fuse(step))))
        assert code in (0, 1)
        sweep(booth.door, at=LATER)
        sweep(booth.door, at=_A_DAY_LATER)
        assert _left(booth) == (0, 0), step
        assert (count(booth, links), count(booth, dropped_links)) == (0, 0)
        if code == 0:
            return step
    pytest.fail("it never came to its end")


def test_a_run_that_drops_a_half_done_vote_is_killed_before_or_after_any_step(booth: Booth) -> None:
    voters = iter(range(_MOST_STEPS))

    def begin() -> Callable[[Fuse], object]:
        voted = booth.vote(NOON, account=f"person {next(voters)}")
        _prepared(booth.door, booth)
        (passage,) = _prepared(booth.door, booth)
        booth.here.record_keys.get_or_create(passage.record_id, day=0)
        booth.share(voted, "off", LATER)
        return lambda fuse: sweep(door_of(fused(booth.here, fuse)), at=LATER)

    assert _kill_at_every_step(booth, begin) > 10


def test_a_worker_whose_vote_another_has_dropped_is_killed_before_or_after_any_step(booth: Booth) -> None:
    voters = iter(range(_MOST_STEPS))

    def begin() -> Callable[[Fuse], object]:
        voted = booth.vote(NOON, account=f"person {next(voters)}")
        passages = _prepared(booth.door, booth)
        _drop(booth, voted)

        def go_on(fuse: Fuse) -> None:
            door = door_of(fused(booth.here, fuse))
            _write(door, passages)
            assert _finish(door, passages, LATER) == Tally()

        return go_on

    assert _kill_at_every_step(booth, begin) > 10


def test_who_would_drop_a_vote_does_not_take_back_what_another_has_finished_meanwhile(booth: Booth) -> None:
    booth.vote(NOON)
    due = booth.list_due(LATER)
    _claim(booth.door, due, LATER)
    booth.set_default("off")
    slower = _prepared(booth.door, booth)
    assert [passage.drop for passage in slower] == [DropReason.SHARING_OFF]
    booth.set_default("vote_and_content")
    faster = _prepared(booth.door, booth)
    _write(booth.door, faster)
    assert _finish(booth.door, faster, LATER) == Tally(disconnected=1)
    assert _finish(booth.door, slower, LATER) == Tally()
    for at in (LATER, _A_DAY_LATER):
        sweep(booth.door, at=at)
        assert _left(booth) == (1, 1)
        assert booth.record().content is not None


def test_a_damaged_link_does_not_keep_other_records_from_being_taken_back(booth: Booth) -> None:
    cast = [booth.vote(NOON + number, account=f"person {number}") for number in range(3)]
    for voted in cast:
        booth.share(voted, "off", LATER)
    sweep(booth.door, at=LATER + 3)
    first = min(voted.comparison_id for voted in cast)
    quoted = f"x'{first.hex()}'" if booth.here.intake_db.is_sqlite else f"'\\x{first.hex()}'"
    booth.here.intake_db.write(
        lambda tx: tx.raw(f"UPDATE dropped_links SET link_sealed = {quoted} WHERE comparison_id = {quoted}")
    )
    sweep(booth.door, at=_A_DAY_LATER + 3)
    kept = booth.here.intake_db.fetch(lambda tx: tx.list(query(select(dropped_links.c.comparison_id), bytes)))
    assert kept == [first]


def test_the_link_key_is_needed_as_long_as_something_may_have_to_be_taken_back(booth: Booth) -> None:
    voted = booth.vote(NOON)
    _drop(booth, voted)
    before = needed_by(booth.here, Purpose.LINK, 1)
    sweep(booth.door, at=_A_DAY_LATER)
    assert (before, needed_by(booth.here, Purpose.LINK, 1)) == (1, 0)

"""Every vote becomes one record, whatever dies, whenever, and however many are at it."""

import json
import random
import signal
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from app.core.statements import query
from app.disconnection.crossing import Door, _claim
from app.disconnection.jobs import count_due, sweep
from app.disconnection.models import link_place, links
from app.intake.comparisons.errors import VoteFinal
from app.intake.comparisons.models import Choice, ComparisonState, comparison_contents, comparisons
from app.intake.comparisons.queries import LOCK_COMPARISON
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes
from app.privacy.data_keys import person_key_id
from app.privacy.models import content_keys, record_keys
from app.research.records.record import Outcome
from tests.disconnection.killing import Fuse, ended, fused, started
from tests.disconnection.test_records_of_votes import LATER, NOON
from tests.disconnection.test_sharing import count
from tests.disconnection.voting import Booth, Voted, door_of, reopened
from tests.stores import Backend

_MOST_STEPS = 200


def _cast(booth: Booth, number: int) -> Voted:
    """A vote of its own kind, told by its text: with and without account, conversation, upload, comment."""
    messages: list[dict[str, object]] = [{"role": "user", "content": f"vote {number}"}]
    if number % 3 == 0:
        picture = {"type": "image_url", "image_url": {"url": f"upload:{booth.upload(NOON - 60_000)}"}}
        messages.append({"role": "assistant", "content": [picture]})
    return booth.vote(
        NOON,
        account=None if number % 4 == 0 else f"person {number % 7}",
        conversation=f"conversation {number % 5}" if number % 2 else None,
        messages=messages,
        comment="mail me at a@example.com" if number % 2 else None,
    )


def _check_each_once(booth: Booth, cast: list[Voted]) -> None:
    records = booth.records()
    texts = [record.content.prompt[0].content for record in records if record.content]
    assert sorted(texts) == sorted(f"vote {number}" for number in range(len(cast)))
    assert [count(booth, table) for table in (votes, comparison_contents, uploads)] == [0, 0, 0]
    intake = booth.here.intake_db
    states = intake.fetch(lambda tx: tx.list(query(select(comparisons.c.state), str)))
    assert states == [ComparisonState.DISCONNECTED] * len(cast)
    linked = intake.fetch(
        lambda tx: tx.list(
            query(select(links.c.workspace_id, links.c.comparison_id, links.c.link_sealed), _Link)
        )
    )
    opened = [booth.door.links.open_link(link.sealed, link.place) for link in linked]
    assert sorted(opened) == [record.record_id for record in records]
    _check_keys(booth, cast, opened)


class _Link:
    def __init__(self, workspace_id: bytes, comparison_id: bytes, sealed: bytes) -> None:
        self.place, self.sealed = link_place(workspace_id, comparison_id), sealed


def _check_keys(booth: Booth, cast: list[Voted], record_ids: list[bytes]) -> None:
    """Nothing can be opened any more but records, and what persons' own keys seal."""
    persons = {person_key_id(booth.workspace.id, voted.person) for voted in cast if voted.person}
    assert _ids(booth, content_keys) == persons
    assert _ids(booth, record_keys) == set(record_ids)


def _ids(booth: Booth, table: Table) -> set[bytes]:
    return set(booth.here.keystore_db.fetch(lambda tx: tx.list(query(select(table.c.id), bytes))))


def _sweep_fused(booth: Booth, step: int) -> None:
    sweep(door_of(fused(booth.here, Fuse(step))), at=LATER)


def test_a_run_killed_before_or_after_any_step_is_finished_by_the_next(booth: Booth) -> None:
    cast: list[Voted] = []
    for step in range(1, _MOST_STEPS):
        cast += [_cast(booth, len(cast) + number) for number in range(3)]
        booth.here.close()
        code = ended(started(partial(_sweep_fused, booth, step)))
        if code == 0:
            break
        assert code == 1
        if step % 2 == 0:
            # The others leave what they have half done to the next one that is killed.
            booth.disconnect(LATER)
            _check_each_once(booth, cast)
    else:
        pytest.fail("the run never came to its end")
    booth.disconnect(LATER)
    _check_each_once(booth, cast)
    assert step > 10


@pytest.mark.timeout(300)
@pytest.mark.parametrize("most", [15, pytest.param(200, marks=pytest.mark.drill)])
def test_runs_killed_at_random_moments_lose_and_double_nothing(booth: Booth, most: int) -> None:
    draw = random.Random(7)
    cast: list[Voted] = []
    kills = 0
    while kills < most:
        cast += [_cast(booth, len(cast) + number) for number in range(2)]
        booth.here.close()
        work = started(
            lambda: sweep(door_of(reopened(booth.here)), at=LATER), killed_after=draw.uniform(0.001, 0.06)
        )
        code = ended(work)
        assert code in (0, -signal.SIGALRM)
        kills += code != 0
    booth.disconnect(LATER)
    _check_each_once(booth, cast)


@pytest.mark.timeout(300)
def test_workers_side_by_side_share_the_votes_and_finish_each_once(booth: Booth, tmp_path: Path) -> None:
    cast = [_cast(booth, number) for number in range(90)]
    booth.here.close()

    def work(name: str) -> None:
        tally = sweep(door_of(reopened(booth.here)), at=LATER)
        (tmp_path / name).write_text(json.dumps([tally.disconnected, tally.dropped.total(), tally.failed]))

    workers = [started(partial(work, name)) for name in ("first", "second", "third")]
    assert [ended(pid) for pid in workers] == [0, 0, 0]
    tallies = [json.loads((tmp_path / name).read_text()) for name in ("first", "second", "third")]
    booth.disconnect(LATER)
    _check_each_once(booth, cast)
    assert sum(disconnected for disconnected, _, _ in tallies) == len(cast)
    assert all(rest == [0, 0] for _, *rest in tallies)


def test_two_workers_at_the_same_vote_write_one_record(booth: Booth) -> None:
    cast = [_cast(booth, number) for number in range(3)]
    _claim(booth.door, booth.list_due(LATER), LATER)
    together = threading.Barrier(2)

    def work(door: Door) -> None:
        together.wait()
        sweep(door, at=LATER)

    other = reopened(booth.here)
    doors = [booth.door, door_of(other)]
    threads = [threading.Thread(target=work, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    _check_each_once(booth, cast)


def test_a_vote_changed_at_the_last_moment_counts_as_changed_or_is_refused(booth: Booth) -> None:
    cast = [booth.vote(NOON, texts=("x", "y"), account=f"person {n}") for n in range(40)]
    together = threading.Barrier(2)
    changed = set()

    def change() -> None:
        together.wait()
        for voted in cast:
            try:
                booth.cast(voted, LATER - 1, choice=Choice.RIGHT)
            except VoteFinal:
                continue
            changed.add(voted.comparison_id)

    voter = threading.Thread(target=change)
    voter.start()
    together.wait()
    for _ in cast:
        booth.disconnect(LATER, limit=3)
    voter.join()
    booth.disconnect(LATER)
    by_id = {record.record_id: record.outcome for record in booth.records()}
    assert len(by_id) == len(cast)
    for comparison_id, record_id in _linked(booth):
        expected = Outcome.MODEL_B if comparison_id in changed else Outcome.MODEL_A
        assert by_id[record_id] is expected


def _linked(booth: Booth) -> Iterator[tuple[bytes, bytes]]:
    """Each comparison with the record that its link leads to."""
    chosen = select(links.c.comparison_id, links.c.link_sealed)
    for comparison_id, sealed in booth.here.intake_db.fetch(
        lambda tx: tx.list(query(chosen, lambda *values: values))
    ):
        yield (
            comparison_id,
            booth.door.links.open_link(sealed, link_place(booth.workspace.id, comparison_id)),
        )


def test_a_claimed_vote_can_be_neither_changed_nor_undone(booth: Booth) -> None:
    voted = booth.vote(NOON)
    _claim(booth.door, booth.list_due(LATER), LATER)
    with pytest.raises(VoteFinal):
        booth.cast(voted, LATER - 1, choice=Choice.RIGHT)
    with pytest.raises(VoteFinal):
        booth.undo(voted, LATER - 1)


def test_a_vote_that_was_taken_back_and_cast_anew_is_not_claimed_by_a_list_from_before(booth: Booth) -> None:
    voted = booth.vote(NOON)
    due = booth.list_due(LATER)
    booth.undo(voted, LATER - 2)
    booth.cast(voted, LATER - 1, choice=Choice.RIGHT)
    claimed, _ = _claim(booth.door, due, LATER)
    assert claimed == []
    assert booth.disconnect(LATER) == 0
    assert booth.disconnect(LATER - 1 + 900_000) == 1


def test_what_somebody_else_holds_is_left_for_later_without_waiting(booth: Booth, backend: Backend) -> None:
    if backend != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    held, free = booth.vote(NOON), booth.vote(NOON)
    connection = booth.here.intake_db.connect()
    connection.transaction.raw("BEGIN")
    connection.transaction.find(LOCK_COMPARISON, **held.key)
    assert booth.disconnect(LATER) == 1
    assert [comparison_id for comparison_id, _ in _linked(booth)] == [free.comparison_id]
    connection.transaction.raw("COMMIT")
    connection.close()
    assert booth.disconnect(LATER) == 1


def test_a_comparison_that_cannot_be_opened_does_not_hold_up_the_others(booth: Booth) -> None:
    cast = [booth.vote(NOON + number) for number in range(7)]
    damaged = cast[3]
    booth.here.intake_db.write(
        lambda tx: tx.raw(
            "UPDATE comparison_contents SET shown_sealed = private_sealed"
            f" WHERE comparison_id = {_literal(booth, damaged.comparison_id)}"
        )
    )
    tally = sweep(booth.door, at=LATER + 7)
    assert (tally.disconnected, tally.failed) == (6, 1)
    assert _left(booth) == [damaged.comparison_id]
    booth.vote(NOON + 8)
    again = sweep(booth.door, at=LATER + 8, limit=1)
    assert (again.disconnected, again.failed) == (1, 1)


def _literal(booth: Booth, value: bytes) -> str:
    return f"x'{value.hex()}'" if booth.here.intake_db.is_sqlite else f"'\\x{value.hex()}'"


def _left(booth: Booth) -> list[bytes]:
    return booth.here.intake_db.fetch(lambda tx: tx.list(query(select(votes.c.comparison_id), bytes)))


def test_a_limit_bounds_a_run_and_the_rest_follows(booth: Booth) -> None:
    cast = [_cast(booth, number) for number in range(5)]
    assert booth.disconnect(LATER, limit=2) == 2
    assert count_due(booth.door, at=LATER) == 3
    assert booth.disconnect(LATER) == 3
    _check_each_once(booth, cast)

"""A vote that is withdrawn is gone in the end, whoever is killed at which step, and no other vote is touched."""

from collections.abc import Callable
from functools import partial

import pytest

from app.core.clock import MS_PER_DAY
from app.disconnection.crossing import Door, _claim, _finish, _Passage, _prepare, _write_records
from app.disconnection.jobs import sweep
from app.disconnection.models import dropped_links, links, withdrawn_receipts
from app.disconnection.receipts.models import ReceiptState
from app.disconnection.receipts.routes import look_up, withdraw
from app.intake.comparisons.models import comparison_contents
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.privacy.data_keys import person_key_id
from app.privacy.models import content_keys, record_keys
from app.research.records.models import records
from tests.disconnection.killing import Fuse, ended, fused, started
from tests.disconnection.receipts.conftest import Holder
from tests.disconnection.test_records_of_votes import LATER, NOON
from tests.disconnection.test_sharing import count
from tests.disconnection.voting import Booth, Voted, door_of
from tests.tables import rows_of

_MOST_STEPS = 60
_A_DAY_LATER = LATER + MS_PER_DAY
Work = Callable[[Fuse], object]


class Case:
    """Votes to withdraw in every place, killed one step later each time."""

    def __init__(self, booth: Booth, holder: Holder) -> None:
        self.booth = booth
        self.holder = holder
        self._numbers = iter(range(10 * _MOST_STEPS))
        self._kept: list[Voted] = []

    def vote(self) -> Voted:
        """A vote with an upload, of a person of its own, or of nobody."""
        number = next(self._numbers)
        upload = self.booth.upload(NOON - 60_000)
        picture = {"type": "image_url", "image_url": {"url": f"upload:{upload}"}}
        return self.booth.vote(
            NOON,
            account=f"person {number}" if number % 3 else None,
            messages=[{"role": "user", "content": [{"type": "text", "text": f"vote {number}"}, picture]}],
            comment="well said" if number % 3 else None,
        )

    def prepared(self) -> list[_Passage]:
        """What a worker has made of the votes that are due, before it writes."""
        door = self.booth.door
        return _prepare(door, *_claim(door, self.booth.list_due(LATER), LATER))

    def run(self, begin: Callable[[], tuple[Voted, Work]]) -> int:
        """Kills what `begin` gives at every step, then lets the client and the jobs come again; how many steps."""
        for step in range(1, _MOST_STEPS):
            kept = self.vote()
            voted, work = begin()
            self._kept.append(kept)
            self.booth.here.close()
            code = ended(started(partial(work, Fuse(step))))
            assert code in (0, 1)
            self._check(voted, step)
            if code == 0:
                return step
        pytest.fail("it never came to its end")

    def _check(self, voted: Voted, step: int) -> None:
        booth, receipt = self.booth, self.holder.receipt(voted)
        withdraw(booth.here.intake, receipt, at=LATER)
        for at in (LATER, _A_DAY_LATER):
            sweep(booth.door, at=at)
            destroy_doomed_keys(booth.here.intake)
        assert look_up(booth.here.doorstep, receipt, at=LATER).standing.state is ReceiptState.WITHDRAWN, step
        texts = {record.content.prompt[0].content for record in booth.records() if record.content}
        assert len(texts) == len(booth.records()) == len(self._kept), step
        left = [count(booth, table) for table in (votes, comparison_contents, uploads, dropped_links)]
        assert left == [0, 0, 0, 0], step
        assert count(booth, links) == len(self._kept)
        assert count(booth, withdrawn_receipts) == step
        self._check_keys(step)

    def _check_keys(self, step: int) -> None:
        here = self.booth.here
        of_records = {row.id for row in rows_of(here.research_db, records)}
        assert {row.id for row in rows_of(here.keystore_db, record_keys)} == of_records, step
        persons = {
            person_key_id(self.booth.workspace.id, voted.person) for voted in self._kept if voted.person
        }
        assert persons <= {row.id for row in rows_of(here.keystore_db, content_keys)}, step


@pytest.fixture
def case(booth: Booth, holder: Holder) -> Case:
    """The votes of one test."""
    return Case(booth, holder)


def _withdraw(here: Installation, receipt: str, fuse: Fuse) -> None:
    withdraw(fused(here, fuse).intake, receipt, at=LATER)


def _withdraw_and_sweep(here: Installation, receipt: str, fuse: Fuse) -> None:
    killed = fused(here, fuse)
    withdraw(killed.intake, receipt, at=LATER)
    sweep(door_of(killed), at=LATER)


def test_a_withdrawal_from_intake_is_killed_at_every_step(case: Case) -> None:
    def begin() -> tuple[Voted, Work]:
        voted = case.vote()
        return voted, partial(_withdraw, case.booth.here, case.holder.receipt(voted))

    assert case.run(begin) > 2


def test_a_withdrawal_from_research_is_killed_at_every_step_until_the_job_has_done_its_part(
    case: Case,
) -> None:
    def begin() -> tuple[Voted, Work]:
        voted = case.vote()
        sweep(case.booth.door, at=LATER)
        return voted, partial(_withdraw_and_sweep, case.booth.here, case.holder.receipt(voted))

    assert case.run(begin) > 8


def test_a_withdrawal_of_a_vote_that_a_killed_worker_has_left_half_way_is_killed_at_every_step(
    case: Case,
) -> None:
    def begin() -> tuple[Voted, Work]:
        voted = case.vote()
        _write(case.booth.door, case.prepared())
        return voted, partial(_withdraw_and_sweep, case.booth.here, case.holder.receipt(voted))

    assert case.run(begin) > 12


@pytest.mark.parametrize("is_written", [False, True])
def test_a_worker_whose_vote_is_withdrawn_is_killed_at_every_step(case: Case, is_written: bool) -> None:
    def begin() -> tuple[Voted, Work]:
        voted = case.vote()
        passages = case.prepared()
        if is_written:
            _write(case.booth.door, passages)
        withdraw(case.booth.here.intake, case.holder.receipt(voted), at=LATER)

        def go_on(fuse: Fuse) -> None:
            door = door_of(fused(case.booth.here, fuse))
            _write(door, passages)
            _finish(door, passages, LATER)

        return voted, go_on

    assert case.run(begin) > 10


def _write(door: Door, passages: list[_Passage]) -> None:
    _write_records(door, [passage.record for passage in passages if passage.record])

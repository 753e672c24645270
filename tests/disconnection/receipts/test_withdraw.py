"""Whoever holds a receipt takes the vote back, wherever it stands, and nothing of it stays."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import bindparam, delete

from app import create_app
from app.core.clock import MS_PER_DAY, iso_date, week_of
from app.core.settings import Role, Settings
from app.core.statements import statement
from app.disconnection.crossing import Tally, _claim, _finish, _prepare, _write_records
from app.disconnection.jobs import sweep
from app.disconnection.models import dropped_links, links, withdrawn_receipts
from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.doomed_keys.models import doomed_keys
from app.intake.invitations.exposure_queries import LIST_EXPOSURES
from app.intake.persons.models import persons
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.operations.retention import sweep_retention
from app.privacy.data_keys import person_key_id
from app.privacy.models import content_keys, record_keys
from app.research.records.models import records, withdrawn_records
from tests.clock import MovableClock
from tests.disconnection.receipts.conftest import Holder
from tests.disconnection.test_records_of_votes import LATER, MONDAY, NOON
from tests.disconnection.test_sharing import count
from tests.disconnection.voting import Booth, Voted
from tests.tables import rows_of

_WITHDRAWN = {"state": "withdrawn"}
_WITHDRAWING = {"state": "withdrawing"}


def _vote(booth: Booth, *, account: str | None = "someone") -> Voted:
    """A vote with everything that can hang on one."""
    picture = {"type": "image_url", "image_url": {"url": f"upload:{booth.upload(NOON - 60_000)}"}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "Why?"}, picture]}]
    return booth.vote(NOON, account=account, messages=messages, comment="well said", reasons=("useful",))


def _keys(booth: Booth) -> set[bytes]:
    return {row.id for row in rows_of(booth.here.keystore_db, content_keys)}


def _records(booth: Booth) -> tuple[int, int]:
    """Records, and keys of records."""
    return len(rows_of(booth.here.research_db, records)), len(rows_of(booth.here.keystore_db, record_keys))


@pytest.mark.parametrize("account", ["someone", None])
@pytest.mark.parametrize("at", [NOON + 1, LATER])
def test_a_vote_in_intake_is_gone_at_once_with_its_content(
    booth: Booth, holder: Holder, account: str | None, at: int
) -> None:
    voted = _vote(booth, account=account)
    assert holder.withdraw(voted, at) == _WITHDRAWN
    assert [count(booth, table) for table in (votes, comparison_contents, uploads, links)] == [0, 0, 0, 0]
    # What sealed this comparison alone can be opened by nobody; the person's own key seals other things.
    assert _keys(booth) == ({person_key_id(booth.workspace.id, voted.person)} if account else set())
    job_runner(booth.here).run_once()
    assert (_records(booth), count(booth, doomed_keys)) == ((0, 0), 0)
    assert holder.look_up(voted, LATER) == _WITHDRAWN


def test_what_is_kept_of_it_leads_to_nobody(booth: Booth, holder: Holder) -> None:
    voted = _vote(booth)
    holder.withdraw(voted, NOON + 1)
    (row,) = rows_of(booth.here.intake_db, comparisons)
    assert row.state == "withdrawn"
    assert (row.api_key, row.project, row.conversation, row.locale, row.propensity) == (None,) * 5
    (kept,) = rows_of(booth.here.intake_db, withdrawn_receipts)
    assert (kept.day, kept.comparison_id) == ((NOON + 1) // MS_PER_DAY, None)


def test_withdrawing_again_is_answered_the_same_and_changes_nothing(booth: Booth, holder: Holder) -> None:
    early, late = booth.vote(NOON), booth.vote(NOON, account="other")
    assert [holder.withdraw(early, NOON) for _ in range(3)] == [_WITHDRAWN] * 3
    booth.disconnect(LATER)
    assert [holder.withdraw(late, LATER) for _ in range(3)] == [_WITHDRAWING] * 3
    booth.disconnect(LATER)
    assert [holder.withdraw(voted, LATER) for voted in (early, late)] == [_WITHDRAWN] * 2
    assert [count(booth, table) for table in (votes, links, withdrawn_receipts)] == [0, 0, 2]


def test_a_record_is_taken_out_of_research_by_the_doors_job(booth: Booth, holder: Holder) -> None:
    voted, other = _vote(booth), booth.vote(NOON, account="other")
    booth.disconnect(LATER)
    assert _records(booth) == (2, 2)
    assert holder.withdraw(voted, LATER) == _WITHDRAWING
    assert holder.look_up(voted, LATER) == _WITHDRAWING
    assert _records(booth) == (2, 2)
    booth.disconnect(LATER + 1)
    assert holder.look_up(voted, LATER) == _WITHDRAWN
    assert _records(booth) == (1, 1)
    assert holder.look_up(other, LATER) == {"state": "disconnected", "week": iso_date(MONDAY // MS_PER_DAY)}
    # Nothing leads there any more but, for a day, what looks for a worker that was slow.
    assert (count(booth, links), count(booth, dropped_links)) == (1, 1)
    booth.disconnect(LATER + MS_PER_DAY)
    assert (count(booth, links), count(booth, dropped_links)) == (1, 0)
    assert holder.look_up(voted, LATER + MS_PER_DAY) == _WITHDRAWN


def test_research_notes_which_record_was_taken_out_and_no_time_finer_than_a_week(
    booth: Booth, holder: Holder
) -> None:
    voted = booth.vote(NOON)
    booth.disconnect(LATER)
    record = booth.record()
    holder.withdraw(voted, LATER)
    for at in (LATER, LATER + 9 * MS_PER_DAY):
        booth.disconnect(at)
        (row,) = rows_of(booth.here.research_db, withdrawn_records)
        week = week_of(LATER // MS_PER_DAY)
        assert tuple(row) == (record.record_id, booth.workspace.id, week, False)


def test_a_vote_that_never_was_in_research_leaves_no_note_there(booth: Booth, holder: Holder) -> None:
    voted = booth.vote(NOON)
    _claim(booth.door, booth.list_due(LATER), LATER)
    holder.withdraw(voted, LATER)
    booth.disconnect(LATER)
    assert rows_of(booth.here.research_db, withdrawn_records) == []


def test_the_host_and_the_ticket_see_that_it_is_withdrawn(booth: Booth, holder: Holder) -> None:
    voted = booth.vote(NOON)
    holder.withdraw(voted, NOON + 1)
    ticket = {"Authorization": f"Bearer {voted.ticket}"}
    shown = holder.client.get("/v1/ticket", headers=ticket).get_json()
    assert (shown["state"], shown["vote"], "left" in shown) == ("withdrawn", None, False)
    vote = holder.client.put("/v1/ticket/vote", json={"choice": "left"}, headers=ticket)
    undo = holder.client.delete("/v1/ticket/vote", headers=ticket)
    skip = holder.client.post("/v1/ticket/skip", json={}, headers=ticket)
    for answer in (vote, undo, skip):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "comparison-closed")
    assert count(booth, votes) == 0


def test_a_worker_who_has_the_vote_in_its_hands_takes_back_what_it_writes(
    booth: Booth, holder: Holder
) -> None:
    for number, steps in enumerate(("claimed", "prepared", "written")):
        voted = booth.vote(NOON, account=f"person {number}")
        claimed, numbers = _claim(booth.door, booth.list_due(LATER), LATER)
        passages = _prepare(booth.door, claimed, numbers)
        if steps == "written":
            _write_records(booth.door, [passage.record for passage in passages if passage.record])
        assert holder.withdraw(voted, LATER) == _WITHDRAWING
        if steps == "claimed":
            passages = _prepare(booth.door, claimed, numbers)
        _write_records(booth.door, [passage.record for passage in passages if passage.record])
        assert _finish(booth.door, passages, LATER) == Tally()
        assert _records(booth) == (0, 0), steps
        assert sweep(booth.door, at=LATER) == Tally()
        assert holder.look_up(voted, LATER) == _WITHDRAWN
        assert count(booth, links) == 0
        assert holder.booth.records() == []


def test_a_record_whose_writer_dies_after_the_withdrawal_is_gone_a_day_later(
    booth: Booth, holder: Holder
) -> None:
    voted = booth.vote(NOON)
    passages = _prepare(booth.door, *_claim(booth.door, booth.list_due(LATER), LATER))
    holder.withdraw(voted, LATER)
    booth.disconnect(LATER)
    _write_records(booth.door, [passage.record for passage in passages if passage.record])
    booth.disconnect(LATER + MS_PER_DAY)
    assert _records(booth) == (0, 0)
    # It may have been exported meanwhile.
    assert len(rows_of(booth.here.research_db, withdrawn_records)) == 1


def test_four_processes_that_withdraw_at_once_answer_alike(
    booth: Booth, holder: Holder, settings: Settings, clock: MovableClock
) -> None:
    cast = [booth.vote(NOON, account=f"person {number}") for number in range(8)]
    assert booth.disconnect(LATER, limit=4) == 4
    # Of half of those that have left, the row to be locked is gone.
    gone = rows_of(booth.here.intake_db, links)[:2]
    for row in gone:
        booth.here.intake_db.write(lambda tx, found=row: tx.run(_DELETE, comparison_id=found.comparison_id))  # type: ignore[misc]
    receipts = [holder.receipt(voted) for voted in cast]
    clock.at = LATER
    together = threading.Barrier(4)
    answers: list[tuple[int, str]] = []

    def give_back_all(app: Flask) -> None:
        client = app.test_client()
        client.post("/v1/receipts/lookup", json={"receipt": receipts[0]})
        together.wait()
        for receipt in receipts:
            answer = client.post("/v1/receipts/withdraw", json={"receipt": receipt})
            answers.append((answer.status_code, answer.get_json().get("state")))
        app.extensions["pairvote"].close()

    apps = [create_app(replace(settings), clock) for _ in range(4)]
    threads = [threading.Thread(target=give_back_all, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(200, "withdrawing")] * 16 + [(200, "withdrawn")] * 16
    booth.disconnect(LATER)
    assert (_records(booth), count(booth, withdrawn_receipts), count(booth, links)) == ((0, 0), 8, 0)


_DELETE = statement(delete(comparisons).where(comparisons.c.id == bindparam("comparison_id")))


def _delete_rows_of_comparisons(booth: Booth) -> None:
    """As the roll-up does when they have been kept for their time: the links live on."""
    booth.here.intake_db.write(lambda tx: tx.raw("DELETE FROM comparisons WHERE state = 'disconnected'"))


def test_a_vote_whose_comparison_is_counted_and_deleted_can_still_be_withdrawn(
    booth: Booth, holder: Holder
) -> None:
    voted = booth.vote(NOON)
    booth.disconnect(LATER)
    _delete_rows_of_comparisons(booth)
    assert holder.withdraw(voted, LATER) == _WITHDRAWING
    booth.disconnect(LATER)
    assert _records(booth) == (0, 0)
    assert holder.look_up(voted, LATER) == _WITHDRAWN


def test_an_intake_process_takes_the_wish_and_the_job_of_another_carries_it_out(
    booth: Booth, holder: Holder, settings: Settings, clock: MovableClock
) -> None:
    leaving, left, stands = (booth.vote(NOON + n, account=f"person {n}") for n in range(3))
    assert booth.disconnect(LATER) == 1
    app = create_app(replace(settings, role=Role.INTAKE, research_url=""), clock)
    client = app.test_client()
    clock.at = LATER + 1
    _claim(booth.door, booth.list_due(LATER + 1), LATER + 1)
    states = [
        client.post("/v1/receipts/withdraw", json={"receipt": holder.receipt(voted)}).get_json()["state"]
        for voted in (leaving, left, stands)
    ]
    intake_only: Installation = app.extensions["pairvote"]
    assert "research_db" not in intake_only.__dict__
    intake_only.close()
    assert states == ["withdrawing", "withdrawing", "withdrawn"]
    assert booth.disconnect(LATER + 2) == 0
    assert _records(booth) == (0, 0)
    assert [holder.look_up(voted, LATER + 2) for voted in (leaving, left, stands)] == [_WITHDRAWN] * 3


def test_a_receipt_is_forgotten_after_its_time_but_not_before_its_record_is_gone(
    booth: Booth, holder: Holder
) -> None:
    early, late = booth.vote(NOON), booth.vote(NOON, account="other")
    holder.withdraw(early, NOON)
    booth.disconnect(LATER)
    holder.withdraw(late, LATER)
    end = (NOON // MS_PER_DAY + 90) * MS_PER_DAY
    # A process that cannot take records out of research.
    intake_alone = Installation(replace(booth.here.settings, role=Role.INTAKE), booth.here.clock)
    sweep_retention(intake_alone, at=end)
    assert holder.look_up(early, end) == _WITHDRAWN
    sweep_retention(intake_alone, at=end + MS_PER_DAY)
    assert holder.look_up(early, end) == "receipt-unknown"
    assert holder.look_up(late, end) == _WITHDRAWING
    booth.disconnect(end)
    sweep_retention(intake_alone, at=end + MS_PER_DAY)
    intake_alone.close()
    assert holder.look_up(late, end) == "receipt-unknown"


def test_it_counts_as_answered(booth: Booth, holder: Holder) -> None:
    def outcomes() -> list[tuple[str, int]]:
        found = booth.here.intake_db.fetch(
            lambda tx: tx.list(
                LIST_EXPOSURES, workspace_id=booth.workspace.id, first_day=0, last_day=30_000, at=LATER
            )
        )
        return [(exposure.outcome, exposure.times) for exposure in found]

    voted = booth.vote(NOON)
    before = outcomes()
    holder.withdraw(voted, NOON)
    assert outcomes() == before == [("comparison_voted", 1)]
    sweep_retention(booth.here, at=NOON + 100 * MS_PER_DAY)
    assert (count(booth, comparisons), outcomes()) == (0, before)


def test_a_person_who_withdraws_is_not_asked_again_sooner(booth: Booth, holder: Holder) -> None:
    voted = booth.vote(NOON)
    before = rows_of(booth.here.intake_db, persons)
    holder.withdraw(voted, NOON + 1)
    assert rows_of(booth.here.intake_db, persons) == before


def test_a_vote_with_an_undo_window_of_long_ago_is_withdrawn_where_the_job_stands_still(
    booth: Booth, holder: Holder
) -> None:
    voted = booth.vote(NOON)
    assert holder.look_up(voted, LATER + 30 * MS_PER_DAY) == {"state": "final"}
    assert holder.withdraw(voted, LATER + 30 * MS_PER_DAY) == _WITHDRAWN
    assert booth.disconnect(LATER + 30 * MS_PER_DAY) == 0

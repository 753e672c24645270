"""After 55 days a report is gone, and the key that could read a copy of it with it."""

from flask import Flask

from app.core.clock import MS_PER_DAY, day_of
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.privacy.secrets import random_id
from app.trust.reports import jobs
from app.trust.reports.jobs import delete_old_reports
from app.trust.reports.models import reports
from app.trust.reports.queries import INSERT_REPORT
from tests.clock import MovableClock
from tests.intake.conftest import HostServer
from tests.tables import rows_of
from tests.trust.reports.stored import key_ids, keys_of_reports


def _swept(here: Installation, at: int) -> int:
    return delete_old_reports(here.intake_db, here.intake.data_keys, at=at)


def test_a_report_is_kept_for_54_days_and_gone_on_the_55th(
    server: HostServer, app: Flask, installation: Installation, clock: MovableClock
) -> None:
    reference = (server.browser().report().json or {})["reference"]
    (key,) = keys_of_reports(installation)
    clock.advance(days=54)
    assert job_runner(installation).run_once()["retention"] == 0
    assert key in key_ids(installation)
    clock.advance(days=1)
    assert job_runner(installation).run_once()["retention"] == 1
    assert rows_of(installation.intake_db, reports) == []
    assert key not in key_ids(installation)
    assert app.test_cli_runner().invoke(args=["report", "show", reference]).exit_code == 1


def test_it_is_never_kept_longer_however_early_in_the_day_it_came(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    for ms in (-clock.at % MS_PER_DAY, MS_PER_DAY - 1):
        clock.advance(ms=ms)
        assert server.browser().report().status_code == 201
    assert _swept(installation, clock() + 54 * MS_PER_DAY) == 0
    assert _swept(installation, clock() + 54 * MS_PER_DAY + 1) == 2


def test_nothing_but_what_is_due_goes(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    for _ in range(3):
        server.browser().report()
        clock.advance(days=1)
    before = key_ids(installation)
    assert _swept(installation, clock() + 53 * MS_PER_DAY) == 2
    (left,) = keys_of_reports(installation)
    assert left in key_ids(installation)
    # The person's key stays, whatever it seals.
    assert len(before - key_ids(installation)) == 2


def test_more_than_a_batch_goes_in_one_run(installation: Installation, clock: MovableClock) -> None:
    count = jobs._BATCH + 1
    ids = [random_id() for _ in range(count)]
    installation.intake.data_keys.create_many(ids, day=day_of(clock()))
    rows = [
        {
            "workspace_id": b"w" * 16,
            "id": each,
            "ticket_mark": each,
            "day": day_of(clock()),
            "side": "left",
            "category": "spam",
            "state": "new",
            "key_id": each,
            "content_sealed": b"sealed",
        }
        for each in ids
    ]
    installation.intake_db.write(lambda tx: tx.run_many(INSERT_REPORT, rows))
    assert _swept(installation, clock() + 55 * MS_PER_DAY) == count
    assert (rows_of(installation.intake_db, reports), key_ids(installation)) == ([], set())
    assert _swept(installation, clock() + 55 * MS_PER_DAY) == 0

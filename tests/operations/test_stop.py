"""A process that stops has written what waited, and leaves no thread behind."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, stop_serving
from app.core.settings import Settings
from app.intake.comparisons.models import comparisons
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.conftest import HostServer
from tests.tables import rows_of


def test_a_graceful_stop_writes_what_waits_and_ends_every_thread(
    app: Flask, workspace: Host, settings: Settings, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The writer sleeps for good: what is written is written by the stop.
    monkeypatch.setattr("app.core.write_behind._PAUSE_SECONDS", 600.0)
    before = set(threading.enumerate())
    made = create_app(replace(settings, jobs="on"), clock)
    here: Installation = made.extensions["pairvote"]
    here.redact_apart()
    jobs = job_runner(here)
    jobs.start()
    client: FlaskClient = made.test_client()
    assert HostServer(client, workspace).browser().show().status_code == 200
    started = {thread.name for thread in set(threading.enumerate()) - before}
    assert {"write-behind", "APScheduler"} <= started
    stop_serving(here, jobs)
    assert set(threading.enumerate()) == before
    (row,) = rows_of(app.extensions["pairvote"].intake_db, comparisons)
    assert row.shown_at == clock()

"""Health and readiness, as an operator's monitor asks for them."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core import turns
from app.core.migrations import downgrade, revisions, upgrade
from app.core.settings import Settings
from app.core.tables import intake
from app.core.turns import COMPUTING
from app.operations.health import HealthCheck
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.tables import rows_of

_ALL_WELL = {"keystore": "ok", "intake": "ok", "research": "ok", "keys": "ok"}


def _beats(installation: Installation) -> list[int]:
    return [row.at for row in rows_of(installation.intake_db, intake.tables["heartbeats"])]


def test_health_is_a_durable_write_to_every_store(
    client: FlaskClient, installation: Installation, clock: MovableClock
) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "checks": _ALL_WELL})
    assert _beats(installation) == [clock()]


def test_stores_are_written_to_once_a_second_however_often_it_is_asked(installation: Installation) -> None:
    seconds = [0.0]
    check = HealthCheck(installation.databases(), installation.keyring, monotonic=lambda: seconds[-1])
    seen = []
    for second in (0.0, 0.5, 0.9, 1.0):
        seconds.append(second)
        assert check.run(at=int(second * 10)) == _ALL_WELL
        seen += _beats(installation)
    assert seen == [0, 0, 0, 10]


def test_who_waits_for_a_health_check_keeps_nobody_from_computing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_PATIENCE_SECONDS", 60.0)
    checking, go_on, asked = threading.Event(), threading.Event(), threading.Event()

    def slowly() -> float:
        checking.set()
        assert go_on.wait(30)
        return 0.0

    check = HealthCheck(installation.databases(), installation.keyring, monotonic=slowly)
    first = threading.Thread(target=lambda: check.run(at=1))
    first.start()
    assert checking.wait(30)

    def ask() -> None:
        with COMPUTING:
            asked.set()
            check.run(at=2)

    second = threading.Thread(target=ask)
    second.start()
    assert asked.wait(30)
    third = threading.Thread(target=_compute)
    third.start()
    third.join(60)
    computed = not third.is_alive()
    go_on.set()
    for thread in (first, second, third):
        thread.join(60)
        assert not thread.is_alive()
    assert computed


def _compute() -> None:
    with COMPUTING:
        pass


def test_the_health_of_one_installation_says_nothing_of_another(
    app: Flask, settings: Settings, clock: MovableClock, tmp_path: Path
) -> None:
    broken = create_app(
        replace(settings, research_url=f"sqlite:///{tmp_path / 'no-such-folder' / 'r.db'}"), clock
    )
    assert app.test_client().get("/healthz").status_code == 200
    answer = broken.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "not-healthy"
    assert "research: unavailable" in answer.json["detail"]
    assert app.test_client().get("/healthz").status_code == 200
    broken.extensions["pairvote"].close()


@pytest.mark.parametrize("place", ["intake", "research", "keystore"])
def test_a_pending_migration_is_not_ready(
    client: FlaskClient, installation: Installation, place: str
) -> None:
    engine = installation.databases()[place].engine
    assert client.get("/readyz").json == {
        "status": "ok",
        "checks": {"keystore": "ok", "intake": "ok", "research": "ok"},
    }
    downgrade(engine, place, revisions(place)[-2])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert f"{place}: migration pending" in answer.json["detail"]
    upgrade(engine, place)
    assert client.get("/readyz").status_code == 200

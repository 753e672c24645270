"""Fixtures of the whole suite: one PostgreSQL for a run, fresh stores, an application and a clock for each test."""

import gc
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app import create_app
from app.core.settings import Settings
from app.operations.installation import Installation
from app.operations.start import check_start
from app.privacy.keyring import load_or_create
from tests import session
from tests.clock import MovableClock
from tests.stores import BACKENDS, Backend, Stores, fresh_stores

# A busy machine is not a mistake; CI draws the same examples each time, developers draw new ones.
hypothesis.settings.register_profile("pairvote", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("pairvote")


def _compile_each_rule_once() -> None:
    """Werkzeug compiles code for the addresses of every new application: a quarter of the time of a usual test."""
    compiled: dict[tuple[object, ...], Any] = {}
    compile_builder = Rule._compile_builder

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign, assignment]


_compile_each_rule_once()


# What is imported and collected stays: to look for garbage among it takes a fifth of that time in each worker.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """From the first test on there is garbage."""
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts the others makes what they share."""
    if not hasattr(config, "workerinput"):
        session.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The same process takes it away; it ends last."""
    if not hasattr(config, "workerinput"):
        session.end()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Every test that needs a store runs on SQLite and on PostgreSQL."""
    chosen: Backend = request.param
    return chosen


@pytest.fixture
def stores(backend: Backend, tmp_path: Path) -> Iterator[Stores]:
    """Three migrated, empty stores."""
    with fresh_stores(backend, tmp_path) as made:
        yield made


@pytest.fixture
def clock() -> MovableClock:
    """The time as the test sets it."""
    return MovableClock()


@pytest.fixture
def settings(stores: Stores, tmp_path: Path) -> Settings:
    """An installation's settings: its own folder and stores, no background jobs, nothing remembered between calls."""
    return Settings(
        data=tmp_path / "data",
        database_url=stores.intake,
        research_url=stores.research,
        keystore_url=stores.keystore,
        jobs="off",
        cache_seconds=0,
    )


@pytest.fixture
def app(settings: Settings, clock: MovableClock) -> Iterator[Flask]:
    """The application, ready to serve, with a key ring of its own."""
    made = create_app(settings, clock)
    here: Installation = made.extensions["pairvote"]
    settings.data.mkdir(mode=0o700)
    load_or_create(Path(settings.keyring), at=clock())
    check_start(here)
    yield made
    here.close()


@pytest.fixture
def installation(app: Flask) -> Installation:
    """What the application stands on: databases, keys, zones."""
    here: Installation = app.extensions["pairvote"]
    return here


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An HTTP client of the application."""
    return app.test_client()


@dataclass(frozen=True)
class Host:
    """A product that embeds Pairvote, as its engineer knows it."""

    workspace_id: str
    api_key: str
    origin: str

    @property
    def headers(self) -> dict[str, str]:
        """What its server calls carry."""
        return {"Authorization": f"Bearer {self.api_key}"}


@pytest.fixture
def workspace(app: Flask) -> Host:
    """A workspace with one origin and a key that may do everything, created as an operator would."""
    origin = "https://host.example"
    command = ["workspace", "create", "Host product", "--origin", origin, "--json"]
    result = app.test_cli_runner().invoke(args=command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    created = json.loads(result.output)
    return Host(created["workspace_id"], created["api_key"], origin)

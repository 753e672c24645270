"""What a start refuses: a sentence that says what to do, status 3, and nothing changed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app import create_app
from app.core.migrations import current, downgrade, revisions
from app.core.settings import Settings
from app.operations.installation import Installation
from app.operations.start import check_start
from app.privacy.keyring import Keyring
from tests import session
from tests.clock import MovableClock
from tests.invariants.source import ROOT
from tests.postgres import drop_database
from tests.stores import Backend

_PLACES = {"intake": "database_url", "research": "research_url", "keystore": "keystore_url"}
_STARTS = [("serve",), ("serve", "--migrate"), ("db", "upgrade"), ("jobs", "run", "--once")]


@pytest.fixture
def backend() -> Backend:
    """Refusals that are PostgreSQL's own are tried with databases of their own beside these."""
    return "sqlite"


@pytest.fixture
def start(
    installation: Installation, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., str]]:
    """Runs a command on the installation, with settings changed; what it says when it refuses."""
    made: list[Flask] = []

    def no_server(*_: object) -> None:
        raise AssertionError("it was not refused")

    # A start that is not refused would put the server in the place of this process.
    monkeypatch.setattr("os.execve", no_server)

    def run(*command: str, **changes: object) -> str:
        changed = create_app(replace(installation.settings, **changes), clock)  # type: ignore[arg-type]
        made.append(changed)
        result = changed.test_cli_runner().invoke(args=[*command])
        assert result.exit_code == 3, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        said = result.stderr.removesuffix("\n")
        assert said.startswith("Error: ")
        assert "\n" not in said
        return said

    yield run
    for each in made:
        each.extensions["pairvote"].close()


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def foreign_database(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A database that does not take every text: its address and its encoding."""
    with session.exclusively():
        server = session.postgres_url()
    name = f"{session.database_prefix()}_{request.param.lower()}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} ENCODING '{request.param}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
    yield f"{server.rpartition('/')[0]}/{name}", request.param
    drop_database(server, name)


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("command", _STARTS, ids=" ".join)
def test_a_database_that_does_not_take_every_text(
    start: Callable[..., str], foreign_database: tuple[str, str], place: str, command: tuple[str, ...]
) -> None:
    url, encoding = foreign_database
    said = start(*command, **{_PLACES[place]: url})
    assert f"The {place} database has the encoding {encoding}. Create it anew with UTF8" in said
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == []


def test_a_refused_migration_has_migrated_nothing(
    start: Callable[..., str], installation: Installation, foreign_database: tuple[str, str]
) -> None:
    downgrade(installation.keystore_db.engine, "keystore", "0001")
    start("db", "upgrade", research_url=foreign_database[0])
    assert current(installation.keystore_db) == "0001"


@pytest.mark.parametrize("command", [["-m", "flask", "serve"], ["-c", "import wsgi"]], ids=["serve", "wsgi"])
def test_a_process_ends_with_the_sentence_and_status_3(
    installation: Installation, foreign_database: tuple[str, str], command: list[str]
) -> None:
    settings = installation.settings
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "PAIRVOTE_"))}
    environment = ours | {
        "PAIRVOTE_DATA": str(settings.data),
        "PAIRVOTE_DATABASE_URL": settings.database_url,
        "PAIRVOTE_RESEARCH_URL": settings.research_url,
        "PAIRVOTE_KEYSTORE_URL": foreign_database[0],
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("Error: The keystore database has the encoding ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("place", _PLACES)
def test_a_pending_migration(start: Callable[..., str], installation: Installation, place: str) -> None:
    database = installation.databases()[place]
    downgrade(database.engine, place, revisions(place)[-2])
    assert f"The {place} database has a pending migration. Run `flask db upgrade`" in start("serve")
    assert current(database) == revisions(place)[-2]


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_ring_that_others_can_read(start: Callable[..., str], settings: Settings, mode: int) -> None:
    Path(settings.keyring).chmod(mode)
    assert "chmod 600" in start("serve")


def test_a_key_ring_of_another_installation(
    start: Callable[..., str], clock: MovableClock, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    Keyring.create(at=clock()).save(other)
    said = start("serve", keyring=str(other))
    assert "The key ring has another key" in said
    assert "PAIRVOTE_KEYRING" in said


def test_a_lost_key_ring_is_not_replaced_by_a_new_one(
    start: Callable[..., str], settings: Settings, installation: Installation
) -> None:
    check_start(installation)
    Path(settings.keyring).unlink()
    assert "Restore the key ring from its backup" in start("serve", "--migrate")
    assert not Path(settings.keyring).exists()


def test_zones_in_one_database(start: Callable[..., str], settings: Settings) -> None:
    assert "must be different databases" in start("serve", research_url=settings.database_url)


def test_a_database_that_cannot_be_opened(start: Callable[..., str]) -> None:
    said = start("serve", research_url="postgresql://nobody@127.0.0.1:1/none")
    assert "The research database cannot be opened" in said
    assert "PAIRVOTE_RESEARCH_URL" in said

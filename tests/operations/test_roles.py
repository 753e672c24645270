"""Two zones, two processes, two database users: research cannot reach intake even if it wants to."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest

from app.core.tables import intake
from tests import session
from tests.postgres import PostgresServer
from tests.serving import ProgramFailed, Server, create_workspace, run_flask

_ZONES: Final = ("intake", "research")


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A server whose users and databases are made as docs/operate.md says."""
    with PostgresServer(session.folder() / f"roles-{os.getpid()}", fsync=False) as server:
        for zone in _ZONES:
            server.create_role(f"pairvote_{zone}")
        for store, owner in (("intake", "intake"), ("research", "research"), ("keystore", "intake")):
            server.create_database(f"pairvote_{store}", owner=f"pairvote_{owner}")
        _run(server, "postgres", "REVOKE CONNECT ON DATABASE pairvote_intake FROM PUBLIC")
        _run(server, "postgres", "REVOKE CONNECT ON DATABASE pairvote_keystore FROM PUBLIC")
        _run(server, "postgres", "GRANT CONNECT ON DATABASE pairvote_keystore TO pairvote_research")
        yield server


@pytest.fixture(scope="module")
def environment(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of the process that may open both zones, after its first migration."""
    made = {
        "PAIRVOTE_DATA": str(tmp_path_factory.mktemp("data")),
        "PAIRVOTE_DATABASE_URL": postgres.url("pairvote_intake", user="pairvote_intake"),
        "PAIRVOTE_RESEARCH_URL": postgres.url("pairvote_research", user="pairvote_research"),
        "PAIRVOTE_KEYSTORE_URL": postgres.url("pairvote_keystore", user="pairvote_intake"),
    }
    run_flask(made, "db", "upgrade")
    granted = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pairvote_research"
    _run(postgres, "pairvote_keystore", granted)
    return made


def _run(server: PostgresServer, database: str, statement: str) -> None:
    with psycopg.connect(server.url(database), autocommit=True) as connection:
        connection.execute(statement)


def _for_research(environment: dict[str, str]) -> dict[str, str]:
    """What a research process is given: not the intake address."""
    keystore = urlsplit(environment["PAIRVOTE_KEYSTORE_URL"])
    netloc = keystore.netloc.replace("pairvote_intake@", "pairvote_research@")
    given = {name: value for name, value in environment.items() if name != "PAIRVOTE_DATABASE_URL"}
    return given | {
        "PAIRVOTE_ROLE": "research",
        "PAIRVOTE_KEYSTORE_URL": urlunsplit(keystore._replace(netloc=netloc)),
    }


@pytest.mark.parametrize("table", sorted(intake.tables))
def test_the_research_user_cannot_select_intake_tables(
    postgres: PostgresServer, environment: dict[str, str], table: str
) -> None:
    assert environment
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(postgres.url("pairvote_intake", user="pairvote_research"))
    # Even where somebody forgot to revoke the right to connect.
    _run(postgres, "postgres", "GRANT CONNECT ON DATABASE pairvote_intake TO pairvote_research")
    try:
        with (
            psycopg.connect(postgres.url("pairvote_intake", user="pairvote_research")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f'SELECT * FROM "{table}"')
    finally:
        _run(postgres, "postgres", "REVOKE CONNECT ON DATABASE pairvote_intake FROM pairvote_research")


def test_each_role_serves_its_own_zone_and_nothing_else(environment: dict[str, str]) -> None:
    workspace = create_workspace(environment, "Two zones")
    headers = {"Authorization": f"Bearer {workspace.api_key}"}
    invitation = {"identifiers": {"account": "anna"}}
    with (
        Server(environment | {"PAIRVOTE_ROLE": "intake"}) as web,
        Server(
            _for_research(environment), log=Path(environment["PAIRVOTE_DATA"]) / "research.log"
        ) as research,
    ):
        assert httpx.post(f"{web.url}/v1/invitations", json=invitation, headers=headers).status_code == 200
        assert httpx.get(f"{web.url}/v1/exports", headers=headers).status_code == 404
        assert httpx.get(f"{research.url}/v1/exports", headers=headers).status_code == 200
        assert (
            httpx.post(f"{research.url}/v1/invitations", json=invitation, headers=headers).status_code == 404
        )
        assert "intake" not in httpx.get(f"{research.url}/healthz").json()["checks"]


def test_a_research_process_refuses_intakes_commands(environment: dict[str, str]) -> None:
    with pytest.raises(ProgramFailed):
        run_flask(_for_research(environment), "disconnect")

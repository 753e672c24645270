"""Two zones, two processes, two database users: research cannot reach intake or its keys even if it wants to."""

import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest

from app.core.tables import intake
from tests import session
from tests.invariants.source import ROOT
from tests.postgres import PostgresServer
from tests.serving import ProgramFailed, Server, create_workspace, run_flask

_COMPARISON: Final = {
    "identifiers": {"account": "anna"},
    "conversation": [{"role": "user", "content": "Why is the sky blue?"}],
    "responses": [{"model": "a", "content": "Scattering."}, {"model": "b", "content": "The sea."}],
}


def _documented() -> list[str]:
    """The SQL that docs/operate.md gives an operator: what to run before the first migration, and what after."""
    text = (ROOT / "docs/operate.md").read_text("utf-8")
    return re.findall(r"^```sql\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A server whose users and databases are made as the documentation says."""
    with PostgresServer(session.folder() / f"roles-{os.getpid()}", fsync=False) as server:
        _run_all(server, _documented()[0])
        yield server


@pytest.fixture(scope="module")
def environment(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of the process that may open both zones, after its first migration and the grants."""
    made = {
        "PAIRVOTE_DATA": str(tmp_path_factory.mktemp("data")),
        "PAIRVOTE_DATABASE_URL": postgres.url("pairvote_intake", user="pairvote_intake"),
        "PAIRVOTE_RESEARCH_URL": postgres.url("pairvote_research", user="pairvote_research"),
        "PAIRVOTE_KEYSTORE_URL": postgres.url("pairvote_keystore", user="pairvote_intake"),
        "PAIRVOTE_UNDO_SECONDS": "0",
        "PAIRVOTE_JOBS": "off",
    }
    run_flask(made, "db", "upgrade")
    _run_all(postgres, _documented()[1])
    return made


def _run_all(server: PostgresServer, script: str) -> None:
    """Runs a script as psql would: a statement on each line, or what database comes next."""
    database = "postgres"
    for line in script.splitlines():
        if line.startswith("\\c "):
            database = line.removeprefix("\\c ")
        else:
            _run(server, database, line)


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


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM content_keys",
        "SELECT count(*) FROM content_keys",
        "COPY content_keys TO STDOUT",
        "INSERT INTO content_keys VALUES ('id', 'wrapped', 1, 1)",
        "UPDATE content_keys SET wrapped = 'other'",
        "DELETE FROM content_keys",
        "TRUNCATE content_keys",
        "DROP TABLE content_keys",
        "ALTER TABLE content_keys OWNER TO pairvote_research",
        "CREATE INDEX mine ON content_keys (wrapped)",
        "CREATE TABLE mine (id integer)",
        "CREATE VIEW mine AS SELECT * FROM content_keys",
        "UPDATE key_checks SET check_value = 'other'",
        "DELETE FROM key_checks",
        "DELETE FROM alembic_version",
        "SET ROLE pairvote_intake",
    ],
)
def test_the_research_user_can_neither_read_nor_delete_content_keys(
    postgres: PostgresServer, environment: dict[str, str], statement: str
) -> None:
    assert environment
    with (
        psycopg.connect(postgres.url("pairvote_keystore", user="pairvote_research")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_granting_oneself_the_content_keys_grants_nothing(
    postgres: PostgresServer, environment: dict[str, str]
) -> None:
    assert environment
    with psycopg.connect(postgres.url("pairvote_keystore", user="pairvote_research")) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("GRANT SELECT ON content_keys TO pairvote_research")
        connection.rollback()
        may = connection.execute(
            "SELECT bool_or(has_table_privilege('content_keys', privilege))"
            " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])"
            " AS privilege"
        ).fetchone()
    assert may == (False,)


def test_research_reads_its_records_with_its_own_keys(
    postgres: PostgresServer, environment: dict[str, str]
) -> None:
    workspace = create_workspace(environment, "Own keys", "--origin", "https://host.example")
    _vote(environment | {"PAIRVOTE_ROLE": "intake"}, workspace.api_key)
    with psycopg.connect(postgres.url("pairvote_keystore", user="pairvote_intake")) as connection:
        assert connection.execute("SELECT count(*) FROM content_keys").fetchone() == (1,)
    assert json.loads(run_flask(environment, "disconnect", "--json"))["disconnected"] == 1

    research = _for_research(environment)
    made = json.loads(
        run_flask(research, "export", "create", "--workspace", workspace.workspace_id, "--json")
    )
    assert made["rows"] == 1
    (file,) = Path(made["path"]).glob("jsonl/votes-*.jsonl.gz")
    assert "Why is the sky blue?" in gzip.decompress(file.read_bytes()).decode()
    # All that runs by itself in such a process has what it needs.
    handled = json.loads(run_flask(research, "jobs", "run", "--once", "--json"))
    assert set(handled) == {"retention", "build_exports", "publish_tombstones", "deliver_tombstones"}


def _vote(environment: dict[str, str], api_key: str) -> None:
    """Registers a comparison and votes on it."""
    with Server(environment) as web, httpx.Client(base_url=web.url, trust_env=False) as client:
        host = {"Authorization": f"Bearer {api_key}"}
        ticket = client.post("/v1/comparisons", json=_COMPARISON, headers=host).json()["ticket"]
        holder = {"Authorization": f"Bearer {ticket}"}
        assert client.put("/v1/ticket/vote", json={"choice": "left"}, headers=holder).status_code == 200


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
        checks = httpx.get(f"{research.url}/healthz").json()["checks"]
        assert checks == {"keystore": "ok", "research": "ok", "keys": "ok"}


def test_a_research_process_refuses_intakes_commands(environment: dict[str, str]) -> None:
    with pytest.raises(ProgramFailed):
        run_flask(_for_research(environment), "disconnect")


@pytest.mark.parametrize("table", ["record_keys", "key_checks", "alembic_version"])
def test_a_grant_that_is_missing_is_told_at_the_start(
    postgres: PostgresServer, environment: dict[str, str], table: str
) -> None:
    _run(postgres, "pairvote_keystore", f"REVOKE ALL ON {table} FROM pairvote_research")
    try:
        with pytest.raises(
            ProgramFailed, match=rf"ended with 3: .*permission denied for table {table}\). Grant what docs"
        ):
            run_flask(_for_research(environment), "jobs", "run", "--once")
    finally:
        _run_all(postgres, _documented()[1])

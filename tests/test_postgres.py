"""The PostgreSQL that the tests bring behaves as drills and benches need it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PostgresServer, ServerFailed, create_database, drop_database


@pytest.fixture
def directory() -> Iterator[Path]:
    """A folder that the server's account can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "server"


def _shown(url: str, name: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    assert row is not None
    return str(row[0])


def test_a_server_is_version_18_durable_and_utf8(directory: Path) -> None:
    with PostgresServer(directory) as server:
        url = server.create_database("votes")
        assert _shown(url, "server_version").startswith("18.")
        assert _shown(url, "fsync") == "on"
        assert _shown(url, "server_encoding") == "UTF8"
        assert _shown(url, "listen_addresses") == "127.0.0.1"
    assert not server.is_running


def test_what_was_committed_survives_a_kill(directory: Path) -> None:
    with PostgresServer(directory) as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n integer)")
            connection.execute("INSERT INTO kept VALUES (1)")
        for _ in range(3):
            server.kill()
            assert not server.is_running
            server.start()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_a_server_started_elsewhere_is_found_by_its_folder(directory: Path) -> None:
    with PostgresServer(directory, fsync=False, settings={"work_mem": "1MB"}) as server:
        found = PostgresServer(directory)
        assert found.url() == server.url()
        assert _shown(found.url(), "work_mem") == "1MB"
        assert _shown(found.url(), "fsync") == "off"
        found.kill()
        server.start()
        found.stop()
        assert not server.is_running


def test_the_command_line_starts_and_stops_one(directory: Path) -> None:
    def run(*words: str) -> str:
        command = [sys.executable, "-m", "tests.postgres", *words, "--dir", str(directory)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    url = run("start")
    try:
        assert _shown(url, "fsync") == "on"
    finally:
        run("stop")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_a_server_can_run_under_a_library(directory: Path, tmp_path: Path) -> None:
    library = tmp_path / "libmark.so"
    library.touch()
    server = PostgresServer(directory, fsync=False, ld_preload=library)
    server.start()
    try:
        # An empty file is no library: the loader says so, by the name of the copy that the server can read.
        assert "libmark.so" in server.log()
    finally:
        server.stop()


def test_roles_and_databases_are_made_and_copied(directory: Path) -> None:
    with PostgresServer(directory, fsync=False) as server:
        server.create_role("reader")
        url = server.create_database("first", owner="reader")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE mark (n integer)")
        copy = create_database(server.url(), "second", template="first")
        with psycopg.connect(copy) as connection:
            connection.execute("SELECT n FROM mark")
        with psycopg.connect(server.url("first", user="reader")) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("reader",)
        drop_database(server.url(), "second")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(copy)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give up root")
def test_a_folder_out_of_reach_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    with pytest.raises(ServerFailed, match="may not enter; choose another"):
        PostgresServer(tmp_path / "closed" / "server").start()


def test_a_server_that_does_not_start_says_why(directory: Path) -> None:
    with pytest.raises(ServerFailed, match="no_such_parameter"):
        PostgresServer(directory, fsync=False, settings={"no_such_parameter": "1"}).start()

"""Programs that tests start are ready when they say so, and nothing of them is left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.serving import Program, ProgramFailed, Server, run_flask


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings of a new installation."""
    return {"PAIRVOTE_DATA": str(tmp_path / "data")}


def _group(pid: int) -> list[int]:
    """The living processes of the group that a program leads."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def test_a_server_is_ready_is_killed_starts_again_and_stops(environment: dict[str, str]) -> None:
    with Server(environment) as server:
        assert httpx.get(f"{server.url}/readyz").is_success
        workspace = server.create_workspace("product", "--origin", "https://app.example.com")
        assert workspace.api_key.startswith("pv_sk_")
        assert server.run_json("workspace", "list")[0]["workspace_id"] == workspace.workspace_id
        group = server.pid
        server.kill()
        assert _group(group) == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/readyz")
        server.start()
        assert httpx.get(f"{server.url}/readyz").is_success
        group = server.pid
        assert server.stop() == 0
        assert _group(group) == []
    assert "serves on" in server.log()


def test_nothing_outlives_a_test_run_that_is_killed(environment: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent(f"""
        import time
        from tests.serving import Server
        server = Server({environment!r})
        server.start()
        print(server.pid, flush=True)
        time.sleep(600)
        """)
    )
    with subprocess.Popen(
        [sys.executable, str(script)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": "."},
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        group = int(run.stdout.readline())
        assert _group(group)
        run.send_signal(signal.SIGKILL)
    deadline = time.perf_counter() + 30
    while _group(group) and time.perf_counter() < deadline:
        time.sleep(0.05)
    assert _group(group) == []


def test_a_program_that_ends_at_its_start_is_told_with_its_last_words(
    environment: dict[str, str],
) -> None:
    server = Server({**environment, "PAIRVOTE_THREADS": "many"})
    with pytest.raises(ProgramFailed, match="PAIRVOTE_THREADS must be a whole number"):
        server.start()
    assert not server.is_running
    server.close()


def test_a_command_that_fails_is_told_with_what_it_says(environment: dict[str, str]) -> None:
    with pytest.raises(ProgramFailed, match="No such command"):
        run_flask(environment, "no-such-command")


def test_settings_of_whoever_runs_the_tests_do_not_reach_the_program(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAIRVOTE_BIND", "nonsense")
    assert "Usage" in run_flask(environment, "serve", "--help")


def test_servers_of_one_run_have_ports_of_their_own(environment: dict[str, str]) -> None:
    servers = [Server(environment) for _ in range(5)]
    assert len({server.port for server in servers}) == 5
    for server in servers:
        server.close()


def test_a_program_that_does_not_run_cannot_be_stopped(environment: dict[str, str], tmp_path: Path) -> None:
    program = Program(environment, ("serve", "--help"), log=tmp_path / "log")
    program.kill()
    with pytest.raises(AssertionError, match="does not run"):
        program.stop()

"""Real votes go in through HTTP and come out of an export as the ranking they stand for."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pandas as pd
import pytest

from tests.end_to_end.study import ROOT, STUDY, VOTES, ReplayProcess, cut_study
from tests.replay.ranking import difference, exported_battles, scores, study_battles
from tests.serving import JobProcess, NewWorkspace, Server
from tests.stores import BACKENDS, Backend, fresh_stores

pytestmark = pytest.mark.skipif(not STUDY.is_dir(), reason=f"there is no test data at {STUDY}")

_POLL_SECONDS = 0.5
_DISCONNECTED = 'pairvote_disconnection_votes_total{outcome="disconnected"} '
_NO_UNDO = {"PAIRVOTE_UNDO_SECONDS": "0", "PAIRVOTE_JOB_SECONDS": "1"}


def _exported(server: Server, workspace_id: str, *, left: int) -> Path:
    """The folder of a new export, after everything has left intake; of that, background jobs left this much at most."""
    tally = server.run_json("disconnect")
    assert tally["failed"] == 0
    assert tally["disconnected"] <= left
    exported: dict[str, Any] = server.run_json("export", "create", "--workspace", workspace_id)
    server.run("export", "verify", exported["path"])
    return Path(exported["path"])


def _wait_for_jobs(server: Server, votes: int, *, seconds: float) -> None:
    """Returns when the server's own background job has taken so many votes to research; it may not stand still."""
    done, deadline = -1, 0.0
    while done < votes:
        now, before = time.perf_counter(), done
        done = _disconnected(server)
        deadline = now + seconds if done > before else deadline
        assert now < deadline, f"{done} of {votes} votes have left intake, and no more in {seconds} s"
        time.sleep(_POLL_SECONDS)
    assert done == votes


def _disconnected(server: Server) -> int:
    """Not counted, and not listed, before the first batch is through."""
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return int(sum(float(line.split()[1]) for line in lines if line.startswith(_DISCONNECTED)))


def _policy(server: Server, workspace: NewWorkspace) -> Any:
    """By which rules the workspace's people are asked."""
    headers = {"Authorization": f"Bearer {workspace.api_key}"}
    return httpx.get(f"{server.url}/v1/policy", headers=headers).raise_for_status().json()["policy"]


def _assert_rows(export: Path, votes: int) -> None:
    """Three readers that do not know us count the same votes."""
    parquet = f"{export}/data/votes/*.parquet"
    with duckdb.connect() as connection:
        counted = connection.execute(
            f"SELECT count(*), count(DISTINCT vote_id), count(winner) FROM '{parquet}'"
        ).fetchone()
    assert counted == (votes, votes, votes)
    battles = pd.read_csv(export / "csv" / "battles.csv")
    assert len(battles) == battles["vote_id"].nunique() == votes
    assert json.loads((export / "manifest.json").read_text())["rows_out"] == votes


@pytest.mark.timeout(300)
def test_134_votes_played_by_a_replay_that_is_killed_once_are_ranked_as_in_the_study(tmp_path: Path) -> None:
    study = cut_study(tmp_path / "study", models=slice(8, 15))
    with Server({"PAIRVOTE_DATA": str(tmp_path / "data"), **_NO_UNDO}) as server:
        workspace = server.create_workspace("product")
        policy = _policy(server, workspace)
        with ReplayProcess(study, [server], workspace, tmp_path / "state.jsonl") as replay:
            replay.wait_for(50, seconds=60)
            replay.kill()
            replay.start()
            assert "134 votes are recorded" in replay.finish(seconds=180)
        assert _policy(server, workspace) == policy
        _wait_for_jobs(server, 134, seconds=60)
        export = _exported(server, workspace.workspace_id, left=0)
        assert server.stop() == 0
    expected, battles = study_battles(study), exported_battles(export)
    assert battles == expected
    assert difference(scores(battles), scores(expected)).largest < 1e-9
    _assert_rows(export, 134)


@contextlib.contextmanager
def _two_servers_and_a_job_process(backend: Backend, folder: Path) -> Iterator[tuple[Server, Server]]:
    with fresh_stores(backend, folder) as stores:
        environment = {
            "PAIRVOTE_DATA": str(folder / "data"),
            "PAIRVOTE_DATABASE_URL": stores.intake,
            "PAIRVOTE_RESEARCH_URL": stores.research,
            "PAIRVOTE_KEYSTORE_URL": stores.keystore,
            "PAIRVOTE_JOBS": "off",
            **_NO_UNDO,
        }
        # The first start makes the key ring that all share.
        jobs = JobProcess(environment, log=folder / "jobs.log")
        with Server(environment) as one, Server(environment) as other, jobs:
            yield one, other
            assert jobs.is_running, jobs.last_words()
            assert "job_failed" not in jobs.log()


@pytest.mark.drill
@pytest.mark.timeout(0)
@pytest.mark.parametrize("backend", BACKENDS)
def test_all_8931_votes_over_two_servers_beside_a_job_process_give_the_published_ranking(
    backend: Backend, tmp_path: Path
) -> None:
    """One server is killed in the middle and started again; later the replay is."""
    with _two_servers_and_a_job_process(backend, tmp_path) as (one, other):
        workspace = one.create_workspace("product")
        with ReplayProcess(STUDY, [one, other], workspace, tmp_path / "state.jsonl") as replay:
            replay.wait_for(VOTES // 3, seconds=1800)
            other.kill()
            other.start()
            replay.wait_for(2 * VOTES // 3, seconds=1800)
            replay.kill()
            replay.start()
            said = replay.finish(seconds=1800)
        print(said)
        assert f"{VOTES:,} votes are recorded" in said
        export = _exported(one, workspace.workspace_id, left=VOTES // 2)
        assert [one.stop(), other.stop()] == [0, 0]
    checked = subprocess.run(
        [sys.executable, "-m", "tests.replay", "check", str(export), str(STUDY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    print(checked.stdout)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    _assert_rows(export, VOTES)

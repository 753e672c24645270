"""What cannot work is said in one sentence."""

import os
from pathlib import Path

import pytest

from tests.postgres import free_port
from tests.replay.commands import main
from tests.replay.scripted import Scripted, scripted_server

DATA = Path(os.environ.get("PAIRVOTE_TEST_DATA", Path(__file__).parents[3] / "shared/data")) / "llmfao"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no test data at {DATA}")


def _trouble(capsys: pytest.CaptureFixture[str], data: Path, url: str, state: Path) -> str:
    assert main([str(data), "--url", url, "--key", "pv_sk_x", "--state", str(state)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_a_missing_folder_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = _trouble(capsys, tmp_path / "missing", "http://127.0.0.1:1", tmp_path / "state")
    assert said.startswith("There is no folder")


@needs_data
def test_a_dead_server_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    said = _trouble(capsys, DATA, url, tmp_path / "state")
    assert said == f"No server answers at {url} (ConnectError).\n"
    assert not (tmp_path / "state").exists()


@needs_data
@pytest.mark.parametrize(
    ("status", "sentence"),
    [(401, "does not take this API key"), (403, "does not take this API key"), (404, "serves no votes")],
)
def test_a_key_or_a_server_that_will_not_do_is_said(
    status: int, sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with scripted_server([Scripted(status, {"code": "x", "title": "No"})]) as (url, _):
        assert sentence in _trouble(capsys, DATA, url, tmp_path / "state")
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("odd", [["--url", "127.0.0.1:8000"], ["--workers", "0"], ["--limit", "-1"]])
def test_odd_options_are_refused(odd: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["data", "--url", "http://127.0.0.1:1", "--key", "k", *odd])
    assert f"argument {odd[0]}" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["check"]])
def test_there_is_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert "study" in capsys.readouterr().out

"""The check of an export against the study."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.research.exports.battles_csv import COLUMNS, safe_cell
from tests.replay.commands import main
from tests.replay.llmfao import read_rows
from tests.replay.ranking import (
    Battle,
    RankingUnusable,
    difference,
    exported_battles,
    published_scores,
    scores,
    study_battles,
)

DATA = Path(os.environ.get("PAIRVOTE_TEST_DATA", Path(__file__).parents[3] / "shared/data")) / "llmfao"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no test data at {DATA}")


def _export(folder: Path, battles: Iterable[tuple[str, str, str]]) -> Path:
    path = folder / "csv" / "battles.csv"
    path.parent.mkdir()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for number, (a, b, winner) in enumerate(battles):
            writer.writerow([f"v{number}", "", safe_cell(a), safe_cell(b), winner, "2026-11-16"])
    return folder


def _study_shown_the_other_way_round() -> list[tuple[str, str, str]]:
    winners = {"left": "model_b", "right": "model_a", "tie": "tie"}
    return [(row["right"], row["left"], winners[row["winner"]]) for row in read_rows(DATA)]


@needs_data
def test_the_study_s_own_battles_have_the_published_scores() -> None:
    assert difference(scores(study_battles(DATA)), published_scores(DATA)).largest < 1e-12


@needs_data
def test_an_export_of_all_votes_passes_whichever_side_they_were_shown_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = _export(tmp_path, _study_shown_the_other_way_round())
    assert main(["check", str(export), str(DATA)]) == 0
    assert "8,931 battles; 0 of the study's are missing, 0 are not the study's" in capsys.readouterr().out


@needs_data
def test_one_vote_on_the_wrong_side_does_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    battles = _study_shown_the_other_way_round()
    index = next(i for i, battle in enumerate(battles) if battle[2] == "model_a")
    battles[index] = (*battles[index][:2], "model_b")
    assert main(["check", str(_export(tmp_path, battles)), str(DATA)]) == 1
    said = capsys.readouterr().out
    assert "1 of the study's are missing, 1 are not the study's" in said
    assert "NOT within" in said


def test_names_that_were_made_safe_for_spreadsheets_are_read_back(tmp_path: Path) -> None:
    export = _export(tmp_path, [("=one", "'two", "model_a"), ("'two", "=one", "tie")])
    assert exported_battles(export) == {Battle("'two", "=one", "=one"): 1, Battle("'two", "=one", None): 1}


def test_a_winner_that_no_replay_sends_is_refused(tmp_path: Path) -> None:
    export = _export(tmp_path, [("one", "two", "tie (bothbad)")])
    with pytest.raises(RankingUnusable, match=r"tie \(bothbad\)"):
        exported_battles(export)


def test_rankings_of_other_models_are_not_compared() -> None:
    with pytest.raises(RankingUnusable, match="b, c"):
        difference({"a": 1.0, "b": 0.0}, {"a": 1.0, "c": 0.0})


def test_a_folder_that_is_no_export_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path), str(DATA)]) == 1
    assert "this is not an export" in capsys.readouterr().err

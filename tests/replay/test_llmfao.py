"""Every published vote leads to a prompt, two answers and a verdict."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.replay.llmfao import (
    COMPARISONS,
    MODELS,
    PAIRS,
    RESULTS,
    DataUnusable,
    ModelAnswer,
    Verdict,
    Vote,
    fingerprint,
    read_rows,
    read_votes,
)

DATA = Path(os.environ.get("PAIRVOTE_TEST_DATA", Path(__file__).parents[3] / "shared/data")) / "llmfao"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no test data at {DATA}")


@pytest.fixture(scope="module")
def votes() -> list[Vote]:
    """All votes of the study."""
    return read_votes(DATA)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The study in a folder that may be damaged."""
    for name in (COMPARISONS, MODELS, PAIRS, RESULTS):
        shutil.copyfile(DATA / name, tmp_path / name)
    return tmp_path


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_8931_votes_of_124_workers_on_2139_pairs_of_59_models_resolve(votes: list[Vote]) -> None:
    assert len(votes) == 8931
    assert len({vote.key for vote in votes}) == 8931
    assert len({vote.worker for vote in votes}) == 124
    assert len({vote.pair for vote in votes}) == 2139
    assert len({answer.model for vote in votes for answer in vote.answers}) == 59


def test_verdicts_are_those_published(votes: list[Vote]) -> None:
    assert Counter(vote.verdict for vote in votes) == {
        Verdict.TIE: 3471,
        Verdict.LEFT: 2911,
        Verdict.RIGHT: 2549,
    }


def test_answers_stand_where_the_worker_saw_them(votes: list[Vote]) -> None:
    rows = [(row["left"], row["right"]) for row in read_rows(DATA)]
    assert [(vote.answers[0].model, vote.answers[1].model) for vote in votes] == rows


def test_the_preferred_answer_is_the_one_on_the_worker_s_side(votes: list[Vote]) -> None:
    for vote, row in zip(votes, read_rows(DATA), strict=True):
        expected = row[row["winner"]] if row["winner"] != "tie" else None
        assert (None if vote.preferred is None else vote.answers[vote.preferred].model) == expected


def test_every_answer_has_the_time_it_took_and_who_gave_it(votes: list[Vote]) -> None:
    for answer in (answer for vote in votes for answer in vote.answers):
        assert answer.latency_ms is not None
        assert 100 < answer.latency_ms < 100_000
        assert answer.provider
        assert answer.provider_model


def test_an_answer_without_a_call_on_record_has_no_metadata(copy: Path) -> None:
    (copy / RESULTS).write_text("")
    answers = read_votes(copy)[0].answers
    assert answers[0].as_request() == {"model": answers[0].model, "content": answers[0].text}


def test_metadata_goes_into_the_request_under_the_contract_s_names() -> None:
    answer = ModelAnswer("m", "text", 12, "together", "org/m")
    assert answer.as_request() == {
        "model": "m",
        "content": "text",
        "latency_ms": 12,
        "provider": "together",
        "response_model": "org/m",
    }


def test_a_row_whose_models_are_not_its_pair_s_is_refused(copy: Path) -> None:
    _replace(copy / COMPARISONS, "Airoboros L2 70B,Weaver 12k", "Weaver 12k,Airoboros L2 70B")
    with pytest.raises(DataUnusable, match=r"Line 2 .* did not stand left in pair 0"):
        read_votes(copy)


def test_a_second_vote_of_a_worker_on_a_pair_is_refused(copy: Path) -> None:
    _replace(copy / COMPARISONS, "0,8,97,98,83,tie", "0,8,97,98,58,tie")
    with pytest.raises(DataUnusable, match="votes twice"):
        read_votes(copy)


def test_other_votes_have_another_fingerprint(copy: Path) -> None:
    assert fingerprint(copy) == fingerprint(DATA)
    _replace(copy / COMPARISONS, ",tie,", ",left,")
    assert fingerprint(copy) != fingerprint(DATA)


def test_a_folder_that_is_not_there_or_not_the_study_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="There is no folder"):
        read_votes(tmp_path / "missing")
    with pytest.raises(DataUnusable, match=r"There is no models\.jsonl in"):
        read_votes(tmp_path)

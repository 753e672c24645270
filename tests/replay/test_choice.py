"""The vote goes to the side on which the preferred answer stands now."""

import itertools
from typing import Any

import pytest

from tests.replay.api import ReplayFailed
from tests.replay.llmfao import ModelAnswer, Verdict, Vote
from tests.replay.player import choice_now


def _vote(verdict: Verdict, texts: tuple[str, str] = ("one", "two")) -> Vote:
    return Vote(1, 2, verdict, "prompt", (ModelAnswer("x", texts[0]), ModelAnswer("y", texts[1])))


def _shown(left: str, right: str, prompt: str = "prompt") -> dict[str, Any]:
    return {"prompt": prompt, "left": {"content": left}, "right": {"content": right}}


@pytest.mark.parametrize(
    ("verdict", "order", "choice"),
    [
        (Verdict.LEFT, [0, 1], "left"),
        (Verdict.LEFT, [1, 0], "right"),
        (Verdict.RIGHT, [0, 1], "right"),
        (Verdict.RIGHT, [1, 0], "left"),
        (Verdict.TIE, [0, 1], "tie"),
        (Verdict.TIE, [1, 0], "tie"),
    ],
)
@pytest.mark.parametrize("texts", [("one", "two"), ("same", "same"), ("", "two")])
def test_the_choice_follows_the_preferred_answer(
    verdict: Verdict, order: list[int], choice: str, texts: tuple[str, str]
) -> None:
    shown = _shown(texts[order[0]], texts[order[1]])
    assert choice_now(_vote(verdict, texts), shown, order) == choice


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("shown", [_shown("two", "one"), _shown("one", "2"), _shown("one", "two", "other")])
def test_what_was_not_registered_like_this_is_not_voted_on(verdict: Verdict, shown: dict[str, Any]) -> None:
    with pytest.raises(ReplayFailed, match="vote 1:2"):
        choice_now(_vote(verdict), shown, [0, 1])


def test_over_both_orders_each_side_is_chosen_equally_often() -> None:
    choices = [
        choice_now(_vote(verdict), _shown(*(("one", "two")[i] for i in order)), order)
        for verdict, order in itertools.product([Verdict.LEFT, Verdict.RIGHT], [[0, 1], [1, 0]])
    ]
    assert sorted(choices) == ["left", "left", "right", "right"]

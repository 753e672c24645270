"""Differences between two responses, word by word."""

import random
from typing import Any

import pytest
from playwright.sync_api import Page


def _marked(page: Page, left: str, right: str) -> Any:
    return page.evaluate(
        """(contents) => {
          const [left, right] = lab.make(contents);
          const before = [left.textContent, right.textContent];
          const marked = lab.diff.markDifferences(left, right);
          const marks = [left, right].map((box) => [...box.querySelectorAll("mark")]);
          const words = marks.map((each) => each.map((mark) => mark.textContent));
          const kept = left.textContent === before[0] && right.textContent === before[1];
          const broken = [...lab.INVARIANTS(left), ...lab.INVARIANTS(right)];
          const bare = marks.flat().every((mark) => mark.role === "presentation");
          lab.diff.clearDifferences(left);
          lab.diff.clearDifferences(right);
          const cleared = left.querySelectorAll("mark").length + right.querySelectorAll("mark").length;
          return { marked, words, kept, broken, bare, cleared };
        }""",
        [left, right],
    )


def test_differences_are_marked_word_by_word_and_taken_back(lab: Page) -> None:
    found = _marked(
        lab, "The **quick** fox jumps over the lazy dog.", "The *slow* fox jumps over the very lazy dog."
    )
    assert found == {
        "marked": True,
        "words": [["quick"], ["slow", " very"]],
        "kept": True,
        "broken": [],
        "bare": True,
        "cleared": 0,
    }


MOST_TIMES_THE_SAME = 25


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Alpha beta gamma delta epsilon zeta eta theta", "one two three four five six seven eight"),
        (" ".join(f"a{n}" for n in range(30_000)), " ".join(f"b{n}" for n in range(30_000))),
        (" ".join(f"a{n}" for n in range(9_900)), " ".join(f"b{n}" for n in range(9_900))),
        (" ".join(f"a{n}" for n in range(9_900)), " ".join(f"a{n * 7 % 9_900}" for n in range(9_900))),
    ],
)
def test_texts_too_different_are_not_marked_and_cost_little(lab: Page, left: str, right: str) -> None:
    """Against a text compared with itself, which reads every word once."""
    found = lab.evaluate(
        """([left, right]) => {
          const took = (one, other) => Math.min(...[1, 2, 3].map(() => {
            const began = performance.now();
            lab.diff.diffWords(one, other);
            return performance.now() - began;
          }));
          const { tooDifferent } = lab.diff.diffWords(left, right);
          return { tooDifferent, took: took(left, right), floor: took(left, left) };
        }""",
        [left, right],
    )
    assert found["tooDifferent"] is True
    assert found["took"] < MOST_TIMES_THE_SAME * max(found["floor"], 1), found


@pytest.mark.parametrize("seed", range(20))
def test_a_difference_leaves_the_common_words_in_order(lab: Page, seed: int) -> None:
    chance = random.Random(seed)
    words = [chance.choice(["the", "fox", "dog", "a", "ran", "漢字", "home"]) for _ in range(40)]
    other = [word for word in words if chance.random() > 0.2]
    for _ in range(5):
        other.insert(chance.randrange(len(other)), chance.choice(["new", "cat"]))
    left, right = " ".join(words), " ".join(other)
    found = lab.evaluate("([left, right]) => lab.diff.diffWords(left, right)", [left, right])
    assert "".join(each["text"] for each in found["left"]) == left
    assert "".join(each["text"] for each in found["right"]) == right
    if not found["tooDifferent"]:
        same = [
            "".join(e["text"] for e in found[side] if not e["changed"]).split() for side in ("left", "right")
        ]
        assert "".join(same[0]) == "".join(same[1])

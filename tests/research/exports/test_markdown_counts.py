"""Counting Markdown in many texts at once, against the patterns that say what counts."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.research.exports import markdown_counts
from app.research.exports.markdown_counts import count_many, count_one

# Marks in all lengths that matter, digits and spaces of other scripts, and what ends a line, a text or a C string.
PIECES = st.sampled_from(
    [
        *("`", "``", "```", "````", "*", "**", "***", "****", "_", "__", "___", "____"),
        *("\n", "\r\n", "\n#", "\n##", "\n#######", "#", " ", "\t", "\x0b", "\x1c", "\0"),
        *("\n- ", "\n+", "-", "\n   * ", "\n\t1. ", "\n12.", "1", ".", "\n1.x"),
        *(
            "\n\u0663. ",
            "\n1\u0663. ",
            "\n\uff11. z",
            "\n\U0001d7d8. ",
            "\n1.\u3000",
            "\n-\u00a0",
            "\n#\u2003",
        ),
        *("\n" + " " * 40 + "- x", "\n" + "1" * 40 + ". x", "a", "b", "\u00e9", "\u4e2d", "\U0001f989"),
    ]
)
TEXTS = st.lists(st.lists(PIECES, max_size=20).map("".join), max_size=8)


@given(TEXTS)
def test_many_texts_are_counted_as_each_alone(texts: list[str]) -> None:
    assert count_many(texts).tolist() == [count_one(text) for text in texts]


def test_more_texts_than_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["# a\n**b**", "", "```\n# c\n```\n- d", "__e__\n\u0663. f"] * 5
    together = count_many(texts).tolist()
    monkeypatch.setattr(markdown_counts, "_AT_ONCE_BYTES", 16)
    assert count_many(texts).tolist() == together == [count_one(text) for text in texts]


def test_bold_needs_marks_of_its_own_on_both_sides() -> None:
    counts = count_many(["**a**b**c**", "**a****b**", "**a***b**", "** **", "****", "**a\nb**"])
    assert counts[:, 9].tolist() == [2, 2, 1, 1, 0, 0]


def test_no_digit_or_space_is_beyond_what_is_searched_for_them() -> None:
    beyond = "".join(map(chr, range(0x20000, sys.maxunicode + 1)))
    assert not re.search(r"\d|\s", beyond)

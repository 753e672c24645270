"""Arena's style measures."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.research.exports.arrays import style_array
from app.research.exports.style import style_measures
from app.research.records.record import Message, RecordContent

NO_HEADERS = dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), 0)
ANSWER = """# Title
## Part one
###### Small print
#no heading
Text with **bold**, more **bold words** and __another__ kind.

- one
* two
  + three
1. first
 12. twelfth
-no item
1.no item
"""


def measures(response_a: str, response_b: str = "", prompt: tuple[Message, ...] = ()) -> dict[str, object]:
    content = RecordContent(prompt, response_a, response_b)
    (told,) = style_array(
        style_measures([content]), turns=[1], contexts=([10], [None]), has_text=[True]
    ).to_pylist()
    assert told is not None
    return dict(told)


def test_headers_list_items_and_bold_passages_are_counted_by_kind() -> None:
    found = measures(ANSWER)
    assert found["header_count_a"] == {**NO_HEADERS, "h1": 1, "h2": 1, "h6": 1}
    assert found["list_count_a"] == {"ordered": 2, "unordered": 3}
    assert found["bold_count_a"] == {"**": 2, "__": 1}


def test_sides_are_measured_apart() -> None:
    found = measures("plain", "# b")
    assert found["header_count_a"] == NO_HEADERS
    assert found["header_count_b"] == {**NO_HEADERS, "h1": 1}


def test_fenced_code_does_not_count_as_markdown() -> None:
    found = measures("```sh\n# comment\n- **no** list\n```\n# Title\n```py\n# `tick`\n```")
    assert found["header_count_a"] == {**NO_HEADERS, "h1": 1}
    assert found["list_count_a"] == {"ordered": 0, "unordered": 0}
    assert found["bold_count_a"] == {"**": 0, "__": 0}


def test_earlier_answers_count_for_both_sides_and_the_users_words_for_none() -> None:
    prompt = (Message("user", "# mine"), Message("assistant", "# earlier"), Message("user", "- go on"))
    found = measures("# a", "", prompt)
    assert found["header_count_a"] == {**NO_HEADERS, "h1": 2}
    assert found["header_count_b"] == {**NO_HEADERS, "h1": 1}
    assert found["sum_user_tokens"] == -(-len("# mine\n- go on") // 4)
    assert found["sum_assistant_a_tokens"] == -(-len("# earlier\n# a") // 4)


def test_context_tokens_and_turns_are_passed_on() -> None:
    found = measures("a")
    assert (found["turns"], found["context_a_tokens"], found["context_b_tokens"]) == (1, 10, None)


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("猫", 1), ("🦉🦉", 2)]
)
def test_a_token_is_a_quarter_of_the_bytes(text: str, tokens: int) -> None:
    assert measures(text)["sum_assistant_a_tokens"] == tokens


LINES = st.lists(
    st.sampled_from(
        ["# h", "## h", "####### no", "- x", "1. y", " * z", "**b** c __d__", "", "text", "#", "-"]
    ),
    max_size=12,
)


@given(LINES)
def test_line_by_line_counting_agrees(lines: list[str]) -> None:
    found = measures("\n".join([*lines, ""]))
    headers = [match[1] for line in lines if (match := re.match(r"(#{1,6})(\s|$)", line))]
    assert found["header_count_a"] == {
        f"h{n}": sum(len(marks) == n for marks in headers) for n in range(1, 7)
    }
    ordered = sum(bool(re.match(r"\s*\d+\.(\s|$)", line)) for line in lines)
    unordered = sum(bool(re.match(r"\s*[-*+](\s|$)", line)) for line in lines)
    assert found["list_count_a"] == {"ordered": ordered, "unordered": unordered}


@pytest.mark.parametrize("unit", ["```", "`", "**", "__", "\n ", "\n1", "#", "\n#", "* ", "\n- "])
def test_eight_times_the_text_takes_about_eight_times_as_long(unit: str) -> None:
    """64 times where anything is gone over again."""
    assert _seconds(unit, 400_000) < 24 * max(_seconds(unit, 50_000), 0.002)


def _seconds(unit: str, length: int) -> float:
    """The processor's time for it, as little as it took."""
    text = unit * (length // len(unit)) + "x"
    took = []
    for _ in range(3):
        start = time.thread_time()
        measures(text)
        took.append(time.thread_time() - start)
    return min(took)


_MARKDOWN = st.text(st.sampled_from("a `#*_-1.\n é"), max_size=60) | st.sampled_from(
    ["```", "# x", "``````", "````"]
)


@given(st.lists(_MARKDOWN, max_size=4), _MARKDOWN)
def test_measuring_earlier_answers_once_is_measuring_all_of_it(earlier: list[str], response: str) -> None:
    apart = measures(response, prompt=tuple(Message("assistant", text) for text in earlier))
    joined = "\n".join(earlier)
    together = measures(f"{joined}\n{response}" if joined else response)
    for name in ("sum_assistant_a_tokens", "header_count_a", "list_count_a", "bold_count_a"):
        assert apart[name] == together[name]

"""What is exact on one side of the door is coarse on the other."""

import pytest

from app.core.languages import language_of
from app.disconnection.coarsening import LATENCY, TIME_TO_VOTE, Ranges, finish_reason_of


@pytest.mark.parametrize(
    ("ms", "name"),
    [
        (0, "0-0.5s"),
        (499, "0-0.5s"),
        (500, "0.5-1s"),
        (999, "0.5-1s"),
        (1_000, "1-2s"),
        (59_999, "30-60s"),
        (60_000, "60s+"),
        (10**9, "60s+"),
        (None, None),
    ],
)
def test_a_latency_is_told_as_a_range(ms: int | None, name: str | None) -> None:
    assert LATENCY.name_of(ms) == name


@pytest.mark.parametrize("ranges", [LATENCY, TIME_TO_VOTE])
def test_each_range_has_a_beginning_and_a_name_of_its_own(ranges: Ranges) -> None:
    assert ranges.starts[0] == 0
    assert list(ranges.starts) == sorted(set(ranges.starts))
    assert len(set(ranges.names)) == len(ranges.names) == len(ranges.starts)


def test_clocks_that_disagree_give_no_range() -> None:
    assert TIME_TO_VOTE.name_of(-1) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("stop", "stop"),
        ("MAX_TOKENS", "max_tokens"),
        ("jane.roe@example.com", "other"),
        ("", "other"),
        (None, None),
    ],
)
def test_only_known_finish_reasons_get_through(said: str | None, told: str | None) -> None:
    assert finish_reason_of(said) == told


@pytest.mark.parametrize(
    ("locale", "language"), [("de-AT", "de"), ("zh_Hant_TW", "zh"), ("EN", "en"), ("", None), (None, None)]
)
def test_a_language_is_told_without_its_region(locale: str | None, language: str | None) -> None:
    assert language_of(locale) == language

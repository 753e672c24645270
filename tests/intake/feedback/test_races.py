"""A no, or an erasure, and sixty-four callers at the same moment: no rating is recorded after it, and nothing stays."""

import pytest

from app.operations.installation import Installation
from tests.intake.feedback.races import SCOPES, run_races


def test_no_rating_is_recorded_after_a_no(installation: Installation) -> None:
    assert run_races(installation, SCOPES) == []


@pytest.mark.drill
@pytest.mark.timeout(7_200)
def test_no_rating_is_recorded_after_a_thousand_noes(installation: Installation) -> None:
    violations: list[str] = []
    for first in range(0, 1_000, 100):
        scopes = [SCOPES[number % len(SCOPES)] for number in range(first, first + 100)]
        violations += run_races(installation, scopes, first=first)
        print(f"{first + 100} races of 64: {violations or 0} violations", flush=True)
    assert violations == []

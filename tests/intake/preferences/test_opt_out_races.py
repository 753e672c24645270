"""A no and sixty-four callers at the same moment: nothing is recorded after it, and nothing becomes a record."""

import pytest

from app.intake.persons.levels import SharingScope
from app.operations.installation import Installation
from tests.intake.preferences.races import run_races

_SCOPES = [SharingScope.PERSON, SharingScope.CONVERSATION, SharingScope.PROJECT]


def test_no_vote_is_recorded_after_a_no(installation: Installation) -> None:
    assert run_races(installation, _SCOPES) == []


@pytest.mark.drill
@pytest.mark.timeout(3_600)
def test_no_vote_is_recorded_after_a_thousand_noes(installation: Installation) -> None:
    violations: list[str] = []
    for first in range(0, 1_000, 100):
        scopes = [_SCOPES[number % len(_SCOPES)] for number in range(first, first + 100)]
        violations += run_races(installation, scopes, first=first)
        print(f"{first + 100} races of 64: {len(violations)} violations", flush=True)
    assert violations == []

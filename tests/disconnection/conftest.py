"""Fixtures of the door's tests."""

import pytest

from app.operations.installation import Installation
from tests.disconnection.voting import Booth


@pytest.fixture
def booth(installation: Installation) -> Booth:
    """A workspace in which votes are cast."""
    return Booth(installation)

"""A database with a small table, on each backend."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.database import Database
from tests.core.notes import notes_database
from tests.stores import Backend, empty_database


@pytest.fixture
def database(backend: Backend, tmp_path: Path) -> Iterator[Database]:
    """A database with the table `notes`."""
    with empty_database(backend, tmp_path) as url:
        made = notes_database(url)
        yield made
        made.close()

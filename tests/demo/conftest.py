"""A real server with the demo loaded: its product calls Pairvote over HTTP, so nothing less will do."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.serving import Server


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`make run`, on a port of its own; visitors do not meet, so the tests of one process share it."""
    folder: Path = tmp_path_factory.mktemp("demo")
    with Server({"PAIRVOTE_DATA": str(folder / "data")}, options=("--migrate", "--demo")) as running:
        yield running


@pytest.fixture
def visitor(demo_server: Server) -> Iterator[httpx.Client]:
    """A visitor's browser, as far as HTTP goes."""
    with httpx.Client(base_url=demo_server.url, timeout=30, trust_env=False) as client:
        yield client

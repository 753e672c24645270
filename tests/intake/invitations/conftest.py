"""A host with its calls, and a second one beside it."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.ids import from_text
from app.operations.installation import Installation
from tests.conftest import Host
from tests.intake.invitations.calls import Calls


@pytest.fixture
def calls(client: FlaskClient, workspace: Host) -> Calls:
    """The calls of the host."""
    return Calls(client, workspace.headers)


@pytest.fixture
def workspace_id(workspace: Host) -> bytes:
    """The host's workspace, as rows name it."""
    found = from_text("ws", workspace.workspace_id)
    assert found is not None
    return found


@pytest.fixture
def other_calls(app: Flask, client: FlaskClient) -> Calls:
    """The calls of another host in the same installation."""
    arguments = ["workspace", "create", "Other product", "--origin", "https://other.example", "--json"]
    result = app.test_cli_runner().invoke(args=arguments, catch_exceptions=False)
    return Calls(client, {"Authorization": f"Bearer {json.loads(result.output)['api_key']}"})


@pytest.fixture
def count_rows(installation: Installation) -> Callable[[str], int]:
    """How many rows a table of intake has."""

    def count(table: str) -> int:
        with installation.intake_db.engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    return count

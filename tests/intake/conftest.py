"""A host and a browser of the intake zone, as their engineers would write them."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Host


@dataclass
class HostServer:
    """The host's server: registers comparisons and asks about them."""

    client: FlaskClient
    host: Host

    def post(self, path: str, body: Any, *, key: str | None = None) -> TestResponse:
        """A call of the host's server, under an idempotency key if one is given."""
        headers = self.host.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post(path, json=body, headers=headers)

    def put(self, path: str, body: Any) -> TestResponse:
        """A PUT of the host's server."""
        return self.client.put(path, json=body, headers=self.host.headers)

    def get(self, path: str) -> TestResponse:
        """A GET of the host's server."""
        return self.client.get(path, headers=self.host.headers)

    def register(self, **changes: Any) -> dict[str, Any]:
        """A registered comparison of person `anna`, unless told otherwise."""
        response = self.post("/v1/comparisons", comparison(**changes))
        assert response.status_code == 201, response.data
        registered: dict[str, Any] = response.get_json()
        return registered

    def browser(self, **changes: Any) -> "Browser":
        """A browser that holds a fresh ticket."""
        registered = self.register(**changes)
        return Browser(self.client, registered["ticket"], registered)


@dataclass
class Browser:
    """The widget in an end user's browser."""

    client: FlaskClient
    ticket: str
    registered: dict[str, Any]
    origin: str | None = "https://host.example"

    @property
    def headers(self) -> dict[str, str]:
        """What the widget sends."""
        headers = {"Authorization": f"Bearer {self.ticket}"}
        return headers | ({"Origin": self.origin} if self.origin else {})

    def show(self) -> TestResponse:
        """Fetches what to show."""
        return self.client.get("/v1/ticket", headers=self.headers)

    def vote(self, choice: str = "left", **more: Any) -> TestResponse:
        """Votes."""
        return self.client.put("/v1/ticket/vote", json={"choice": choice, **more}, headers=self.headers)

    def undo(self) -> TestResponse:
        """Takes the vote back."""
        return self.client.delete("/v1/ticket/vote", headers=self.headers)

    def skip(self, **more: Any) -> TestResponse:
        """Skips."""
        return self.client.post("/v1/ticket/skip", json=more, headers=self.headers)

    def report(self, side: str = "left", category: str = "harmful", **more: Any) -> TestResponse:
        """Reports a response."""
        body = {"side": side, "category": category, **more}
        return self.client.post("/v1/ticket/report", json=body, headers=self.headers)

    def prefer(self, **wishes: Any) -> TestResponse:
        """Sets preferences."""
        return self.client.put("/v1/ticket/preferences", json=wishes, headers=self.headers)


def comparison(**changes: Any) -> dict[str, Any]:
    """The body of a registration."""
    body: dict[str, Any] = {
        "identifiers": {"account": "anna"},
        "conversation": [{"role": "user", "content": "Why is the sky blue?"}],
        "responses": [
            {"model": "model-a", "content": "Rayleigh scattering."},
            {"model": "model-b", "content": "Because of the sea."},
        ],
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


@pytest.fixture
def server(client: FlaskClient, workspace: Host) -> HostServer:
    """The host's server."""
    return HostServer(client, workspace)

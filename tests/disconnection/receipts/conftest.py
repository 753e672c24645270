"""Whoever holds receipts, with nothing but them."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clock import MovableClock
from tests.disconnection.voting import Booth, Voted

_OF_EXPORTS = {"exports", "exports_known", "tombstoned"}


@dataclass
class Holder:
    """Calls without any credential; the time is the application's."""

    client: FlaskClient
    clock: MovableClock
    booth: Booth
    exports: dict[str, Any] = field(default_factory=dict)
    """What the last answer to `look_up` has told of exports."""

    def receipt(self, voted: Voted) -> str:
        """What a vote was answered with."""
        tickets = self.booth.here.intake.tickets
        return tickets.receipt(self.booth.holder(voted, voted.cast_at).claims)

    def ask(self, receipt: str) -> TestResponse:
        """Asks how a vote stands."""
        return self.client.post("/v1/receipts/lookup", json={"receipt": receipt})

    def give_back(self, receipt: str) -> TestResponse:
        """Withdraws a vote."""
        return self.client.post("/v1/receipts/withdraw", json={"receipt": receipt})

    def look_up(self, voted: Voted, at: int) -> Any:
        """How a vote stands at a time; the refusal's code where there is none."""
        self.clock.at = at
        told = _told(self.ask(self.receipt(voted)))
        if isinstance(told, dict):
            self.exports = {name: told.pop(name) for name in _OF_EXPORTS & told.keys()}
        return told

    def withdraw(self, voted: Voted, at: int) -> Any:
        """What withdrawing a vote at a time is answered."""
        self.clock.at = at
        return _told(self.give_back(self.receipt(voted)))


def _told(answer: TestResponse) -> Any:
    assert answer.status_code in (200, 404), answer.text
    body = answer.get_json()
    return body.get("code", body)


@pytest.fixture
def holder(client: FlaskClient, clock: MovableClock, booth: Booth) -> Holder:
    """Whoever holds receipts."""
    return Holder(client, clock, booth)

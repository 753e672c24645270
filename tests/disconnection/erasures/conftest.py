"""A host that erases, and a look at everything that is left."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Table

from app.core.database import Database
from app.core.tables import intake, research
from app.disconnection.erasures.jobs import carry_out_erasures
from app.disconnection.jobs import sweep
from app.intake.persons.models import QUIET_MS
from app.operations.installation import Installation
from app.privacy.data_keys import person_key_id
from app.privacy.identifiers import Identifier, IdentifierKind
from app.privacy.models import content_keys
from app.research.exports.jobs import build_exports
from tests.clock import MovableClock
from tests.disconnection.voting import door_of
from tests.intake.conftest import HostServer
from tests.tables import rows_of

UNDO_SECONDS = 900


@dataclass
class Eraser:
    """A host with its end users; the time is the application's."""

    server: HostServer
    here: Installation
    clock: MovableClock

    def vote(self, account: str = "anna", conversation: str | None = None, **changes: Any) -> str:
        """A vote with a comment; its receipt."""
        who = {"account": account} | ({"conversation": conversation} if conversation else {})
        browser = self.server.browser(identifiers=who, **changes)
        browser.show()
        receipt: str = browser.vote(comment="well said").get_json()["receipt"]
        return receipt

    def disconnect(self) -> None:
        """Everything that stands becomes final and leaves."""
        self.clock.advance(seconds=UNDO_SECONDS)
        sweep(door_of(self.here), at=self.clock())

    def erase(self, account: str = "anna", *, conversation: str | None = None, **more: Any) -> dict[str, Any]:
        """The answer to the request."""
        who = {"account": account} | ({"conversation": conversation} if conversation else {})
        answer = self.server.post("/v1/erasures", {"identifiers": who, **more})
        assert answer.status_code == 202, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    def carry_out(self) -> int:
        """What the job does in one sweep."""
        return carry_out_erasures(self.here.intake, door_of(self.here), at=self.clock())

    def report(self, erasure_id: str) -> dict[str, Any]:
        """How an erasure stands."""
        told: dict[str, Any] = self.server.get(f"/v1/erasures/{erasure_id}").get_json()
        return told

    def finish(self, erasure_id: str) -> dict[str, Any]:
        """The report once the quiet time is over."""
        self.carry_out()
        self.clock.advance(ms=QUIET_MS)
        self.carry_out()
        told = self.report(erasure_id)
        assert told["state"] == "done", told
        return told

    def look_up(self, receipt: str) -> dict[str, Any]:
        """What whoever holds a receipt is told."""
        answer = self.server.client.post("/v1/receipts/lookup", json={"receipt": receipt})
        told: dict[str, Any] = answer.get_json()
        return told

    def export(self) -> str:
        """An export of everything, built now; its external id."""
        body = {"purpose": "Which answers help"}
        export_id: str = self.server.post("/v1/exports", body).get_json()["id"]
        assert build_exports(self.here.research, at=self.clock()) == 1
        return export_id

    def state(self, receipt: str) -> str:
        """How a receipt's vote stands; the refusal's code where there is none."""
        told = self.look_up(receipt)
        return str(told.get("state") or told["code"])

    def person(self, account: str = "anna") -> bytes:
        """An account's pseudonym."""
        identifier = Identifier(IdentifierKind.ACCOUNT, account)
        return self.here.intake.pseudonyms.current(self.workspace_id, identifier)

    @property
    def workspace_id(self) -> bytes:
        """The host's workspace."""
        caller = self.here.intake.directory.caller(self.server.host.api_key)
        assert caller is not None
        return caller.workspace.id

    def has_key(self, account: str = "anna") -> bool:
        """Whether the person has a data key."""
        key_id = person_key_id(self.workspace_id, self.person(account))
        return key_id in {row.id for row in rows_of(self.here.keystore_db, content_keys)}

    def rows(self, table: Table) -> list[Any]:
        """All rows of a table."""
        database: Database = {id(intake): self.here.intake_db, id(research): self.here.research_db}[
            id(table.metadata)
        ]
        return [*rows_of(database, table)]

    def mentions(self, needle: bytes) -> set[str]:
        """The tables of intake in which a value, such as a pseudonym, still stands."""
        return {
            table.name
            for table in intake.sorted_tables
            if any(
                needle in bytes(value)
                for row in self.rows(table)
                for value in row
                if isinstance(value, bytes)
            )
        }


@pytest.fixture
def eraser(server: HostServer, installation: Installation, clock: MovableClock) -> Eraser:
    """A host that erases."""
    return Eraser(server, installation, clock)


@pytest.fixture
def server(client: Any, workspace: Any) -> HostServer:
    """The host's server."""
    return HostServer(client, workspace)

"""An installation to measure: its databases, a workspace with a policy, and as many stored votes as wanted.

Stored votes go straight into the real tables, for they would take an hour over HTTP. Row `i` is a comparison
registered within the last hour with its vote; four comparisons belong to one person; ids are UUIDv7 in order
of time, as registration makes them; all else is drawn from a seeded generator. They carry no content, which
casting a vote never touches. Nothing runs out while the bench runs: tickets and undo windows last a day.
"""

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Table, func, select

from app.access.workspaces import models as access_models
from app.access.workspaces.models import Workspace
from app.access.workspaces.services import NewWorkspace, create_workspace
from app.core.clock import MS_PER_DAY, day_of, now_ms
from app.core.database import Database
from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.statements import insert_row, scalar_query
from app.intake.comparisons.models import Choice, ComparisonState, comparison_contents, comparisons
from app.intake.documents import shipped
from app.intake.invitations.policies import set_policy
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.policy_document import write_policy
from app.intake.persons.models import persons
from app.intake.persons.queries import new_person
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.operations.start import migrate, prepare_data
from app.privacy.secrets import new_api_key
from app.privacy.tickets import TicketPurpose

ORIGIN: Final = "https://app.example.com"
SAMPLING_RATE: Final = 0.1
_SECONDS_PER_DAY: Final = 86_400
_COMPARISONS_PER_PERSON: Final = 4
_SPREAD_MS: Final = 3_600_000
_CHUNK: Final = 10_000


class Addresses(NamedTuple):
    """Where the stores are; empty for files in the data folder."""

    intake: str = ""
    research: str = ""
    keystore: str = ""


class Site:
    """One installation with one workspace; its server runs elsewhere, on the same data."""

    def __init__(self, folder: Path, addresses: Addresses, *, seed: int) -> None:
        self.settings = Settings(
            data=folder,
            database_url=addresses.intake,
            research_url=addresses.research,
            keystore_url=addresses.keystore,
            show_seconds=_SECONDS_PER_DAY,
            ticket_seconds=_SECONDS_PER_DAY,
            undo_seconds=_SECONDS_PER_DAY,
        )
        self.installation = Installation(self.settings, now_ms)
        self._random = random.Random(seed)
        self._persons: list[bytes] = []
        prepare_data(self.installation)
        migrate(self.installation)
        self.api_key = new_api_key()
        self.workspace = self._create_workspace()

    @property
    def database(self) -> Database:
        """The intake database."""
        return self.installation.intake_db

    def _create_workspace(self) -> Workspace:
        at = now_ms()
        new = NewWorkspace(
            id=self._random.randbytes(16),
            name="Bench",
            origins=(ORIGIN,),
            options=access_models.WorkspaceOptions(),
            key_id=uuid7(at),
            key_text=self.api_key,
        )
        policy = write_policy(InvitationPolicy(sampling_rate=SAMPLING_RATE))
        self.database.write(
            lambda tx: create_workspace(tx, access_models.INTAKE, new=new, actor="bench", at=at)
        )
        self.database.write(
            lambda tx: set_policy(
                tx, workspace_id=new.id, document=policy, expected_version=None, actor="bench", at=at
            )
        )
        return Workspace(new.id, new.name, frozenset(new.origins), new.options)

    def store_votes(self, count: int) -> None:
        """Adds comparisons with a vote in its undo window, and their persons."""
        at = now_ms()
        for start in range(0, count, _CHUNK):
            size = min(_CHUNK, count - start)
            self._add_persons(size // _COMPARISONS_PER_PERSON + 1, at)
            ids = [uuid7(at - _SPREAD_MS + (start + i) * _SPREAD_MS // count) for i in range(size)]
            bulk_insert(self.database, comparisons, (self._comparison(id, None) for id in ids))
            bulk_insert(self.database, votes, (self._vote(id, at) for id in ids))
        tidy(self.database)

    def issue_tickets(self, count: int) -> list[str]:
        """Registers comparisons without content; the tickets for them."""
        at = now_ms()
        if not self._persons:
            self._add_persons(1000, at)
        tickets = self.installation.intake.tickets
        rows, texts = [], []
        for _ in range(count):
            comparison = self._comparison(uuid7(at), None)
            ticket = tickets.issue(
                purpose=TicketPurpose.COMPARISON,
                workspace_id=self.workspace.id,
                comparison_id=comparison["id"],
                person=comparison["person"],
                not_after=at + 2 * MS_PER_DAY,
                reference=self._random.randbytes(32),
            )
            rows.append(comparison | {"ticket_digest": ticket.digest})
            texts.append(ticket.text)
        bulk_insert(self.database, comparisons, rows)
        return texts

    def _add_persons(self, count: int, at: int) -> None:
        made = [b"\x00\x01" + self._random.randbytes(16) for _ in range(count)]
        bulk_insert(
            self.database, persons, (new_person(self.workspace.id, person, day_of(at)) for person in made)
        )
        self._persons += made

    def _comparison(self, id: bytes, ticket_digest: bytes | None) -> dict[str, Any]:
        at = int.from_bytes(id[:6], "big")
        row: dict[str, Any] = dict.fromkeys(comparisons.columns.keys())
        return row | {
            "workspace_id": self.workspace.id,
            "day": day_of(at),
            "id": id,
            "person": self._random.choice(self._persons),
            "project": b"\x00\x01" + bytes(16),
            "surface": "chat",
            "locale": "en",
            "model_0": "model-a",
            "model_1": "model-b",
            "first_left": self._random.getrandbits(1),
            "sharing": "vote_and_content",
            "notice_version": shipped.VERSION,
            "state": ComparisonState.OPEN.value,
            "created_at": at,
            "expires_at": at + MS_PER_DAY,
            "ticket_digest": ticket_digest or self._random.randbytes(32),
        }

    def _vote(self, comparison_id: bytes, at: int) -> dict[str, Any]:
        cast_at = int.from_bytes(comparison_id[:6], "big")
        row: dict[str, Any] = dict.fromkeys(votes.columns.keys())
        return row | {
            "workspace_id": self.workspace.id,
            "day": day_of(cast_at),
            "comparison_id": comparison_id,
            "choice": self._random.choice(list(Choice)).value,
            "reasons": json.dumps(["useful"]),
            "shown_ms": self._random.randrange(1000, 60_000),
            "cast_at": cast_at,
            "changed_at": cast_at,
            "undo_until": at + MS_PER_DAY,
            "changes": 0,
            "is_changed_after_reveal": False,
            "receipt_digest": self._random.randbytes(32),
        }

    def counts(self) -> "Counts":
        """How many rows there are."""
        return Counts(*(_count(self.database, table) for table in (votes, comparisons, comparison_contents)))


class Counts(NamedTuple):
    """Rows of the tables that the bench writes to."""

    votes: int
    comparisons: int
    contents: int


def _count(database: Database, table: Table) -> int:
    counting = scalar_query(select(func.count()).select_from(table))
    return int(database.fetch(lambda tx: tx.one(counting)))


def bulk_insert(database: Database, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Inserts rows in one transaction by the fastest way that the database has."""
    names = [column.name for column in table.columns]
    connection = database.connect()
    try:
        if database.is_sqlite:
            connection.transaction.raw("BEGIN")
            connection.transaction.run_many(insert_row(table), [*rows])
            connection.transaction.raw("COMMIT")
            return
        with (
            connection.driver.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row([row[name] for name in names])
    finally:
        connection.close()


def tidy(database: Database) -> None:
    """Does now what the database would otherwise do at some moment of the measurement."""
    connection = database.connect()
    try:
        connection.transaction.raw(
            "PRAGMA wal_checkpoint(TRUNCATE)" if database.is_sqlite else "VACUUM ANALYZE"
        )
    finally:
        connection.close()


def first_of(values: Iterator[str], count: int) -> list[str]:
    """The first `count` values."""
    return [value for value, _ in zip(values, range(count), strict=False)]

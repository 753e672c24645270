"""Comparisons and votes as intake stores them, made by its own use cases, for the tests of the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.access.workspaces import models as access
from app.access.workspaces.models import SharingLevel, Workspace, WorkspaceOptions
from app.access.workspaces.services import NewWorkspace, change_workspace, create_workspace
from app.core.clock import day_of
from app.core.ids import to_text, uuid7_time
from app.disconnection.crossing import Door, Tally
from app.disconnection.jobs import _due_batches, disconnect_due
from app.disconnection.queries import DueAnswer
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.models import Choice
from app.intake.comparisons.schemas import ModelResponse, NewComparison
from app.intake.comparisons.services import prepare_registration, register_comparison, write_shown
from app.intake.consents.models import ConsentSource
from app.intake.persons.services import Identifiers, Subject, resolve_subject
from app.intake.preferences.changes import Occasion
from app.intake.preferences.schemas import NewPreferences
from app.intake.preferences.services import set_preferences
from app.intake.uploads.services import prepare_upload, store_upload
from app.intake.votes.schemas import CastVote
from app.intake.votes.services import cast_vote, prepare_ballot, undo_vote
from app.operations.installation import Installation
from app.privacy.identifiers import Identifier, IdentifierKind
from app.privacy.links import Links
from app.privacy.secrets import new_api_key
from app.research.records.record import Record
from tests.research.exports.stored import read

UNDO_MS: Final = 900_000
# The smallest file that is taken for an image.
PNG: Final = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16


@dataclass(frozen=True)
class Voted:
    """A comparison with a vote."""

    workspace: Workspace
    comparison_id: bytes
    person: bytes
    ticket: str
    first_left: int
    cast_at: int

    @property
    def key(self) -> dict[str, Any]:
        """The comparison's primary key as statement parameters."""
        return {
            "workspace_id": self.workspace.id,
            "day": day_of(uuid7_time(self.comparison_id)),
            "comparison_id": self.comparison_id,
        }


class Booth:
    """One workspace of an installation, in which votes are cast."""

    def __init__(
        self, here: Installation, *, workspace_id: bytes = b"w" * 16, sharing: str = "vote_and_content"
    ) -> None:
        self.here = here
        self.api_key = new_api_key()
        self.workspace = Workspace(
            workspace_id,
            f"product {workspace_id.hex()}",
            frozenset({"https://host.example"}),
            WorkspaceOptions(sharing=SharingLevel(sharing)),
        )
        new = NewWorkspace(
            id=workspace_id,
            name=self.workspace.name,
            origins=("https://host.example",),
            options=self.workspace.options,
            key_id=workspace_id[::-1],
            key_text=self.api_key,
        )
        here.intake_db.write(lambda tx: create_workspace(tx, access.INTAKE, new=new, actor="test", at=0))

    @property
    def door(self) -> Door:
        """The door between this installation's zones."""
        return door_of(self.here)

    def vote(
        self,
        at: int,
        *,
        account: str | None = "someone",
        conversation: str | None = None,
        project: str | None = None,
        messages: Sequence[Mapping[str, Any]] = ({"role": "user", "content": "Why is the sky blue?"},),
        texts: Sequence[Any] = ("Because of scattering.", "Because of the sea."),
        metadata: Sequence[Mapping[str, Any]] = ({}, {}),
        choice: Choice = Choice.LEFT,
        shown_after_ms: int | None = 1_000,
        casts: bool = True,
        **changes: Any,
    ) -> Voted:
        """Registers a comparison so that it is voted on at `at`, unless it is not to be.

        Nobody saw it first where `shown_after_ms` is None.
        """
        intake, registered_at = self.here.intake, at - 60_000
        subject = resolve_subject(
            intake.db,
            intake.pseudonyms,
            workspace=self.workspace,
            identifiers=_identifiers(account, conversation, project),
        )
        new = NewComparison(
            conversation=[dict(message) for message in messages],
            responses=tuple(
                ModelResponse(f"model-{number}", text, dict(facts), ())
                for number, (text, facts) in enumerate(zip(texts, metadata, strict=True))
            ),  # type: ignore[arg-type]  # two of them
            surface="chat",
            locale="pt-BR",
        )
        registration = prepare_registration(
            intake, workspace=self.workspace, new=new, subject=subject, invitation=None, at=registered_at
        )
        withheld = intake.db.write(
            lambda tx: register_comparison(tx, registration=registration, at=registered_at)
        )
        assert withheld is None
        assert registration.ticket is not None
        voted = Voted(
            self.workspace,
            registration.comparison_id,
            subject.person,
            registration.ticket,
            registration.first_left,
            at,
        )
        if shown_after_ms is not None:
            row = {**voted.key, "at": at - shown_after_ms, "new_expires_at": at + 3_600_000}
            intake.db.write(lambda tx: write_shown(tx, [row]))
        if casts:
            self.cast(voted, at, choice=choice, **changes)
        return voted

    def cast(self, voted: Voted, at: int, *, choice: Choice = Choice.LEFT, **changes: Any) -> int:
        """Casts or changes the vote; until when it can be undone."""
        intake = self.here.intake
        ballot = prepare_ballot(intake, holder=self.holder(voted, at), vote=CastVote(choice, **changes))
        return intake.db.write(lambda tx: cast_vote(tx, ballot=ballot, tickets=intake.tickets, at=at))

    def undo(self, voted: Voted, at: int) -> None:
        """Takes the vote back."""
        intake, holder = self.here.intake, self.holder(voted, at)
        intake.db.write(lambda tx: undo_vote(tx, holder=holder, tickets=intake.tickets, at=at))

    def holder(self, voted: Voted, at: int) -> TicketHolder:
        """Whoever holds the comparison's ticket."""
        return TicketHolder(self.workspace, self.here.intake.tickets.read(voted.ticket, at=at))

    def share(self, voted: Voted, level: str, at: int) -> None:
        """The voter's wish, as the widget sets it."""
        wishes = NewPreferences(sharing=SharingLevel(level))
        self.here.intake.db.write(
            lambda tx: set_preferences(
                tx,
                workspace=self.workspace,
                subject=Subject(voted.person),
                wishes=wishes,
                occasion=Occasion(ConsentSource.TICKET, "2026-11-23"),
                at=at,
            )
        )

    def set_default(self, level: str) -> None:
        """What the workspace shares, as its operator sets it."""
        options = replace(self.workspace.options, sharing=SharingLevel(level))
        changed = replace(self.workspace, options=options)
        self.here.intake_db.write(
            lambda tx: change_workspace(tx, access.INTAKE, workspace=changed, actor="test", at=0)
        )

    def upload(self, at: int) -> str:
        """Stores an image; its external id."""
        intake = self.here.intake
        upload = prepare_upload(intake, workspace=self.workspace, data=PNG, declared="image/png", at=at)
        intake.db.write(lambda tx: store_upload(tx, upload=upload, at=at))
        return to_text("upl", upload.upload_id)

    def disconnect(self, at: int, *, limit: int | None = None) -> int:
        """Everything that is due leaves."""
        return disconnect_due(self.door, at=at, limit=limit)

    def list_due(self, at: int) -> Sequence[DueAnswer]:
        """The votes that may leave."""
        return next(_due_batches(self.door, at, Tally(), None))

    def records(self) -> list[Record]:
        """The workspace's records, in order of their ids."""
        return read(self.here.research, self.workspace.id)

    def record(self) -> Record:
        """The workspace's only record."""
        (only,) = self.records()
        return only


def door_of(here: Installation) -> Door:
    """The door between an installation's zones."""
    return Door(here.intake, here.research, Links(here.keyring), here.redaction)


def reopened(here: Installation) -> Installation:
    """The same installation as another process opens it."""
    return Installation(replace(here.settings), here.clock)


def _identifiers(account: str | None, conversation: str | None, project: str | None) -> Identifiers:
    return Identifiers(
        account=Identifier(IdentifierKind.ACCOUNT, account) if account is not None else None,
        api_key=Identifier(IdentifierKind.API_KEY, "key-of-host"),
        conversation=Identifier(IdentifierKind.CONVERSATION, conversation)
        if conversation is not None
        else None,
        project=Identifier(IdentifierKind.PROJECT, project) if project is not None else None,
    )

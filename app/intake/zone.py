"""The intake zone: its database, keys and caches, as the handlers of its operations are given them."""

from dataclasses import dataclass
from typing import Any

from app.access.idempotency.services import Idempotency, OnceOnly
from app.access.workspaces.directory import Directory
from app.access.workspaces.models import Workspace
from app.core.clock import Clock
from app.core.database import Database
from app.core.http.operations import Answer
from app.core.settings import Settings
from app.core.write_behind import WriteBehind
from app.intake.documents.library import Library
from app.intake.invitations.inviter import Inviter
from app.privacy.data_keys import DataKeys
from app.privacy.preference_links import PreferenceLinks
from app.privacy.pseudonyms import Pseudonyms
from app.privacy.tickets import Tickets


@dataclass(frozen=True)
class Intake:
    """Everything an operation of the intake zone may use."""

    settings: Settings
    clock: Clock
    db: Database
    directory: Directory
    idempotency: Idempotency
    pseudonyms: Pseudonyms
    tickets: Tickets
    preference_links: PreferenceLinks
    data_keys: DataKeys
    shown: WriteBehind
    told: WriteBehind
    inviter: Inviter
    library: Library

    def allows_origin(self, origin: str) -> bool:
        """Whether any workspace has registered this browser origin."""
        return self.directory.allows_origin(origin)

    def begin_idempotent(
        self, caller: Any, operation: str, key: str, body: bytes, at: int
    ) -> tuple[OnceOnly, Answer | None]:
        """Claims an idempotency key for a host's call."""
        return self.idempotency.begin(caller.workspace.id, operation, key, body, at)

    def undo_ms(self, workspace: Workspace) -> int:
        """How long a vote can be undone, in milliseconds."""
        seconds = workspace.options.undo_seconds
        return 1000 * (self.settings.undo_seconds if seconds is None else seconds)

    def answer_ms(self, workspace: Workspace) -> int:
        """How long a person may take to answer once shown, in milliseconds."""
        seconds = workspace.options.ticket_seconds
        return 1000 * (self.settings.ticket_seconds if seconds is None else seconds)

    def show_ms(self, workspace: Workspace) -> int:
        """How long after registration a comparison may first be shown, in milliseconds."""
        return min(1000 * self.settings.show_seconds, self.answer_ms(workspace))

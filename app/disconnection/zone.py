"""The doorstep: intake, and research where this process serves it, for the calls of those whose data it is."""

from dataclasses import dataclass
from typing import Any

from app.access.idempotency.services import OnceOnly
from app.access.workspaces.directory import Directory
from app.core.http.operations import Answer
from app.intake.zone import Intake
from app.privacy.links import Links
from app.research.zone import Research


@dataclass(frozen=True)
class Doorstep:
    """Everything an operation may use that tells people what is held on them, on either side."""

    intake: Intake
    links: Links
    research: Research | None
    """None in a process that may not open it: it cannot tell what is behind the door."""

    @property
    def directory(self) -> Directory:
        """Who may call."""
        return self.intake.directory

    def allows_origin(self, origin: str) -> bool:
        """Whether any workspace has registered this browser origin."""
        return self.intake.allows_origin(origin)

    def begin_idempotent(
        self, caller: Any, operation: str, key: str, body: bytes, at: int
    ) -> tuple[OnceOnly, Answer | None]:
        """Claims an idempotency key for a host's call."""
        return self.intake.begin_idempotent(caller, operation, key, body, at)

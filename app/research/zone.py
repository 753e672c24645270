"""The research zone: its database and keys. Nothing here knows a person or how to find one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.access.idempotency.services import Idempotency, OnceOnly
from app.access.workspaces.directory import Directory
from app.access.workspaces.models import Workspace
from app.core.clock import Clock
from app.core.database import Database
from app.core.http.operations import Answer
from app.core.settings import Settings
from app.privacy.data_keys import DataKeys
from app.privacy.keyring import Keyring
from app.research.exports.models import EXPORT_FOLDERS
from app.research.exports.store import ExportStore


@dataclass(frozen=True)
class Research:
    """Everything an operation of the research zone may use. `keyring` holds the research purposes alone."""

    settings: Settings
    clock: Clock
    db: Database
    directory: Directory
    idempotency: Idempotency
    record_keys: DataKeys
    keyring: Keyring
    exports_folder: Path
    export_store: ExportStore | None = None
    """Where finished exports are kept; None where they stay in the folder."""

    def export_days(self, workspace: Workspace) -> int:
        """How long an export lives that is asked for now."""
        return workspace.options.retention.get(EXPORT_FOLDERS.name, EXPORT_FOLDERS.days(self.settings))

    def allows_origin(self, origin: str) -> bool:
        """No browser calls research directly."""
        return False

    def begin_idempotent(
        self, caller: Any, operation: str, key: str, body: bytes, at: int
    ) -> tuple[OnceOnly, Answer | None]:
        """Claims an idempotency key for a researcher's call."""
        return self.idempotency.begin(caller.workspace.id, operation, key, body, at)

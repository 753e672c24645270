"""Tables of exports: what was asked for, which files came of it, who fetched them."""

import enum
import json
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text

from app.core.retention import files
from app.core.tables import Privacy, Retention, column, enum_check, research, table
from app.research.exports.errors import ExportGone, ExportNotReady
from app.research.exports.request import ExportRequest

WHOLE: Final = 1_000
"""The progress of an export that is built."""


class ExportState(enum.StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class ExportFailure(enum.StrEnum):
    """Why an export could not be built."""

    DISK_FULL = "disk_full"
    CRASHED = "crashed"
    GAVE_UP = "gave_up"
    """Its builders died one after the other."""


class StoredExport(NamedTuple):
    """An export as stored."""

    id: bytes
    workspace_id: bytes
    state: str
    request: str
    export_key_sealed: bytes
    created_at: int
    started_at: int | None
    finished_at: int | None
    expires_at: int
    attempts: int
    rows_in: int | None
    rows_out: int
    dropped: str
    size_bytes: int | None
    manifest_sha256: str | None
    failure: str | None
    progress: int | None
    """How much of the work is done, in parts of WHOLE; None where nobody has told."""

    @property
    def asked(self) -> ExportRequest:
        """What was asked for."""
        return ExportRequest.from_json(self.request)

    @property
    def dropped_counts(self) -> dict[str, int]:
        """Records that were chosen and left out, by reason."""
        counts: dict[str, int] = json.loads(self.dropped)
        return counts

    def check_ready(self) -> None:
        """Raises unless the files are there: ExportNotReady, ExportGone."""
        if self.state in (ExportState.QUEUED, ExportState.RUNNING):
            raise ExportNotReady
        if self.state != ExportState.READY:
            raise ExportGone


class StoredFile(NamedTuple):
    """A file of a finished export."""

    path: str
    size_bytes: int
    sha256: str
    rows: int | None


exports: Final = table(
    "exports",
    research,
    column("id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL),
    column("state", String(16), privacy=Privacy.OPERATIONAL),
    # Names the recipient and may name colleagues in its reasons.
    column("request", Text, privacy=Privacy.STAFF),
    # Under a data key of the export's own, so that destroying that key cuts the export from its records in every
    # copy of this database. Empty once everything of an ended export is cleared away.
    column("export_key_sealed", LargeBinary, privacy=Privacy.SEALED),
    column("created_at", BigInteger, privacy=Privacy.OPERATIONAL),
    column("started_at", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    column("finished_at", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    column("expires_at", BigInteger, privacy=Privacy.OPERATIONAL),
    # Who builds it now, and until when the others leave it to them.
    column("claim", LargeBinary(16), privacy=Privacy.OPERATIONAL, nullable=True),
    column("claimed_until", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    column("attempts", Integer, privacy=Privacy.OPERATIONAL),
    column("rows_in", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    column("rows_out", BigInteger, privacy=Privacy.OPERATIONAL),
    column("dropped", Text, privacy=Privacy.OPERATIONAL),
    column("size_bytes", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    column("manifest_sha256", String(64), privacy=Privacy.OPERATIONAL, nullable=True),
    column("failure", String(16), privacy=Privacy.OPERATIONAL, nullable=True),
    column("progress", Integer, privacy=Privacy.OPERATIONAL, nullable=True),
    enum_check("state", ExportState),
    enum_check("failure", ExportFailure),
    retention=Retention(
        "Kept: which data set was made for whom must stay known; its files and its key go after `PAIRVOTE_EXPORT_DAYS`."
    ),
)
# An export is given its end when it is asked for, and told it; another period holds for those asked for after.
EXPORT_FOLDERS: Final = files(
    "export_folders",
    research,
    Retention(
        "An export's files and its key, in the folder or the store, `PAIRVOTE_EXPORT_DAYS` after it was asked for.",
        days=365,
        clock_column="created_at",
        bounds=(1, 3650),
        setting="export_days",
        is_at_most=True,
    ),
)
# Files of an export that the database does not know: it was restored from an earlier copy.
EXPORT_LEFTOVERS: Final = files(
    "export_leftovers",
    research,
    Retention(
        "Folders of exports that the database does not know, a week after they last changed.",
        days=7,
        clock_column="modified_at",
    ),
)
Index("ix_exports_workspace_id_created_at", exports.c.workspace_id, exports.c.created_at, exports.c.id)

export_files: Final = table(
    "export_files",
    research,
    column("export_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("path", String(200), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("size_bytes", BigInteger, privacy=Privacy.OPERATIONAL),
    column("sha256", String(64), privacy=Privacy.OPERATIONAL),
    column("rows", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    retention=Retention("Until the export expires."),
)

export_downloads: Final = table(
    "export_downloads",
    research,
    column("export_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("path", String(200), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("api_key_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    # A resumed or parallel download is many requests: one row a day tells as much.
    column("day", Integer, privacy=Privacy.OPERATIONAL, primary_key=True, autoincrement=False),
    column("downloaded_at", BigInteger, privacy=Privacy.OPERATIONAL),
    retention=Retention(
        "Three years: who has which files must be known for as long as somebody may have to be told to delete rows.",
        days=1096,
        clock_column="downloaded_at",
    ),
)

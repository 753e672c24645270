"""Tables of webhooks: where tombstones are posted to, and how far each recipient has come."""

import enum
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Integer, LargeBinary, String, Text

from app.core.tables import Privacy, Retention, column, enum_check, research, table

LONGEST_URL: Final = 500


class WebhookState(enum.StrEnum):
    """How the deliveries of a webhook go."""

    ACTIVE = "active"
    FAILING = "failing"
    """The last delivery failed and will be tried again."""
    GIVEN_UP = "given_up"
    """Deliveries failed for days, or the recipient said that it is gone; nothing is sent any more."""


class WebhookFailure(enum.StrEnum):
    """Why a delivery failed."""

    ADDRESS_REFUSED = "address_refused"
    NOT_RESOLVED = "not_resolved"
    NOT_CONNECTED = "not_connected"
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    CONNECTION_BROKEN = "connection_broken"
    REDIRECTED = "redirected"
    STATUS_REFUSED = "status_refused"
    GONE = "gone"


class StoredWebhook(NamedTuple):
    """A webhook as stored."""

    id: bytes
    workspace_id: bytes
    export_id: bytes | None
    """The one export that it is for; None where it is for all of the workspace's."""
    url: str
    state: str
    created_at: int
    created_by: str
    attempts: int
    """Failures in a row."""
    next_attempt_at: int
    failing_since: int | None
    delivered_at: int | None
    last_failure: str | None
    last_status: int | None


webhooks: Final = table(
    "webhooks",
    research,
    column("id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, index=True),
    column("export_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, nullable=True),
    # Tells who holds an export.
    column("url", Text, privacy=Privacy.STAFF),
    column("state", String(16), privacy=Privacy.OPERATIONAL),
    column("created_at", BigInteger, privacy=Privacy.OPERATIONAL),
    column("created_by", String(60), privacy=Privacy.OPERATIONAL),
    column("attempts", Integer, privacy=Privacy.OPERATIONAL),
    column("next_attempt_at", BigInteger, privacy=Privacy.OPERATIONAL),
    column("failing_since", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    column("delivered_at", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    column("last_failure", String(24), privacy=Privacy.OPERATIONAL, nullable=True),
    column("last_status", Integer, privacy=Privacy.OPERATIONAL, nullable=True),
    # Who delivers to it now, and until when the others leave it to them.
    column("claim", LargeBinary(16), privacy=Privacy.OPERATIONAL, nullable=True),
    column("claimed_until", BigInteger, privacy=Privacy.OPERATIONAL),
    enum_check("state", WebhookState),
    enum_check("last_failure", WebhookFailure),
    retention=Retention("Until it is deleted, or the one export that it is for has ended."),
)

webhook_positions: Final = table(
    "webhook_positions",
    research,
    column("webhook_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("export_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    # The last tombstone that the recipient has confirmed.
    column("last_number", Integer, privacy=Privacy.OPERATIONAL),
    retention=Retention("Until the webhook is deleted or the export has ended."),
    sqlite_with_rowid=False,
)

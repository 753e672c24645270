"""Use cases of webhooks: register one, look at it, delete it, note how a delivery went."""

import ipaddress
import re
import secrets
from typing import Final
from urllib.parse import urlsplit

from app.access.workspaces import models as access_models
from app.access.workspaces.models import AuditKind
from app.access.workspaces.services import record_audit
from app.core.connections import Transaction
from app.core.errors import NotFound
from app.core.ids import from_text
from app.research.exports.models import ExportState
from app.research.exports.queries import FIND_EXPORT_OF
from app.research.webhooks.errors import TooManyWebhooks, WebhookAddressRefused
from app.research.webhooks.models import LONGEST_URL, StoredWebhook, WebhookFailure, WebhookState
from app.research.webhooks.posting import is_public
from app.research.webhooks.queries import (
    CLAIM,
    CONFIRM,
    COUNT_WEBHOOKS,
    DELETE_POSITIONS,
    DELETE_WEBHOOK,
    FIND_CLAIMED,
    FIND_WEBHOOK,
    FORGET_POSITIONS,
    FORGET_WEBHOOKS,
    INSERT_WEBHOOK,
    LIST_WEBHOOKS,
    NOTE_FAILURE,
    RELEASE,
    SET_POSITION,
)

WEBHOOK_PREFIX: Final = "whk"
MOST_WEBHOOKS: Final = 20
CLAIM_MS: Final = 60_000
_FIRST_WAIT_MS: Final = 10_000
_LONGEST_WAIT_MS: Final = 6 * 3_600_000
_PATIENCE_MS: Final = 5 * 86_400_000
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST: Final = re.compile(r"[a-z0-9.-]{1,253}|[0-9a-f:.]{2,45}", re.ASCII)
_PATH: Final = re.compile(r"[!-~]*", re.ASCII)


def check_url(url: str, *, allows_loopback: bool) -> str:
    """An address that tombstones may be posted to, as given. WebhookAddressRefused.

    Where it leads is looked at when it is used: a name may lead elsewhere by then.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise WebhookAddressRefused from None
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and allows_loopback and host in _LOOPBACK)
    is_plain = "@" not in parts.netloc and not parts.query and not parts.fragment and "?" not in url
    is_clean = _PATH.fullmatch(url) is not None and "\\" not in url and "#" not in url
    if not (is_secure and is_plain and is_clean and port != 0 and _HOST.fullmatch(host)):
        raise WebhookAddressRefused
    if len(url) > LONGEST_URL or not (_may_be_public(host) or (allows_loopback and host in _LOOPBACK)):
        raise WebhookAddressRefused
    return url


def _may_be_public(host: str) -> bool:
    """Whether an address that is no name is one of the internet at large; of a name nothing is known yet."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host != "localhost"
    return is_public(host)


def register_webhook(
    tx: Transaction,
    *,
    webhook_id: bytes,
    workspace_id: bytes,
    export_id: bytes | None,
    url: str,
    actor: str,
    at: int,
) -> StoredWebhook:
    """A new webhook; what its exports have been told so far will be told again. NotFound, TooManyWebhooks."""
    if export_id is not None:
        export = tx.find(FIND_EXPORT_OF, workspace_id=workspace_id, export_id=export_id)
        if export is None or export.state not in (
            ExportState.QUEUED,
            ExportState.RUNNING,
            ExportState.READY,
        ):
            raise NotFound
    if tx.one(COUNT_WEBHOOKS, workspace_id=workspace_id) >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    webhook = StoredWebhook(
        id=webhook_id,
        workspace_id=workspace_id,
        export_id=export_id,
        url=url,
        state=WebhookState.ACTIVE.value,
        created_at=at,
        created_by=actor,
        attempts=0,
        next_attempt_at=at,
        failing_since=None,
        delivered_at=None,
        last_failure=None,
        last_status=None,
    )
    tx.run(INSERT_WEBHOOK, **webhook._asdict(), claim=None, claimed_until=0)
    _record(tx, AuditKind.WEBHOOK_CREATED, webhook, actor=actor, at=at)
    return webhook


def _record(tx: Transaction, kind: AuditKind, webhook: StoredWebhook, *, actor: str, at: int) -> None:
    record_audit(
        tx,
        access_models.RESEARCH,
        kind=kind,
        workspace_id=webhook.workspace_id,
        actor=actor,
        subject=webhook.id,
        at=at,
    )


def new_webhook_id() -> bytes:
    """Random: it tells nothing."""
    return secrets.token_bytes(16)


def read_webhook_text(text: str) -> bytes:
    """A webhook's id by its external one. NotFound."""
    found = from_text(WEBHOOK_PREFIX, text)
    if found is None:
        raise NotFound
    return found


def get_webhook(tx: Transaction, *, workspace_id: bytes, webhook_id: bytes) -> StoredWebhook:
    """A webhook of a workspace. NotFound."""
    found = tx.find(FIND_WEBHOOK, workspace_id=workspace_id, webhook_id=webhook_id)
    if found is None:
        raise NotFound
    return found


def list_webhooks(tx: Transaction, *, workspace_id: bytes) -> list[StoredWebhook]:
    """The webhooks of a workspace, newest first."""
    return tx.list(LIST_WEBHOOKS, workspace_id=workspace_id)


def delete_webhook(
    tx: Transaction, *, workspace_id: bytes, webhook_id: bytes, actor: str, at: int
) -> StoredWebhook:
    """Ends a webhook; what it was. NotFound."""
    webhook = get_webhook(tx, workspace_id=workspace_id, webhook_id=webhook_id)
    tx.run(DELETE_WEBHOOK, workspace_id=workspace_id, webhook_id=webhook_id)
    tx.run(DELETE_POSITIONS, webhook_id=webhook_id)
    _record(tx, AuditKind.WEBHOOK_DELETED, webhook, actor=actor, at=at)
    return webhook


def claim_webhook(tx: Transaction, *, webhook_id: bytes, claim: bytes, at: int) -> StoredWebhook | None:
    """Takes the deliveries of a webhook over; None when somebody else delivers, or it is not due any more."""
    if not tx.run(CLAIM, webhook_id=webhook_id, new_claim=claim, until=at + CLAIM_MS, at=at):
        return None
    return tx.one(FIND_CLAIMED, webhook_id=webhook_id, held_claim=claim)


def confirm_delivery(
    tx: Transaction,
    *,
    webhook_id: bytes,
    claim: bytes,
    export_id: bytes,
    last_number: int,
    status: int,
    at: int,
) -> bool:
    """Notes that a recipient has taken an export's tombstones up to a number; whether the webhook is still ours."""
    if not tx.run(
        CONFIRM, webhook_id=webhook_id, held_claim=claim, status=status, until=at + CLAIM_MS, at=at
    ):
        return False
    tx.run(SET_POSITION, webhook_id=webhook_id, export_id=export_id, last_number=last_number)
    return True


def note_failure(
    tx: Transaction,
    *,
    webhook: StoredWebhook,
    claim: bytes,
    failure: WebhookFailure,
    status: int | None,
    at: int,
) -> WebhookState:
    """Notes that a delivery failed and lets the webhook wait, each time twice as long, or gives it up."""
    since = webhook.failing_since if webhook.failing_since is not None else at
    is_over = failure is WebhookFailure.GONE or at - since >= _PATIENCE_MS
    state = WebhookState.GIVEN_UP if is_over else WebhookState.FAILING
    # Past a dozen doublings the wait is the longest anyway.
    wait = min(_FIRST_WAIT_MS << min(webhook.attempts, 12), _LONGEST_WAIT_MS)
    tx.run(
        NOTE_FAILURE,
        webhook_id=webhook.id,
        held_claim=claim,
        new_state=state.value,
        failure=failure.value,
        status=status,
        next_at=at + wait,
        at=at,
    )
    return state


def release_webhook(tx: Transaction, *, webhook_id: bytes, claim: bytes) -> None:
    """Leaves a webhook to whoever delivers next."""
    tx.run(RELEASE, webhook_id=webhook_id, held_claim=claim)


def forget_ended(tx: Transaction) -> int:
    """Deletes webhooks of exports that have ended; how many."""
    return tx.run(FORGET_WEBHOOKS)


def forget_ended_positions(tx: Transaction) -> int:
    """Deletes positions in exports that have ended, and those of webhooks that are gone; how many."""
    return tx.run(FORGET_POSITIONS)

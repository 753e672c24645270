"""The sweep that posts tombstones: at least once and, of each export, in order."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import structlog

from app.core.connections import Transaction
from app.core.ids import to_text
from app.core.retention import NOBODY, Note, note_nothing
from app.privacy.signatures import signer_of
from app.research.recall.services import Feed, list_tombstones
from app.research.webhooks import services
from app.research.webhooks.messages import tombstones_message
from app.research.webhooks.models import StoredWebhook
from app.research.webhooks.posting import Posted, post
from app.research.webhooks.queries import FIND_UNTOLD, LIST_DUE, Untold
from app.research.zone import Research

_log: Final = structlog.get_logger("pairvote.webhooks")
_TOMBSTONES: Final = 500
_MESSAGES: Final = 20
"""To one recipient in one sweep: the others have a turn, and a stop need not wait long."""
_AT_ONCE: Final = 8
_CLAIM_BYTES: Final = 16


def deliver_tombstones(research: Research, *, at: int) -> int:
    """Posts what recipients have not confirmed yet; how many tombstones were taken."""
    due = research.db.fetch(lambda tx: tx.list(LIST_DUE, at=at))
    if not due:
        return 0
    # A recipient that keeps silent holds up itself alone.
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook") as pool:
        return sum(pool.map(lambda webhook_id: _deliver(research, webhook_id), due))


def forget_webhooks(research: Research, *, note: Note = note_nothing) -> int:
    """Deletes webhooks that were for an export that has ended; how many."""
    return research.db.write(partial(_forget, services.forget_ended, note))


def forget_positions(research: Research, *, note: Note = note_nothing) -> int:
    """Deletes how far recipients had come in exports that have ended; how many rows."""
    return research.db.write(partial(_forget, services.forget_ended_positions, note))


def _forget(forget: Callable[[Transaction], int], note: Note, tx: Transaction) -> int:
    forgotten = forget(tx)
    note(tx, {NOBODY: forgotten})
    return forgotten


def _deliver(research: Research, webhook_id: bytes) -> int:
    claim, at = secrets.token_bytes(_CLAIM_BYTES), research.clock()
    webhook = research.db.write(
        lambda tx: services.claim_webhook(tx, webhook_id=webhook_id, claim=claim, at=at)
    )
    if webhook is None:
        return 0
    taken = 0
    for _ in range(_MESSAGES):
        told = _post_next(research, webhook, claim)
        if told is None:
            return taken
        taken += told
        if not told:
            break
    research.db.write(lambda tx: services.release_webhook(tx, webhook_id=webhook_id, claim=claim))
    return taken


def _post_next(research: Research, webhook: StoredWebhook, claim: bytes) -> int | None:
    """Posts one message: how many tombstones were taken, 0 where there are none, None where it is over for now."""
    found = research.db.fetch(lambda tx: _next_page(tx, webhook.id))
    if found is None:
        return 0
    untold, feed = found
    at = research.clock()
    signer = signer_of(research.keyring, at=at)
    message = tombstones_message(webhook.id, untold.export_id, feed, signer=signer, at=at)
    allows = research.settings.webhook_loopback == "on"
    posted = post(webhook.url, message.body, message.headers, allows_loopback=allows)
    if posted.status is None or posted.failure is not None:
        _note_failure(research, webhook, claim, posted)
        return None
    status, now = posted.status, research.clock()
    is_ours = research.db.write(
        lambda tx: services.confirm_delivery(
            tx,
            webhook_id=webhook.id,
            claim=claim,
            export_id=untold.export_id,
            last_number=message.last_number,
            status=status,
            at=now,
        )
    )
    return len(feed.tombstones) if is_ours else None


def _next_page(tx: Transaction, webhook_id: bytes) -> tuple[Untold, Feed] | None:
    untold = tx.find(FIND_UNTOLD, webhook_id=webhook_id)
    if untold is None:
        return None
    feed = list_tombstones(tx, export_id=untold.export_id, since=untold.last_number, most=_TOMBSTONES)
    return (untold, feed) if feed.tombstones else None


def _note_failure(research: Research, webhook: StoredWebhook, claim: bytes, posted: Posted) -> None:
    failure, at = posted.failure, research.clock()
    assert failure is not None
    state = research.db.write(
        lambda tx: services.note_failure(
            tx, webhook=webhook, claim=claim, failure=failure, status=posted.status, at=at
        )
    )
    _log.warning(
        "webhook_failed",
        webhook=to_text(services.WEBHOOK_PREFIX, webhook.id),
        failure=failure.value,
        state=state.value,
    )

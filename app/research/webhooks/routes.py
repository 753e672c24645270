"""Calls around webhooks: register one, see how it fares, delete it."""

from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.access.workspaces.services import KEY_PREFIX
from app.core.connections import Transaction
from app.core.errors import InvalidBody, NotFound
from app.core.http import Answer, Call, Operations
from app.core.ids import to_text
from app.research.exports.services import read_export_text
from app.research.webhooks import services
from app.research.webhooks.errors import TooManyWebhooks, WebhookAddressRefused
from app.research.webhooks.schemas import (
    NewWebhook,
    NewWebhookSchema,
    WebhookListSchema,
    WebhookSchema,
    webhook_answer,
)
from app.research.zone import Research

operations: Final[Operations[Research]] = Operations("webhooks")

_TOLD: Final = {
    "id": "whk_01kaq2m0qvf3x8v2c5t7e9h1jm",
    "url": "https://lab.example/pairvote/tombstones",
    "export_id": None,
    "state": "active",
    "created_at": "2026-11-22T10:15:21.000Z",
    "delivered_at": None,
    "failing_since": None,
    "attempts": 0,
    "next_attempt_at": None,
    "last_failure": None,
    "last_status": None,
}


@operations.operation(
    "POST",
    "/v1/webhooks",
    access=HostKey(Scope.EXPORTS),
    body=NewWebhookSchema,
    answer=WebhookSchema,
    status=201,
    errors=[InvalidBody, NotFound, WebhookAddressRefused, TooManyWebhooks],
    is_idempotent=True,
    example={"url": _TOLD["url"]},
    answer_example=_TOLD,
)
def create_webhook(research: Research, call: Call[NewWebhook, HostCaller]) -> Answer:
    """Have tombstones posted to an address.

    As soon as rows of an export have to be deleted, the address gets the lines that `GET /v1/exports/{id}/tombstones`
    has, beginning with the first: in order, at least once, and again with growing waits until it answers 2xx. Messages
    are signed as Standard Webhooks says (`v1a`, Ed25519), with the key that signs exports; there is no secret to share.
    """
    url = services.check_url(call.body.url, allows_loopback=research.settings.webhook_loopback == "on")
    export_id = None if call.body.export_id is None else read_export_text(call.body.export_id)
    webhook_id = services.new_webhook_id()

    def register(tx: Transaction) -> Answer:
        webhook = services.register_webhook(
            tx,
            webhook_id=webhook_id,
            workspace_id=call.caller.workspace.id,
            export_id=export_id,
            url=url,
            actor=to_text(KEY_PREFIX, call.caller.key_id),
            at=call.at,
        )
        return Answer(webhook_answer(webhook), status=201)

    return call.write(research.db, register)


@operations.operation(
    "GET",
    "/v1/webhooks",
    access=HostKey(Scope.EXPORTS),
    answer=WebhookListSchema,
    answer_example={"data": [_TOLD]},
)
def list_webhooks(research: Research, call: Call[None, HostCaller]) -> Answer:
    """List the workspace's webhooks, newest first."""
    found = research.db.fetch(lambda tx: services.list_webhooks(tx, workspace_id=call.caller.workspace.id))
    return Answer({"data": [webhook_answer(webhook) for webhook in found]})


@operations.operation(
    "GET",
    "/v1/webhooks/{id}",
    access=HostKey(Scope.EXPORTS),
    answer=WebhookSchema,
    errors=[NotFound],
    answer_example=_TOLD,
)
def get_webhook(research: Research, call: Call[None, HostCaller]) -> Answer:
    """See how the deliveries of a webhook go."""
    webhook_id = services.read_webhook_text(call.path["id"])
    found = research.db.fetch(
        lambda tx: services.get_webhook(tx, workspace_id=call.caller.workspace.id, webhook_id=webhook_id)
    )
    return Answer(webhook_answer(found))


@operations.operation(
    "DELETE",
    "/v1/webhooks/{id}",
    access=HostKey(Scope.EXPORTS),
    answer=WebhookSchema,
    errors=[NotFound],
    answer_example=_TOLD,
)
def delete_webhook(research: Research, call: Call[None, HostCaller]) -> Answer:
    """Delete a webhook; the answer is what it was. A message on its way may still arrive."""
    webhook_id = services.read_webhook_text(call.path["id"])
    deleted = research.db.write(
        lambda tx: services.delete_webhook(
            tx,
            workspace_id=call.caller.workspace.id,
            webhook_id=webhook_id,
            actor=to_text(KEY_PREFIX, call.caller.key_id),
            at=call.at,
        )
    )
    return Answer(webhook_answer(deleted))

"""The shape of webhooks, coming in and going out."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.core.clock import rfc3339
from app.core.ids import to_text
from app.research.exports.services import export_text
from app.research.webhooks.models import LONGEST_URL, StoredWebhook, WebhookFailure, WebhookState
from app.research.webhooks.services import WEBHOOK_PREFIX


@dataclass(frozen=True)
class NewWebhook:
    """Where to post tombstones of one export, or of all."""

    url: str
    export_id: str | None = None


class NewWebhookSchema(Schema):
    """Where to post tombstones."""

    url = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_URL),
        metadata={"description": "`https://`, without credentials, `?` or `#`."},
    )
    export_id = fields.String(
        validate=validate.Length(1, 40),
        metadata={
            "description": "The one export that it is for; all of the workspace's unless said otherwise."
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewWebhook:
        return NewWebhook(**data)


class WebhookSchema(Schema):
    """A webhook, and how its deliveries go."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    export_id = fields.String(allow_none=True, required=True)
    state = fields.Enum(WebhookState, by_value=True, required=True)
    created_at = fields.AwareDateTime(required=True)
    delivered_at = fields.AwareDateTime(
        allow_none=True, required=True, metadata={"description": "When it last took a message."}
    )
    failing_since = fields.AwareDateTime(allow_none=True, required=True)
    attempts = fields.Integer(required=True, metadata={"description": "Failures in a row."})
    next_attempt_at = fields.AwareDateTime(
        allow_none=True, required=True, metadata={"description": "While it is failing."}
    )
    last_failure = fields.Enum(WebhookFailure, by_value=True, allow_none=True, required=True)
    last_status = fields.Integer(
        allow_none=True, required=True, metadata={"description": "The HTTP status of its last answer."}
    )


class WebhookListSchema(Schema):
    """The webhooks of a workspace, newest first."""

    data = fields.List(fields.Nested(WebhookSchema), required=True)


def webhook_answer(webhook: StoredWebhook) -> dict[str, Any]:
    """A webhook as callers are told of it."""
    is_waiting = webhook.state == WebhookState.FAILING
    return {
        "id": to_text(WEBHOOK_PREFIX, webhook.id),
        "url": webhook.url,
        "export_id": None if webhook.export_id is None else export_text(webhook.export_id),
        "state": webhook.state,
        "created_at": rfc3339(webhook.created_at),
        "delivered_at": _time(webhook.delivered_at),
        "failing_since": _time(webhook.failing_since),
        "attempts": webhook.attempts,
        "next_attempt_at": rfc3339(webhook.next_attempt_at) if is_waiting else None,
        "last_failure": webhook.last_failure,
        "last_status": webhook.last_status,
    }


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)

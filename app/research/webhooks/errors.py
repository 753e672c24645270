"""What webhooks may refuse."""

from app.core.errors import AppError


class WebhookAddressRefused(AppError):
    """The address is not one that tombstones may be posted to.

    It is `https://`, with a host, and without user name, password, `?` and `#`: it is shown to whoever may see exports.
    `http://` is taken for this machine alone, where PAIRVOTE_WEBHOOK_LOOPBACK is `on`.
    """

    status = 422
    code = "webhook-address-refused"
    title = "Webhooks take an https address without credentials or query"


class TooManyWebhooks(AppError):
    """The workspace has as many webhooks as it may have."""

    status = 409
    code = "too-many-webhooks"
    title = "This workspace has as many webhooks as it may have; delete one first"

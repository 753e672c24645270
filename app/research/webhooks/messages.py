"""What a webhook posts: signed tombstones, in a message signed in the manner of Standard Webhooks."""

import base64
import hashlib
from typing import Any, Final, NamedTuple

import orjson

from app.core.clock import MS_PER_SECOND, rfc3339
from app.privacy.signatures import Signer
from app.research.exports.services import export_text
from app.research.exports.tombstone_signatures import signed_count, signed_tombstone
from app.research.recall.services import Feed

_TYPE: Final = "export.tombstones"
_ID_BYTES: Final = 18


class Message(NamedTuple):
    """A message ready to be posted."""

    body: bytes
    headers: dict[str, str]
    last_number: int


def tombstones_message(
    webhook_id: bytes, export_id: bytes, feed: Feed, *, signer: Signer, at: int
) -> Message:
    """The next tombstones of an export. The same ones have the same id, whenever they are sent."""
    text = export_text(export_id)
    first, last = feed.tombstones[0].number, feed.tombstones[-1].number
    document: dict[str, Any] = {
        "type": _TYPE,
        "timestamp": rfc3339(at),
        "data": [signed_tombstone(text, **each._asdict(), signer=signer) for each in feed.tombstones],
        "count": signed_count(text, feed.last_number, signer),
        "next_since": last,
        "has_more": last < feed.last_number,
    }
    body = orjson.dumps(document)
    place = hashlib.sha256(b"%b%b%d-%d" % (webhook_id, export_id, first, last)).digest()[:_ID_BYTES]
    message_id = f"msg_{base64.urlsafe_b64encode(place).decode('ascii')}"
    seconds = str(at // MS_PER_SECOND)
    # It begins with `msg_`: nothing else that the key signs does.
    signature = signer.sign(f"{message_id}.{seconds}.".encode() + body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Pairvote-Webhook/1",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1a,{base64.b64encode(signature).decode('ascii')}",
    }
    return Message(body, headers, last)

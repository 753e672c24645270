"""The feed of what has to be deleted from an export."""

from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.core.connections import Transaction
from app.core.errors import InvalidParameter, NotFound
from app.core.http import Answer, Call, Operations
from app.privacy.signatures import signer_of
from app.research.exports import services as exports
from app.research.exports.errors import ExportGone, ExportNotReady
from app.research.exports.tombstone_signatures import signed_count, signed_tombstone
from app.research.recall import services
from app.research.recall.schemas import FeedPage, FeedPageSchema, FeedSchema
from app.research.recall.services import Feed
from app.research.zone import Research

operations: Final[Operations[Research]] = Operations("recall")

_SIGNED: Final = {
    "export_id": "exp_01kaq2m0qvf3x8v2c5t7e9h1jm",
    "key_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    "signature": "0oZJ…",
}


@operations.operation(
    "GET",
    "/v1/exports/{id}/tombstones",
    access=HostKey(Scope.EXPORTS),
    query=FeedPageSchema,
    answer=FeedSchema,
    errors=[NotFound, InvalidParameter, ExportNotReady, ExportGone],
    answer_example={
        "data": [
            {
                **_SIGNED,
                "number": 1,
                "vote_id": "v_mzxw6ytboi2dgnbvgy3tqojq",
                "withdrawn_week": "2026-11-16",
            }
        ],
        "count": {**_SIGNED, "last_number": 1},
        "next_since": 1,
        "has_more": False,
    },
)
def list_tombstones(research: Research, call: Call[None, HostCaller]) -> Answer:
    """See which rows of an export have to be deleted.

    Their voters have withdrawn them since. Each notice is signed and can be passed on; `flask export apply-tombstones`
    deletes the rows from a downloaded copy. The export ends, and this list with it, when it expires.
    """
    export_id = exports.read_export_text(call.path["id"])
    page: FeedPage = call.query

    def look(tx: Transaction) -> Feed:
        exports.get_export(tx, workspace_id=call.caller.workspace.id, export_id=export_id).check_ready()
        return services.list_tombstones(tx, export_id=export_id, since=page.since, most=page.limit)

    feed = research.db.fetch(look)
    text, signer = exports.export_text(export_id), signer_of(research.keyring, at=call.at)
    last_told = feed.tombstones[-1].number if feed.tombstones else page.since
    return Answer(
        {
            "data": [signed_tombstone(text, **each._asdict(), signer=signer) for each in feed.tombstones],
            "count": signed_count(text, feed.last_number, signer),
            "next_since": last_told,
            "has_more": last_told < feed.last_number,
        }
    )

"""The shape of the feed of tombstones."""

from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from app.research.exports.schemas import QueryNumberField

PAGE: Final = 1_000
MOST_ON_A_PAGE: Final = 10_000


@dataclass(frozen=True)
class FeedPage:
    """Which tombstones to tell."""

    since: int = 0
    limit: int = PAGE


class FeedPageSchema(Schema):
    """Which tombstones to tell."""

    since = QueryNumberField(
        validate=validate.Range(0),
        metadata={
            "description": "The number of the last tombstone that the caller has; 0 unless said otherwise."
        },
    )
    limit = QueryNumberField(
        validate=validate.Range(1, MOST_ON_A_PAGE),
        metadata={"description": f"How many; {PAGE} unless said otherwise."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> FeedPage:
        return FeedPage(**data)


class _SignedSchema(Schema):
    export_id = fields.String(required=True)
    key_id = fields.String(
        required=True,
        metadata={"description": "Which key of `/.well-known/pairvote-export-keys.json` has signed."},
    )
    signature = fields.String(
        required=True,
        metadata={
            "description": "Ed25519 over a line that names the kind and the other members as JSON with sorted names; "
            "base64url."
        },
    )


class TombstoneSchema(_SignedSchema):
    """A row to delete."""

    number = fields.Integer(required=True, metadata={"description": "Counts from 1 on, without a gap."})
    vote_id = fields.String(required=True, metadata={"description": "As in the export's own files."})
    withdrawn_week = fields.Date(required=True, metadata={"description": "A Monday."})


class CountSchema(_SignedSchema):
    """How many tombstones there are by now."""

    last_number = fields.Integer(required=True)


class FeedSchema(Schema):
    """Tombstones by number, and how many there are in all."""

    data = fields.List(fields.Nested(TombstoneSchema), required=True)
    count = fields.Nested(CountSchema, required=True)
    next_since = fields.Integer(
        required=True, metadata={"description": "Give it as `since` next time, now or in a week."}
    )
    has_more = fields.Boolean(required=True)

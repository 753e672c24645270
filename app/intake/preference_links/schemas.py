"""The shape of a request for a link to the settings page, and of the link."""

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.intake.fields import IdentifiersSchema, locale_field
from app.intake.persons.services import Identifiers


@dataclass(frozen=True, slots=True)
class NewLink:
    """Whose page is to be opened, in which language, and where it leads back to."""

    identifiers: Identifiers
    locale: str | None = None
    return_url: str | None = field(default=None, repr=False)


class NewLinkSchema(Schema):
    """Whose settings page is to be opened."""

    identifiers = fields.Nested(IdentifiersSchema, required=True)
    locale = locale_field()
    return_url = fields.String(
        validate=validate.Length(1, 2000),
        metadata={
            "description": "Where the page's \"Back\" leads: an address on one of the workspace's registered origins.",
            "examples": ["https://app.example.com/settings"],
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewLink:
        return NewLink(**data)


class LinkSchema(Schema):
    """A link for this one person: whoever opens it in time is let into their settings."""

    url = fields.Url(
        required=True,
        metadata={"description": "Send the person's browser there at once; never store, log or mail it."},
    )
    expires_at = fields.AwareDateTime(
        required=True,
        metadata={
            "description": "Until then it may be opened, more than once too. What it opens lasts 30 minutes."
        },
    )

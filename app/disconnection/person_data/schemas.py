"""The shape of a person's request for what is held on them."""

from typing import Any, NamedTuple

from marshmallow import Schema, fields, post_load

from app.intake.fields import IdentifiersSchema, locale_field
from app.intake.persons.services import Identifiers


class PersonDataRequest(NamedTuple):
    """Whose data, and in which language the page in it is."""

    identifiers: Identifiers
    locale: str | None = None


class PersonDataSchema(Schema):
    """Whose data; with `account`. `locale` chooses the language of the page."""

    identifiers = fields.Nested(IdentifiersSchema, required=True)
    locale = locale_field()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> PersonDataRequest:
        return PersonDataRequest(**data)

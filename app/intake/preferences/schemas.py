"""The shape of a person's wishes: what they share, and whether they are asked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load

from app.access.workspaces.models import SharingLevel
from app.intake.fields import IdentifiersSchema
from app.intake.persons.models import Ask
from app.intake.persons.services import Identifiers


@dataclass(frozen=True, slots=True)
class AskWish:
    """Whether a person may be asked; `after` (ms) snoozes a yes."""

    ask: Ask
    after: int | None = None


@dataclass(frozen=True, slots=True)
class NewPreferences:
    """Wishes to be set; None leaves one as it is."""

    sharing: SharingLevel | None = None
    ask: AskWish | None = None
    identifiers: Identifiers | None = None


class AskField(fields.Field[AskWish]):
    """`yes`, `never`, or an RFC 3339 time: not before then."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "description": "`yes`, `never`, or an RFC 3339 time not before which to ask.",
        "oneOf": [{"enum": ["yes", "never"]}, {"type": "string", "format": "date-time"}],
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> AskWish:
        if value in ("yes", "never"):
            return AskWish(Ask(value))
        try:
            moment = dt.datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError(
                "Must be yes, never, or an RFC 3339 time not before which to ask."
            ) from None
        if moment.tzinfo is None or not 2000 <= moment.year <= 2199:
            raise ValidationError("The time needs a UTC offset and a year from 2000 to 2199.")
        return AskWish(Ask.YES, int(moment.timestamp() * 1000))


class TicketPreferencesSchema(Schema):
    """What the ticket's person wishes; at least one of both."""

    json_schema: ClassVar[Mapping[str, Any]] = {"anyOf": [{"required": ["sharing"]}, {"required": ["ask"]}]}

    sharing = fields.Enum(SharingLevel, by_value=True)
    ask = AskField()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewPreferences:
        if "sharing" not in data and "ask" not in data:
            raise ValidationError("At least one of sharing and ask is needed.")
        return NewPreferences(**data)


class HostPreferencesSchema(TicketPreferencesSchema):
    """What a person wishes, told by the host."""

    identifiers = fields.Nested(IdentifiersSchema, required=True)


class LookupSchema(Schema):
    """Whose preferences to look up."""

    identifiers = fields.Nested(IdentifiersSchema, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Identifiers:
        identifiers: Identifiers = data["identifiers"]
        return identifiers


class PreferencesSchema(Schema):
    """What holds now. `sharing` is the stricter of the person's and the workspace's level."""

    sharing = fields.Enum(SharingLevel, by_value=True, required=True)
    ask = fields.String(
        required=True, metadata={"description": "yes, never, or the time before which nothing is asked."}
    )

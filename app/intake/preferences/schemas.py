"""The shape of a person's wishes: what they share, and whether they are asked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, post_load

from app.access.workspaces.models import SharingLevel
from app.intake.fields import IdentifiersSchema
from app.intake.persons.models import Ask
from app.intake.persons.services import Identifiers

NOT_IN_CONVERSATION: Final = "not_in_conversation"


@dataclass(frozen=True, slots=True)
class AskWish:
    """Whether a person may be asked; `after` (ms) snoozes a yes.

    Without `ask` it is about the conversation at hand alone: not there.
    """

    ask: Ask | None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class NewPreferences:
    """Wishes to be set; None leaves one as it is."""

    sharing: SharingLevel | None = None
    ask: AskWish | None = None
    identifiers: Identifiers | None = None


class AskField(fields.Field[AskWish]):
    """`yes`, `never`, `not_in_conversation`, or an RFC 3339 time: not before then."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "description": "`yes`, `never`, `not_in_conversation` (of the comparison, or of the identifiers), or an "
        "RFC 3339 time not before which to ask. `yes` ends a snooze, a `never`, and the quiet of the conversation "
        "at hand; where no conversation is named, of all of them.",
        "oneOf": [
            {"enum": ["yes", "never", NOT_IN_CONVERSATION]},
            {"type": "string", "format": "date-time"},
        ],
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> AskWish:
        if value in ("yes", "never"):
            return AskWish(Ask(value))
        if value == NOT_IN_CONVERSATION:
            return AskWish(None)
        try:
            moment = dt.datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError(
                f"Must be yes, never, {NOT_IN_CONVERSATION}, or an RFC 3339 time not before which to ask."
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
    """What holds now.

    `sharing` is the stricter of the person's and the workspace's level; `vote_only` at most while a document asks for
    a fresh choice that the person has not made.
    """

    sharing = fields.Enum(SharingLevel, by_value=True, required=True)
    ask = fields.String(
        required=True,
        metadata={
            "description": "The first of these that holds: never, not_in_conversation (in the one at hand), the time "
            "before which nothing is asked, yes."
        },
    )

"""The shape of a person's wishes: what they share, and whether they are asked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.access.workspaces.models import SharingLevel
from app.intake.fields import IdentifiersSchema
from app.intake.persons.levels import SharingScope
from app.intake.persons.models import Ask
from app.intake.persons.services import Identifiers

NOT_IN_CONVERSATION: Final = "not_in_conversation"
DOCUMENTS: Final = "documents"


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
    scope: SharingScope | None = None
    """What `sharing` is for."""
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


class ScopeField(fields.Field[SharingScope]):
    """What a sharing level is for."""

    def __init__(self, *scopes: SharingScope, description: str) -> None:
        super().__init__()
        self._scopes = scopes
        self.json_schema = {"enum": [scope.value for scope in scopes], "description": description}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> SharingScope:
        if value not in self._scopes:
            raise ValidationError(f"Must be one of: {', '.join(self._scopes)}.")
        return SharingScope(value)


class TicketPreferencesSchema(Schema):
    """What the ticket's person wishes: `sharing`, `ask`, or both."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "anyOf": [{"required": ["sharing"]}, {"required": ["ask"]}],
        "dependentRequired": {"scope": ["sharing"]},
    }

    sharing = fields.Enum(SharingLevel, by_value=True)
    scope = ScopeField(
        SharingScope.PERSON,
        SharingScope.CONVERSATION,
        description="What `sharing` is for: the person everywhere, unless `conversation` says this one alone.",
    )
    ask = AskField()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewPreferences:
        if "sharing" not in data and "ask" not in data:
            raise ValidationError("At least one of sharing and ask is needed.")
        if "scope" in data and "sharing" not in data:
            raise ValidationError({"scope": ["It says what sharing is for, and there is none."]})
        return NewPreferences(**data)


class HostPreferencesSchema(TicketPreferencesSchema):
    """What a person wishes, told by the host; or the level of a whole project, told by who administers it."""

    scope = ScopeField(
        SharingScope.PERSON,
        SharingScope.CONVERSATION,
        SharingScope.PROJECT,
        description="What `sharing` is for: the person everywhere, the person in the conversation named, or everybody "
        "in the project named. Without it: the person, or the project where `identifiers` names nothing else.",
    )
    identifiers = fields.Nested(IdentifiersSchema, required=True)


class LookupSchema(Schema):
    """Whose preferences to look up."""

    identifiers = fields.Nested(IdentifiersSchema, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Identifiers:
        identifiers: Identifiers = data["identifiers"]
        return identifiers


class LevelsSchema(Schema):
    """The sharing level of each scope; null where none was set, and for what the call is not about."""

    workspace = fields.Enum(SharingLevel, by_value=True, required=True)
    project = fields.Enum(SharingLevel, by_value=True, required=True, allow_none=True)
    person = fields.Enum(SharingLevel, by_value=True, required=True, allow_none=True)
    conversation = fields.Enum(SharingLevel, by_value=True, required=True, allow_none=True)


class PreferencesSchema(Schema):
    """What holds now.

    `sharing` is the strictest of all `levels`; `vote_only` at most while a document asks for a fresh choice that the
    person has not made.
    """

    sharing = fields.Enum(SharingLevel, by_value=True, required=True)
    ask = fields.String(
        required=True,
        metadata={
            "description": "The first of these that holds: never, not_in_conversation (in the one at hand), the time "
            "before which nothing is asked, yes."
        },
    )
    levels = fields.Nested(LevelsSchema, required=True)
    decided_by = fields.String(
        required=True,
        validate=validate.OneOf([*(scope.value for scope in SharingScope), DOCUMENTS]),
        metadata={
            "description": "Whose level holds; of several that say the same, the widest. `documents`: none of them, "
            "for a fresh choice is open."
        },
    )
    withdrawable_votes = fields.Integer(
        metadata={
            "description": "After `off` or `never`: how many of the person's earlier votes have left for research and "
            "could still be withdrawn."
        }
    )

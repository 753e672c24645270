"""The shape of feedback as a host or the element sends it, and of what they are told."""

import re
from typing import Any, Final, NamedTuple

from marshmallow import Schema, fields, post_load, validate

from app.intake.comparisons.models import Span, WithheldReason
from app.intake.comparisons.schemas import Signals, SignalsSchema, UsageSchema
from app.intake.comparisons.shown import NoticeSchema
from app.intake.feedback.models import TargetKind, Thumb
from app.intake.feedback.targets import Target, TargetField
from app.intake.fields import IdentifiersSchema, locale_field, surface_field
from app.intake.messages import Content, ContentField, MessagesField
from app.intake.persons.services import Identifiers

_REASON: Final = re.compile(r"[A-Za-z0-9_ -]{1,60}")
_STATES: Final = ["open", "rated", "final"]


class Rating(NamedTuple):
    """A thumb with what was said about it."""

    thumb: Thumb
    reasons: tuple[str, ...] = ()
    comment: str | None = None


class Rated(NamedTuple):
    """What a rating is about, in the words of the host."""

    identifiers: Identifiers
    target: Target
    conversation: list[dict[str, Any]] | None = None
    response: Content | None = None
    model: str | None = None
    usage: dict[str, Any] | None = None
    surface: str | None = None
    locale: str | None = None
    signals: Signals = Signals()


class NewFeedback(NamedTuple):
    """A rating that a host passes on."""

    rated: Rated
    rating: Rating


def _reason_code(text: str) -> str:
    """A code, also of one that is written as words: `Out of date` is `out_of_date`."""
    return re.sub(r"[ _-]+", "_", text.strip()).lower()


class RatingSchema(Schema):
    """A thumb, or the one that takes its place."""

    rating = fields.Enum(Thumb, by_value=True, required=True)
    reasons = fields.List(
        fields.String(
            validate=validate.Regexp(_REASON.pattern + r"\Z", error="Not one of the reasons offered."),
        ),
        allow_none=True,
        validate=validate.Length(max=20),
        metadata={"description": "Codes that the workspace offers with this rating."},
    )
    comment = fields.String(
        allow_none=True,
        validate=validate.Length(max=4000),
        metadata={"description": "Kept only where text is shared (`vote_and_content`)."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return _rating(data)


def _rating(data: dict[str, Any]) -> Rating:
    reasons = tuple(dict.fromkeys(map(_reason_code, data.get("reasons") or ())))
    return Rating(data["rating"], reasons, data.get("comment") or None)


class RatedSchema(Schema):
    """What is to be rated, and by whom."""

    identifiers = fields.Nested(IdentifiersSchema, required=True)
    target = TargetField(required=True)
    conversation = MessagesField(
        metadata={
            "description": "OpenAI-shaped messages. One of the assistant at the end is the response, unless "
            "`response` says it. Kept only where text is shared; pictures, sounds and files never."
        }
    )
    response = ContentField(
        metadata={"description": "The response that is rated, where it is not the last message."}
    )
    model = fields.String(allow_none=True, validate=validate.Length(1, 200))
    usage = fields.Nested(UsageSchema, allow_none=True)
    surface = surface_field()
    locale = locale_field()
    signals = fields.Nested(SignalsSchema)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return Rated(**data)


_ABOUT: Final = frozenset(RatedSchema().fields)


class NewFeedbackSchema(RatedSchema, RatingSchema):
    """A rating of one response or page."""

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewFeedback:
        about = {name: value for name, value in data.items() if name in _ABOUT}
        return NewFeedback(Rated(**about), _rating(data))


class GivenSchema(Schema):
    """Recorded feedback, or why it is withheld: nothing of it is stored then."""

    status = fields.String(required=True, validate=validate.OneOf(["recorded", "withheld"]))
    id = fields.String()
    receipt = fields.String(
        metadata={"description": "Whoever holds it can ask about this feedback and withdraw it."}
    )
    undo_until = fields.AwareDateTime(metadata={"description": "Until then it can be changed or taken back."})
    reason = fields.Enum(WithheldReason, by_value=True)


class OfferedSchema(Schema):
    """A ticket for the element, or why nobody is to be offered it."""

    status = fields.String(required=True, validate=validate.OneOf(["open", "withheld"]))
    id = fields.String()
    ticket = fields.String(metadata={"description": "For the browser; never put it into an address."})
    expires_at = fields.AwareDateTime(metadata={"description": "Until then the target can be rated."})
    reason = fields.Enum(WithheldReason, by_value=True)


class OfferedReasonsSchema(Schema):
    """Reasons that may be given, by thumb."""

    up = fields.List(fields.String(), required=True)
    down = fields.List(fields.String(), required=True)


class StandingRatingSchema(Schema):
    """The rating that stands."""

    rating = fields.Enum(Thumb, by_value=True, required=True)
    reasons = fields.List(fields.String(), required=True)
    comment = fields.String(allow_none=True)


class ShownFeedbackSchema(Schema):
    """What the element shows. Nothing of the response, and nothing of the model."""

    id = fields.String(required=True)
    target = fields.Enum(TargetKind, by_value=True, required=True)
    state = fields.String(required=True, validate=validate.OneOf(_STATES))
    reasons = fields.Nested(OfferedReasonsSchema, required=True)
    reason_labels = fields.Dict(
        fields.String(),
        fields.Dict(fields.String(), fields.String()),
        metadata={"description": "The workspace's own words for reasons: `{code: {language: text}}`."},
    )
    asks = fields.List(fields.Enum(Span, by_value=True), required=True)
    notice = fields.Nested(NoticeSchema, required=True)
    locale = fields.String(allow_none=True, required=True)
    rating = fields.Nested(StandingRatingSchema, allow_none=True, required=True)
    receipt = fields.String(metadata={"description": "Where there is a rating."})
    undo_until = fields.AwareDateTime(allow_none=True, required=True)
    expires_at = fields.AwareDateTime(required=True)


class RatingAnswerSchema(Schema):
    """What a recorded rating is answered."""

    receipt = fields.String(required=True)
    undo_until = fields.AwareDateTime(required=True)


class RatingUndoneSchema(Schema):
    """How the ticket stands after an undo."""

    state = fields.String(required=True, validate=validate.OneOf(["open", "expired"]))
    expires_at = fields.AwareDateTime(required=True)


class FeedbackDeletedSchema(Schema):
    """What taking feedback back is answered."""

    status = fields.String(required=True, validate=validate.Equal("deleted"))

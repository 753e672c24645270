"""The shape of what a ticket's holder is shown."""

from marshmallow import Schema, fields, validate

from app.intake.comparisons.models import Choice, Span
from app.intake.messages import ContentField, MessagesField


class SideSchema(Schema):
    """One response as it stands on the screen."""

    content = ContentField(required=True)


class NoticeSchema(Schema):
    """The notice beside the comparison."""

    version = fields.String(required=True)
    text = fields.String(required=True)


class StandingVoteSchema(Schema):
    """The vote that stands."""

    choice = fields.Enum(Choice, by_value=True, required=True)
    strength = fields.Integer(allow_none=True)
    reasons = fields.List(fields.String(), required=True)
    comment = fields.String(allow_none=True, metadata={"description": "Absent once the vote is final."})


class ShownSchema(Schema):
    """A comparison for its voter. The content is absent once it is skipped, final or withdrawn."""

    id = fields.String(required=True)
    prompt = ContentField(metadata={"description": "Content of the last message of the user."})
    conversation = MessagesField(metadata={"description": "All messages, the prompt included."})
    left = fields.Nested(SideSchema)
    right = fields.Nested(SideSchema)
    choices = fields.List(fields.Enum(Choice, by_value=True))
    reasons = fields.List(fields.String(), metadata={"description": "Reasons that may be given with a vote."})
    reason_labels = fields.Dict(
        fields.String(),
        fields.Dict(fields.String(), fields.String()),
        metadata={"description": "The workspace's own words for reasons: `{code: {language: text}}`."},
    )
    asks = fields.List(
        fields.Enum(Span, by_value=True),
        metadata={
            "description": "The spans for which not to be asked again may be offered: `week` is a time as `ask` of "
            "PUT /v1/ticket/preferences, `conversation` is `not_in_conversation`. Empty without an account. Absent "
            "where an earlier release registered the comparison."
        },
    )
    notice = fields.Nested(NoticeSchema)
    locale = fields.String(allow_none=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["open", "voted", "final", "skipped", "withheld", "withdrawn"])
    )
    vote = fields.Nested(StandingVoteSchema, allow_none=True, required=True)
    receipt = fields.String(metadata={"description": "The vote's receipt, where there is a vote."})
    undo_until = fields.AwareDateTime(allow_none=True, required=True)
    expires_at = fields.AwareDateTime(required=True)

"""The shape of what a ticket's holder is shown."""

from marshmallow import Schema, fields, validate

from app.access.workspaces.models import SharingLevel
from app.intake.comparisons.models import Choice, Span
from app.intake.documents.models import DocumentKind
from app.intake.messages import ContentField, MessagesField


class SideSchema(Schema):
    """One response as it stands on the screen."""

    content = ContentField(required=True)


class NoticeSchema(Schema):
    """The notice beside the comparison."""

    version = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "Paragraphs, parted by empty lines."})
    lang = fields.String(
        metadata={"description": "The text's language: English where there is none in the locale's."}
    )
    sha256 = fields.String(metadata={"description": "Of the published text, as in GET /v1/documents."})
    url = fields.String(metadata={"description": "Where it can be read, as a path of this server."})


class NewDocumentSchema(Schema):
    """A document to point the person at."""

    kind = fields.Enum(DocumentKind, by_value=True, required=True)
    version = fields.String(required=True)
    summary = fields.String(required=True, metadata={"description": "What has changed."})
    lang = fields.String(required=True, metadata={"description": "The summary's language."})
    url = fields.String(required=True, metadata={"description": "A path of this server."})


class NoticeUpdateSchema(Schema):
    """Documents that have changed since the person was last told of any."""

    updated = fields.Boolean(
        required=True,
        metadata={"description": "To be told now: with one comparison alone, however often that is shown."},
    )
    requires_choice = fields.Boolean(
        required=True,
        metadata={
            "description": "Nothing beyond `vote_only` is shared until the person chooses anew: `sharing` of "
            "PUT /v1/ticket/preferences, which then holds for this comparison as well."
        },
    )
    levels = fields.List(
        fields.Enum(SharingLevel, by_value=True),
        required=True,
        metadata={"description": "What there is to choose from, the most first."},
    )
    documents = fields.List(fields.Nested(NewDocumentSchema), required=True)


class StandingVoteSchema(Schema):
    """The vote that stands."""

    choice = fields.Enum(Choice, by_value=True, required=True)
    strength = fields.Integer(allow_none=True)
    reasons = fields.List(fields.String(), required=True)
    comment = fields.String(allow_none=True, metadata={"description": "Absent once the vote is final."})


class ShownSchema(Schema):
    """A comparison for its voter. The content is absent once it is skipped, final, withheld or withdrawn."""

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
    notice_update = fields.Nested(
        NoticeUpdateSchema,
        metadata={"description": "Only where documents are new to the person, or a fresh choice is open."},
    )
    locale = fields.String(allow_none=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["open", "voted", "final", "skipped", "withheld", "withdrawn"])
    )
    vote = fields.Nested(StandingVoteSchema, allow_none=True, required=True)
    receipt = fields.String(metadata={"description": "The vote's receipt, where there is a vote."})
    undo_until = fields.AwareDateTime(allow_none=True, required=True)
    expires_at = fields.AwareDateTime(required=True)

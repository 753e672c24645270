"""The shape of documents as anybody may read them."""

from marshmallow import Schema, fields

from app.intake.documents.models import DocumentKind


class LanguageSchema(Schema):
    """A version in one language."""

    lang = fields.String(required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of `markdown`, as UTF-8."})
    summary = fields.String(
        required=True, metadata={"description": "What has changed; empty for a first one."}
    )
    url = fields.String(
        required=True, metadata={"description": "The readable page, as a path of this server."}
    )


class TextSchema(LanguageSchema):
    """A version in one language, with its words."""

    markdown = fields.String(required=True, metadata={"description": "Exactly as published."})
    text = fields.String(
        required=True, metadata={"description": "The same Markdown with what the workspace is set to now."}
    )


class DocumentSchema(Schema):
    """One version of a document."""

    kind = fields.Enum(DocumentKind, by_value=True, required=True)
    version = fields.String(required=True)
    effective_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: it came with Pairvote."}
    )
    is_in_effect = fields.Boolean(required=True)
    requires_choice = fields.Boolean(required=True)
    languages = fields.List(fields.Nested(LanguageSchema), required=True)


class WholeDocumentSchema(DocumentSchema):
    """One version of a document, with its words in every language."""

    languages = fields.List(fields.Nested(TextSchema), required=True)


class DocumentsSchema(Schema):
    """All versions of a workspace's documents, by when they take effect."""

    documents = fields.List(fields.Nested(DocumentSchema), required=True)

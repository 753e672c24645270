"""Schema fields that several calls of the intake zone share."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.intake.persons.services import Identifiers
from app.privacy.errors import IdentifierInvalid
from app.privacy.identifiers import Identifier, IdentifierKind

_SURFACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}", re.ASCII)
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{1,8}){0,4}", re.ASCII)


class IdentifierField(fields.Field[Identifier]):
    """A raw identifier: wrapped at once, never echoed."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "description": "A reference of your own; only its pseudonym is ever stored.",
        "type": "string",
        "minLength": 1,
        "maxLength": 512,
    }

    def __init__(self, kind: IdentifierKind, **options: Any) -> None:
        super().__init__(**options)
        self._kind = kind

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Identifier:
        if not isinstance(value, str):
            raise ValidationError("Not a text.")
        try:
            return Identifier(self._kind, value)
        except IdentifierInvalid:
            raise ValidationError("Not a text of 1 to 512 bytes.") from None


class IdentifiersSchema(Schema):
    """The raw references of a host's end user; pseudonymised before anything is stored."""

    json_schema: ClassVar[Mapping[str, Any]] = {"minProperties": 1}

    account = IdentifierField(IdentifierKind.ACCOUNT)
    api_key = IdentifierField(IdentifierKind.API_KEY)
    project = IdentifierField(IdentifierKind.PROJECT)
    conversation = IdentifierField(IdentifierKind.CONVERSATION)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Identifiers:
        if not data:
            raise ValidationError("At least one identifier is needed.")
        return Identifiers(**data)


def surface_field() -> fields.String:
    """Where in the product the question is asked, e.g. `chat`."""
    return fields.String(
        validate=validate.Regexp(_SURFACE.pattern + r"\Z", error="Not 1 to 64 of letters, digits, _ . : / -"),
        metadata={"description": "Where in the product the question is asked.", "examples": ["chat"]},
    )


def locale_field() -> fields.String:
    """A BCP 47 language tag."""
    return fields.String(
        validate=validate.Regexp(_LOCALE.pattern + r"\Z", error="Not a language tag such as de or pt-BR."),
        metadata={"description": "BCP 47 language tag.", "examples": ["de-AT"]},
    )

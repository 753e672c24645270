"""What a rating is about: told by the host in its own words, stored as a pseudonym alone."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields

from app.intake.feedback.models import TargetKind
from app.privacy.errors import IdentifierInvalid
from app.privacy.identifiers import MAX_IDENTIFIER_BYTES, Identifier, IdentifierKind

_KEYS: Final = frozenset({"type", "id", "url"})
_LONGEST_URL: Final = 2048
_ADDRESS: Final = re.compile(r"https?://[!-~]+|/[!-~]*", re.ASCII)
_ODD_URL: Final = ["Not an http(s) address or a path of at most 2048 characters."]
# Kinds of their own: a page and a response with the same reference are two targets.
_KINDS: Final = {TargetKind.RESPONSE: IdentifierKind.RESPONSE, TargetKind.PAGE: IdentifierKind.PAGE}


class Target(NamedTuple):
    """A response or a page; without a reference each rating is of a target of its own."""

    kind: TargetKind
    reference: Identifier | None


class TargetField(fields.Field[Target]):
    """A target as an object, or a response's reference alone."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "description": "What is rated: the response's own reference as a text, or an object. The reference and the "
        "address are pseudonymised like `identifiers` and never stored; of an address what follows `?` or `#` is "
        "not even looked at.",
        "oneOf": [
            {"type": "string", "minLength": 1, "maxLength": 512},
            {
                "type": "object",
                "properties": {
                    "type": {
                        "enum": ["response", "page"],
                        "description": "`page` where a url is given, else `response`.",
                    },
                    "id": {"type": "string", "minLength": 1, "maxLength": 512},
                    "url": {"type": "string", "maxLength": _LONGEST_URL, "pattern": "^(https?://|/)"},
                },
                "additionalProperties": False,
                "minProperties": 1,
            },
        ],
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Target:
        told = {"id": value} if isinstance(value, str) else value
        if not isinstance(told, dict) or not told:
            raise ValidationError("Not a text, and not an object with a type, an id or a url.")
        unknown = {key: ["Unknown field."] for key in sorted(told.keys() - _KEYS)}
        if unknown:
            raise ValidationError(unknown)
        url, given = told.get("url"), told.get("id")
        kind = told.get("type", "page" if url is not None else "response")
        if kind not in [each.value for each in TargetKind]:
            raise ValidationError({"type": ["Must be one of: response, page."]})
        if kind == "page" and url is None and given is None:
            raise ValidationError("A page needs an id or a url.")
        return Target(TargetKind(kind), self._reference(TargetKind(kind), given, url))

    def _reference(self, kind: TargetKind, given: Any, url: Any) -> Identifier | None:
        """An id counts before an address."""
        if url is not None and not (
            isinstance(url, str) and len(url) <= _LONGEST_URL and _ADDRESS.fullmatch(url)
        ):
            raise ValidationError({"url": _ODD_URL})
        text = given if given is not None or url is None else _place(url)
        if text is None:
            return None
        try:
            return Identifier(_KINDS[kind], text if isinstance(text, str) else "")
        except IdentifierInvalid:
            raise ValidationError({"id": ["Not a text of 1 to 512 bytes."]}) from None


def _place(url: str) -> str:
    """An address without what follows the path: a query names searches, sessions and people."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValidationError({"url": _ODD_URL}) from None
    place = f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}{parts.path or '/'}"
    return place if len(place) <= MAX_IDENTIFIER_BYTES else hashlib.sha256(place.encode()).hexdigest()

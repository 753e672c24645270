"""Chat messages in the OpenAI shape: text, or parts of text, image, audio and file."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, fields

from app.intake.uploads.media import sniff

ROLES: Final = frozenset({"system", "developer", "user", "assistant", "tool"})
_MESSAGE_KEYS: Final = frozenset({"role", "content", "name", "tool_calls", "tool_call_id", "refusal"})
_PLAIN_KEYS: Final = frozenset({"role", "content"})
_MOST_MESSAGES: Final = 200
_MOST_PARTS: Final = 64
_MOST_CHARACTERS: Final = 400_000
_LONGEST_URL: Final = 2048
UPLOAD_SCHEME: Final = "upload:"
_UPLOAD: Final = re.compile(r"upl_[0-9a-z]{26}")
_DATA_URL: Final = re.compile(r"data:([a-z0-9.+-]+/[a-z0-9.+-]+);base64,", re.ASCII)
_PART_KEYS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "image_url": (frozenset({"url"}), frozenset({"url", "detail"})),
    "input_audio": (frozenset({"data", "format"}), frozenset({"data", "format"})),
    "file": (frozenset(), frozenset({"file_data", "file_id", "filename"})),
}

Content = str | list[dict[str, Any]]


_TEXT: Final = {"type": "string", "maxLength": _MOST_CHARACTERS}
_BASE64: Final = {"type": "string", "minLength": 4, "contentEncoding": "base64"}
_UPLOAD_ID: Final = {"type": "string", "pattern": f"^{_UPLOAD.pattern}$"}
_DATA_ADDRESS: Final = {"type": "string", "pattern": "^data:[a-z0-9.+-]+/[a-z0-9.+-]+;base64,."}


def _object(**properties: Any) -> dict[str, Any]:
    """The shape of an object with just these members; a name that ends in `_` may be absent."""
    return {
        "type": "object",
        "required": [name for name in properties if not name.endswith("_")],
        "properties": {name.removesuffix("_"): shape for name, shape in properties.items()},
        "additionalProperties": False,
    }


def _part(kind: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    return _object(**{"type": {"const": kind}, kind: shape})


_IMAGE: Final = _object(
    url={
        "description": "An https: address (loaded on a click), a data: address, or `upload:` and an upload's id.",
        "anyOf": [
            {"type": "string", "pattern": "^https://[!-~]+$", "maxLength": _LONGEST_URL},
            _DATA_ADDRESS,
            {"type": "string", "pattern": f"^{UPLOAD_SCHEME}{_UPLOAD.pattern}$"},
        ],
    },
    detail_={"enum": ["auto", "low", "high"]},
)
_FILE: Final = _object(file_data_=_DATA_ADDRESS, file_id_=_UPLOAD_ID, filename_={"type": "string"}) | {
    "oneOf": [{"required": ["file_data"]}, {"required": ["file_id"]}]
}


class ContentField(fields.Field[Content]):
    """`content` of a message or response: a text, or a list of parts."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "title": "Content",
        "description": "A text, or a list of OpenAI-shaped parts.",
        "oneOf": [
            _TEXT,
            {
                "type": "array",
                "minItems": 1,
                "maxItems": _MOST_PARTS,
                "items": {
                    "oneOf": [
                        _part("text", _TEXT),
                        _part("image_url", _IMAGE),
                        _part("input_audio", _object(data=_BASE64, format={"type": "string"})),
                        _part("file", _FILE),
                    ]
                },
            },
        ],
    }
    default_error_messages = {  # noqa: RUF012  (as Marshmallow declares it)
        "shape": "Not a text and not a list of parts.",
        "long": f"Longer than {_MOST_CHARACTERS} characters.",
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Content:
        if isinstance(value, str):
            if len(value) > _MOST_CHARACTERS:
                raise self.make_error("long")
            return value
        if not isinstance(value, list):
            raise self.make_error("shape")
        return _checked_parts(value)


class MessagesField(fields.Field[list[dict[str, Any]]]):
    """A conversation: a list of `{role, content, name?}`."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "title": "Messages",
        "description": "OpenAI-shaped messages, at least one of them from the user.",
        "type": "array",
        "minItems": 1,
        "maxItems": _MOST_MESSAGES,
        "items": _object(
            role={"enum": sorted(ROLES)},
            content=ContentField,
            name_={"type": "string", "minLength": 1, "maxLength": 64},
        ),
        "contains": {"properties": {"role": {"const": "user"}}, "required": ["role"]},
    }
    _content: Final = ContentField()

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not value:
            raise ValidationError("Not a list of at least one message.")
        if len(value) > _MOST_MESSAGES:
            raise ValidationError(f"More than {_MOST_MESSAGES} messages.")
        errors: dict[int, Any] = {}
        for index, message in enumerate(value):
            problem = None if _is_plain(message) else self._problem_of(message)
            if problem:
                errors[index] = problem
        if not any(isinstance(m, dict) and m.get("role") == "user" for m in value):
            errors[len(value) - 1] = {"role": ["No message is from the user."]}
        if errors:
            raise ValidationError(errors)
        return value

    def _problem_of(self, message: Any) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"_schema": ["Not an object."]}
        problem: dict[str, Any] = {}
        role = message.get("role")
        if not isinstance(role, str) or role not in ROLES:
            problem["role"] = [f"Must be one of: {', '.join(sorted(ROLES))}."]
        for key in message.keys() - _MESSAGE_KEYS:
            problem[key] = ["Unknown field."]
        if "tool_calls" in message and not isinstance(message["tool_calls"], list):
            problem["tool_calls"] = ["Not a list."]
        name = message.get("name")
        if "name" in message and not (isinstance(name, str) and 0 < len(name) <= 64):
            problem["name"] = ["Not a text of 1 to 64 characters."]
        try:
            # A message that only calls tools says nothing.
            if message.get("content") is not None or not message.get("tool_calls"):
                self._content.deserialize(message.get("content"))
        except ValidationError as error:
            problem["content"] = error.messages
        return problem or None


def _is_plain(message: Any) -> bool:
    """Just a text by somebody, as nearly all messages are: seen at once, without looking for what may be wrong."""
    if type(message) is not dict or message.keys() != _PLAIN_KEYS:
        return False
    role, content = message["role"], message["content"]
    return type(role) is str and role in ROLES and type(content) is str and len(content) <= _MOST_CHARACTERS


def _checked_parts(parts: list[Any]) -> list[dict[str, Any]]:
    if not parts or len(parts) > _MOST_PARTS:
        raise ValidationError(f"A list of 1 to {_MOST_PARTS} parts is needed.")
    errors = {index: problem for index, part in enumerate(parts) if (problem := _problem_of_part(part))}
    if errors:
        raise ValidationError(errors)
    return parts


def _problem_of_part(part: Any) -> dict[str, Any] | None:
    if not isinstance(part, dict):
        return {"_schema": ["Not an object."]}
    kind = part.get("type")
    if kind == "text":
        text = part.get("text")
        if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
            return {"text": [f"Not a text of at most {_MOST_CHARACTERS} characters."]}
        return _unknown(part, {"type", "text"})
    if not isinstance(kind, str) or kind not in _PART_KEYS:
        return {"type": [f"Must be one of: text, {', '.join(_PART_KEYS)}."]}
    body = part.get(kind)
    if not isinstance(body, dict):
        return {kind: ["Not an object."]}
    needed, allowed = _PART_KEYS[kind]
    problem: dict[str, Any] = {key: ["Missing data for required field."] for key in needed - body.keys()}
    problem |= {key: ["Unknown field."] for key in body.keys() - allowed}
    problem |= {key: ["Not a text."] for key in body.keys() & allowed if not isinstance(body[key], str)}
    problem = problem or _problem_of_media(kind, body)
    return {kind: problem} if problem else _unknown(part, {"type", kind})


def _unknown(part: dict[str, Any], known: set[str]) -> dict[str, Any] | None:
    return {key: ["Unknown field."] for key in part.keys() - known} or None


def _problem_of_media(kind: str, body: dict[str, str]) -> dict[str, Any]:
    if kind == "image_url":
        return _problem_of_image(body)
    if kind == "input_audio":
        return {} if _decoded(body["data"]) else {"data": ["Not base64."]}
    if ("file_data" in body) == ("file_id" in body):
        return {"_schema": ["Exactly one of file_data and file_id is needed."]}
    if "file_id" in body and not _UPLOAD.fullmatch(body["file_id"]):
        return {"file_id": ["Not the id of an upload (upl_…)."]}
    return _problem_of_data_url(body["file_data"], "file_data") if "file_data" in body else {}


def _problem_of_image(body: dict[str, str]) -> dict[str, Any]:
    url = body["url"]
    if body.get("detail", "auto") not in ("auto", "low", "high"):
        return {"detail": ["Must be one of: auto, low, high."]}
    if url.startswith(UPLOAD_SCHEME):
        return (
            {}
            if _UPLOAD.fullmatch(url.removeprefix(UPLOAD_SCHEME))
            else {"url": ["Not the id of an upload (upload:upl_…)."]}
        )
    if url.startswith("data:"):
        return _problem_of_data_url(url, "url")
    # A widget shows a remote image only after a click: loading it tells its host who looks.
    good = (
        url.startswith("https://") and 8 < len(url) <= _LONGEST_URL and url.isprintable() and " " not in url
    )
    return {} if good else {"url": ["Not an https: or data: address, and not upload:upl_…."]}


def _problem_of_data_url(url: str, where: str) -> dict[str, Any]:
    head = _DATA_URL.match(url)
    data = _decoded(url[head.end() :]) if head else None
    if head is None or not data:
        return {where: ["Not a data: address in base64."]}
    if sniff(data) != head.group(1):
        return {where: ["The content is not of the declared type, or of a type that is not taken."]}
    return {}


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def upload_ids(content: Content) -> Iterator[str]:
    """The uploads a content refers to."""
    for part in content if isinstance(content, list) else ():
        if part["type"] == "image_url" and part["image_url"]["url"].startswith(UPLOAD_SCHEME):
            yield part["image_url"]["url"].removeprefix(UPLOAD_SCHEME)
        elif part["type"] == "file" and "file_id" in part["file"]:
            yield part["file"]["file_id"]


def shows_uploads(content: Content | None) -> bool:
    """Whether there is a picture, a sound or a file in it."""
    return isinstance(content, list) and any(part["type"] != "text" for part in content)


def text_of(content: Content | None) -> str:
    """A content's text; other parts as `[IMAGE]`, `[AUDIO]`, `[FILE]`. Tool calls are not part of it."""
    if content is None or isinstance(content, str):
        return content or ""
    names = {"image_url": "[IMAGE]", "input_audio": "[AUDIO]", "file": "[FILE]"}
    return "\n".join(part["text"] if part["type"] == "text" else names[part["type"]] for part in content)

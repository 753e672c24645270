"""The shape of a comparison as a host registers it, and of what it is told."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from app.intake.comparisons.models import WithheldReason
from app.intake.fields import IdentifiersSchema, locale_field, surface_field
from app.intake.messages import Content, ContentField, MessagesField
from app.intake.persons.services import Identifiers
from app.trust.safety import BlockThreshold, HarmCategory, HarmProbability, SafetyRating, SafetySetting

_COUNT: Final = validate.Range(min=0, max=2**53)
# Older names of the OpenTelemetry conventions and of the OpenAI API: read, never written.
_LEGACY_USAGE: Final = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}
_LEGACY_DETAILS: Final = {
    "prompt_tokens_details": ("cached_tokens", "cache_read_input_tokens"),
    "completion_tokens_details": ("reasoning_tokens", "reasoning_output_tokens"),
}
_LEGACY: Final = frozenset(_LEGACY_USAGE) | frozenset(_LEGACY_DETAILS)


class ModelResponse(NamedTuple):
    """One response with the metadata of the call that made it. `metadata` uses the `gen_ai` names."""

    model: str
    content: Content
    metadata: dict[str, Any]
    ratings: tuple[SafetyRating, ...]


class Signals(NamedTuple):
    """What the host passes on from the browser."""

    gpc: bool = False


class NewComparison(NamedTuple):
    """A prompt with two responses, as a host registers it."""

    conversation: list[dict[str, Any]]
    responses: tuple[ModelResponse, ModelResponse]
    invitation: str | None = None
    identifiers: Identifiers | None = None
    safety_settings: tuple[SafetySetting, ...] = ()
    surface: str | None = None
    locale: str | None = None
    client: str | dict[str, str] | None = None
    signals: Signals = Signals()


class UsageSchema(Schema):
    """Tokens of one call (OpenTelemetry `gen_ai.usage.*`)."""

    input_tokens = fields.Integer(strict=True, validate=_COUNT)
    output_tokens = fields.Integer(strict=True, validate=_COUNT)
    total_tokens = fields.Integer(strict=True, validate=_COUNT)
    reasoning_output_tokens = fields.Integer(strict=True, validate=_COUNT)
    cache_read_input_tokens = fields.Integer(strict=True, validate=_COUNT)
    cache_creation_input_tokens = fields.Integer(strict=True, validate=_COUNT)

    @pre_load
    def _rename(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict) or _LEGACY.isdisjoint(data):
            return data
        pairs = [(_LEGACY_USAGE.get(name, name), value) for name, value in data.items()]
        for name, (inner, new_name) in _LEGACY_DETAILS.items():
            pairs = [pair for pair in pairs if pair[0] != name]
            details = data.get(name)
            if isinstance(details, dict) and details.get(inner) is not None:
                pairs.append((new_name, details[inner]))
        if len(dict(pairs)) != len(pairs):
            raise ValidationError("Gives the same count under an older and a newer name.")
        return dict(pairs)


class ParametersSchema(Schema):
    """How the model was called (OpenTelemetry `gen_ai.request.*`)."""

    temperature = fields.Float(validate=validate.Range(0, 100), allow_none=True)
    top_p = fields.Float(validate=validate.Range(0, 1), allow_none=True)
    top_k = fields.Float(validate=validate.Range(0, 1_000_000), allow_none=True)
    max_tokens = fields.Integer(strict=True, validate=_COUNT, allow_none=True)
    seed = fields.Integer(strict=True, validate=validate.Range(-(2**53), 2**53), allow_none=True)
    stop_sequences = fields.List(
        fields.String(validate=validate.Length(max=200)), validate=validate.Length(max=16)
    )
    frequency_penalty = fields.Float(validate=validate.Range(-10, 10), allow_none=True)
    presence_penalty = fields.Float(validate=validate.Range(-10, 10), allow_none=True)
    stream = fields.Boolean(truthy={True}, falsy={False})


class SafetyRatingSchema(Schema):
    """One safety rating of a response (Gemini API names)."""

    category = fields.Enum(HarmCategory, by_value=True, required=True)
    probability = fields.Enum(HarmProbability, by_value=True, required=True)
    blocked = fields.Boolean(truthy={True}, falsy={False})

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> SafetyRating:
        return SafetyRating(**data)


class SafetySettingSchema(Schema):
    """One threshold (Gemini API names)."""

    category = fields.Enum(HarmCategory, by_value=True, required=True)
    threshold = fields.Enum(BlockThreshold, by_value=True, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> SafetySetting:
        return SafetySetting(**data)


class ResponseSchema(Schema):
    """One of the two responses. The model's name never reaches the browser before the vote."""

    model = fields.String(required=True, validate=validate.Length(1, 200), metadata={"examples": ["gpt-4o"]})
    content = ContentField(required=True, metadata={"description": "Text, or a list of OpenAI-shaped parts."})
    provider = fields.String(
        validate=validate.Length(1, 100), metadata={"description": "gen_ai.provider.name"}
    )
    response_model = fields.String(
        validate=validate.Length(1, 200), metadata={"description": "gen_ai.response.model"}
    )
    response_id = fields.String(
        validate=validate.Length(1, 200), metadata={"description": "gen_ai.response.id"}
    )
    usage = fields.Nested(UsageSchema)
    latency_ms = fields.Integer(strict=True, validate=validate.Range(0, 86_400_000))
    time_to_first_chunk_ms = fields.Integer(strict=True, validate=validate.Range(0, 86_400_000))
    finish_reason = fields.String(validate=validate.Length(1, 64), metadata={"examples": ["stop"]})
    parameters = fields.Nested(ParametersSchema)
    safety_ratings = fields.List(fields.Nested(SafetyRatingSchema), validate=validate.Length(max=20))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ModelResponse:
        ratings = tuple(data.pop("safety_ratings", ()))
        return ModelResponse(data.pop("model"), data.pop("content"), data, ratings)


class ClientSchema(Schema):
    """The program in which the question is asked."""

    name = fields.String(validate=validate.Length(1, 64))
    version = fields.String(validate=validate.Length(1, 64))
    country = fields.String(validate=validate.Regexp(r"[A-Z]{2}\Z", error="Not an ISO 3166-1 alpha-2 code."))


class ClientField(fields.Field[Any]):
    """A client as a name, or as `{name, version, country}`."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "oneOf": [{"type": "string", "minLength": 1, "maxLength": 64}, ClientSchema]
    }
    _schema: Final = ClientSchema()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        loaded: dict[str, str] = self._schema.load({"name": value} if isinstance(value, str) else value)
        return loaded


class SignalsSchema(Schema):
    """Signals of the end user's browser."""

    gpc = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "The browser sent Sec-GPC: 1 (Global Privacy Control)."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Signals:
        return Signals(**data)


class NewComparisonSchema(Schema):
    """A comparison to register."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "anyOf": [{"required": ["invitation"]}, {"required": ["identifiers"]}]
    }

    invitation = fields.String(
        validate=validate.Length(1, 64), metadata={"description": "From POST /v1/invitations."}
    )
    identifiers = fields.Nested(IdentifiersSchema)
    conversation = MessagesField(
        required=True, metadata={"description": "OpenAI-shaped messages up to the prompt."}
    )
    responses = fields.List(fields.Nested(ResponseSchema), required=True, validate=validate.Length(equal=2))
    safety_settings = fields.List(fields.Nested(SafetySettingSchema), validate=validate.Length(max=20))
    surface = surface_field()
    locale = locale_field()
    client = ClientField(metadata={"description": "A name, or {name, version, country}."})
    signals = fields.Nested(SignalsSchema)

    @validates_schema
    def _has_somebody(self, data: dict[str, Any], **_: Any) -> None:
        if "invitation" not in data and "identifiers" not in data:
            raise ValidationError("One of invitation and identifiers is needed.")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewComparison:
        data["responses"] = tuple(data["responses"])
        data["safety_settings"] = tuple(data.get("safety_settings", ()))
        return NewComparison(**data)


class RegisteredSchema(Schema):
    """A registered comparison: open with its ticket, or withheld with the reason."""

    id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["open", "withheld"]))
    ticket = fields.String(metadata={"description": "For the browser; never put it into an address."})
    order = fields.List(
        fields.Integer(), metadata={"description": "[i, j]: response i of the request stands left, j right."}
    )
    expires_at = fields.AwareDateTime(metadata={"description": "Show it before this moment."})
    identity_leak = fields.List(
        fields.Integer(),
        metadata={
            "description": "Indexes of the responses that name their own model or its maker. Absent where none does."
        },
    )
    reason = fields.Enum(WithheldReason, by_value=True)
    blocked = fields.List(
        fields.Integer(), metadata={"description": "Indexes of the responses that safety blocked."}
    )


class ComparisonSchema(Schema):
    """A comparison as its host may know it: never content."""

    id = fields.String(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["open", "voted", "final", "skipped", "expired", "withheld", "withdrawn"]),
    )
    choice = fields.String(metadata={"description": "Until disconnection: left, right, tie or both_bad."})
    chosen = fields.Integer(metadata={"description": "Index of the preferred response in the request."})
    order = fields.List(fields.Integer(), required=True)
    created_at = fields.AwareDateTime(required=True)
    shown_at = fields.AwareDateTime(allow_none=True)
    voted_at = fields.AwareDateTime()
    undo_until = fields.AwareDateTime()
    expires_at = fields.AwareDateTime(required=True)
    reason = fields.Enum(WithheldReason, by_value=True)

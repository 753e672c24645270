"""The shapes of the calls around invitations and policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.intake.comparisons.schemas import SignalsSchema
from app.intake.fields import IdentifiersSchema, locale_field, surface_field
from app.intake.invitations.decision import InvitationRequest, Reason, Signals
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.policy_document import InvitationPolicySchema
from app.intake.persons.services import Identifiers

MOST_VERSIONS: Final = 100
_MOST_MODELS: Final = 50
_MOST_VERSION: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """Whom a host would like to ask, and what it says of the moment."""

    identifiers: Identifiers
    request: InvitationRequest


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """A policy to be set, and the version it was made from."""

    policy: InvitationPolicy
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Which versions to list, newest first."""

    before: int | None = None
    most: int = MOST_VERSIONS


class QueryInteger(fields.Integer):
    """A whole number in an address: ASCII digits and nothing else."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10):
            raise ValidationError("Not a whole number.")
        return int(value)


class NewInvitationSchema(Schema):
    """A person who could be asked."""

    identifiers = fields.Nested(IdentifiersSchema, required=True)
    surface = surface_field()
    locale = locale_field()
    models = fields.List(
        fields.String(validate=validate.Length(1, 200)),
        validate=validate.Length(2, _MOST_MODELS),
        metadata={
            "description": "Models that could answer; two of them are drawn. None: the policy decides."
        },
    )
    signals = fields.Nested(SignalsSchema)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewInvitation:
        said = data.get("signals")
        signals = Signals(data.get("surface"), data.get("locale"), said is not None and said.gpc)
        return NewInvitation(data["identifiers"], InvitationRequest(signals, tuple(data.get("models", ()))))


class InvitationSchema(Schema):
    """Whether to ask."""

    ask = fields.Boolean(required=True)
    reason = fields.Enum(
        Reason, by_value=True, metadata={"description": "Why not; only where `ask` is false."}
    )
    invitation = fields.String(metadata={"description": "To be sent along with POST /v1/comparisons."})
    order = fields.List(
        fields.Integer(),
        metadata={
            "description": "[i, j]: response i of the comparison to be registered with it will stand left, j right."
        },
    )
    models = fields.List(
        fields.String(),
        metadata={"description": "The two models to compare, where the policy or the host names any."},
    )
    propensity = fields.Float(
        metadata={
            "description": "How probable this was: that the person is sampled, and that this pair is drawn."
        }
    )
    expires_at = fields.AwareDateTime(metadata={"description": "Register the comparison before this moment."})


class NewPolicySchema(Schema):
    """A policy to be set."""

    policy = fields.Nested(InvitationPolicySchema, required=True)
    expected_version = fields.Integer(
        strict=True,
        validate=validate.Range(0, _MOST_VERSION),
        metadata={
            "description": "The version this was made from (0: none was set); 409 if another one holds."
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewPolicy:
        return NewPolicy(**data)


class PolicySchema(Schema):
    """The policy that holds."""

    version = fields.Integer(
        required=True, metadata={"description": "0 until a policy is set: the defaults hold."}
    )
    policy = fields.Nested(InvitationPolicySchema, required=True)
    updated_at = fields.AwareDateTime(required=True, allow_none=True)


class PolicyVersionSchema(PolicySchema):
    """A version of the policy, and who set it."""

    actor = fields.String(required=True, metadata={"description": "An API key's id, or `operator`."})


class PolicyVersionsSchema(Schema):
    """Versions of the policy, newest first."""

    versions = fields.List(fields.Nested(PolicyVersionSchema), required=True)


class VersionPageSchema(Schema):
    """Which versions to list."""

    before = QueryInteger(
        validate=validate.Range(0, _MOST_VERSION), metadata={"description": "Only versions below this one."}
    )
    most = QueryInteger(
        validate=validate.Range(1, MOST_VERSIONS),
        metadata={"description": "How many; 100 unless said otherwise."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> VersionPage:
        return VersionPage(**data)

"""The shapes of the calls around invitations, policies and the exposure report."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.core.clock import iso_date
from app.intake.comparisons.schemas import SignalsSchema
from app.intake.fields import IdentifiersSchema, locale_field, surface_field
from app.intake.invitations.decision import InvitationRequest, Reason, Signals
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.policy_document import InvitationPolicySchema
from app.intake.persons.services import Identifiers

MOST_VERSIONS: Final = 100
MOST_DECISIONS: Final = 1_000
_MOST_MODELS: Final = 50
_DATE: Final = re.compile(r"[12]\d{3}-\d\d-\d\d", re.ASCII)
_EPOCH: Final = dt.date(1970, 1, 1)


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
class DryRunRequest:
    """A policy to be tried, and how many single decisions to list."""

    policy: InvitationPolicy
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days since 1970-01-01 UTC, both included; None where the caller leaves it to us."""

    first_day: int | None = None
    last_day: int | None = None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Which versions to list, newest first."""

    before: int | None = None
    most: int = MOST_VERSIONS


def read_day(text: str) -> int:
    """Days since 1970-01-01 of a date as YYYY-MM-DD. ValidationError when it is none."""
    if not _DATE.fullmatch(text):
        raise ValidationError("Not a date such as 2026-11-22.")
    try:
        return (dt.date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        raise ValidationError("There is no such day.") from None


class DayField(fields.Field[int]):
    """YYYY-MM-DD outside, days since 1970-01-01 inside."""

    def __init__(self, *, description: str | None = None, **options: Any) -> None:
        described = {"description": description} if description else {}
        super().__init__(metadata={"type": "string", "format": "date", **described}, **options)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else iso_date(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, str):
            raise ValidationError("Not a date such as 2026-11-22.")
        return read_day(value)


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
        validate=validate.Length(max=_MOST_MODELS),
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
        validate=validate.Range(0, 10**9),
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

    before = QueryInteger(metadata={"description": "Only versions below this one."})
    most = QueryInteger(
        validate=validate.Range(1, MOST_VERSIONS),
        metadata={"description": "How many; 100 unless said otherwise."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> VersionPage:
        return VersionPage(**data)


class DryRunRequestSchema(Schema):
    """A policy to be tried on last week."""

    policy = fields.Nested(InvitationPolicySchema, required=True)
    decisions = fields.Integer(
        strict=True,
        validate=validate.Range(0, MOST_DECISIONS),
        metadata={
            "description": "How many single decisions to list, oldest first; none unless said otherwise."
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> DryRunRequest:
        return DryRunRequest(**data)


class RecordedSchema(Schema):
    """Invitations and the people they went to (without an account: conversations, projects or keys)."""

    invitations = fields.Integer(required=True)
    people = fields.Integer(required=True)


class PairSchema(Schema):
    """Comparisons of two models."""

    models = fields.List(fields.String(), required=True)
    comparisons = fields.Integer(required=True)


class ReplayedDecisionSchema(Schema):
    """What the tried policy says of one invitation that was given."""

    invitation = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)
    ask = fields.Boolean(required=True)
    reason = fields.Enum(Reason, by_value=True)


class DryRunSchema(Schema):
    """What a policy would have done to last week."""

    first_day = DayField(required=True, data_key="from")
    last_day = DayField(required=True, data_key="to")
    is_complete = fields.Boolean(
        required=True, metadata={"description": "False when there were more invitations than are replayed."}
    )
    recorded = fields.Nested(RecordedSchema, required=True)
    would_ask = fields.Nested(RecordedSchema, required=True)
    would_not_ask = fields.Dict(
        fields.Enum(Reason, by_value=True),
        fields.Integer(),
        required=True,
        metadata={"description": "Recorded invitations that would not have been given, by reason."},
    )
    pairs = fields.List(fields.Nested(PairSchema), required=True)
    extrapolated_invitations = fields.Float(
        required=True,
        metadata={
            "description": "`would_ask.invitations`, each counted for all the people whom the tried policy samples and "
            "the policy of then did not; an estimate that takes them to be like those on record."
        },
    )
    caveat = fields.String(required=True, metadata={"description": "What the record cannot tell."})
    decisions = fields.List(fields.Nested(ReplayedDecisionSchema), required=True)


class DayRangeSchema(Schema):
    """Days in UTC."""

    first_day = DayField(
        data_key="from",
        description="The first day; a week back from `to` unless said otherwise.",
    )
    last_day = DayField(data_key="to", description="The last day, included; today unless said otherwise.")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> DayRange:
        return DayRange(**data)


class InvitationCountsSchema(Schema):
    """Invitations: `given` is the sum of the others."""

    given = fields.Integer(required=True)
    redeemed = fields.Integer(required=True, metadata={"description": "A comparison was registered with it."})
    unredeemed = fields.Integer(required=True, metadata={"description": "It expired."})
    pending = fields.Integer(required=True)


class ComparisonCountsSchema(Schema):
    """Comparisons: `registered` is the sum of the others."""

    registered = fields.Integer(required=True)
    withheld = fields.Integer(required=True)
    voted = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    expired = fields.Integer(required=True, metadata={"description": "Shown, and not answered in time."})
    not_shown = fields.Integer(required=True, metadata={"description": "Never shown, and too late to be."})
    open = fields.Integer(required=True)


class ExposureCountsSchema(Schema):
    """Invitations given and comparisons registered."""

    invitations = fields.Nested(InvitationCountsSchema, required=True)
    comparisons = fields.Nested(ComparisonCountsSchema, required=True)


class ExposureRowSchema(ExposureCountsSchema):
    """The counts of one day on one surface (empty where the host named none)."""

    day = DayField(required=True)
    surface = fields.String(required=True)


class ExposureReportSchema(Schema):
    """The exposure report."""

    first_day = DayField(required=True, data_key="from")
    last_day = DayField(required=True, data_key="to")
    rows = fields.List(fields.Nested(ExposureRowSchema), required=True)
    total = fields.Nested(ExposureCountsSchema, required=True)

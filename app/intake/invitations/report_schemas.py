"""The shapes of the two reports: what a policy would have done, and how invitations and comparisons ended."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.core.clock import iso_date
from app.intake.invitations.decision import Reason
from app.intake.invitations.policy import InvitationPolicy
from app.intake.invitations.policy_document import InvitationPolicySchema

MOST_DECISIONS: Final = 1_000
_DATE: Final = re.compile(r"[12]\d{3}-\d\d-\d\d", re.ASCII)
_EPOCH: Final = dt.date(1970, 1, 1)


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

    json_schema: ClassVar = {"type": "string", "format": "date", "pattern": "^[12][0-9]{3}-"}

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else iso_date(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, str):
            raise ValidationError("Not a date such as 2026-11-22.")
        return read_day(value)


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
        metadata={"description": "The first day; a week back from `to` unless said otherwise."},
    )
    last_day = DayField(
        data_key="to", metadata={"description": "The last day, included; today unless said otherwise."}
    )

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

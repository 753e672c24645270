"""The policy document: the JSON in which an invitation policy is sent, stored and shown."""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.core.clock import rfc3339
from app.intake.invitations.bucketing import BUCKETS
from app.intake.invitations.policy import CandidateModel, InvitationPolicy

_DAY = 86_400
_YEAR = 366 * _DAY
_HOUR = 3_600
_BILLION = 1_000_000_000
_MAX_MODELS = 100
_MAX_LISTED = 100
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2199

# `$` alone would let a final newline through in Python; the look-ahead changes nothing in other dialects.
_END = r"$(?!\n)"
_SEED = validate.Regexp(rf"^[A-Za-z0-9._:-]{{1,64}}{_END}", error="Use 1 to 64 letters, digits and . _ : -")
_SURFACE = validate.Regexp(
    rf"^[A-Za-z0-9._:/-]{{1,64}}{_END}", error="Use 1 to 64 letters, digits and . _ : / -"
)
_LOCALE = validate.Regexp(
    rf"^[A-Za-z]{{2,8}}(-[A-Za-z0-9]{{1,8}}){{0,7}}{_END}", error="Not a language tag such as de or de-AT."
)
_MODEL_NAME = validate.Regexp(
    rf"^[^\x00-\x1f\x7f\ud800-\udfff]{{1,200}}{_END}",
    error="Use 1 to 200 characters, none of them a control.",
)


class _Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it: "no" must not switch something on or off."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class _Decimal(fields.Float):
    """A finite JSON number; a string of digits is refused."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if not isinstance(value, (int, float)):
            raise self.make_error("invalid", input=value)
        return self._validated(value)


class _Instant(fields.DateTime):
    """RFC 3339 in the document, milliseconds since 1970 inside."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            moment = dt.datetime.fromisoformat(value.upper())
        except ValueError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise ValidationError(f"Must be in the years {_FIRST_YEAR} to {_LAST_YEAR}.")
        return (moment - _EPOCH) // dt.timedelta(milliseconds=1)


def _whole_buckets(rate: float) -> None:
    """A rate between two buckets would act as the next higher one: 0.00001 would ask ten times as many."""
    if 0 <= rate <= 1 and round(rate * BUCKETS) / BUCKETS != rate:
        raise ValidationError(f"Must be a multiple of {1 / BUCKETS}.")


def _distinct(values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Names something twice.")


def _described(of: type[CandidateModel] | type[InvitationPolicy], name: str) -> dict[str, Any]:
    """The description and the default that the dataclass gives one of its fields."""
    declared = {field.name: field for field in dataclasses.fields(of)}[name]
    options: dict[str, Any] = {"metadata": dict(declared.metadata)}
    if declared.default is dataclasses.MISSING:
        return options | {"required": True}
    return options | {"load_default": declared.default}


def _seconds(name: str, *, least: int, most: int) -> fields.Integer:
    return fields.Integer(
        strict=True, validate=validate.Range(least, most), **_described(InvitationPolicy, name)
    )


def _count(name: str, *, least: int = 1, most: int = _BILLION) -> fields.Integer:
    described = _described(InvitationPolicy, name)
    return fields.Integer(
        strict=True,
        validate=validate.Range(least, most),
        allow_none=described["load_default"] is None,
        **described,
    )


def _rate(name: str) -> _Decimal:
    described = _described(InvitationPolicy, name)
    described["metadata"]["multipleOf"] = 1 / BUCKETS
    return _Decimal(validate=[validate.Range(0, 1), _whole_buckets], **described)


def _factor(name: str) -> _Decimal:
    return _Decimal(validate=validate.Range(1, 100), **_described(InvitationPolicy, name))


def _allow_list(name: str, each: validate.Validator) -> fields.List[str]:
    """A list, or null for everything; an empty one is refused, since it could be meant either way."""
    return fields.List(
        fields.String(validate=each),
        allow_none=True,
        validate=[validate.Length(1, _MAX_LISTED), _distinct],
        **_described(InvitationPolicy, name),
    )


class CandidateModelSchema(Schema):
    """One model of a policy document."""

    name = fields.String(validate=_MODEL_NAME, **_described(CandidateModel, "name"))
    weight = _Decimal(validate=validate.Range(0.001, 1000), **_described(CandidateModel, "weight"))
    added_at = _Instant(allow_none=True, **_described(CandidateModel, "added_at"))

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> CandidateModel:
        return CandidateModel(**data)


class InvitationPolicySchema(Schema):
    """A whole policy document; what it leaves out has the default of `InvitationPolicy`."""

    enabled = _Flag(**_described(InvitationPolicy, "enabled"))
    sampling_rate = _rate("sampling_rate")
    holdout_rate = _rate("holdout_rate")
    seed = fields.String(validate=_SEED, **_described(InvitationPolicy, "seed"))
    cooldown_after_vote_seconds = _seconds("cooldown_after_vote_seconds", least=0, most=_YEAR)
    cooldown_after_skip_seconds = _seconds("cooldown_after_skip_seconds", least=0, most=_YEAR)
    skip_backoff = _factor("skip_backoff")
    cooldown_max_seconds = _seconds("cooldown_max_seconds", least=0, most=_YEAR)
    person_budget_per_day = _count("person_budget_per_day", most=1_000)
    person_budget_per_week = _count("person_budget_per_week", most=7_000)
    workspace_budget_per_day = _count("workspace_budget_per_day")
    pair_quota = _count("pair_quota")
    models = fields.List(
        fields.Nested(CandidateModelSchema),
        validate=validate.Length(max=_MAX_MODELS),
        **_described(InvitationPolicy, "models"),
    )
    new_model_boost = _factor("new_model_boost")
    new_model_until_comparisons = _count("new_model_until_comparisons", least=0)
    surfaces = _allow_list("surfaces", _SURFACE)
    locales = _allow_list("locales", _LOCALE)
    invitation_seconds = _seconds("invitation_seconds", least=10, most=_HOUR)
    gpc_counts_as_opt_out = _Flag(**_described(InvitationPolicy, "gpc_counts_as_opt_out"))

    @validates_schema(skip_on_field_errors=True)
    def _check_what_belongs_together(self, data: dict[str, Any], **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        if data["cooldown_max_seconds"] < data["cooldown_after_skip_seconds"]:
            errors["cooldown_max_seconds"] = ["Must not be shorter than cooldown_after_skip_seconds."]
        per_week = data["person_budget_per_week"]
        if per_week is not None and per_week < data["person_budget_per_day"]:
            errors["person_budget_per_week"] = ["Must not be smaller than person_budget_per_day."]
        names = [model.name for model in data["models"]]
        if len(names) == 1:
            errors["models"] = ["Name at least two models, or none."]
        elif len(set(names)) != len(names):
            errors["models"] = ["Names a model twice."]
        if errors:
            raise ValidationError(errors)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> InvitationPolicy:
        lists = ("models", "surfaces", "locales")
        return InvitationPolicy(
            **data | {name: tuple(data[name]) for name in lists if data[name] is not None}
        )


_DOCUMENT = InvitationPolicySchema()


def write_policy(policy: InvitationPolicy) -> str:
    """The JSON document that `read_policy` reads back to an equal policy."""
    document: str = _DOCUMENT.dumps(policy, ensure_ascii=False, separators=(",", ":"))
    return document


def policy_as_json(policy: InvitationPolicy) -> dict[str, Any]:
    """The same document as a JSON-able object, every field spelled out."""
    document: dict[str, Any] = _DOCUMENT.dump(policy)
    return document


def read_policy(document: str) -> InvitationPolicy:
    """The policy of a JSON document; raises marshmallow's ValidationError if it breaks a rule."""
    policy: InvitationPolicy = _DOCUMENT.loads(document)
    return policy

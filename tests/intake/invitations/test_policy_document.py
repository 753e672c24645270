"""A policy document says what it may say, within bounds, and survives being stored."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.intake.invitations.policy import CandidateModel, InvitationPolicy
from app.intake.invitations.policy_document import (
    CandidateModelSchema,
    InvitationPolicySchema,
    read_policy,
    write_policy,
)

_DAY = 86_400

_rates = st.integers(0, 10_000).map(lambda step: step / 10_000)
_names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, [*range(32), 127]))),
    min_size=1,
    max_size=200,
)
_models = st.lists(
    st.builds(
        CandidateModel,
        name=_names,
        weight=st.floats(0.001, 1000),
        added_at=st.none() | st.integers(946_684_800_000, 7_258_118_399_999),
    ),
    min_size=2,
    max_size=5,
    unique_by=lambda model: model.name,
).map(tuple)
_optional_counts = st.none() | st.integers(1, 10**9)
_policies = st.builds(
    InvitationPolicy,
    enabled=st.booleans(),
    sampling_rate=_rates,
    holdout_rate=_rates,
    seed=st.from_regex(r"\A[A-Za-z0-9._:-]{1,64}\Z"),
    cooldown_after_vote_seconds=st.integers(0, 366 * _DAY),
    cooldown_after_skip_seconds=st.integers(0, 90 * _DAY),
    skip_backoff=st.floats(1, 100),
    cooldown_max_seconds=st.integers(90 * _DAY, 366 * _DAY),
    person_budget_per_day=st.integers(1, 1000),
    person_budget_per_week=st.none() | st.integers(1000, 7000),
    workspace_budget_per_day=_optional_counts,
    pair_quota=_optional_counts,
    models=st.just(()) | _models,
    new_model_boost=st.floats(1, 100),
    new_model_until_comparisons=st.integers(0, 10**9),
    surfaces=st.none() | st.just(("chat", "ide/inline")),
    locales=st.none() | st.just(("de", "en-GB")),
    invitation_seconds=st.integers(10, 3600),
    gpc_counts_as_opt_out=st.booleans(),
)


@given(_policies)
def test_a_stored_policy_reads_back_equal(policy: InvitationPolicy) -> None:
    assert read_policy(write_policy(policy)) == policy


def test_an_empty_document_is_the_default_policy() -> None:
    assert read_policy("{}") == InvitationPolicy()


def test_the_default_policy_obeys_its_own_bounds() -> None:
    assert read_policy(write_policy(InvitationPolicy())) == InvitationPolicy()


def test_the_defaults_are_the_documented_ones() -> None:
    assert json.loads(write_policy(InvitationPolicy())) == {
        "enabled": True,
        "sampling_rate": 1.0,
        "holdout_rate": 0.0,
        "seed": "pairvote",
        "cooldown_after_vote_seconds": _DAY,
        "cooldown_after_skip_seconds": 3 * _DAY,
        "skip_backoff": 2.0,
        "cooldown_max_seconds": 90 * _DAY,
        "person_budget_per_day": 3,
        "person_budget_per_week": None,
        "workspace_budget_per_day": None,
        "pair_quota": None,
        "models": [],
        "new_model_boost": 3.0,
        "new_model_until_comparisons": 500,
        "surfaces": None,
        "locales": None,
        "invitation_seconds": 300,
        "gpc_counts_as_opt_out": True,
    }


@pytest.mark.parametrize(
    ("schema", "shaped"),
    [(InvitationPolicySchema(), InvitationPolicy), (CandidateModelSchema(), CandidateModel)],
)
def test_every_field_is_in_the_document_and_described(
    schema: InvitationPolicySchema | CandidateModelSchema,
    shaped: type[InvitationPolicy] | type[CandidateModel],
) -> None:
    declared = dataclasses.fields(shaped)
    assert list(schema.fields) == [field.name for field in declared]
    for field in declared:
        assert field.metadata["description"].endswith(".")
        assert schema.fields[field.name].metadata["description"] == field.metadata["description"]


def test_a_model_starts_at_the_instant_its_document_names() -> None:
    models = [{"name": "a", "added_at": "2026-11-22T10:00:00.25+01:00"}, {"name": "b"}]
    policy = read_policy(json.dumps({"models": models}))
    assert policy.models == (CandidateModel("a", added_at=1_795_338_000_250), CandidateModel("b"))
    assert json.loads(write_policy(policy))["models"][0]["added_at"] == "2026-11-22T09:00:00.250Z"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("enabled", "no"),
        ("enabled", 0),
        ("enabled", None),
        ("sampling_rate", -0.0001),
        ("sampling_rate", 1.0001),
        ("sampling_rate", 0.00001),
        ("sampling_rate", "0.5"),
        ("sampling_rate", True),
        ("sampling_rate", float("nan")),
        ("sampling_rate", float("inf")),
        ("sampling_rate", 10**400),
        ("holdout_rate", 0.12345),
        ("seed", ""),
        ("seed", "a\n"),
        ("seed", "x" * 65),
        ("seed", "é"),
        ("cooldown_after_vote_seconds", -1),
        ("cooldown_after_vote_seconds", 1.5),
        ("cooldown_after_vote_seconds", "60"),
        ("cooldown_after_vote_seconds", 366 * _DAY + 1),
        ("cooldown_after_skip_seconds", -1),
        ("skip_backoff", 0.99),
        ("skip_backoff", 101),
        ("cooldown_max_seconds", 3 * _DAY - 1),
        ("person_budget_per_day", 0),
        ("person_budget_per_day", None),
        ("person_budget_per_week", 2),
        ("workspace_budget_per_day", 0),
        ("pair_quota", 0),
        ("models", [{"name": "alone"}]),
        ("models", [{"name": "a"}, {"name": "a"}]),
        ("models", [{"name": f"m{n}"} for n in range(101)]),
        ("models", None),
        ("new_model_boost", 0.5),
        ("new_model_until_comparisons", -1),
        ("surfaces", []),
        ("surfaces", ["chat", "chat"]),
        ("surfaces", ["a b"]),
        ("locales", []),
        ("locales", ["de", "de"]),
        ("locales", ["d"]),
        ("locales", "de"),
        ("invitation_seconds", 9),
        ("invitation_seconds", 3601),
        ("gpc_counts_as_opt_out", "false"),
        ("unheard_of", 1),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_name(field: str, value: Any) -> None:
    assert list(InvitationPolicySchema().validate({field: value})) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", "a\x00b"),
        ("name", "a\n"),
        ("name", "\ud800"),
        ("name", None),
        ("weight", 0),
        ("weight", 1000.1),
        ("weight", "1"),
        ("added_at", "2026-11-22"),
        ("added_at", "2026-11-22T10:00:00"),
        ("added_at", "2026-02-30T10:00:00Z"),
        ("added_at", "2026-11-22T10:00:00Z\n"),
        ("added_at", "1999-12-31T23:59:59Z"),
        ("added_at", "9999-12-31T23:59:59-23:59"),
        ("added_at", 1_795_338_000),
        ("comparisons", 1),
    ],
)
def test_a_model_out_of_bounds_is_refused_by_place_and_name(field: str, value: Any) -> None:
    found: dict[str, Any] = InvitationPolicySchema().validate(
        {"models": [{"name": "a"}, {"name": "b", field: value}]}
    )
    assert {place: list(fields) for place, fields in found["models"].items()} == {1: [field]}


def test_a_stored_document_that_breaks_a_rule_is_refused() -> None:
    with pytest.raises(ValidationError, match="sampling_rate"):
        read_policy('{"sampling_rate": 2}')

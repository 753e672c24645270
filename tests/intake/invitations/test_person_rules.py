"""Nobody is asked who refused, who was asked lately, or who was asked often enough."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import MS_PER_DAY, day_of, week_of
from app.intake.invitations.decision import (
    Asked,
    DayCounts,
    PersonState,
    Reason,
)
from app.intake.invitations.policy import InvitationPolicy
from tests.intake.invitations.deciding import AT, DAY_SECONDS, decision, reason_for_no


def test_the_reasons_are_exactly_those_of_the_contract() -> None:
    assert set(Reason) == {
        "not_sampled", "cooldown", "budget", "quota_met", "opted_out", "gpc", "restricted", "paused",
    }  # fmt: skip


def test_somebody_never_met_is_asked() -> None:
    assert decision(InvitationPolicy()) == Asked(None, 1.0)


def test_each_reason_about_a_person_goes_before_the_next() -> None:
    policy = InvitationPolicy(pair_quota=1)
    person = PersonState(
        ask="never",
        restricted=True,
        last_vote_at=AT - 1,
        asked_day=day_of(AT),
        asked_in_day=3,
    )
    met: dict[str, Any] = {"pair_counts": {("a", "b"): 1}, "models": ("a", "b")}
    assert reason_for_no(policy, person, **met) is Reason.RESTRICTED
    person = person._replace(restricted=False)
    assert reason_for_no(policy, person, **met) is Reason.OPTED_OUT
    person = person._replace(ask="yes")
    assert reason_for_no(policy, person, **met) is Reason.COOLDOWN
    person = person._replace(last_vote_at=None)
    assert reason_for_no(policy, person, **met) is Reason.BUDGET
    person = person._replace(asked_in_day=0)
    assert reason_for_no(policy, person, **met) is Reason.QUOTA_MET
    assert reason_for_no(policy, person, **met | {"pair_counts": {}}) is None


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (PersonState(ask="never"), Reason.OPTED_OUT),
        (PersonState(ask="a choice of a later version"), Reason.OPTED_OUT),
        (PersonState(sharing="off"), Reason.OPTED_OUT),
        (PersonState(sharing="vote_only"), None),
        (PersonState(sharing="vote_and_content"), None),
        (PersonState(ask_after=AT + 1), Reason.COOLDOWN),
        (PersonState(ask_after=AT), None),
        (PersonState(ask="never", ask_after=AT + 1), Reason.OPTED_OUT),
    ],
)
def test_what_a_person_chose_holds(person: PersonState, expected: Reason | None) -> None:
    assert reason_for_no(InvitationPolicy(), person) is expected


def test_a_vote_is_followed_by_a_day_of_rest() -> None:
    policy = InvitationPolicy()
    assert reason_for_no(policy, PersonState(last_vote_at=AT - MS_PER_DAY + 1)) is Reason.COOLDOWN
    assert reason_for_no(policy, PersonState(last_vote_at=AT - MS_PER_DAY)) is None


@pytest.mark.parametrize(
    ("skips", "days"), [(1, 3), (2, 6), (3, 12), (4, 24), (5, 48), (6, 90), (7, 90), (100_000, 90)]
)
def test_each_skip_doubles_the_rest_up_to_a_limit(skips: int, days: int) -> None:
    policy = InvitationPolicy()
    skipped = PersonState(consecutive_skips=skips)
    resting = skipped._replace(last_skip_at=AT - days * MS_PER_DAY + 1)
    assert reason_for_no(policy, resting) is Reason.COOLDOWN
    assert reason_for_no(policy, resting._replace(last_skip_at=AT - days * MS_PER_DAY)) is None


def test_a_vote_ends_the_row_of_skips() -> None:
    policy = InvitationPolicy(cooldown_after_vote_seconds=0)
    person = PersonState(last_skip_at=AT - 1, last_vote_at=AT - 1, consecutive_skips=0)
    assert reason_for_no(policy, person) is None


@pytest.mark.parametrize("skips", [1, 2, 1_000, 10**9])
def test_no_row_of_skips_overflows(skips: int) -> None:
    steep = InvitationPolicy(skip_backoff=100.0)
    assert steep.wait_after_skips_seconds(skips) <= steep.cooldown_max_seconds
    assert InvitationPolicy(skip_backoff=1.0).wait_after_skips_seconds(skips) == 3 * DAY_SECONDS
    assert InvitationPolicy(cooldown_after_skip_seconds=0).wait_after_skips_seconds(skips) == 0


@given(st.floats(1, 100), st.integers(1, 500), st.integers(0, 90 * DAY_SECONDS))
def test_more_skips_never_shorten_the_rest(backoff: float, skips: int, base: int) -> None:
    policy = InvitationPolicy(skip_backoff=backoff, cooldown_after_skip_seconds=base)
    assert policy.wait_after_skips_seconds(skips) <= policy.wait_after_skips_seconds(skips + 1)


def test_a_person_is_asked_three_times_a_day_and_again_tomorrow() -> None:
    policy = InvitationPolicy()
    person = PersonState(asked_day=day_of(AT), asked_in_day=2)
    assert reason_for_no(policy, person) is None
    person = person._replace(asked_in_day=3)
    assert reason_for_no(policy, person) is Reason.BUDGET
    midnight = (day_of(AT) + 1) * MS_PER_DAY
    assert reason_for_no(policy, person, at=midnight - 1) is Reason.BUDGET
    assert reason_for_no(policy, person, at=midnight) is None


def test_a_weekly_budget_ends_on_monday() -> None:
    monday = week_of(day_of(AT))
    person = PersonState(asked_week=monday, asked_in_week=5)
    assert reason_for_no(InvitationPolicy(), person) is None
    policy = InvitationPolicy(person_budget_per_week=5)
    assert reason_for_no(policy, person) is Reason.BUDGET
    assert reason_for_no(policy, person._replace(asked_in_week=4)) is None
    next_monday = (monday + 7) * MS_PER_DAY
    assert reason_for_no(policy, person, at=next_monday - 1) is Reason.BUDGET
    assert reason_for_no(policy, person, at=next_monday) is None


@pytest.mark.parametrize("person", [None, PersonState()])
def test_a_workspace_budget_counts_everybody_on_one_day(person: PersonState | None) -> None:
    today = day_of(AT)
    policy = InvitationPolicy(workspace_budget_per_day=100)
    assert reason_for_no(policy, person, day_counts=None) is None
    assert reason_for_no(policy, person, day_counts=DayCounts(today, 99)) is None
    assert reason_for_no(policy, person, day_counts=DayCounts(today, 100)) is Reason.BUDGET
    assert reason_for_no(policy, person, day_counts=DayCounts(today - 1, 100)) is None
    assert reason_for_no(InvitationPolicy(), person, day_counts=DayCounts(today, 10**9)) is None

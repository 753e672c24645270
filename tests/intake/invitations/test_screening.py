"""Who is asked stays asked, a rate means what it says, and who is held out stays held out."""

import math
from itertools import pairwise

import pytest

from app.intake.invitations.decision import (
    InvitationRequest,
    NotAsked,
    PersonState,
    Reason,
    Signals,
    Subject,
    decide,
    screen,
)
from app.intake.invitations.policy import InvitationPolicy
from tests.intake.invitations.deciding import AT, EVERYBODY, WORKSPACE


def _asked_among(policy: InvitationPolicy, values: list[str], workspace: str = WORKSPACE) -> set[str]:
    return {value for value in values if screen(policy, value, workspace, Signals()) is None}


def test_ten_per_cent_are_the_same_people_after_ten_triggers() -> None:
    policy = InvitationPolicy(sampling_rate=0.1)
    first = _asked_among(policy, EVERYBODY)
    ever = set().union(*(_asked_among(policy, EVERYBODY) for _ in range(9)))
    assert ever == first
    assert abs(len(first) - 2_000) < 5 * math.sqrt(20_000 * 0.1 * 0.9)


def test_a_rate_of_zero_asks_none_of_100_000() -> None:
    policy = InvitationPolicy(sampling_rate=0.0)
    assert not any(screen(policy, f"{n:016x}", WORKSPACE, Signals()) is None for n in range(100_000))


def test_the_smallest_rate_asks_one_in_ten_thousand() -> None:
    policy = InvitationPolicy(sampling_rate=0.0001)
    asked = sum(screen(policy, f"{n:016x}", WORKSPACE, Signals()) is None for n in range(100_000))
    assert 0 < asked < 10 + 5 * math.sqrt(10)


def test_a_rate_of_one_asks_everybody() -> None:
    assert len(_asked_among(InvitationPolicy(), EVERYBODY)) == len(EVERYBODY)


def test_raising_the_rate_keeps_those_who_were_in() -> None:
    sampled = [
        _asked_among(InvitationPolicy(sampling_rate=rate), EVERYBODY) for rate in (0.0, 0.1, 0.2, 0.9, 1.0)
    ]
    for fewer, more in pairwise(sampled):
        assert fewer < more


def test_another_seed_draws_anew() -> None:
    before = _asked_among(InvitationPolicy(sampling_rate=0.5, seed="one"), EVERYBODY)
    after = _asked_among(InvitationPolicy(sampling_rate=0.5, seed="two"), EVERYBODY)
    assert abs(len(before & after) - 5_000) < 5 * math.sqrt(20_000 * 0.25 * 0.75)


def test_two_workspaces_draw_apart() -> None:
    policy = InvitationPolicy(sampling_rate=0.5)
    here, there = (_asked_among(policy, EVERYBODY, workspace) for workspace in ("ws_a", "ws_b"))
    assert abs(len(here & there) - 5_000) < 5 * math.sqrt(20_000 * 0.25 * 0.75)


def test_the_held_out_are_drawn_apart_from_the_sample() -> None:
    sampled = _asked_among(InvitationPolicy(sampling_rate=0.3), EVERYBODY)
    left = _asked_among(InvitationPolicy(sampling_rate=0.3, holdout_rate=0.2), EVERYBODY)
    assert left < sampled
    assert abs(len(left) / len(sampled) - 0.8) < 5 * math.sqrt(0.2 * 0.8 / len(sampled))


def test_the_held_out_stay_held_out_when_the_sample_grows() -> None:
    everybody = set(EVERYBODY)
    held_out = everybody - _asked_among(InvitationPolicy(holdout_rate=0.2), EVERYBODY)
    for rate in (0.1, 0.5, 0.9):
        assert not held_out & _asked_among(InvitationPolicy(sampling_rate=rate, holdout_rate=0.2), EVERYBODY)


def test_the_held_out_stay_held_out_under_another_seed() -> None:
    before, after = (
        _asked_among(InvitationPolicy(holdout_rate=0.2, seed=seed), EVERYBODY) for seed in ("one", "two")
    )
    assert before == after
    assert abs(len(before) - 16_000) < 5 * math.sqrt(20_000 * 0.2 * 0.8)


def test_the_hold_out_of_one_workspace_says_nothing_about_another() -> None:
    policy = InvitationPolicy(holdout_rate=0.5)
    here, there = (_asked_among(policy, EVERYBODY, workspace) for workspace in ("one", "two"))
    assert abs(len(here & there) - 5_000) < 5 * math.sqrt(20_000 * 0.25 * 0.75)


def test_holding_everybody_out_asks_nobody() -> None:
    assert not _asked_among(InvitationPolicy(holdout_rate=1.0), EVERYBODY)


@pytest.mark.parametrize(
    ("policy", "signals", "expected"),
    [
        (InvitationPolicy(enabled=False, sampling_rate=0.0), Signals(gpc=True), Reason.PAUSED),
        (InvitationPolicy(sampling_rate=0.0), Signals(gpc=True), Reason.GPC),
        (InvitationPolicy(gpc_counts_as_opt_out=False), Signals(gpc=True), None),
        (InvitationPolicy(surfaces=("chat",)), Signals("chat"), None),
        (InvitationPolicy(surfaces=("chat",)), Signals("ide"), Reason.NOT_SAMPLED),
        (InvitationPolicy(surfaces=("chat",)), Signals(None), Reason.NOT_SAMPLED),
        (InvitationPolicy(locales=("de", "en-GB")), Signals(locale="de"), None),
        (InvitationPolicy(locales=("de", "en-GB")), Signals(locale="DE-at"), None),
        (InvitationPolicy(locales=("de", "en-GB")), Signals(locale="en-gb"), None),
        (InvitationPolicy(locales=("de", "en-GB")), Signals(locale="en"), Reason.NOT_SAMPLED),
        (InvitationPolicy(locales=("de", "en-GB")), Signals(locale="deu"), Reason.NOT_SAMPLED),
        (InvitationPolicy(locales=("de", "en-GB")), Signals(), Reason.NOT_SAMPLED),
    ],
)
def test_screening_gives_the_first_reason_that_holds(
    policy: InvitationPolicy, signals: Signals, expected: Reason | None
) -> None:
    assert screen(policy, EVERYBODY[0], WORKSPACE, signals) is expected


def test_who_is_screened_out_needs_no_person_and_no_chance() -> None:
    def no_chance() -> float:
        raise AssertionError("nothing was to be drawn")

    decided = decide(
        InvitationPolicy(sampling_rate=0.0),
        subject=Subject(EVERYBODY[0], WORKSPACE),
        person=PersonState(restricted=True),
        pair_counts={},
        day_counts=None,
        request=InvitationRequest(models=("a", "b")),
        at=AT,
        chance=no_chance,
    )
    assert decided == NotAsked(Reason.NOT_SAMPLED)

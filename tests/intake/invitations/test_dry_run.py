"""A policy is tried on last week's invitations, each person's history going as it would have gone."""

from typing import Any

import pytest

from app.core.clock import MS_PER_DAY, day_of, iso_date
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.intake.invitations.calls import Calls

_DAY = 86_400
_NEVER_MIND = {
    "cooldown_after_vote_seconds": 0,
    "cooldown_after_skip_seconds": 0,
    "person_budget_per_day": 100,
}


def _asked(run: dict[str, Any]) -> tuple[int, int]:
    return run["would_ask"]["invitations"], run["would_ask"]["people"]


def test_without_a_record_there_is_nothing_to_tell(calls: Calls, clock: MovableClock) -> None:
    run = calls.dry_run()
    assert run["recorded"] == {"invitations": 0, "people": 0}
    assert (run["from"], run["to"]) == (iso_date(day_of(clock.at) - 6), iso_date(day_of(clock.at)))
    assert run["is_complete"] is True
    assert "on record" in run["caveat"]


def test_the_policy_of_last_week_would_have_done_what_it_did(calls: Calls, clock: MovableClock) -> None:
    for day in range(3):
        for person in ("a", "b"):
            calls.vote(calls.invite_and_register(person, models=["m", "n"]))
        calls.skip(calls.invite_and_register(f"skips on {day}"))
        clock.advance(days=1)
    run = calls.dry_run(decisions=100)
    assert run["recorded"] == {"invitations": 9, "people": 5} == run["would_ask"]
    assert run["would_not_ask"] == {}
    assert run["pairs"] == [
        {"models": ["m", "n"], "comparisons": 6},
        {"models": ["model-a", "model-b"], "comparisons": 3},
    ]
    assert run["extrapolated_invitations"] == 9
    assert [decision["ask"] for decision in run["decisions"]] == [True] * 9


def test_a_longer_cooldown_follows_only_the_answers_that_would_have_been(
    calls: Calls, clock: MovableClock
) -> None:
    given = []
    for _ in range(5):
        invitation = calls.invite()["invitation"]
        given.append(invitation)
        calls.vote(calls.register(invitation=invitation)["ticket"])
        clock.advance(days=1)
    run = calls.dry_run(cooldown_after_vote_seconds=2 * _DAY, decisions=9)
    # Days 0, 2 and 4: the vote of day 1 would not have been cast, so day 2 is free.
    assert [(each["invitation"], each.get("reason")) for each in run["decisions"]] == [
        (given[0], None), (given[1], "cooldown"), (given[2], None), (given[3], "cooldown"), (given[4], None),
    ]  # fmt: skip
    assert run["would_not_ask"] == {"cooldown": 2}
    assert _asked(run) == (3, 1)


def test_skips_in_a_row_lengthen_the_rest_in_the_replay_too(calls: Calls, clock: MovableClock) -> None:
    calls.set_policy(**_NEVER_MIND)
    for _ in range(6):
        calls.skip(calls.invite_and_register())
        clock.advance(days=1)
    run = calls.dry_run(cooldown_after_skip_seconds=_DAY)
    # Asked on days 0 and 1 (a day's rest), 3 (two days'), and not on day 5 (four days').
    assert _asked(run) == (3, 1)


def test_an_answer_of_before_the_window_is_remembered(calls: Calls, clock: MovableClock) -> None:
    calls.skip(calls.invite_and_register())
    clock.advance(days=3)
    calls.invite()
    clock.advance(days=4)
    assert _asked(calls.dry_run(cooldown_after_skip_seconds=3 * _DAY)) == (1, 1)
    assert _asked(calls.dry_run(cooldown_after_skip_seconds=4 * _DAY)) == (0, 0)


def test_an_answer_without_an_invitation_counts_whatever_the_policy(
    calls: Calls, clock: MovableClock
) -> None:
    calls.vote(calls.register(identifiers={"account": "user"})["ticket"])
    clock.advance(days=1)
    calls.invite()
    clock.advance(days=1)
    assert calls.dry_run(cooldown_after_vote_seconds=2 * _DAY)["would_not_ask"] == {"cooldown": 1}


def test_a_vote_that_has_left_is_still_followed_by_its_rest(
    calls: Calls, clock: MovableClock, installation: Installation
) -> None:
    ticket = calls.invite_and_register()
    calls.show(ticket)
    calls.vote(ticket)
    installation.intake.shown.flush()
    with installation.intake_db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE comparisons SET state = 'disconnected'")
        connection.exec_driver_sql("DELETE FROM votes")
    clock.advance(days=1)
    calls.invite()
    clock.advance(seconds=1)
    assert calls.dry_run(cooldown_after_vote_seconds=2 * _DAY)["would_not_ask"] == {"cooldown": 1}


def test_smaller_budgets_would_have_refused_the_rest(calls: Calls, clock: MovableClock) -> None:
    for person in "ab":
        for _ in range(3):
            calls.invite(person)
    clock.advance(seconds=1)
    assert _asked(calls.dry_run(person_budget_per_day=1)) == (2, 2)
    run = calls.dry_run(person_budget_per_day=2, workspace_budget_per_day=3)
    assert run["would_not_ask"] == {"budget": 3}
    assert _asked(run) == (3, 2)


def test_a_weekly_budget_counts_the_days_of_its_week_before_the_window(
    calls: Calls, clock: MovableClock
) -> None:
    # A Monday and the Tuesday; a window of seven days that ends on the next Monday begins on that Tuesday.
    assert clock.at // MS_PER_DAY % 7 == 4
    calls.invite()
    clock.advance(days=1)
    calls.invite()
    clock.advance(days=6)
    assert calls.dry_run(person_budget_per_day=1, person_budget_per_week=1)["would_not_ask"] == {"budget": 1}
    assert _asked(calls.dry_run(person_budget_per_day=1, person_budget_per_week=2)) == (1, 1)


def test_a_smaller_sample_keeps_its_people_and_needs_no_extrapolation(
    calls: Calls, clock: MovableClock
) -> None:
    for n in range(80):
        calls.invite(f"user {n}")
    clock.advance(seconds=1)
    run = calls.dry_run(sampling_rate=0.5)
    asked = run["would_ask"]["people"]
    assert 15 < asked < 65
    assert run["would_not_ask"] == {"not_sampled": 80 - asked}
    assert run["extrapolated_invitations"] == asked
    calls.set_policy(sampling_rate=0.5)
    assert sum(calls.reason(f"user {n}") is None for n in range(80)) == asked


def test_a_larger_sample_is_extrapolated_by_the_share_that_is_on_record(
    calls: Calls, clock: MovableClock
) -> None:
    calls.set_policy(sampling_rate=0.5)
    for n in range(40):
        calls.invite(f"user {n}")
    clock.advance(seconds=1)
    run = calls.dry_run(sampling_rate=1.0)
    assert run["would_ask"] == run["recorded"]
    assert run["extrapolated_invitations"] == 2 * run["recorded"]["invitations"]
    anew = calls.dry_run(sampling_rate=1.0, seed="another")
    assert anew["extrapolated_invitations"] == 2 * run["recorded"]["invitations"]
    held_out = calls.dry_run(sampling_rate=1.0, holdout_rate=0.5)
    assert held_out["extrapolated_invitations"] == 2 * held_out["would_ask"]["invitations"]


def test_quotas_evolve_with_what_would_have_been_registered(calls: Calls, clock: MovableClock) -> None:
    for n in range(6):
        calls.invite_and_register(f"user {n}", models=["a", "b"])
    clock.advance(seconds=1)
    calls.register(identifiers={"account": "no invitation"}, models=("b", "a"))
    clock.advance(seconds=1)
    calls.invite("redeems nothing", models=["a", "b"])
    clock.advance(seconds=1)
    run = calls.dry_run(pair_quota=4)
    assert run["would_not_ask"] == {"quota_met": 3}
    assert run["pairs"] == [{"models": ["a", "b"], "comparisons": 4}]
    assert calls.dry_run(pair_quota=7)["would_not_ask"] == {"quota_met": 1}
    assert calls.dry_run(pair_quota=8)["would_not_ask"] == {}


def test_candidates_of_the_tried_policy_are_drawn_the_same_each_time(
    calls: Calls, clock: MovableClock
) -> None:
    for n in range(30):
        calls.invite_and_register(f"user {n}", models=["a", "b"])
    clock.advance(seconds=1)
    candidates = [{"name": "a"}, {"name": "b"}, {"name": "c", "weight": 5}]
    run = calls.dry_run(models=candidates)
    assert sum(pair["comparisons"] for pair in run["pairs"]) == 30
    assert run["pairs"][0]["models"] in (["a", "c"], ["b", "c"])
    assert calls.dry_run(models=candidates) == run


def test_a_policy_for_one_surface_would_not_have_asked_elsewhere(calls: Calls, clock: MovableClock) -> None:
    calls.invite("a", surface="chat", locale="de")
    calls.invite("b", surface="ide", locale="de")
    calls.invite("c", surface="chat")
    clock.advance(seconds=1)
    assert calls.dry_run(surfaces=["chat"], locales=["de"])["would_not_ask"] == {"not_sampled": 2}
    assert calls.dry_run(enabled=False)["would_not_ask"] == {"paused": 3}


def test_what_is_older_than_a_week_is_not_replayed_and_nothing_is_changed(
    calls: Calls, clock: MovableClock
) -> None:
    calls.invite()
    clock.advance(days=7)
    calls.invite()
    clock.advance(seconds=1)
    before = calls.send("GET", "/v1/exposures")
    assert calls.dry_run(enabled=False)["recorded"]["invitations"] == 1
    assert calls.send("GET", "/v1/exposures") == before
    assert calls.send("GET", "/v1/policy")["version"] == 0


def test_people_without_an_account_are_replayed_by_what_they_were_sampled_by(
    calls: Calls, clock: MovableClock
) -> None:
    for n in range(4):
        for _ in range(2):
            calls.send("POST", "/v1/invitations", {"identifiers": {"conversation": f"c{n}", "project": "p"}})
    clock.advance(seconds=1)
    run = calls.dry_run(person_budget_per_day=1)
    assert run["recorded"] == {"invitations": 8, "people": 4} == run["would_ask"]


def test_another_workspace_has_a_record_of_its_own(
    calls: Calls, other_calls: Calls, clock: MovableClock
) -> None:
    calls.invite()
    clock.advance(seconds=1)
    assert other_calls.dry_run()["recorded"]["invitations"] == 0


@pytest.mark.parametrize("body", [{}, {"policy": {"sampling_rate": 2}}, {"policy": {}, "decisions": 1001}])
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_odd_request_is_refused(calls: Calls, body: dict[str, Any]) -> None:
    calls.send("POST", "/v1/policy/dry-run", body, expect=422)

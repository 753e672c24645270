"""Casting and changing a vote."""

import json
import threading

import pytest
from flask import Flask

from app.intake.votes.models import votes
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.intake.conftest import HostServer
from tests.tables import rows_of


def test_a_vote_is_answered_with_a_receipt_and_the_end_of_undo(server: HostServer) -> None:
    browser = server.browser()
    answer = browser.vote("left", strength=2, reasons=["useful"], comment="Clear.", shown_ms=5000)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["receipt"].startswith("pvr_")
    assert answer.json["undo_until"] == "2026-11-02T12:15:00.000Z"
    assert "revealed" not in answer.json


def test_repeating_a_vote_changes_nothing(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    first = browser.vote("tie").json
    clock.advance(seconds=60)
    assert browser.vote("tie").json == first
    (vote,) = rows_of(installation.intake_db, votes)
    assert (vote.choice, vote.changes) == ("tie", 0)


def test_a_second_vote_changes_the_first(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    first = browser.vote("left").json
    clock.advance(seconds=60)
    assert browser.vote("right").json == first
    (vote,) = rows_of(installation.intake_db, votes)
    assert (vote.choice, vote.changes) == ("right", 1)
    assert vote.changed_at > vote.cast_at


@pytest.mark.parametrize(("side", "index"), [("left", 0), ("right", 1)])
def test_the_host_learns_which_response_was_chosen(server: HostServer, side: str, index: int) -> None:
    browser = server.browser()
    browser.vote(side)
    found = server.get(f"/v1/comparisons/{browser.registered['id']}").json
    assert found is not None
    assert found["state"] == "voted"
    assert found["choice"] == side
    assert found["chosen"] == browser.registered["order"][index]


def test_a_tie_has_no_chosen_response(server: HostServer) -> None:
    browser = server.browser()
    browser.vote("both_bad")
    assert "chosen" not in (server.get(f"/v1/comparisons/{browser.registered['id']}").json or {})


def test_a_vote_is_final_when_the_undo_window_has_passed(server: HostServer, clock: MovableClock) -> None:
    browser = server.browser()
    browser.vote("left")
    clock.advance(seconds=900)
    refused = browser.vote("right")
    assert (refused.status_code, refused.json["code"]) == (409, "vote-final")  # type: ignore[index]
    assert browser.undo().status_code == 409
    found = server.get(f"/v1/comparisons/{browser.registered['id']}").json
    assert found is not None
    assert (found["state"], found["choice"]) == ("final", "left")


def test_changing_a_vote_does_not_lengthen_the_window(server: HostServer, clock: MovableClock) -> None:
    browser = server.browser()
    browser.vote("left")
    clock.advance(seconds=899)
    assert browser.vote("right").status_code == 200
    clock.advance(seconds=1)
    assert browser.vote("left").status_code == 409


def test_a_vote_in_its_window_can_be_changed_after_the_time_to_answer(
    server: HostServer, clock: MovableClock
) -> None:
    browser = server.browser()
    clock.advance(seconds=299)
    browser.vote("left")
    clock.advance(seconds=600)
    assert browser.vote("right").status_code == 200


def test_a_comparison_that_was_not_shown_in_time_takes_no_vote(
    server: HostServer, clock: MovableClock
) -> None:
    browser = server.browser()
    clock.advance(seconds=300)
    refused = browser.vote()
    assert (refused.status_code, refused.json["code"]) == (410, "ticket-expired")  # type: ignore[index]


def test_showing_a_comparison_opens_the_time_to_answer(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    clock.advance(seconds=299)
    browser.show()
    installation.intake.shown.flush()
    clock.advance(seconds=3599)
    assert browser.vote().status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/choice"),
        ({"choice": "up"}, "/choice"),
        ({"choice": 1}, "/choice"),
        ({"choice": None}, "/choice"),
        ({"choice": "left", "strength": 4}, "/strength"),
        ({"choice": "left", "strength": "2"}, "/strength"),
        ({"choice": "left", "strength": 1.5}, "/strength"),
        ({"choice": "left", "strength": True}, "/strength"),
        ({"choice": "left", "reasons": "useful"}, "/reasons"),
        ({"choice": "left", "reasons": ["useful", 3]}, "/reasons/1"),
        ({"choice": "left", "comment": "x" * 4001}, "/comment"),
        ({"choice": "left", "shown_ms": -1}, "/shown_ms"),
        ({"choice": "left", "model": "a"}, "/model"),
        ([], ""),
        ("left", ""),
        (None, ""),
    ],
)
def test_a_bad_vote_is_refused_with_its_place(server: HostServer, body: object, pointer: str) -> None:
    browser = server.browser()
    headers = browser.headers | {"Content-Type": "application/json"}
    refused = browser.client.put("/v1/ticket/vote", data=json.dumps(body), headers=headers)
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert refused.json is not None
    assert pointer in [error["pointer"] for error in refused.json["errors"]]
    assert (server.get(f"/v1/comparisons/{browser.registered['id']}").json or {})["state"] == "open"


@pytest.mark.parametrize(
    ("vote", "code"),
    [
        ({"choice": "tie", "strength": 1}, "strength-without-side"),
        ({"choice": "left", "reasons": ["rude"]}, "unknown-reason"),
    ],
)
def test_a_vote_that_the_workspace_does_not_offer_is_refused(
    server: HostServer, vote: dict[str, object], code: str
) -> None:
    browser = server.browser()
    refused = browser.client.put("/v1/ticket/vote", json=vote, headers=browser.headers)
    assert (refused.status_code, (refused.json or {})["code"]) == (422, code)


def test_somebody_who_shares_nothing_is_not_recorded(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "off"})
    refused = browser.vote()
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "opted-out")
    assert rows_of(installation.intake_db, votes) == []


def test_64_votes_at_once_are_one_vote(app: Flask, server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    start, answers = threading.Barrier(64), []

    def vote(number: int) -> None:
        client = app.test_client()
        start.wait()
        body = {"choice": ("left", "right")[number % 2]}
        answers.append(client.put("/v1/ticket/vote", json=body, headers=browser.headers))

    threads = [threading.Thread(target=vote, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {answer.status_code for answer in answers} == {200}
    assert len({(answer.json or {})["receipt"] for answer in answers}) == 1
    (vote_row,) = rows_of(installation.intake_db, votes)
    assert vote_row.choice in ("left", "right")


def test_a_workspace_that_reveals_models_does_so_after_the_vote(app: Flask, server: HostServer) -> None:
    app.test_cli_runner().invoke(args=["workspace", "set", "Host product", "--reveal-models"])
    installation: Installation = app.extensions["pairvote"]
    installation.intake.directory.clear()
    browser = server.browser()
    assert b"model-" not in browser.show().data
    models = ["model-a", "model-b"]
    left, right = (models[index] for index in browser.registered["order"])
    assert (browser.vote("left").json or {})["revealed"] == {"left": left, "right": right}
    browser.vote("left")
    (vote,) = rows_of(installation.intake_db, votes)
    assert not vote.is_changed_after_reveal
    browser.vote("right")
    (vote,) = rows_of(installation.intake_db, votes)
    assert vote.is_changed_after_reveal
    browser.vote("right")
    (vote,) = rows_of(installation.intake_db, votes)
    assert vote.is_changed_after_reveal


def test_an_undo_does_not_hide_that_the_models_were_known(app: Flask, server: HostServer) -> None:
    app.test_cli_runner().invoke(args=["workspace", "set", "Host product", "--reveal-models"])
    installation: Installation = app.extensions["pairvote"]
    installation.intake.directory.clear()
    browser = server.browser()
    browser.vote("left")
    browser.undo()
    browser.vote("right")
    (vote,) = rows_of(installation.intake_db, votes)
    assert vote.is_changed_after_reveal


def test_a_comment_is_stored_only_as_ciphertext(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    browser.vote("left", comment="canary-in-comment")
    (vote,) = rows_of(installation.intake_db, votes)
    assert vote.comment_sealed is not None
    assert b"canary" not in bytes(vote.comment_sealed)
    browser.vote("left")
    (vote,) = rows_of(installation.intake_db, votes)
    assert vote.comment_sealed is None

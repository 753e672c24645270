"""Undoing a vote, and skipping."""

import pytest

from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.persons.models import persons
from app.intake.votes.models import votes
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.intake.conftest import HostServer
from tests.tables import rows_of


def test_an_undone_vote_leaves_nothing(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    browser.vote("left", comment="secret")
    undone = browser.undo()
    assert (undone.status_code, (undone.json or {})["state"]) == (200, "open")
    assert rows_of(installation.intake_db, votes) == []
    assert "choice" not in (server.get(f"/v1/comparisons/{browser.registered['id']}").json or {})


def test_undo_can_be_repeated_and_followed_by_another_vote(server: HostServer) -> None:
    browser = server.browser()
    browser.vote("left")
    assert browser.undo().status_code == 200
    assert browser.undo().status_code == 200
    assert browser.vote("right").status_code == 200
    assert (browser.show().json or {})["vote"]["choice"] == "right"


def test_a_skip_deletes_the_content_at_once(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    skipped = browser.skip(reason="too_long")
    assert (skipped.status_code, skipped.json) == (200, {"state": "skipped"})
    assert rows_of(installation.intake_db, comparison_contents) == []
    (row,) = rows_of(installation.intake_db, comparisons)
    assert (row.state, row.skip_reason) == ("skipped", "too_long")


def test_a_skip_needs_no_reason_and_can_be_repeated(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    assert browser.skip().status_code == 200
    assert browser.skip(reason="other").status_code == 200
    (person,) = rows_of(installation.intake_db, persons)
    assert person.consecutive_skips == 1


def test_a_second_skip_with_another_reason_records_that_one_and_is_one_skip(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    browser.skip(reason="not_now")
    (before,) = rows_of(installation.intake_db, comparisons)
    clock.advance(seconds=20)
    assert browser.skip(reason="cannot_tell").json == {"state": "skipped"}
    (after,) = rows_of(installation.intake_db, comparisons)
    assert after.skip_reason == "cannot_tell"
    assert after._asdict() | {"skip_reason": "not_now"} == before._asdict()
    (person,) = rows_of(installation.intake_db, persons)
    assert (person.consecutive_skips, person.last_skip_at) == (1, before.closed_at)
    counted = (server.get("/v1/exposures").json or {})["total"]["comparisons"]
    assert (counted["registered"], counted["skipped"]) == (1, 1)


@pytest.mark.parametrize("again", [{"reason": "too_long"}, {}])
def test_the_same_skip_again_or_one_without_a_reason_changes_nothing(
    server: HostServer, installation: Installation, again: dict[str, str]
) -> None:
    browser = server.browser()
    browser.skip(reason="too_long")
    before = rows_of(installation.intake_db, comparisons)
    assert browser.skip(**again).status_code == 200
    assert rows_of(installation.intake_db, comparisons) == before


def test_after_the_tickets_end_no_reason_is_recorded(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    browser.skip()
    clock.advance(days=1)
    assert browser.skip(reason="too_long").status_code == 410
    (row,) = rows_of(installation.intake_db, comparisons)
    assert row.skip_reason == "not_now"


def test_a_skipped_comparison_shows_no_content_and_takes_no_vote(server: HostServer) -> None:
    browser = server.browser()
    browser.skip()
    shown = browser.show().json or {}
    assert shown["state"] == "skipped"
    assert "left" not in shown
    refused = browser.vote()
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "comparison-closed")
    assert browser.undo().status_code == 409


def test_a_vote_stands_until_it_is_undone(server: HostServer) -> None:
    browser = server.browser()
    browser.vote()
    refused = browser.skip()
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "vote-stands")
    browser.undo()
    assert browser.skip().status_code == 200


def test_a_vote_ends_a_row_of_skips(server: HostServer, installation: Installation) -> None:
    for _ in range(2):
        server.browser().skip()
    server.browser().vote()
    (person,) = rows_of(installation.intake_db, persons)
    assert (person.consecutive_skips, person.last_vote_at is not None) == (0, True)


def test_too_late_is_too_late(server: HostServer, clock: MovableClock) -> None:
    browser = server.browser()
    clock.advance(seconds=301)
    assert browser.skip().status_code == 410
    assert (browser.undo().json or {})["state"] == "expired"


def test_an_undo_after_the_time_to_answer_says_that_it_is_over(
    server: HostServer, clock: MovableClock
) -> None:
    browser = server.browser()
    clock.advance(seconds=299)
    browser.vote()
    clock.advance(seconds=60)
    assert (browser.undo().json or {})["state"] == "expired"
    assert (browser.undo().json or {})["state"] == "expired"
    assert browser.vote().status_code == 410


@pytest.mark.parametrize("body", [{"reason": "bored"}, {"reason": None}, {"why": "x"}, []])
def test_a_bad_skip_is_refused(server: HostServer, body: object) -> None:
    browser = server.browser()
    refused = browser.client.post("/v1/ticket/skip", json=body, headers=browser.headers)
    assert refused.status_code == 422
    assert (browser.show().json or {})["state"] == "open"

"""Reporting a response: what is kept, for whom, and what is not."""

import re
import threading

import pytest
from flask import Flask

from app.core.clock import day_of
from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.trust.reports.models import ReportCategory, reports
from tests.clock import MovableClock
from tests.intake.conftest import Browser, HostServer
from tests.tables import rows_of
from tests.trust.reports.stored import key_ids, keys_of_reports, listed, shown

_PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16
_REFERENCE = re.compile(r"rpt_[0-9a-z]{26}")


def _reported(browser: Browser, side: str = "left", category: str = "harmful", **more: object) -> str:
    """Reports, and gives the reference."""
    answer = browser.report(side, category, **more)
    assert answer.status_code == 201, answer.data
    return str((answer.json or {})["reference"])


def _refused(browser: Browser, status: int, code: str, **body: str) -> None:
    answer = browser.report(**body)
    assert (answer.status_code, (answer.json or {})["code"]) == (status, code)


@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_an_operator_reads_the_prompt_and_what_was_reported(
    server: HostServer, app: Flask, side: str
) -> None:
    browser = server.browser()
    at_left, at_right = browser.registered["order"]
    written = [("model-a", "Rayleigh scattering."), ("model-b", "Because of the sea.")]
    told = shown(app, _reported(browser, side, "illegal", comment="It is not."))
    expected = [
        {"side": position, "model": written[index][0], "content": written[index][1]}
        for position, index in (("left", at_left), ("right", at_right))
        if side in (position, "both")
    ]
    assert told["responses"] == expected
    assert (told["prompt"], told["comment"]) == ("Why is the sky blue?", "It is not.")
    assert (told["side"], told["category"], told["workspace_id"]) == (
        side,
        "illegal",
        server.host.workspace_id,
    )


def test_nothing_else_of_the_conversation_is_kept(server: HostServer, app: Flask) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "I live in Graz."},
        {"role": "assistant", "content": "Noted."},
        {"role": "user", "content": "Why is the sky blue?"},
    ]
    told = shown(app, _reported(server.browser(conversation=messages)))
    assert told["prompt"] == "Why is the sky blue?"
    assert not [text for text in ("Be brief", "Graz", "Noted") if text in str(told)]


def test_the_reference_is_random_and_tells_nothing(server: HostServer, clock: MovableClock) -> None:
    made = []
    for _ in range(20):
        clock.advance(seconds=1)
        made.append(_reported(server.browser()))
    assert all(_REFERENCE.fullmatch(reference) for reference in made)
    # In order of time by chance once in 20! times.
    assert len(set(made)) == 20
    assert made != sorted(made)


def test_a_row_names_no_person_no_comparison_and_no_moment(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    _reported(browser, comment="Someone called Anna.")
    (row,) = rows_of(installation.intake_db, reports)
    (comparison,) = rows_of(installation.intake_db, comparisons)
    beside = {bytes(v) for v in comparison if isinstance(v, bytes | memoryview) and len(v)}
    beside.discard(bytes(comparison.workspace_id))
    in_the_clear = [bytes(v) if isinstance(v, bytes | memoryview) else v for v in row._mapping.values()]
    assert not [v for v in in_the_clear if isinstance(v, bytes) and any(b in v for b in beside)]
    assert [v for v in in_the_clear if isinstance(v, int)] == [day_of(clock())]
    assert b"Anna" not in row.content_sealed


def test_the_same_report_again_is_answered_the_same_and_stored_once(
    server: HostServer, installation: Installation
) -> None:
    browser = server.browser()
    assert len({_reported(browser, comment="Bad.") for _ in range(3)}) == 1
    assert len(rows_of(installation.intake_db, reports)) == 1
    # An empty comment is none.
    assert _reported(browser) == _reported(browser, comment="") == _reported(browser, comment=None)
    assert len(rows_of(installation.intake_db, reports)) == 2


def test_another_side_category_comment_or_ticket_is_another_report(server: HostServer) -> None:
    browser, other = server.browser(), server.browser()
    made = [
        _reported(browser),
        _reported(browser, "right"),
        _reported(browser, category="spam"),
        _reported(browser, comment="Bad."),
        _reported(other),
    ]
    assert len(set(made)) == 5


def test_a_retry_is_answered_after_the_comparison_was_skipped(server: HostServer) -> None:
    browser = server.browser()
    reference = _reported(browser)
    browser.skip()
    assert _reported(browser) == reference


def test_one_comparison_has_at_most_five_reports(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    made = [_reported(browser, category=category.value) for category in list(ReportCategory)[:5]]
    keys = key_ids(installation)
    _refused(browser, 409, "too-many-reports", category="other")
    assert _reported(browser, category="harmful") == made[0]
    assert len(rows_of(installation.intake_db, reports)) == 5
    assert key_ids(installation) == keys
    assert server.browser().report().status_code == 201


def test_reports_at_the_same_moment_are_counted_one_after_the_other(
    server: HostServer, app: Flask, installation: Installation
) -> None:
    browser = server.browser()
    statuses: list[int] = []
    together = threading.Barrier(8)

    def report(number: int) -> None:
        together.wait()
        # Four of them are the same report.
        body = {"side": "left", "category": "other", "comment": str(max(number, 3))}
        answer = app.test_client().post("/v1/ticket/report", json=body, headers=browser.headers)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=report, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(201) == 8
    assert len(rows_of(installation.intake_db, reports)) == 5
    assert len(keys_of_reports(installation)) == 5
    # The person's, and one for each report: who came too late took its key away.
    assert len(key_ids(installation)) == 6


def test_a_report_changes_nothing_about_the_vote(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    browser.vote("left")
    _reported(browser)
    (vote,) = rows_of(installation.intake_db, votes)
    assert (vote.choice, vote.changes) == ("left", 0)
    assert (browser.show().json or {})["state"] == "voted"


def test_a_report_outlives_the_skip_that_deletes_the_content(
    server: HostServer, app: Flask, installation: Installation
) -> None:
    browser = server.browser(identifiers={"project": "p"})
    reference = _reported(browser, "both", comment="Bad.")
    assert browser.skip().status_code == 200
    assert rows_of(installation.intake_db, comparison_contents) == []
    assert key_ids(installation) == keys_of_reports(installation)
    assert len(shown(app, reference)["responses"]) == 2


def test_a_report_outlives_disconnection_and_does_not_go_with_it(
    server: HostServer, app: Flask, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    reference = _reported(browser, comment="canary comment")
    browser.vote()
    clock.advance(seconds=901)
    assert job_runner(installation).run_once()["disconnect"] == 1
    assert rows_of(installation.intake_db, comparison_contents) == []
    assert shown(app, reference)["comment"] == "canary comment"


def test_uploads_are_not_copied_and_their_ids_not_kept(
    server: HostServer, app: Flask, installation: Installation
) -> None:
    answer = server.client.post(
        "/v1/uploads", data=_PNG, content_type="image/png", headers=server.host.headers
    )
    upload = (answer.json or {})["id"]
    remote = {"type": "image_url", "image_url": {"url": "https://img.example/a.png"}}
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"upload:{upload}"}},
        remote,
    ]
    browser = server.browser(conversation=[{"role": "user", "content": parts}])
    told = shown(app, _reported(browser))
    assert told["prompt"] == [parts[0], {"type": "image_url", "image_url": {"url": "upload:"}}, remote]
    assert len(rows_of(installation.intake_db, uploads)) == 1


def test_there_is_nothing_to_report_after_a_skip(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    browser.skip()
    _refused(browser, 409, "comparison-closed")
    assert rows_of(installation.intake_db, reports) == []


def test_there_is_nothing_to_report_once_the_vote_is_final(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    browser.vote()
    clock.advance(seconds=901)
    _refused(browser, 409, "comparison-closed")
    job_runner(installation).run_once()
    _refused(browser, 409, "comparison-closed")
    assert rows_of(installation.intake_db, reports) == []


def test_there_is_nothing_to_report_when_the_time_is_over(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    keys = key_ids(installation)
    clock.advance(seconds=301)
    _refused(browser, 410, "ticket-expired")
    assert key_ids(installation) == keys


def test_who_opted_out_may_still_report_what_is_there(server: HostServer) -> None:
    """With the question goes its text: nothing is left that could be reported."""
    voted, asked = server.browser(), server.browser()
    voted.vote()
    voted.prefer(ask="never")
    assert voted.report().status_code == 201
    assert (asked.report().status_code, asked.report().get_json()["code"]) == (409, "comparison-closed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"side": "left"},
        {"category": "spam"},
        {"side": "above", "category": "spam"},
        {"side": "left", "category": "boring"},
        {"side": ["left"], "category": "spam"},
        {"side": "left", "category": "spam", "comment": "x" * 4001},
        {"side": "left", "category": "spam", "comment": 7},
        {"side": "left", "category": "spam", "person": "anna"},
        [],
    ],
)
def test_a_bad_report_is_refused_and_keeps_nothing(
    server: HostServer, installation: Installation, body: object
) -> None:
    browser = server.browser()
    keys = key_ids(installation)
    answer = browser.client.post("/v1/ticket/report", json=body, headers=browser.headers)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert rows_of(installation.intake_db, reports) == []
    assert key_ids(installation) == keys


def test_a_comment_may_be_as_long_as_that_of_a_vote(server: HostServer, app: Flask) -> None:
    comment = "ä" * 4000
    assert shown(app, _reported(server.browser(), comment=comment))["comment"] == comment


def test_another_origin_may_not_report(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    browser.origin = "https://other.example"
    _refused(browser, 403, "origin-not-allowed")
    assert rows_of(installation.intake_db, reports) == []


def test_a_ticket_of_another_comparison_reports_its_own(server: HostServer, app: Flask) -> None:
    anna = server.browser(conversation=[{"role": "user", "content": "Anna's prompt"}])
    ben = server.browser(
        identifiers={"account": "ben"}, conversation=[{"role": "user", "content": "Ben's prompt"}]
    )
    told = {shown(app, _reported(each))["prompt"] for each in (anna, ben)}
    assert told == {"Anna's prompt", "Ben's prompt"}
    assert len(listed(app)) == 2

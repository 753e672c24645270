"""What a ticket's holder is shown, and what they are not."""

from typing import Any

import pytest

from app.intake.comparisons.models import comparisons
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.intake.conftest import HostServer, comparison
from tests.tables import rows_of


def test_everything_for_the_vote_is_there(server: HostServer) -> None:
    conversation = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi!"},
        {"role": "user", "content": "Why is the sky blue?"},
    ]
    shown = server.browser(conversation=conversation, locale="en").show().json or {}
    assert shown["prompt"] == "Why is the sky blue?"
    assert shown["conversation"] == conversation
    assert {shown["left"]["content"], shown["right"]["content"]} == {
        "Rayleigh scattering.",
        "Because of the sea.",
    }
    assert shown["choices"] == ["left", "right", "tie", "both_bad"]
    assert "useful" in shown["reasons"]
    assert shown["notice"].keys() == {"version", "text", "lang", "sha256", "url"}
    assert "notice_update" not in shown
    assert (shown["state"], shown["vote"], shown["undo_until"], shown["locale"]) == ("open", None, None, "en")


def test_nothing_tells_which_model_answered(server: HostServer) -> None:
    responses = [
        {
            **response,
            "model": f"canary-{index}",
            "provider": "canary",
            "usage": {"output_tokens": 4242},
            "latency_ms": 4243,
        }
        for index, response in enumerate(comparison()["responses"])
    ]
    shown = server.browser(responses=responses).show()
    assert b"canary" not in shown.data
    assert b"424" not in shown.data
    assert b"order" not in shown.data


def test_a_standing_vote_is_shown_again(server: HostServer) -> None:
    browser = server.browser()
    vote: dict[str, Any] = {
        "choice": "right",
        "strength": 1,
        "reasons": ["complete", "useful"],
        "comment": "Shorter.",
    }
    answer = browser.vote(**vote).json or {}
    shown = browser.show().json or {}
    assert shown["state"] == "voted"
    assert shown["vote"] == vote
    assert shown["receipt"] == answer["receipt"]
    assert shown["undo_until"] == answer["undo_until"]


def test_of_a_final_vote_no_comment_is_shown(server: HostServer, clock: MovableClock) -> None:
    browser = server.browser()
    answer = browser.vote("right", comment="Shorter.").json or {}
    clock.advance(seconds=900)
    shown = browser.show().json or {}
    assert shown["state"] == "final"
    assert shown["vote"] == {"choice": "right", "strength": None, "reasons": []}
    assert shown["receipt"] == answer["receipt"]


def test_without_a_vote_there_is_no_receipt(server: HostServer) -> None:
    browser = server.browser()
    browser.vote("left", comment="Shorter.")
    browser.undo()
    shown = browser.show().json or {}
    assert shown["vote"] is None
    assert "receipt" not in shown


def test_the_first_showing_is_noted_and_starts_the_clock(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser()
    clock.advance(seconds=60)
    assert (browser.show().json or {})["expires_at"] == "2026-11-02T13:01:00.000Z"
    installation.intake.shown.flush()
    clock.advance(seconds=60)
    assert (browser.show().json or {})["expires_at"] == "2026-11-02T13:01:00.000Z"
    (row,) = rows_of(installation.intake_db, comparisons)
    assert row.shown_at == clock() - 60_000


def test_an_expired_comparison_is_gone(server: HostServer, clock: MovableClock) -> None:
    browser = server.browser()
    clock.advance(seconds=300)
    refused = browser.show()
    assert (refused.status_code, (refused.json or {})["code"]) == (410, "ticket-expired")


def test_an_origin_that_is_not_registered_is_refused(server: HostServer) -> None:
    browser = server.browser()
    browser.origin = "https://evil.example"
    refused = browser.show()
    assert (refused.status_code, (refused.json or {})["code"]) == (403, "origin-not-allowed")
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_a_page_of_this_server_itself_may_call(server: HostServer) -> None:
    browser = server.browser()
    for host in ("votes.example", "votes.example:8443", "[::1]:8000"):
        for scheme in ("http", "https"):
            sent = {**browser.headers, "Origin": f"{scheme}://{host}", "Host": host}
            assert server.client.get("/v1/ticket", headers=sent).status_code == 200


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "votes.example"),
        ("https://votes.example:8443", "votes.example"),
        ("https://votes.example", "votes.example:8443"),
        ("https://votes.example.evil.example", "votes.example"),
        ("https://evil.example/votes.example", "votes.example"),
        ("https://evil.example://votes.example", "votes.example"),
        ("https://user@votes.example", "votes.example"),
        ("file://votes.example", "votes.example"),
        ("votes.example", "votes.example"),
        ("null", "null"),
        ("", "votes.example"),
    ],
)
def test_an_origin_that_is_not_the_hosts_own_is_refused(server: HostServer, origin: str, host: str) -> None:
    browser = server.browser()
    sent = {**browser.headers, "Origin": origin, "Host": host}
    refused = server.client.put("/v1/ticket/vote", json={"choice": "left"}, headers=sent)
    assert (refused.status_code, (refused.json or {})["code"]) == (403, "origin-not-allowed")
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert (browser.show().json or {})["vote"] is None


@pytest.mark.parametrize(
    ("identifiers", "asks"),
    [
        ({"account": "anna", "conversation": "talk-1"}, ["week", "conversation", "never"]),
        ({"account": "anna"}, ["week", "never"]),
        ({"conversation": "talk-1"}, []),
        ({"project": "p"}, []),
    ],
)
def test_it_says_for_how_long_one_may_ask_not_to_be_asked(
    server: HostServer, identifiers: dict[str, str], asks: list[str]
) -> None:
    assert (server.browser(identifiers=identifiers).show().json or {})["asks"] == asks


def test_a_registered_origin_may_read_answers_and_problems(server: HostServer) -> None:
    browser = server.browser()
    for answer in (
        browser.show(),
        browser.client.get("/v1/ticket", headers={"Origin": "https://host.example"}),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "https://host.example"
        assert "Origin" in answer.headers["Vary"]


def test_a_preflight_is_answered_only_for_registered_origins(server: HostServer) -> None:
    good = server.client.options("/v1/ticket/vote", headers={"Origin": "https://host.example"})
    assert good.status_code == 204
    assert good.headers["Access-Control-Allow-Methods"] == "DELETE, PUT"
    bad = server.client.options("/v1/ticket/vote", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in bad.headers


def test_a_server_that_proxies_sends_no_origin(server: HostServer) -> None:
    browser = server.browser()
    browser.origin = None
    assert browser.show().status_code == 200


@pytest.mark.parametrize("ticket", ["", "pvt_", "pvt_" + "A" * 140, "x"])
def test_no_ticket_no_comparison(server: HostServer, ticket: str) -> None:
    refused = server.client.get("/v1/ticket", headers={"Authorization": f"Bearer {ticket}"})
    assert (refused.status_code, (refused.json or {})["code"]) == (401, "ticket-invalid")


def test_a_ticket_of_another_installation_is_refused(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    with installation.intake_db.engine.begin() as connection:
        connection.execute(comparisons.update().values(ticket_digest=b"\x00" * 32))
    assert browser.show().status_code == 401
    assert browser.vote().status_code == 401

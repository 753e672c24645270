"""A host passes on a thumb up or down."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from app.intake.feedback.jobs import expire_feedback
from app.intake.feedback.models import feedback as table
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.conftest import HostServer
from tests.intake.feedback.conftest import feedback, give
from tests.tables import rows_of


def test_a_thumb_with_reasons_and_a_comment_is_recorded(
    server: HostServer, installation: Installation
) -> None:
    given = give(server, reasons=["too_complicated", "Out of date"], comment="What is a sea?", locale="de-AT")
    assert given["status"] == "recorded"
    assert given["id"].startswith("fbk_")
    (row,) = rows_of(installation.intake_db, table)
    assert (row.rating, row.reasons, row.model) == ("down", '["too_complicated", "out_of_date"]', "model-a")
    stored = repr(row)
    assert not any(word in stored for word in ("sky", "What is", "msg-1", "anna", "talk-1"))
    found = server.post("/v1/receipts/lookup", {"receipt": given["receipt"]})
    assert (found.json or {}) == {"state": "recorded", "undo_until": given["undo_until"]}


def test_sending_it_again_changes_the_one_there_is_and_buys_no_time(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    first = give(server)
    clock.advance(seconds=60)
    assert give(server, rating="up", conversation=None) == first
    (row,) = rows_of(installation.intake_db, table)
    assert row.rating == "up"
    assert row.content_sealed is not None
    clock.advance(seconds=840)
    late = server.post("/v1/feedback", feedback())
    assert (late.status_code, (late.json or {})["code"]) == (409, "feedback-final")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("msg-1", {"type": "response", "id": "msg-1"}),
        ({"url": "https://u:p@Docs.example/a?q=secret#x"}, {"type": "page", "url": "https://docs.example/a"}),
    ],
)
def test_one_target_has_several_spellings(server: HostServer, one: Any, other: Any) -> None:
    assert give(server, target=one)["id"] == give(server, target=other)["id"]


def test_other_persons_other_targets_and_those_without_a_reference_are_others(server: HostServer) -> None:
    page = {"type": "page", "id": "msg-1"}
    ids = [
        give(server, **changes)["id"]
        for changes in (
            {},
            {"identifiers": {"account": "bert"}},
            {"target": page},
            {"target": {"type": "response"}},
            {"target": {"type": "response"}},
            {"identifiers": {"project": "p"}},
            {"identifiers": {"project": "p"}},
        )
    ]
    assert len(set(ids)) == 7


def test_two_at_once_are_one(server: HostServer, app: Flask, installation: Installation) -> None:
    def send(rating: str) -> int:
        response = app.test_client().post(
            "/v1/feedback", json=feedback(rating=rating), headers=server.host.headers
        )
        return response.status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(send, ["up", "down"] * 8)) == {201}
    assert len(rows_of(installation.intake_db, table)) == 1


def test_a_key_makes_it_once(server: HostServer) -> None:
    body = feedback(identifiers={"project": "p"})
    one, two = (server.post("/v1/feedback", body, key="k-1").json for _ in range(2))
    assert one == two
    assert server.post("/v1/feedback", feedback(rating="up"), key="k-1").status_code == 422


@pytest.mark.parametrize(
    ("wish", "signals", "reason"),
    [({"sharing": "off"}, {}, "opted_out"), (None, {"gpc": True}, "gpc")],
)
def test_who_shares_nothing_leaves_nothing(
    server: HostServer, installation: Installation, wish: Any, signals: Any, reason: str
) -> None:
    if wish:
        server.put("/v1/preferences", {"identifiers": {"account": "anna"}, **wish})
    assert give(server, signals=signals) == {"status": "withheld", "reason": reason}
    assert rows_of(installation.intake_db, table) == []


def test_who_does_not_want_to_be_asked_can_still_say_something(server: HostServer) -> None:
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "ask": "never"})
    assert give(server)["status"] == "recorded"


def test_a_vote_alone_keeps_no_text(server: HostServer, installation: Installation) -> None:
    give(server, comment="first")
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "vote_only"})
    give(server, comment="second", reasons=["other"])
    (row,) = rows_of(installation.intake_db, table)
    assert (row.sharing, row.content_sealed, row.comment_sealed) == ("vote_only", None, None)
    assert (row.rating, row.reasons, row.model) == ("down", '["other"]', "model-a")


def test_what_is_deleted_in_time_is_gone(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    given, later = give(server), give(server, target="msg-2")
    path = f"/v1/feedback/{given['id']}"
    deleted = server.client.delete(path, headers=server.host.headers)
    assert (deleted.status_code, deleted.json) == (200, {"status": "deleted"})
    assert server.client.delete(path, headers=server.host.headers).status_code == 404
    assert server.post("/v1/receipts/lookup", {"receipt": given["receipt"]}).status_code == 404
    clock.advance(seconds=900)
    refused = server.client.delete(f"/v1/feedback/{later['id']}", headers=server.host.headers)
    assert (refused.json or {})["code"] == "feedback-final"
    assert len(rows_of(installation.intake_db, table)) == 1
    assert expire_feedback(installation.intake, at=clock() + 10**9) == 0


def test_a_receipt_withdraws_it(server: HostServer, installation: Installation) -> None:
    given = give(server, identifiers={"project": "p"})
    withdrawn = server.post("/v1/receipts/withdraw", {"receipt": given["receipt"]})
    assert withdrawn.json == {"state": "withdrawn"}
    assert rows_of(installation.intake_db, table) == []
    looked_up = server.post("/v1/receipts/lookup", {"receipt": given["receipt"]}).json
    assert looked_up == {"state": "withdrawn", "tombstoned": False}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"rating": "sideways"}, "/rating"),
        ({"target": {"type": "page"}}, "/target"),
        ({"target": {"type": "shop", "id": "1"}}, "/target/type"),
        ({"target": {"id": "1", "name": "x"}}, "/target/name"),
        ({"target": {"url": "javascript:alert(1)"}}, "/target/url"),
        ({"target": {"id": "x" * 513}}, "/target/id"),
        ({"target": 7}, "/target"),
        ({"comment": "x" * 4001}, "/comment"),
        ({"conversation": []}, "/conversation"),
    ],
)
def test_odd_input_is_refused_by_its_place(server: HostServer, changes: Any, pointer: str) -> None:
    refused = server.post("/v1/feedback", feedback(**changes))
    assert refused.status_code == 422
    assert [entry["pointer"] for entry in (refused.json or {})["errors"]] == [pointer]


def test_reasons_are_those_offered_with_the_thumb_and_the_operators_own(
    server: HostServer, app: Flask, workspace: Host
) -> None:
    refused = server.post("/v1/feedback", feedback(rating="up", reasons=["out_of_date"]))
    assert (refused.json or {})["code"] == "feedback-reason-unknown"
    command = ["workspace", "set", workspace.workspace_id, "--feedback-up", "made_me_smile"]
    command += ["--feedback-label", "made_me_smile:de=Zum Lachen", "--feedback-label", "other:en=Else"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    assert give(server, rating="up", reasons=["made_me_smile"])["status"] == "recorded"
    wrong = app.test_cli_runner().invoke(args=[*command[:3], "--feedback-label", "nothing:de=Nichts"])
    assert wrong.exit_code == 1

"""A no, and what it takes back: open questions, content, votes that could still be undone; and how it is noted."""

from typing import Any

import pytest

from app.disconnection.jobs import disconnect_due
from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.consents.models import consents
from app.intake.consents.services import list_consents
from app.intake.documents.models import DocumentKind
from app.intake.doomed_keys.models import doomed_keys
from app.intake.persons.models import persons
from app.intake.uploads.models import uploads
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.disconnection.voting import PNG, door_of
from tests.intake.conftest import Browser, HostServer
from tests.tables import rows_of

_HERE = {"account": "anna", "conversation": "talk-1"}
_GPC = {"Sec-GPC": "1"}


def _contents(installation: Installation) -> int:
    return len(rows_of(installation.intake_db, comparison_contents))


def _with_upload(server: HostServer) -> Browser:
    headers = server.host.headers | {"Content-Type": "image/png"}
    upload = server.client.post("/v1/uploads", data=PNG, headers=headers).get_json()["id"]
    parts = [{"type": "image_url", "image_url": {"url": f"upload:{upload}"}}]
    return server.browser(conversation=[{"role": "user", "content": parts}])


@pytest.mark.parametrize("wish", [{"sharing": "off"}, {"ask": "never"}])
def test_a_no_closes_what_is_open_and_deletes_its_content(
    server: HostServer, installation: Installation, wish: dict[str, str]
) -> None:
    first, second = _with_upload(server), server.browser(identifiers=_HERE)
    server.browser(identifiers={"account": "ben"})
    assert first.prefer(**wish).status_code == 200
    assert _contents(installation) == 1  # Ben's
    assert rows_of(installation.intake_db, uploads) == []
    doomed = [bytes(row.id) for row in rows_of(installation.intake_db, doomed_keys)]
    assert [installation.intake.data_keys.find(key) for key in doomed] == [None]
    for browser in (first, second):
        assert (browser.show().json or {}).keys() == {"id", "state", "vote", "undo_until", "expires_at"}
        assert browser.vote().status_code == 409
        assert browser.skip().status_code == 200  # the card says both, in this order
        told = server.get(f"/v1/comparisons/{browser.registered['id']}").get_json()
        assert (told["state"], told["reason"]) == ("withheld", "opted_out")


def test_never_leaves_votes_as_they_are(server: HostServer, installation: Installation) -> None:
    browser = server.browser()
    browser.vote("left")
    assert browser.prefer(ask="never").status_code == 200
    assert browser.vote("right").status_code == 200
    assert _contents(installation) == 1


def test_a_vote_that_off_overtakes_can_be_undone_and_not_changed(
    server: HostServer, installation: Installation
) -> None:
    browser = server.browser()
    browser.vote("left")
    assert browser.prefer(sharing="off").status_code == 200
    shown = browser.show().json or {}
    assert (shown["state"], shown["vote"]["choice"], "left" in shown) == ("withheld", "left", False)
    assert (browser.vote("right").json or {})["code"] == "opted-out"
    assert (browser.undo().json or {})["state"] == "withheld"
    assert _contents(installation) == 0
    assert (browser.vote("right").json or {})["code"] == "opted-out"


def test_a_vote_that_off_overtakes_never_becomes_a_record_and_earlier_ones_are_counted(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "vote_only"})
    assert server.browser().vote().status_code == 200
    clock.advance(seconds=901)
    assert disconnect_due(door_of(installation), at=clock()) == 1
    browser = server.browser()
    browser.vote()
    told = browser.prefer(sharing="off").json or {}
    assert told["withdrawable_votes"] == 1
    assert "withdrawable_votes" not in (browser.prefer(sharing="vote_and_content").json or {})
    clock.advance(seconds=901)
    assert disconnect_due(door_of(installation), at=clock()) == 1
    states = [(row.state, row.sharing) for row in rows_of(installation.intake_db, comparisons)]
    assert sorted(states) == [("disconnected", "off"), ("disconnected", "vote_only")]
    again = server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "off"}).json or {}
    assert again["withdrawable_votes"] == 1


@pytest.mark.parametrize("call", ["show", "vote"])
def test_a_browser_that_sends_gpc_is_shown_nothing_and_has_no_vote_recorded(
    server: HostServer, installation: Installation, call: str
) -> None:
    browser = server.browser()
    before = rows_of(installation.intake_db, persons)
    headers = browser.headers | _GPC
    if call == "show":
        shown = server.client.get("/v1/ticket", headers=headers).get_json()
        assert (shown["state"], "left" in shown) == ("withheld", False)
    else:
        refused = server.client.put("/v1/ticket/vote", json={"choice": "left"}, headers=headers)
        assert (refused.status_code, (refused.json or {})["code"]) == (409, "opted-out")
    assert _contents(installation) == 0
    told = server.get(f"/v1/comparisons/{browser.registered['id']}").get_json()
    assert (told["state"], told["reason"]) == ("withheld", "gpc")
    assert rows_of(installation.intake_db, persons) == before
    assert rows_of(installation.intake_db, consents) == []
    assert server.browser().vote().status_code == 200


def test_gpc_leaves_a_vote_alone_that_stands_already(server: HostServer) -> None:
    browser = server.browser()
    browser.vote("left")
    changed = server.client.put("/v1/ticket/vote", json={"choice": "right"}, headers=browser.headers | _GPC)
    assert changed.status_code == 409
    assert (browser.show().json or {})["vote"]["choice"] == "left"


def test_gpc_at_registration_notes_nobody(server: HostServer, installation: Installation) -> None:
    registered = server.register(identifiers=_HERE | {"project": "p"}, signals={"gpc": True})
    assert registered["reason"] == "gpc"
    assert rows_of(installation.intake_db, persons) == []
    (row,) = rows_of(installation.intake_db, comparisons)
    assert (bytes(row.person), row.api_key, row.project, row.conversation) == (b"", None, None, None)


def test_one_switch_says_whether_gpc_is_honoured(server: HostServer) -> None:
    server.put("/v1/policy", {"policy": {"gpc_counts_as_opt_out": False}})
    browser = server.browser(signals={"gpc": True})
    headers = browser.headers | _GPC
    assert "left" in server.client.get("/v1/ticket", headers=headers).get_json()
    assert server.client.put("/v1/ticket/vote", json={"choice": "left"}, headers=headers).status_code == 200


def _history(installation: Installation) -> list[tuple[Any, ...]]:
    (person,) = rows_of(installation.intake_db, persons)
    who = {"workspace_id": bytes(person.workspace_id), "person": bytes(person.person)}
    listed = installation.intake_db.fetch(lambda tx: list_consents(tx, **who))
    notice = installation.intake.library.current(
        who["workspace_id"], DocumentKind.VOTING_NOTICE, at=installation.clock()
    )
    assert {consent.notice_version for consent in listed} <= {notice.version}
    return [(c.scope, c.sharing, c.ask, c.source, c.conversation is not None) for c in listed]


def test_each_change_is_noted_once_with_its_occasion(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser = server.browser(identifiers=_HERE)
    for wishes in (
        {"ask": "yes"},  # nothing new
        {"ask": "not_in_conversation"},
        {"ask": "never", "sharing": "vote_only"},
        {"sharing": "off", "scope": "conversation"},
        {"ask": "2026-11-29T10:00:00Z"},
    ):
        for _ in range(2):
            clock.advance(seconds=1)
            assert browser.prefer(**wishes).status_code == 200
    server.put("/v1/preferences", {"identifiers": _HERE, "ask": "yes", "sharing": "off"})
    # What one call sets has one time, and no order.
    assert sorted(_history(installation), key=str) == sorted(
        [
            ("conversation", None, "not_in_conversation", "ticket", True),
            ("person", None, "never", "ticket", False),
            ("person", "vote_only", None, "ticket", False),
            ("conversation", "off", None, "ticket", True),
            ("person", None, "later", "ticket", False),
            ("person", None, "yes", "host", False),
            ("person", "off", None, "host", False),
        ],
        key=str,
    )


def test_a_refused_wish_is_not_noted_and_an_erasure_takes_the_history_along(
    server: HostServer, installation: Installation
) -> None:
    browser = server.browser()
    assert browser.prefer(sharing="off", ask="not_in_conversation").status_code == 422
    assert _history(installation) == []
    browser.prefer(sharing="off")
    assert len(rows_of(installation.intake_db, consents)) == 1
    erased = server.post("/v1/erasures", {"identifiers": {"account": "anna"}})
    assert erased.status_code == 202, erased.text
    assert rows_of(installation.intake_db, consents) == []

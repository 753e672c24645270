"""A new version is told once; where it asks for a choice, nobody who knew an older one shares text before making it."""

from typing import Any

import pytest
from flask import Flask

from app.access.workspaces.models import SharingLevel
from app.core.clock import MS_PER_DAY
from app.intake.comparisons.models import comparisons
from app.intake.consents.models import consents
from app.intake.documents.fresh_choice import Acquaintance, level_under_notice, needs_choice, untold
from app.intake.documents.models import Edition
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.conftest import Browser, HostServer
from tests.intake.documents.conftest import Operator
from tests.tables import rows_of

_DAY = 20_000
_NOON = _DAY * MS_PER_DAY + MS_PER_DAY // 2


def _edition(at: int, *, asks: bool = False) -> Edition:
    return Edition("voting_notice", f"v{at}", at, requires_choice=asks, published_at=1)


def test_who_is_told_and_who_must_choose() -> None:
    editions = [_edition(_NOON), _edition(_NOON + 10, asks=True), _edition(_NOON + 20)]
    old, same_day, new = (Acquaintance(day, None, None) for day in (_DAY - 9, _DAY, _DAY + 1))
    for known in (old, same_day):
        assert untold(editions, known, at=_NOON + 15) == editions[:2]
        assert not needs_choice(editions, known, at=_NOON + 9)
        assert needs_choice(editions, known, at=_NOON + 10)
        # A later version that asks for nothing does not lift what an earlier one asks for.
        assert needs_choice(editions, known, at=_NOON + 99)
    assert untold(editions, new, at=_NOON + 2 * MS_PER_DAY) == []
    assert not needs_choice(editions, new, at=_NOON + 2 * MS_PER_DAY)
    assert untold(editions, old._replace(told_at=_NOON + 10), at=_NOON + 99) == editions[2:]
    # The comparison that told them the second tells it again, and no other does.
    told = old._replace(told_at=_NOON + 15, told_before_at=_NOON)
    assert untold(editions, told, at=_NOON + 15) == editions[1:2]
    assert untold(editions, told, at=_NOON + 16) == []
    assert needs_choice(editions, old._replace(chosen_at=_NOON + 9), at=_NOON + 99)
    assert not needs_choice(editions, old._replace(chosen_at=_NOON + 10), at=_NOON + 99)


@pytest.mark.parametrize("level", SharingLevel)
def test_an_open_choice_never_shares_more(level: SharingLevel) -> None:
    held = level_under_notice(level, [_edition(_NOON, asks=True)], Acquaintance(1, None, None), at=_NOON)
    assert held == level.stricter(SharingLevel.VOTE_ONLY)


def _shown(browser: Browser) -> dict[str, Any]:
    shown: dict[str, Any] = browser.show().get_json()
    return shown


def _levels(installation: Installation) -> list[str]:
    return [row.sharing for row in rows_of(installation.intake_db, comparisons)]


def _sharing(server: HostServer, account: str = "anna") -> str:
    body = {"identifiers": {"account": account}}
    return str(server.post("/v1/preferences/lookup", body).get_json()["sharing"])


def test_a_change_is_told_once_and_costs_no_choice(
    server: HostServer, operator: Operator, installation: Installation, clock: MovableClock
) -> None:
    server.browser().show()
    clock.advance(seconds=86_400)
    operator.published("--summary", "de=Klarer.", texts={"en": "New.", "de": "Neu."})
    clock.advance(seconds=1)
    browser = server.browser(locale="de-AT")
    update = _shown(browser)["notice_update"]
    assert (update["updated"], update["requires_choice"]) == (True, False)
    (document,) = update["documents"]
    assert (document["summary"], document["lang"], document["kind"]) == ("Klarer.", "de", "voting_notice")
    installation.intake.told.flush()
    clock.advance(ms=1)
    # The page that told it tells it again when it is loaded anew, also after the vote; no other one does.
    assert _shown(browser)["notice_update"] == update
    assert browser.vote().status_code == 200
    assert _shown(browser)["notice_update"] == update
    assert "notice_update" not in _shown(server.browser(locale="de-AT"))
    # Somebody met afterwards has nothing to be told; nobody's account, nobody to tell.
    clock.advance(seconds=86_400)
    assert "notice_update" not in _shown(server.browser(identifiers={"account": "ben"}))
    assert "notice_update" not in _shown(server.browser(identifiers={"project": "bot"}))
    assert set(_levels(installation)) == {"vote_and_content"}


def test_until_they_choose_only_votes_are_shared_and_the_choice_holds_for_the_question_at_hand(
    server: HostServer, operator: Operator, installation: Installation, clock: MovableClock
) -> None:
    server.browser()
    clock.advance(seconds=86_400)
    operator.published("--requires-choice", kind="privacy_notice")
    clock.advance(seconds=1)
    assert _sharing(server) == "vote_only"
    assert _sharing(server, "ben") == "vote_and_content"
    first = server.browser()
    clock.advance(ms=1)
    second = server.browser()
    update = _shown(first)["notice_update"]
    assert (update["updated"], update["requires_choice"]) == (True, True)
    assert update["levels"] == ["vote_and_content", "vote_only", "off"]
    assert first.vote().status_code == 200
    installation.intake.told.flush()
    # Told once; the choice stays open, quietly.
    again = _shown(second)["notice_update"]
    assert (again["updated"], again["requires_choice"], len(again["documents"])) == (False, True, 1)
    assert second.prefer(ask="yes").get_json()["sharing"] == "vote_only"
    assert second.prefer(sharing="vote_and_content").get_json()["sharing"] == "vote_and_content"
    assert second.vote().status_code == 200
    assert _levels(installation) == ["vote_and_content", "vote_only", "vote_and_content"]
    assert "notice_update" not in _shown(server.browser())
    assert _sharing(server) == "vote_and_content"


def test_a_choice_beside_an_older_notice_does_not_count_for_a_newer_one(
    server: HostServer, operator: Operator, installation: Installation, clock: MovableClock
) -> None:
    server.browser()
    clock.advance(seconds=86_400)
    before = server.browser()
    clock.advance(seconds=1)
    operator.published("--requires-choice")
    clock.advance(seconds=1)
    assert before.prefer(sharing="vote_and_content").get_json()["sharing"] == "vote_only"
    after = server.browser()
    assert _shown(after)["notice_update"]["requires_choice"] is True
    # The product's own settings page counts as of now, and raises nothing that was registered.
    chosen = {"identifiers": {"account": "anna"}, "sharing": "vote_and_content"}
    assert server.put("/v1/preferences", chosen).get_json()["sharing"] == "vote_and_content"
    assert _levels(installation) == ["vote_and_content", "vote_and_content", "vote_only"]


def test_a_level_that_is_confirmed_for_a_new_version_is_in_the_history_once(
    server: HostServer, operator: Operator, installation: Installation, clock: MovableClock
) -> None:
    chosen = {"identifiers": {"account": "anna"}, "sharing": "vote_and_content"}
    server.put("/v1/preferences", chosen)
    clock.advance(seconds=86_400)
    operator.published("--requires-choice", "--version", "v2")
    clock.advance(seconds=1)
    browser = server.browser()
    for _ in range(2):
        assert browser.prefer(sharing="vote_and_content").get_json()["sharing"] == "vote_and_content"
        assert server.put("/v1/preferences", chosen).status_code == 200
    noted = [
        (row.source, row.sharing, row.notice_version) for row in rows_of(installation.intake_db, consents)
    ]
    assert len(noted) == 2
    assert ("ticket", "vote_and_content", "v2") in noted


def test_nobody_can_choose_more_than_the_workspace_shares(
    app: Flask,
    server: HostServer,
    workspace: Host,
    operator: Operator,
    installation: Installation,
    clock: MovableClock,
) -> None:
    server.browser()
    app.test_cli_runner().invoke(args=["workspace", "set", workspace.workspace_id, "--sharing", "vote_only"])
    clock.advance(seconds=86_400)
    operator.published("--requires-choice")
    clock.advance(seconds=1)
    browser = server.browser()
    assert _shown(browser)["notice_update"]["levels"] == ["vote_only", "off"]
    browser.prefer(sharing="vote_and_content")
    assert _levels(installation)[-1] == "vote_only"

"""On the settings page a person says what they share and whether they are asked, without a script."""

from dataclasses import replace

from flask import Flask

from app import create_app
from app.core.languages import LANGUAGES
from app.intake.consents.services import list_consents
from app.operations.installation import Installation
from app.privacy.keyring import Purpose, locked_update
from tests.clock import MovableClock
from tests.console.html_page import Element
from tests.console.preferences.conftest import WHO, Visitor, fields_of, said
from tests.intake.conftest import HostServer
from tests.intake.documents.conftest import Operator

_ELSEWHERE = {"account": WHO["account"], "conversation": "another talk"}


def _held(visitor: Visitor) -> tuple[str, str]:
    held = visitor.host.post("/v1/preferences/lookup", {"identifiers": _ELSEWHERE}).get_json()
    return held["sharing"], held["ask"]


def _form(page: Element) -> tuple[str | None, str, str]:
    """Whether the box is ticked, which level, and when to ask."""
    sent = fields_of(page, "/preferences", "save")
    return sent.get("share"), sent["level"], sent["ask"]


def _hints(page: Element) -> list[str]:
    return [each.text for each in page.all("p") if each.attributes.get("class") == "hint"]


def test_the_box_says_what_holds_and_changes_it_at_once(visitor: Visitor) -> None:
    page = visitor.come()
    assert _form(page) == ("yes", "vote_and_content", "yes")
    page = visitor.send(page, "save", level="vote_only")
    assert (said(page), _held(visitor)) == ("Saved. This is what holds now.", ("vote_only", "yes"))
    assert _form(page) == ("yes", "vote_only", "yes")
    page = visitor.send(page, "save", share=None)
    assert said(page) == "Saved. From now on nothing is shared, and you are not asked."
    assert (_held(visitor), _form(page)) == (("off", "yes"), (None, "vote_only", "yes"))
    # Where it is switched on again, the lesser level is the one that is ready.
    page = visitor.send(page, "save", share="yes")
    assert (_held(visitor), _form(page)) == (("vote_only", "yes"), ("yes", "vote_only", "yes"))


def test_what_was_said_of_being_asked_is_shown_kept_and_undone(visitor: Visitor, clock: MovableClock) -> None:
    visitor.host.put("/v1/preferences", {"identifiers": WHO, "ask": "not_in_conversation"})
    page = visitor.come()
    for asked, holds in (
        ("week", "2026-11-09T12:00:00.000Z"),
        ("month", "2026-12-02T12:00:00.000Z"),
        ("never", "never"),
    ):
        page = visitor.send(page, "save", ask=asked)
        assert _held(visitor)[1] == holds
    page = visitor.send(page, "undo")
    assert said(page).startswith("Undone.")
    assert (_held(visitor)[1], _form(page)[2]) == ("2026-12-02T12:00:00.000Z", "until")
    clock.advance(seconds=60)
    # Sent as it stands, a form moves no date; undone twice, nothing happens.
    page = visitor.send(page, "save", level="vote_only")
    assert _held(visitor) == ("vote_only", "2026-12-02T12:00:00.000Z")
    page = visitor.send(page, "undo")
    token = fields_of(page, "/preferences", "save")["token"]
    assert visitor.post("/preferences", {"token": token, "action": "undo"}).status_code == 303
    assert _held(visitor) == ("vote_and_content", "2026-12-02T12:00:00.000Z")


def test_undoing_a_never_leaves_quiet_conversations_quiet_until_the_page_ends_them(visitor: Visitor) -> None:
    visitor.host.put("/v1/preferences", {"identifiers": WHO, "ask": "not_in_conversation"})
    page = visitor.send(visitor.come(), "save", ask="never")
    assert not [each for each in page.all("button") if each.attributes.get("value") == "unmute"]
    page = visitor.send(page, "undo")
    here = visitor.host.post("/v1/preferences/lookup", {"identifiers": WHO}).get_json()
    assert (here["ask"], _held(visitor)[1]) == ("not_in_conversation", "yes")
    page = visitor.send(page, "unmute")
    assert said(page).startswith("Done.")
    assert visitor.host.post("/v1/preferences/lookup", {"identifiers": WHO}).get_json()["ask"] == "yes"


def test_every_change_is_in_the_history_once_and_says_that_it_was_made_here(
    visitor: Visitor, installation: Installation, clock: MovableClock
) -> None:
    visitor.host.put("/v1/preferences", {"identifiers": WHO, "sharing": "vote_only"})
    page = visitor.come()
    for ask, share in (("yes", "yes"), ("never", "yes"), ("never", None)):
        clock.advance(seconds=1)
        page = visitor.send(page, "save", ask=ask, share=share)
    (listed,) = [each for each in page.all("ol") if each.attributes["class"] == "history"]
    told = [(each.all("bdi")[0].text, each.all("small")[0].text) for each in listed.all("li")]
    assert [(what, by.partition(" ·")[0]) for what, by in told] == [
        ("Nothing", "On this page"),
        ("Never", "On this page"),
        ("Only my vote or rating", "In"),
    ]
    (session,) = visitor.sessions(installation)
    kept = installation.intake_db.fetch(
        lambda tx: list_consents(tx, workspace_id=session.workspace_id, person=session.person)
    )
    assert [each.source for each in kept] == ["host", "settings_page", "settings_page"]


def test_what_others_allow_less_is_said_and_does_not_narrow_the_persons_own_choice(
    app: Flask, visitor: Visitor
) -> None:
    visitor.host.put("/v1/preferences", {"identifiers": WHO, "sharing": "vote_and_content"})
    command = ["workspace", "set", visitor.host.host.workspace_id, "--sharing", "vote_only"]
    assert app.test_cli_runner().invoke(args=command, catch_exceptions=False).exit_code == 0
    page = visitor.come()
    (hint,) = _hints(page)
    assert "takes votes and ratings only: conversations stay out, whatever you choose." in hint
    assert _form(page)[:2] == ("yes", "vote_and_content")
    visitor.send(page, "save", ask="week")
    project = {"identifiers": {"project": "lab"}, "sharing": "off"}
    assert visitor.host.put("/v1/preferences", project).status_code == 200
    page = visitor.come(identifiers={**WHO, "project": "lab"})
    assert _hints(page)[0].startswith("An administrator of your project has switched sharing off")
    held = visitor.host.post("/v1/preferences/lookup", {"identifiers": WHO}).get_json()
    assert held["levels"]["person"] == "vote_and_content"


def test_a_projects_level_of_before_a_rotation_of_the_pseudonym_key_is_said(
    visitor: Visitor, installation: Installation, clock: MovableClock
) -> None:
    visitor.host.put("/v1/preferences", {"identifiers": {"project": "lab"}, "sharing": "off"})
    locked_update(installation.settings.keyring, lambda ring: ring.rotate(Purpose.PSEUDONYM, clock()))
    later = create_app(replace(installation.settings), clock)
    host = HostServer(later.test_client(use_cookies=False), visitor.host.host)
    page = Visitor(later.test_client(), host).come(identifiers={**WHO, "project": "lab"})
    assert _hints(page)[0].startswith("An administrator of your project has switched sharing off")
    later.extensions["pairvote"].close()


def test_a_conversations_own_level_is_told_where_the_host_names_it_and_can_be_lifted(
    visitor: Visitor,
) -> None:
    visitor.host.put("/v1/preferences", {"identifiers": WHO, "sharing": "off", "scope": "conversation"})
    page = visitor.come()
    assert "In the conversation that you came from, nothing is shared." in page.text
    page = visitor.send(page, "widen")
    held = visitor.host.post("/v1/preferences/lookup", {"identifiers": WHO}).get_json()
    assert (held["sharing"], said(page)) == ("vote_and_content", "Saved. This is what holds now.")


def test_a_browsers_signal_is_told_with_what_follows(visitor: Visitor) -> None:
    visitor.come()
    assert _hints(visitor.page()) == []
    (hint,) = _hints(visitor.page(**{"Sec-GPC": "1"}))
    assert "nothing is asked or shared from this browser" in hint
    policy = {"sampling_rate": 1.0, "gpc_counts_as_opt_out": False}
    assert visitor.host.put("/v1/policy", {"policy": policy}).status_code == 200
    (hint,) = _hints(visitor.page(**{"Sec-GPC": "1"}))
    assert "does not take that for an answer: please choose here." in hint


def test_odd_forms_change_nothing(visitor: Visitor) -> None:
    page = visitor.come()
    token = fields_of(page, "/preferences", "save")["token"]
    for fields in (
        {"action": "save", "share": "yes", "level": "all", "ask": "tomorrow"},
        {"action": "save", "share": "yes"},
    ):
        assert visitor.post("/preferences", {"token": token, **fields}).status_code == 303
    for fields in ({}, {"action": "erase"}):
        assert visitor.post("/preferences", {"token": token, **fields}).status_code == 400
    assert _held(visitor) == ("vote_and_content", "yes")


def test_the_language_is_the_addresses_then_the_hosts_then_the_browsers(visitor: Visitor) -> None:
    german = {"Accept-Language": "de"}

    def language(page: Element) -> tuple[str, str]:
        attributes = page.all("html")[0].attributes
        return attributes["lang"], attributes["dir"]

    visitor.come()
    assert language(visitor.page(**german)) == ("de", "ltr")
    visitor.come(locale="ar_EG")
    assert language(visitor.page(**german)) == ("ar", "rtl")
    page = visitor.page("/preferences?lang=ja", **german)
    assert language(page) == ("ja", "ltr")
    links = [each.attributes["href"] for each in page.all("nav")[0].all("a")]
    assert links == [f"/preferences?lang={code}" for code in LANGUAGES]
    assert language(visitor.send(page, "save", ask="never")) == ("ja", "ltr")


def test_a_new_notice_asks_for_a_choice_and_saving_here_is_one(
    visitor: Visitor, operator: Operator, clock: MovableClock
) -> None:
    visitor.host.put("/v1/preferences", {"identifiers": WHO, "ask": "yes"})
    clock.advance(seconds=86_400)
    operator.published("--requires-choice", "--version", "new")
    clock.advance(seconds=1)
    page = visitor.come()
    (hint,) = _hints(page)
    assert hint.startswith("The notice has changed.")
    assert _held(visitor)[0] == "vote_only"
    page = visitor.send(page, "save")
    assert (_held(visitor)[0], _hints(page)) == ("vote_and_content", [])
    # What was chosen under a notice cannot be unchosen; each line of the history leads to the notice of its time.
    assert not [each for each in page.all("button") if each.attributes.get("value") == "undo"]
    (listed,) = [each for each in page.all("ol") if each.attributes["class"] == "history"]
    links = [each.attributes["href"] for each in listed.all("a")]
    assert links[0].endswith("/voting_notice?version=new&lang=en")
    read = [
        each.attributes["href"] for each in page.all("a") if each.attributes["href"].startswith("/documents")
    ]
    assert {visitor.client.get(address).status_code for address in read} == {200}

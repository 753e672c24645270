"""The receipt page works without scripts, in every language it speaks, and never says the receipt back."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.console.receipt.texts import TEXTS
from app.core.languages import LANGUAGES
from app.core.settings import Role
from app.disconnection.models import withdrawn_receipts
from app.disconnection.receipts.models import ReceiptState
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from tests.clock import MovableClock
from tests.console.html_page import Element, read_page
from tests.core.openapi_document import described_app
from tests.intake.conftest import Browser, HostServer
from tests.invariants.source import ROOT
from tests.tables import rows_of

_POLICY: Final = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
}
_UNDO_SECONDS: Final = 900

each_language = pytest.mark.parametrize("language", LANGUAGES)


def _get(**headers: str) -> TestResponse:
    return described_app().test_client().get("/receipt", headers=headers, buffered=True)


@cache
def _page(language: str) -> Element:
    answer = described_app().test_client().get(f"/receipt?lang={language}", buffered=True)
    assert answer.status_code == 200
    return read_page(answer.text)


@pytest.fixture
def server(client: FlaskClient, workspace: Any) -> HostServer:
    return HostServer(client, workspace)


def _vote(server: HostServer) -> tuple[Browser, str]:
    """A browser that has voted, and its receipt."""
    browser = server.browser()
    browser.show()
    receipt: str = browser.vote().get_json()["receipt"]
    return browser, receipt


def _send(client: FlaskClient, receipt: str, **fields: str) -> tuple[int, Element]:
    """The form as a browser without scripts sends it; the answer never has the receipt."""
    answer = client.post("/receipt?lang=en", data={"receipt": receipt, **fields})
    assert answer.mimetype == "text/html", answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert receipt not in answer.text
    assert receipt.removeprefix("pvr_") not in str(answer.headers)
    return answer.status_code, read_page(answer.text)


def _said(page: Element) -> str:
    """The heading of what is answered."""
    (answer,) = [each for each in page.all("div") if each.attributes.get("id") == "answer"]
    return answer.all("h2")[0].text if answer.children else ""


def _names(page: Element) -> set[str]:
    return {each.attributes["name"] for each in page.all("input")}


@each_language
def test_every_language_says_everything_with_the_same_gaps(language: str) -> None:
    said, english = TEXTS[language], TEXTS["en"]
    assert list(said) == list(english)
    for name, text in said.items():
        assert text.strip() == text != "", name
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", english[name]), name
    for state in (*ReceiptState, "unknown", "unavailable"):
        assert {state, f"{state}_text"} <= set(said)


def test_no_language_lies_unused() -> None:
    files = {path.stem for path in Path(ROOT / "app/console/receipt/texts").glob("*.json")}
    assert files == set(LANGUAGES)
    assert all(json.dumps(TEXTS[one]) != json.dumps(TEXTS["en"]) for one in LANGUAGES if one != "en")


def test_every_text_is_used_by_the_page_in_every_language() -> None:
    for language in LANGUAGES:
        whole = described_app().test_client().get(f"/receipt?lang={language}").text
        only_in_answers = {"again", "sure"}
        for name, text in TEXTS[language].items():
            if name not in only_in_answers:
                assert all(part.strip() in whole for part in re.split(r"\{\w+\}", text)), name


def test_the_policy_lets_in_a_script_and_a_form_of_our_own_and_nothing_else() -> None:
    answer = _get()
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    assert {part.strip() for part in policy.split(";")} == _POLICY
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


@each_language
def test_nothing_is_needed_that_the_policy_forbids(language: str) -> None:
    page = _page(language)
    assert page.all("style", "iframe", "object", "embed", "base") == []
    for element in page.all():
        assert [name for name in element.attributes if name == "style" or name.startswith("on")] == []
    loaded = [each.attributes["src"] for each in page.all("script", "img")]
    loaded += [each.attributes["href"] for each in page.all("link")]
    assert all(address.startswith("/static/console/") for address in loaded)
    assert [each.text for each in page.all("script")] == [""]
    for address in loaded:
        assert described_app().test_client().get(address, buffered=True).status_code == 200


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-CH", "fr"),
        ("ar", "ar"),
        ("tlh, ja;q=0.5", "ja"),
        ("tlh", "en"),
        ("", "en"),
    ],
)
def test_it_speaks_what_the_browser_asks_for(asked: str, language: str) -> None:
    answer = _get(**{"Accept-Language": asked})
    assert "Accept-Language" in answer.headers["Vary"]
    (html,) = read_page(answer.text).all("html")
    direction = "rtl" if language == "ar" else "ltr"
    assert (html.attributes["lang"], html.attributes["dir"]) == (language, direction)


def test_the_address_decides_over_the_browser_where_it_names_a_language() -> None:
    client = described_app().test_client()
    for asked, language in (("es", "es"), ("xx", "de"), ("", "de"), ("../en", "de")):
        page = client.get("/receipt", query_string={"lang": asked}, headers={"Accept-Language": "de"}).text
        assert read_page(page).all("html")[0].attributes["lang"] == language


@each_language
def test_languages_are_a_link_apart_and_forms_keep_theirs(language: str) -> None:
    page = _page(language)
    (nav,) = page.all("nav")
    links = {each.attributes["lang"]: each for each in nav.all("a")}
    assert list(links) == list(LANGUAGES)
    assert [code for code, each in links.items() if "aria-current" in each.attributes] == [language]
    assert {each.attributes["href"] for each in links.values()} == {
        f"/receipt?lang={code}" for code in LANGUAGES
    }
    assert {each.attributes["action"] for each in page.all("form")} == {f"/receipt?lang={language}"}
    assert {each.attributes["method"] for each in page.all("form")} == {"post"}


@each_language
def test_it_can_be_read_aloud(language: str) -> None:
    page = _page(language)
    assert [len(page.all(name)) for name in ("main", "header", "footer", "h1", "title")] == [1, 1, 1, 1, 1]
    ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert sorted(set(ids)) == sorted(ids)
    labelled = {each.attributes["for"] for each in page.all("label") if "for" in each.attributes}
    assert labelled == {each.attributes["id"] for each in page.all("input") if "id" in each.attributes}
    told_by = {each.attributes["aria-describedby"] for each in page.all("input")}
    assert told_by | {each.attributes["aria-labelledby"] for each in page.all("dialog")} <= set(ids)
    assert [each for each in page.all("a", "button") if not each.text] == []
    assert page.all("a")[0].attributes["href"] == "#content"


def test_an_unchanged_page_is_not_sent_twice_and_each_language_is_another() -> None:
    tags = {language: _get(**{"Accept-Language": language}).headers["ETag"] for language in LANGUAGES}
    assert len(set(tags.values())) == len(LANGUAGES)
    again = _get(**{"Accept-Language": "de", "If-None-Match": tags["de"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_research_process_neither_has_nor_names_the_page() -> None:
    client = described_app(Role.RESEARCH).test_client()
    assert client.get("/receipt").status_code == 404
    assert "/receipt" not in client.get("/").text
    for role in (Role.ALL, Role.INTAKE):
        client = described_app(role).test_client()
        assert client.get("/receipt").status_code == 200
        assert 'href="/receipt"' in client.get("/").text


def test_a_vote_is_looked_up_and_withdrawn_with_forms_alone(
    client: FlaskClient, server: HostServer, installation: Installation
) -> None:
    _, receipt = _vote(server)
    status, page = _send(client, receipt, action="look_up")
    assert (status, _said(page)) == (200, "Your vote is recorded")
    (time,) = [each for each in page.all("time") if not each.is_in("template")]
    assert time.text == "2026-11-02 12:15 UTC"
    assert _names(page) == {"receipt", "sure"}
    status, page = _send(client, receipt, action="withdraw", sure="yes")
    assert (status, _said(page)) == (200, "Your vote is withdrawn")
    assert rows_of(installation.intake_db, votes) == []
    # There is nothing left to withdraw, and no form for it.
    assert _names(page) == {"receipt"}
    assert _said(_send(client, receipt)[1]) == "Your vote is withdrawn"


def test_a_withdrawal_that_is_not_confirmed_only_looks(
    client: FlaskClient, server: HostServer, installation: Installation
) -> None:
    _, receipt = _vote(server)
    for fields in ({"action": "withdraw"}, {"action": "withdraw", "sure": "no"}, {"sure": "yes"}):
        assert _said(_send(client, receipt, **fields)[1]) == "Your vote is recorded"
    assert len(rows_of(installation.intake_db, votes)) == 1


def test_every_state_is_told_in_words(
    client: FlaskClient, server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    browser, receipt = _vote(server)
    clock.advance(seconds=_UNDO_SECONDS)
    assert _said(_send(client, receipt)[1]) == "Your vote is final"
    job_runner(installation).run_once()
    _, page = _send(client, receipt)
    assert _said(page) == "Your vote is research data"
    (week,) = [each for each in page.all("time") if not each.is_in("template")]
    assert week.text == "2026-11-02"
    assert _said(_send(client, receipt, action="withdraw", sure="yes")[1]) == "Your vote is being withdrawn"
    assert _said(_send(client, receipt)[1]) == "Your vote is being withdrawn"
    job_runner(installation).run_once()
    assert _said(_send(client, receipt)[1]) == "Your vote is withdrawn"
    host_sees = server.get(f"/v1/comparisons/{browser.registered['id']}").get_json()
    assert (host_sees["state"], "choice" in host_sees) == ("withdrawn", False)


def test_a_whole_link_with_white_space_around_is_taken_for_its_receipt(
    client: FlaskClient, server: HostServer
) -> None:
    _, receipt = _vote(server)
    assert (
        _said(_send(client, f"  https://host.example/receipt?lang=de#{receipt}\n")[1])
        == "Your vote is recorded"
    )


@pytest.mark.parametrize(
    "text", ["", "pvr_", "pvr_" + "A" * 32, "<script>alert(1)</script>", "\x00", "é" * 100]
)
def test_what_is_no_receipt_is_unknown(client: FlaskClient, text: str) -> None:
    for action in ("look_up", "withdraw"):
        answer = client.post("/receipt", data={"receipt": text, "action": action, "sure": "yes"})
        assert (answer.status_code, _said(read_page(answer.text))) == (404, TEXTS["en"]["unknown"])
        assert "alert(1)" not in answer.text


def test_a_form_of_another_shape_is_refused_and_changes_nothing(
    client: FlaskClient, server: HostServer, installation: Installation
) -> None:
    _, receipt = _vote(server)
    form = f"receipt={receipt}&action=withdraw&sure=yes"
    refused = [
        client.post("/receipt", data=form, content_type="text/plain"),
        client.post("/receipt", json={"receipt": receipt, "action": "withdraw", "sure": "yes"}),
        client.post(
            "/receipt", data={"receipt": receipt, "action": "withdraw", "sure": "yes", "more": "x" * 5000}
        ),
        client.post("/receipt", data=form + "&a=1" * 20, content_type="application/x-www-form-urlencoded"),
        client.put("/receipt", data=form, content_type="application/x-www-form-urlencoded"),
        client.get("/receipt", query_string=form),
    ]
    assert [answer.status_code for answer in refused] == [415, 415, 413, 400, 405, 200]
    assert all(receipt not in answer.text for answer in refused)
    assert len(rows_of(installation.intake_db, votes)) == 1
    assert rows_of(installation.intake_db, withdrawn_receipts) == []


def test_while_the_database_is_away_the_page_says_so(app: Flask, clock: MovableClock) -> None:
    here: Installation = app.extensions["pairvote"]
    nowhere = here.settings.data / "missing" / "intake.db"
    away = create_app(replace(here.settings, database_url=f"sqlite:///{nowhere}"), clock)
    answer = away.test_client().post("/receipt", data={"receipt": "pvr_AQ" + "A" * 30})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert _said(read_page(answer.text)) == TEXTS["en"]["unavailable"]

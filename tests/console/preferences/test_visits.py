"""A link lets its holder in for minutes, leaves no secret behind, and forms of other sites get nowhere."""

from contextlib import closing
from dataclasses import replace
from typing import Final

from flask import Flask

from app import create_app
from app.intake.preference_links.models import preference_links
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.console.html_page import read_page
from tests.console.preferences.conftest import WHO, Visitor, fields_of
from tests.intake.conftest import HostServer
from tests.tables import rows_of

_NEVER: Final = {"ask": "never", "action": "save"}


def test_opening_leaves_a_cookie_for_this_page_and_an_address_without_the_secret(visitor: Visitor) -> None:
    path = visitor.link()
    answer = visitor.client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/preferences")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    name, *parts = cookie.split("; ")
    assert name.startswith("pairvote-preferences=pvs_")
    assert set(parts) == {"HttpOnly", "Max-Age=1800", "Path=/preferences", "SameSite=Lax"}
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    secret = path.rpartition("/")[2]
    page = visitor.client.get("/preferences")
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "script-src" not in page.headers["Content-Security-Policy"]
    for sent in (answer.text, page.text, str(page.headers)):
        assert secret not in sent


def test_neither_scanners_nor_a_second_click_use_a_link_up(
    visitor: Visitor, installation: Installation, clock: MovableClock
) -> None:
    path = visitor.link()
    head = visitor.client.head(path)
    assert (head.status_code, "Set-Cookie" in head.headers) == (303, False)
    scanner = visitor.client.application.test_client()
    assert [scanner.get(path).status_code for _ in range(3)] == [303] * 3
    assert len(rows_of(installation.intake_db, preference_links)) == 1
    clock.advance(seconds=599)
    assert visitor.client.get(path).status_code == 303
    # The session outlives the link, and not by more than half an hour.
    clock.advance(seconds=1799)
    assert visitor.client.get(path).status_code == 404
    assert visitor.page().all("h1")
    clock.advance(seconds=1)
    assert visitor.client.get("/preferences").status_code == 404


def test_unknown_expired_and_odd_links_are_told_apart_by_nobody(
    visitor: Visitor, clock: MovableClock
) -> None:
    path = visitor.link()
    clock.advance(seconds=600)
    reference = path.rpartition("/")[2]
    odd = [
        path,
        path[:-4] + "AAAA",
        "/preferences/open/pvl_",
        "/preferences/open/" + "é" * 52,
        "/preferences",
    ]
    odd.append("/preferences/open/" + reference.replace("pvl_", "pvs_"))
    answers = [visitor.client.get(each, headers={"Accept-Language": "en"}) for each in odd]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert read_page(answers[0].text).all("h1")[0].text == "This page is closed"
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_a_form_of_another_site_or_without_the_token_changes_nothing(visitor: Visitor) -> None:
    page = visitor.come()
    fields = fields_of(page, "/preferences", "save") | _NEVER
    refused = [
        visitor.post("/preferences", fields | {"token": None}),
        visitor.post("/preferences", fields | {"token": "x" * 32}),
        visitor.post("/preferences", fields | {"token": "é"}),
        visitor.post("/preferences", fields, Origin="https://host.example"),
        visitor.post("/preferences", fields, Origin="null"),
        visitor.post("/preferences", fields, Origin="http://[", **{"Sec-Fetch-Site": "same-origin"}),
        visitor.post("/preferences", fields, Origin="http://localhost", **{"Sec-Fetch-Site": "cross-site"}),
        visitor.post("/preferences", fields, **{"Sec-Fetch-Site": "same-site"}),
        visitor.post("/preferences/erase", {"sure": "yes"}),
        visitor.post("/preferences/withdraw", {"token": ""}),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    other = Visitor(visitor.client.application.test_client(), visitor.host)
    other.come()
    assert other.post("/preferences", fields).status_code == 403
    assert other.post("/preferences", fields | {"token": "x" * 5000}).status_code == 413
    assert visitor.client.post("/preferences", json=fields).status_code == 415
    assert visitor.host.post("/v1/preferences/lookup", {"identifiers": WHO}).get_json()["ask"] == "yes"
    sent = visitor.post(
        "/preferences", fields, Origin="http://localhost", **{"Sec-Fetch-Site": "same-origin"}
    )
    assert sent.status_code == 303
    assert visitor.host.post("/v1/preferences/lookup", {"identifiers": WHO}).get_json()["ask"] == "never"


def test_behind_a_public_https_address_links_begin_with_it_and_the_cookie_needs_tls(
    app: Flask, visitor: Visitor, clock: MovableClock
) -> None:
    here: Installation = app.extensions["pairvote"]
    public = create_app(replace(here.settings, public_url="https://votes.example.com"), clock)
    with closing(public.extensions["pairvote"]):
        _check_public(public, visitor)


def _check_public(public: Flask, visitor: Visitor) -> None:
    host = HostServer(public.test_client(use_cookies=False), visitor.host.host)
    made = host.post("/v1/preference-links", {"identifiers": WHO}).get_json()["url"]
    assert made.startswith("https://votes.example.com/preferences/open/pvl_")
    client = public.test_client()
    opened = client.get(made.removeprefix("https://votes.example.com"), base_url="https://votes.example.com")
    (cookie,) = opened.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Secure-pairvote-preferences=")
    assert "; Secure" in cookie
    page = read_page(client.get("/preferences", base_url="https://votes.example.com").text)
    fields = fields_of(page, "/preferences", "save")
    for origin, status in (("http://votes.example.com", 403), ("https://votes.example.com", 303)):
        sent = client.post(
            "/preferences", data=fields, base_url="https://votes.example.com", headers={"Origin": origin}
        )
        assert sent.status_code == status


def test_while_the_database_is_away_the_page_says_so(
    app: Flask, visitor: Visitor, clock: MovableClock
) -> None:
    path = visitor.link()
    here: Installation = app.extensions["pairvote"]
    nowhere = here.settings.data / "missing" / "intake.db"
    away = create_app(replace(here.settings, database_url=f"sqlite:///{nowhere}"), clock)
    answer = away.test_client().get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert read_page(answer.text).all("h1")[0].text == "This cannot be done right now"


def test_the_way_back_is_the_hosts_own(visitor: Visitor) -> None:
    page = visitor.come(return_url="https://host.example/settings?tab=2&x=1")
    (back,) = [each for each in page.all("a") if each.attributes["href"].startswith("https:")]
    assert (back.attributes["href"], back.text) == (
        "https://host.example/settings?tab=2&x=1",
        "Back to Host product",
    )

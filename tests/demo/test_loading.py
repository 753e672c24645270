"""`flask demo load` loads once, on both databases, and what is there goes on working; the pages follow it."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core.settings import Role, Settings
from app.demo.commands import demo_origins
from tests.clock import MovableClock
from tests.console.html_page import read_page

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def _load(app: Flask) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["demo", "load", "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    loaded: dict[str, Any] = json.loads(result.output)
    return loaded


def _key(loaded: dict[str, Any]) -> dict[str, str]:
    notes = Path(loaded["api_key_file"])
    assert notes.stat().st_mode & 0o777 == 0o600
    return {"Authorization": f"Bearer {json.loads(notes.read_text())['api_key']}"}


@pytest.fixture
def loaded(app: Flask) -> dict[str, Any]:
    """The demo, loaded."""
    return _load(app)


def test_its_votes_are_in_research_and_its_policy_always_asks(
    loaded: dict[str, Any], client: FlaskClient
) -> None:
    assert loaded["votes"] == loaded["research_records"] > 50
    policy = client.get("/v1/policy", headers=_key(loaded)).get_json()["policy"]
    assert policy["sampling_rate"] == 1.0
    assert policy["cooldown_after_vote_seconds"] == policy["cooldown_after_skip_seconds"] == 0
    assert policy["person_budget_per_day"] == 1_000


def test_loading_again_changes_nothing(loaded: dict[str, Any], app: Flask, client: FlaskClient) -> None:
    before = _key(loaded)
    again = _load(app)
    assert again == {name: loaded[name] for name in ("workspace", "api_key_file")}
    assert _key(again) == before
    assert client.get("/v1/policy", headers=before).get_json()["version"] == 1


def test_lost_notes_are_written_anew_with_a_key_that_works(
    loaded: dict[str, Any], app: Flask, client: FlaskClient
) -> None:
    before = _key(loaded)
    Path(loaded["api_key_file"]).unlink()
    after = _key(_load(app))
    assert after != before
    assert client.get("/v1/policy", headers=after).status_code == 200
    assert client.get("/v1/exports", headers=after).status_code == 200


def test_it_follows_the_address_it_is_served_at(
    loaded: dict[str, Any], settings: Settings, clock: MovableClock
) -> None:
    moved = create_app(
        Settings(
            **{n: getattr(settings, n) for n in ("data", "database_url", "research_url", "keystore_url")},
            bind="127.0.0.1:9123",
            cache_seconds=0,
        ),
        clock,
    )
    assert _load(moved)["workspace"] == loaded["workspace"]
    client = moved.test_client()
    for origin in ("http://127.0.0.1:8000", "http://127.0.0.1:9123", "http://localhost:9123"):
        preflight = client.options("/v1/ticket", headers={"Origin": origin})
        assert preflight.headers.get("Access-Control-Allow-Origin") == origin
    moved.extensions["pairvote"].close()


@pytest.mark.parametrize(
    ("bind", "origin"),
    [
        ("127.0.0.1:8000", "http://localhost:8000"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("10.1.2.3:80", "http://10.1.2.3"),
        ("Demo.example:8000", "http://demo.example:8000"),
        ("under_score:8000", "http://127.0.0.1:8000"),
    ],
)
def test_its_origins_are_those_a_browser_would_send(bind: str, origin: str) -> None:
    origins = demo_origins(Settings(bind=bind))
    assert origin in origins
    assert not any("0.0.0.0" in each for each in origins)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_page_and_the_start_page_say_when_there_is_a_demo(app: Flask, client: FlaskClient) -> None:
    page = client.get("/demo")
    assert page.status_code == 200
    assert "flask demo load" in page.text
    assert 'href="/demo"' not in client.get("/").text
    assert client.get("/demo/api/conversations").status_code == 404
    body = {"conversation": "moon", "account": "visitor-0001"}
    assert client.post("/demo/api/messages", json=body).status_code == 404
    assert client.post("/demo/api/ask-again", json={"account": "visitor-0001"}).status_code == 404
    _load(app)
    assert 'href="/demo"' in client.get("/").text
    assert "What your server sees" in client.get("/demo").text


@pytest.mark.parametrize("backend", ["sqlite"])
def test_both_pages_need_nothing_that_the_policy_forbids(app: Flask, client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.get("/demo")
        assert answer.headers.getlist("Content-Security-Policy") == [_POLICY]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        page = read_page(answer.text)
        assert page.all("style", "iframe", "object", "embed", "base") == []
        for element in page.all():
            assert not any(name == "style" or name.startswith("on") for name in element.attributes)
        sources = [element.attributes["src"] for element in page.all("script", "img")]
        sources += [element.attributes["href"] for element in page.all("link")]
        # The widget's own file is there once it is built.
        for address in sources:
            assert address.startswith("/static/"), address
            if "/widget/" not in address:
                assert client.get(address, buffered=True).status_code == 200, address
        _load(app)


def test_a_research_process_has_no_demo(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path, role=Role.RESEARCH, log_level="error"))
    for path in ("/demo", "/demo/api/conversations"):
        assert app.test_client().get(path).status_code == 404


def test_the_demo_is_no_part_of_the_described_api(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    assert [path for path in paths if path.startswith("/demo")] == []

"""Plants a unique string in every input field of every call and looks for it everywhere it must not be."""

import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
from marshmallow import Schema, fields
from sqlalchemy import text

from app import create_app
from app.core.database import Database
from app.core.http import Operation
from app.core.settings import Settings
from tests.serving import Server, create_workspace, run_flask
from tests.stores import Stores

# What is metadata by design and stands in tables, reports and exports: never in a log, an error or a metric.
_PLAIN: Final = frozenset(
    {"model", "surface", "locale", "models", "purpose", "recipient", "rater_scope_reason"}
)
_PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Planted:
    """Hands out canaries and remembers them."""

    def __init__(self) -> None:
        self.secret: list[str] = []
        self.plain: list[str] = []

    def __call__(self, field: str) -> str:
        kept = self.plain if field in _PLAIN else self.secret
        canary = f"canary{len(self.secret) + len(self.plain):04d}x{field.replace('_', '')}x7q9z"
        kept.append(canary)
        return canary


@pytest.fixture
def server(stores: Stores, tmp_path: Path) -> Iterator[Server]:
    """A real server process, with every line it writes."""
    environment = {
        "PAIRVOTE_DATA": str(tmp_path / "data"),
        "PAIRVOTE_DATABASE_URL": stores.intake,
        "PAIRVOTE_RESEARCH_URL": stores.research,
        "PAIRVOTE_KEYSTORE_URL": stores.keystore,
        "PAIRVOTE_UNDO_SECONDS": "0",
        "PAIRVOTE_LOG_LEVEL": "debug",
    }
    with Server(environment) as running:
        yield running


def test_no_canary_is_found_where_it_must_not_be(server: Server, stores: Stores, tmp_path: Path) -> None:
    plant = Planted()
    workspace = create_workspace(server.environment, "w", "--origin", "https://host.example")
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        answers = _play(client, workspace.api_key, plant)
    assert json.loads(run_flask(server.environment, "disconnect", "--json"))["failed"] == 0
    exported = json.loads(
        run_flask(server.environment, "export", "create", "--workspace", workspace.workspace_id, "--json")
    )
    assert exported["rows"] == 1
    metrics = httpx.get(f"{server.url}/metrics").content
    assert server.stop() == 0

    assert _found(plant.secret + plant.plain, b"\n".join(answers)) == []
    assert _found(plant.secret + plant.plain, metrics) == []
    assert _found(plant.secret + plant.plain, server.log().encode()) == []
    kept = [path for path in (tmp_path / "data").rglob("*") if path.is_file() and "exports" not in path.parts]
    kept += tmp_path.glob("*.db*")
    assert _found(plant.secret, b"".join(path.read_bytes() for path in kept)) == []
    for url in stores:
        assert _found(plant.secret, b"".join(_everything(url))) == []
    for path in _server_files(stores.intake):
        assert _canaries_in(path).isdisjoint(plant.secret)


def _found(canaries: list[str], haystack: bytes) -> list[str]:
    return [canary for canary in canaries if canary.encode() in haystack]


def _server_files(url: str) -> list[Path]:
    """All files of a PostgreSQL server, write-ahead log and messages included, as of now; none for other databases."""
    database = Database(url)
    if database.is_sqlite:
        return []
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    database.close()
    found = (Path(place, name) for place, _, names in os.walk(folder.parent) for name in names)
    files = [path for path in found if path.is_file()]
    # This very run has left traces there, or the wrong folder is looked at.
    assert any(_canaries_in(path) for path in files)
    return files


def _canaries_in(path: Path) -> set[str]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return set()  # the server has other users, whose databases come and go
    return {found.decode() for found in re.findall(rb"canary\d{4}x[a-z]+x7q9z", content)}


def _everything(url: str) -> Iterator[bytes]:
    """Each row of each table."""
    database = Database(url)
    with database.engine.connect() as connection:
        if database.is_sqlite:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        else:
            names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for (name,) in names.all():
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                yield b"|".join(
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
                )
    database.close()


def _play(client: httpx.Client, api_key: str, plant: Planted) -> list[bytes]:
    """Calls everything with canaries; returns the bodies of refusals."""
    host = {"Authorization": f"Bearer {api_key}"}
    refused: list[bytes] = []

    def call(method: str, path: str, body: Any, headers: dict[str, str], *, good: bool = True) -> Any:
        answer = client.request(method, path, json=body, headers=headers)
        assert answer.is_success is good, (path, answer.text)
        if not good:
            refused.append(answer.content)
        return answer.json()

    uploaded = client.post(
        "/v1/uploads", content=plant("upload").encode(), headers=host | {"Content-Type": "text/plain"}
    )
    invitation = call("POST", "/v1/invitations", _invitation(plant), host | {"Idempotency-Key": plant("key")})
    body = _comparison(plant, uploaded.json()["id"])
    registered = call("POST", "/v1/comparisons", body, host | {"Idempotency-Key": plant("key")})
    call(
        "POST",
        "/v1/comparisons",
        _comparison(plant, None) | {"unknown_field": plant("unknown_field")},
        host,
        good=False,
    )
    call(
        "POST",
        "/v1/comparisons",
        {**_comparison(plant, None), "invitation": plant("invitation")},
        host,
        good=False,
    )
    holder = {"Authorization": f"Bearer {registered['ticket']}", "X-Canary": plant("header")}
    assert client.get("/v1/ticket", params={"x": plant("query")}, headers=holder).is_success
    report = {"side": "both", "category": "harmful", "comment": plant("comment")}
    call("POST", "/v1/ticket/report", {**report, "side": plant("side")}, holder, good=False)
    call("POST", "/v1/ticket/report", {**report, "category": plant("category")}, holder, good=False)
    call("POST", "/v1/ticket/report", {**report, "unknown_field": plant("unknown_field")}, holder, good=False)
    call("POST", "/v1/ticket/report", report, holder)
    vote = {"choice": "left", "reasons": ["useful"], "comment": plant("comment"), "shown_ms": 9000}
    call("PUT", "/v1/ticket/vote", {**vote, "choice": plant("choice")}, holder, good=False)
    call("PUT", "/v1/ticket/vote", {**vote, "reasons": [plant("reason")]}, holder, good=False)
    _play_receipts(call, client, plant, call("PUT", "/v1/ticket/vote", vote, holder)["receipt"])
    call("POST", "/v1/ticket/skip", {"reason": plant("skip")}, holder, good=False)
    call("PUT", "/v1/ticket/preferences", {"ask": plant("ask")}, holder, good=False)
    _play_feedback(call, plant, host)
    call("POST", "/v1/preferences/lookup", {"identifiers": _identifiers(plant)}, host)
    call("PUT", "/v1/preferences", {"identifiers": _identifiers(plant), "ask": "never"}, host)
    person = {"identifiers": _identifiers(plant)}
    assert client.post("/v1/person-data", json=person, headers=host).is_success
    call("POST", "/v1/person-data", {**person, "locale": plant("odd locale")}, host, good=False)
    call("POST", "/v1/erasures", person, host)
    call("POST", "/v1/erasures", {**person, "scope": plant("scope")}, host, good=False)
    _play_preferences_page(call, client, plant, host)
    call("PUT", "/v1/policy", {"policy": {"seed": plant("seed") * 9}}, host, good=False)
    call(
        "POST",
        "/v1/exports",
        {"purpose": plant("purpose"), "recipient": plant("recipient"), "x": plant("x")},
        host,
        good=False,
    )
    webhook = {"url": "https://hook.example/", "export_id": plant("export_id")}
    call("POST", "/v1/webhooks", webhook, host, good=False)
    call("POST", "/v1/webhooks", {"url": f"ftp://{plant('url')}"}, host, good=False)
    call("GET", f"/v1/comparisons/{plant('path')}", None, host, good=False)
    call("GET", "/v1/ticket", None, {"Authorization": f"Bearer pvt_{plant('ticket')}"}, good=False)
    call("GET", f"/{plant('address')}", None, {}, good=False)
    assert (
        client.put("/v1/ticket/vote", content=b'{"' + plant("broken").encode(), headers=holder).status_code
        == 415
    )
    assert invitation["ask"] is True
    return refused


def _play_feedback(call: Any, plant: Planted, host: dict[str, str]) -> None:
    """Passed on by the host, and through a ticket; one of each is disconnected and exported."""
    rating = {"rating": "down", "reasons": ["other"], "comment": plant("comment")}
    given = {**_rated(plant), **rating}
    keyed = host | {"Idempotency-Key": plant("key")}
    plant.secret.append(call("POST", "/v1/feedback", given, keyed)["receipt"])
    url = f"https://{plant('host')}.example/{plant('path')}?q={plant('query')}#{plant('fragment')}"
    call("POST", "/v1/feedback", {**given, "target": {"url": url}}, host)
    for odd in ({"rating": plant("rating")}, {"reasons": [plant("reason")]}, {"target": {"x": plant("x")}}):
        call("POST", "/v1/feedback", {**given, **odd}, host, good=False)
    call("DELETE", f"/v1/feedback/{plant('path')}", None, host, good=False)
    ticket = call("POST", "/v1/feedback-tickets", _rated(plant), host)["ticket"]
    holder = {"Authorization": f"Bearer {ticket}"}
    call("GET", "/v1/feedback-ticket", None, holder)
    call("PUT", "/v1/feedback-ticket/rating", {**rating, "x": plant("x")}, holder, good=False)
    plant.secret.append(call("PUT", "/v1/feedback-ticket/rating", rating, holder)["receipt"])
    call("PUT", "/v1/feedback-ticket/preferences", {"ask": plant("ask")}, holder, good=False)


def _rated(plant: Planted) -> dict[str, Any]:
    return {
        "identifiers": _identifiers(plant),
        "target": {"type": "response", "id": plant("target")},
        "conversation": [{"role": "user", "content": plant("content"), "name": plant("name")}],
        "response": plant("response"),
        "model": plant("model"),
        "surface": plant("surface"),
        "locale": "de-AT",
        "usage": {"output_tokens": 7},
    }


def _play_receipts(call: Any, client: httpx.Client, plant: Planted, receipt: str) -> None:
    """Receipts are secrets as much as what people write: the real one is looked for, too."""
    for path in ("/v1/receipts/lookup", "/v1/receipts/withdraw"):
        call("POST", path, {"receipt": plant("receipt")}, {}, good=False)
        call("POST", path, {"receipt": receipt, "unknown_field": plant("receipt")}, {}, good=False)
    call("POST", "/v1/receipts/lookup", {"receipt": receipt}, {})
    forms = [
        client.post("/receipt", data={"receipt": plant("receipt"), "action": plant("action")}),
        client.post("/receipt", data={"receipt": receipt, "action": plant("action"), "sure": plant("sure")}),
        client.post("/receipt", content=plant("broken")),
        client.get("/receipt", params={"lang": plant("language")}),
    ]
    assert [answer.status_code for answer in forms] == [404, 200, 415, 200]
    plant.secret.append(receipt)
    assert _found(plant.secret, b"\n".join(answer.content for answer in forms)) == []


def _play_preferences_page(call: Any, client: httpx.Client, plant: Planted, host: dict[str, str]) -> None:
    """A link's secret, its session's and where it leads back to are looked for, too."""
    asked = {"identifiers": _identifiers(plant), "locale": "de-AT"}
    elsewhere = {**asked, "return_url": f"https://{plant('return_url')}.example/"}
    call("POST", "/v1/preference-links", elsewhere, host, good=False)
    back = f"https://host.example/{plant('return_url')}"
    made = call("POST", "/v1/preference-links", {**asked, "return_url": back}, host)
    link = urlsplit(made["url"]).path
    opened = [client.get(link), client.get(link + "x"), client.get(f"/preferences/open/{plant('link')}")]
    assert [answer.status_code for answer in opened] == [303, 404, 404]
    session = opened[0].cookies["pairvote-preferences"]
    page = client.get("/preferences", params={"lang": plant("language")})
    assert back in page.text
    forms = [
        client.post("/preferences", data={"token": plant("token"), "action": "save"}),
        client.post("/preferences/erasure", data={"token": plant("token"), "reference": plant("reference")}),
        client.post("/preferences/erase", content=plant("broken")),
    ]
    assert [answer.status_code for answer in forms] == [403, 403, 415]
    client.cookies.clear()
    plant.secret += [link.rpartition("/")[2], session]
    answers = b"\n".join(answer.content for answer in (*opened, *forms))
    assert _found(plant.secret, answers + page.content.replace(back.encode(), b"")) == []


def _identifiers(plant: Planted) -> dict[str, str]:
    return {name: plant(name) for name in ("account", "api_key", "project", "conversation")}


def _invitation(plant: Planted) -> dict[str, Any]:
    return {
        "identifiers": _identifiers(plant),
        "surface": plant("surface"),
        "locale": "de-AT",
        "models": [plant("models"), plant("models")],
        "signals": {"gpc": False},
    }


def _comparison(plant: Planted, upload_id: str | None) -> dict[str, Any]:
    image = f"upload:{upload_id}" if upload_id else f"https://img.example/{plant('image')}.png"
    parts = [
        {"type": "text", "text": plant("text")},
        {"type": "image_url", "image_url": {"url": image, "detail": "low"}},
        {
            "type": "image_url",
            "image_url": {"url": "data:image/png;base64," + base64.b64encode(_PNG).decode()},
        },
        {"type": "file", "file": {"filename": plant("filename"), "file_data": _text_file(plant("file"))}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": plant("format")}},
    ]
    return {
        "identifiers": _identifiers(plant),
        "conversation": [
            {"role": "system", "content": plant("system")},
            {"role": "user", "content": parts, "name": plant("name")},
        ],
        "responses": [_response(plant), _response(plant)],
        "safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_ONLY_HIGH"}],
        "surface": plant("surface"),
        "locale": "de-AT",
        "client": {"name": plant("client"), "version": plant("version"), "country": "AT"},
    }


def _text_file(content: str) -> str:
    return "data:text/plain;base64," + base64.b64encode(content.encode()).decode()


def _response(plant: Planted) -> dict[str, Any]:
    return {
        "model": plant("model"),
        "content": plant("content"),
        "provider": plant("provider"),
        "response_model": plant("response_model"),
        "response_id": plant("response_id"),
        "finish_reason": "stop",
        "usage": {"input_tokens": 1},
        "parameters": {"stop_sequences": [plant("stop")]},
    }


def test_every_text_field_of_every_call_is_planted(tmp_path: Path) -> None:
    """A new field that nobody plants a canary into fails here."""
    app = create_app(Settings(data=tmp_path))
    planted = Path(__file__).read_text()
    missing = [
        f"{operation.name}: {name}"
        for _, operation in app.extensions["edge"].operations
        for name in _text_fields(operation)
        if f'"{name}"' not in planted
    ]
    assert missing == []


# Fields whose values are chosen from a list, a number in text's clothes, or checked against a fixed form.
_FIXED: Final = frozenset(
    {"category", "probability", "threshold", "choice", "country", "rater_scope", "sharing"}
)


def _text_fields(operation: Operation) -> Iterator[str]:
    if operation.body is not None and not operation.path.startswith(("/v1/policy", "/v1/exports")):
        yield from _of_schema(operation.body)


def _of_schema(schema: Schema) -> Iterator[str]:
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _of_schema(inner.schema)
        elif isinstance(inner, fields.String) and name not in _FIXED:
            yield name

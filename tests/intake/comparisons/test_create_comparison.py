"""Registering a comparison."""

from typing import Any

import pytest
from flask import Flask

from app.core.ids import to_text, uuid7
from app.intake.comparisons.models import comparison_contents, comparisons
from app.operations.installation import Installation
from app.privacy.models import content_keys
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.conftest import HostServer, comparison
from tests.tables import rows_of


def test_a_registered_comparison_is_open_and_has_a_ticket(server: HostServer) -> None:
    registered = server.register()
    assert registered.keys() == {"id", "status", "ticket", "order", "expires_at"}
    assert registered["status"] == "open"
    assert registered["ticket"].startswith("pvt_")
    assert sorted(registered["order"]) == [0, 1]
    assert registered["expires_at"] == "2026-11-02T12:05:00.000Z"


def test_the_order_says_what_is_shown_where(server: HostServer) -> None:
    contents = ["Rayleigh scattering.", "Because of the sea."]
    orders = set()
    for number in range(30):
        browser = server.browser(identifiers={"account": f"person-{number}"})
        left, right = browser.registered["order"]
        shown = browser.show().json or {}
        assert (shown["left"]["content"], shown["right"]["content"]) == (contents[left], contents[right])
        orders.add((left, right))
    assert orders == {(0, 1), (1, 0)}


def test_metadata_under_the_names_of_the_conventions_is_taken(server: HostServer) -> None:
    response = {
        "model": "m",
        "content": "x",
        "provider": "openai",
        "response_model": "m-2026",
        "response_id": "resp_1",
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        "latency_ms": 120,
        "time_to_first_chunk_ms": 20,
        "finish_reason": "stop",
        "parameters": {
            "temperature": 0.7,
            "top_p": 1,
            "max_tokens": 100,
            "seed": 1,
            "stop_sequences": ["\n"],
        },
        "safety_ratings": [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}],
    }
    server.register(
        responses=[response, {**response, "model": "n"}],
        safety_settings=[{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_ONLY_HIGH"}],
        surface="chat",
        locale="pt-BR",
        client={"name": "web", "version": "1.2", "country": "DE"},
        signals={"gpc": False},
    )


@pytest.mark.parametrize(
    ("rating", "blocked"),
    [
        ({"category": "HARM_CATEGORY_HATE_SPEECH", "probability": "MEDIUM"}, True),
        ({"category": "HARM_CATEGORY_HATE_SPEECH", "probability": "LOW"}, False),
        ({"category": "HARM_CATEGORY_HARASSMENT", "probability": "HIGH"}, False),
        ({"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW", "blocked": True}, True),
    ],
)
def test_safety_withholds_and_stores_no_content(
    server: HostServer, installation: Installation, rating: dict[str, Any], blocked: bool
) -> None:
    settings = [{"category": "HARM_CATEGORY_HATE_SPEECH", "threshold": "BLOCK_MEDIUM_AND_ABOVE"}]
    responses = [{"model": "a", "content": "x"}, {"model": "b", "content": "y", "safety_ratings": [rating]}]
    registered = server.register(responses=responses, safety_settings=settings)
    if not blocked:
        assert registered["status"] == "open"
        return
    assert registered == {"id": registered["id"], "status": "withheld", "reason": "safety", "blocked": [1]}
    assert rows_of(installation.intake_db, comparison_contents) == []


def test_a_person_who_shares_nothing_is_not_shown_anything(
    server: HostServer, installation: Installation
) -> None:
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "off"})
    registered = server.register()
    assert (registered["status"], registered["reason"]) == ("withheld", "opted_out")
    assert rows_of(installation.intake_db, comparison_contents) == []
    assert server.register(identifiers={"account": "ben"})["status"] == "open"


def test_a_paused_workspace_withholds(app: Flask, server: HostServer, installation: Installation) -> None:
    app.test_cli_runner().invoke(args=["workspace", "set", "Host product", "--pause"])
    installation.intake.directory.clear()
    assert server.register()["reason"] == "paused"


def test_global_privacy_control_withholds(server: HostServer) -> None:
    assert server.register(signals={"gpc": True})["reason"] == "gpc"


def test_a_comparison_without_an_account_has_a_key_of_its_own(
    server: HostServer, installation: Installation
) -> None:
    for _ in range(2):
        server.register(identifiers={"project": "p"})
    assert len(rows_of(installation.keystore_db, content_keys)) == 2
    for _ in range(2):
        server.register()
    assert len(rows_of(installation.keystore_db, content_keys)) == 3


def test_a_refused_comparison_leaves_no_key_of_its_own(
    server: HostServer, installation: Installation
) -> None:
    unknown = [{"type": "file", "file": {"file_id": to_text("upl", uuid7(0))}}]
    body = comparison(identifiers={"project": "p"}, conversation=[{"role": "user", "content": unknown}])
    refused = server.post("/v1/comparisons", body)
    assert (refused.status_code, (refused.json or {})["code"]) == (422, "upload-unusable")
    assert rows_of(installation.keystore_db, content_keys) == []
    assert rows_of(installation.intake_db, comparisons) == []


def test_a_withheld_comparison_leaves_no_key_of_its_own(
    server: HostServer, installation: Installation
) -> None:
    server.put("/v1/preferences", {"identifiers": {"project": "p"}, "sharing": "off"})
    assert server.register(identifiers={"project": "p"})["status"] == "withheld"
    assert rows_of(installation.keystore_db, content_keys) == []


def test_raw_identifiers_are_not_stored(server: HostServer, installation: Installation) -> None:
    names = ("account", "api_key", "project", "conversation")
    server.register(identifiers={name: f"raw-{name}" for name in names})
    (row,) = rows_of(installation.intake_db, comparisons)
    assert all(
        len(bytes(getattr(row, name))) == 18 for name in ("person", "api_key", "project", "conversation")
    )
    assert "raw-" not in str(row)


def test_another_workspaces_comparison_is_not_found(app: Flask, server: HostServer) -> None:
    registered = server.register()
    result = app.test_cli_runner().invoke(args=["workspace", "create", "Other", "--json"])
    other = Host("", result.json["api_key"] if hasattr(result, "json") else _key(result.output), "")
    found = server.client.get(f"/v1/comparisons/{registered['id']}", headers=other.headers)
    assert (found.status_code, (found.json or {})["code"]) == (404, "not-found")


def _key(output: str) -> str:
    return output.partition('"api_key": "')[2].partition('"')[0]


@pytest.mark.parametrize(
    "text", ["cmp_x", "cmp_" + "0" * 26, "cmp_" + "z" * 26, "vote_" + "0" * 26, "..", "%00"]
)
def test_an_id_of_nothing_is_not_found(server: HostServer, text: str) -> None:
    assert server.get(f"/v1/comparisons/{text}").status_code == 404


def test_a_state_is_derived_from_the_time(server: HostServer, clock: MovableClock) -> None:
    registered = server.register()
    assert (server.get(f"/v1/comparisons/{registered['id']}").json or {})["state"] == "open"
    clock.advance(seconds=300)
    assert (server.get(f"/v1/comparisons/{registered['id']}").json or {})["state"] == "expired"


_RESPONSES = comparison()["responses"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"conversation": None}, "/conversation"),
        ({"conversation": []}, "/conversation"),
        ({"conversation": [{"role": "assistant", "content": "x"}]}, "/conversation/0/role"),
        ({"conversation": [{"role": "king", "content": "x"}]}, "/conversation/0/role"),
        ({"conversation": [{"role": "user"}]}, "/conversation/0/content"),
        ({"conversation": [{"role": "user", "content": 3}]}, "/conversation/0/content"),
        ({"conversation": [{"role": "user", "content": "x", "secret": 1}]}, "/conversation/0/secret"),
        (
            {"conversation": [{"role": "user", "content": [{"type": "video"}]}]},
            "/conversation/0/content/0/type",
        ),
        (
            {
                "conversation": [
                    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "ftp://x"}}]}
                ]
            },
            "/conversation/0/content/0/image_url/url",
        ),
        ({"responses": _RESPONSES[:1]}, "/responses"),
        ({"responses": [*_RESPONSES, _RESPONSES[0]]}, "/responses"),
        ({"responses": [{"content": "x"}, _RESPONSES[1]]}, "/responses/0/model"),
        (
            {"responses": [{**_RESPONSES[0], "usage": {"input_tokens": -1}}, _RESPONSES[1]]},
            "/responses/0/usage/input_tokens",
        ),
        (
            {"responses": [{**_RESPONSES[0], "usage": {"input_tokens": "3"}}, _RESPONSES[1]]},
            "/responses/0/usage/input_tokens",
        ),
        ({"responses": [{**_RESPONSES[0], "order": 1}, _RESPONSES[1]]}, "/responses/0/order"),
        ({"identifiers": {}}, "/identifiers"),
        ({"identifiers": {"account": ""}}, "/identifiers/account"),
        ({"identifiers": {"account": 7}}, "/identifiers/account"),
        ({"identifiers": {"account": "x" * 513}}, "/identifiers/account"),
        ({"identifiers": {"name": "x"}}, "/identifiers/name"),
        ({"surface": "no spaces"}, "/surface"),
        ({"locale": "klingon-language"}, "/locale"),
        ({"safety_settings": [{"category": "X", "threshold": "OFF"}]}, "/safety_settings/0/category"),
        ({"extra": 1}, "/extra"),
        ({"identifiers": None}, ""),
    ],
)
def test_a_bad_registration_is_refused_with_its_place_and_stores_nothing(
    server: HostServer, installation: Installation, changes: dict[str, Any], pointer: str
) -> None:
    body = comparison(**changes)
    refused = server.post("/v1/comparisons", body)
    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["code"] == "invalid-body"
    assert pointer in [error["pointer"] for error in refused.json["errors"]]
    assert rows_of(installation.intake_db, comparisons) == []


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer x", "Basic eDp5", "Bearer pv_sk_" + "a" * 49]
)
def test_without_a_live_key_there_is_no_access(server: HostServer, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    refused = server.client.post("/v1/comparisons", json=comparison(), headers=headers)
    assert (refused.status_code, (refused.json or {})["code"]) == (401, "not-authenticated")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def _leaking(first: Any, second: Any, **more: Any) -> dict[str, Any]:
    return comparison(
        responses=[{"model": "fir-2", "content": first}, {"model": "elm-9", "content": second}], **more
    )


@pytest.mark.parametrize(
    ("first", "second", "leak"),
    [
        ("I am ChatGPT.", "Blue.", [0]),
        ("Blue.", "I'm elm-9.", [1]),
        ("I am fir-2.", "Made by Elm 9.", [0, 1]),
        ([{"type": "text", "text": "Blue."}, {"type": "text", "text": "I am Claude."}], "Blue.", [0]),
    ],
)
def test_a_response_that_names_its_model_is_told_of_and_shown_as_it_is(
    server: HostServer, first: Any, second: Any, leak: list[int]
) -> None:
    registered = server.post("/v1/comparisons", _leaking(first, second)).get_json()
    assert registered["identity_leak"] == leak
    shown = server.client.get(
        "/v1/ticket", headers={"Authorization": f"Bearer {registered['ticket']}"}
    ).get_json()
    left, right = registered["order"]
    assert (shown["left"]["content"], shown["right"]["content"]) == (
        (first, second)[left],
        (first, second)[right],
    )


def test_a_withheld_comparison_is_not_looked_through(server: HostServer) -> None:
    registered = server.post("/v1/comparisons", _leaking("I am ChatGPT.", "Blue.", signals={"gpc": True}))
    assert "identity_leak" not in registered.get_json()


def test_where_the_workspace_says_so_the_names_are_masked_for_good(
    app: Flask, server: HostServer, installation: Installation
) -> None:
    app.test_cli_runner().invoke(args=["workspace", "set", "Host product", "--mask-identity"])
    parts = [
        {"type": "text", "text": "I am fir-2, made by OpenAI."},
        {"type": "image_url", "image_url": {"url": "https://img.example/fir-2.png"}},
    ]
    registered = server.post("/v1/comparisons", _leaking(parts, "The fir is a tree.")).get_json()
    assert registered["identity_leak"] == [0]
    ticket = {"Authorization": f"Bearer {registered['ticket']}"}
    shown = server.client.get("/v1/ticket", headers=ticket).get_json()
    side = "left" if registered["order"][0] == 0 else "right"
    masked = [{"type": "text", "text": "I am [model], made by [model]."}, parts[1]]
    assert shown[side]["content"] == masked
    other = {"left": "right", "right": "left"}[side]
    assert shown[other]["content"] == "The fir is a tree."
    (row,) = rows_of(installation.intake_db, comparisons)
    assert row.model_0 == "fir-2"

"""Every address says who may call it, and turns everybody else away."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.access.workspaces.directory import HostKey
from app.access.workspaces.models import Scope
from app.core.http import PublicAccess
from app.core.http.edge import Edge
from app.core.http.operations import Operation
from tests.conftest import Host

# Open to anybody, each for a reason.
_PUBLIC = {
    "GET /healthz",  # probes come without a credential, and it tells states of ours alone
    "GET /readyz",
    "GET /metrics",  # no content, no person
    "GET /openapi.json",  # the description of the calls
    "GET /.well-known/pairvote-export-keys.json",  # public keys; an export's reader may have no credential here
    "GET /v1/documents/{workspace}",  # notices are to be read by whoever is asked, and hold nothing of anybody
    "GET /v1/documents/{workspace}/{kind}/{version}",
    "POST /v1/receipts/lookup",  # a receipt is its own credential, and stands for no account
    "POST /v1/receipts/withdraw",
}
# Pages and files that browsers load; they hold nothing of any workspace but, at /embed, its registered origins.
_PUBLIC_PAGES = {
    "static",
    "widget_file",
    "page:/",
    "page:/docs",
    "page:/docs/errors",
    "page:/documents/<workspace>",
    "page:/documents/<workspace>/<kind>",
    "page:/embed",
    "page:/receipt",
}
# The settings page: a link of the host's lets somebody in, and a cookie for that page alone says whose it is. Without
# either it says that it is closed (tests/console/preferences/test_visits.py).
_PREFERENCES = {
    "page:/preferences",
    "page:/preferences/open/<link>",
    "page:/preferences/data",
    "page:/preferences/withdraw",
    "page:/preferences/erase",
    "page:/preferences/erasure",
}
# The demo is a product of its own: its visitors have no account with it, and its calls take nothing but its own
# conversations and act on its own workspace alone. They answer nothing where the demo is not loaded.
_DEMO = {
    "page:/demo",
    "demo.list_demo_conversations",
    "demo.answer_demo_message",
    "demo.ask_demo_visitor_again",
    "demo.offer_demo_thumbs",
    "demo.open_demo_settings",
}
_NOT_A_CREDENTIAL = "pv_sk_0000000000000000000000000000000000000000"


def _operations(app: Flask) -> list[Operation]:
    edge: Edge = app.extensions["edge"]
    return [operation for _, operation in edge.operations]


def _name(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _call(client: FlaskClient, operation: Operation, credential: str | None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    path = operation.path.replace("{", "").replace("}", "")
    response = client.open(
        path, method=operation.method, json={} if operation.body else None, headers=headers
    )
    return response.status_code, response.get_json(silent=True)


def test_every_address_belongs_to_an_operation_or_is_a_public_page(app: Flask) -> None:
    edge: Edge = app.extensions["edge"]
    declared = {f"{tag}.{operation.name}" for tag, operation in edge.operations}
    # A preflight answers before there is a credential: it tells methods and headers, nothing else.
    endpoints = {rule.endpoint.removesuffix(".preflight") for rule in app.url_map.iter_rules()}
    assert endpoints - declared == _PUBLIC_PAGES | _PREFERENCES | _DEMO


def test_without_a_session_the_settings_page_is_closed(client: FlaskClient) -> None:
    for page in _PREFERENCES:
        path = page.removeprefix("page:").replace("<link>", "pvl_nothing")
        form = client.post(path, data={"token": "x", "sure": "yes"})
        assert {client.get(path).status_code, form.status_code} - {405} == {404}, page


def test_what_is_public_is_listed_here(app: Flask) -> None:
    public = {_name(o) for o in _operations(app) if isinstance(o.access, PublicAccess)}
    assert public == _PUBLIC


@pytest.mark.parametrize("credential", [None, _NOT_A_CREDENTIAL, "x" * 5000, "\u00e4"])
def test_nobody_gets_in_without_a_genuine_credential(
    app: Flask, client: FlaskClient, credential: str | None
) -> None:
    for operation in _operations(app):
        if not isinstance(operation.access, PublicAccess):
            status, problem = _call(client, operation, credential)
            assert status == 401, (_name(operation), problem)
            assert problem["code"]


def test_an_api_key_opens_no_ticket_call(app: Flask, client: FlaskClient, workspace: Host) -> None:
    for operation in _operations(app):
        if operation.access.scheme == "ticket":
            status, _ = _call(client, operation, workspace.api_key)
            assert status == 401, _name(operation)


def test_a_key_opens_what_its_scope_names_and_nothing_else(
    app: Flask, client: FlaskClient, workspace: Host
) -> None:
    for scope in Scope:
        key = _key_with(app, workspace, scope)
        for operation in _operations(app):
            if isinstance(operation.access, HostKey):
                status, problem = _call(client, operation, key)
                is_in = status not in (401, 403)
                may = scope in (operation.access.scope, Scope.ADMIN)
                assert is_in == may, (scope, _name(operation), status, problem)
                assert status < 500, (scope, _name(operation), problem)


def _key_with(app: Flask, workspace: Host, scope: Scope) -> str:
    command = ["apikey", "create", workspace.workspace_id, "--scope", scope.value, "--json"]
    result = app.test_cli_runner().invoke(args=command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return str(json.loads(result.output)["api_key"])


def test_every_operation_that_takes_a_body_or_changes_something_says_what_it_refuses(app: Flask) -> None:
    for operation in _operations(app):
        if operation.method in ("POST", "PUT", "DELETE"):
            assert operation.errors, _name(operation)

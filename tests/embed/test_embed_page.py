"""The page that products frame: who may, under which policy, and what it is not told."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.settings import Role
from tests.conftest import Host
from tests.console.html_page import read_page
from tests.core.openapi_document import described_app

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'none'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors {}"
)


def _new_workspace(app: Flask, *origins: str) -> str:
    options = [part for origin in origins for part in ("--origin", origin)]
    command = ["workspace", "create", "Another product", *options, "--json"]
    result = app.test_cli_runner().invoke(args=command, catch_exceptions=False)
    return str(json.loads(result.output)["workspace_id"])


def test_a_workspaces_own_origins_may_frame_it_and_nobody_else(client: FlaskClient, workspace: Host) -> None:
    answer = client.get(f"/embed?workspace={workspace.workspace_id}")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert answer.headers.getlist("Content-Security-Policy") == [_POLICY.format(workspace.origin)]
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_several_origins_stand_in_the_policy_and_in_the_page(app: Flask, client: FlaskClient) -> None:
    origins = ["http://127.0.0.1:8000", "https://a.example", "https://b.example:8443"]
    answer = client.get(f"/embed?workspace={_new_workspace(app, *origins)}")
    assert answer.headers["Content-Security-Policy"] == _POLICY.format(" ".join(origins))
    (body,) = read_page(answer.text).all("body")
    assert body.attributes["data-origins"].split(" ") == origins


def test_without_an_origin_nobody_may_frame_it(app: Flask, client: FlaskClient) -> None:
    answer = client.get(f"/embed?workspace={_new_workspace(app)}")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == _POLICY.format("'none'")
    assert read_page(answer.text).all("body")[0].attributes["data-origins"] == ""


def test_a_change_of_origins_reaches_who_has_the_page_already(
    app: Flask, client: FlaskClient, workspace: Host
) -> None:
    address = f"/embed?workspace={workspace.workspace_id}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["Content-Security-Policy"]) == (
        304,
        first.headers["Content-Security-Policy"],
    )
    command = ["workspace", "set", workspace.workspace_id, "--origin", "https://moved.example"]
    app.test_cli_runner().invoke(args=command, catch_exceptions=False)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["Content-Security-Policy"] == _POLICY.format("https://moved.example")


def test_one_script_of_our_own_and_nothing_inline(client: FlaskClient, workspace: Host) -> None:
    page = read_page(client.get(f"/embed?workspace={workspace.workspace_id}").text)
    (script,) = page.all("script")
    assert script.attributes["type"] == "module"
    assert script.text == ""
    assert page.all("link", "style", "img", "iframe", "form", "base") == []
    for element in page.all():
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")]
    served = client.get(f"/{script.attributes['src']}", buffered=True)
    assert served.status_code == 200
    assert served.mimetype in ("text/javascript", "application/javascript")


def test_the_script_tells_nobody_but_a_named_origin(client: FlaskClient) -> None:
    script = client.get("/static/embed/embed.js", buffered=True).text
    targets = re.findall(r"postMessage\((?:[^()]|\([^()]*\))*, (\S+)\)", script)
    assert targets == ["host", "origin"]
    forbidden = ["innerHTML", "localStorage", "sessionStorage", "cookie", "eval(", '"*"', "'*'"]
    assert [word for word in forbidden if word in script] == []


@pytest.mark.parametrize("text", ["ws_" + "0" * 26, "ws_0", "cmp_" + "0" * 26, "", "%00", "*", "'none'"])
def test_an_unknown_workspace_is_not_found_and_framed_by_nobody(client: FlaskClient, text: str) -> None:
    answer = client.get(f"/embed?workspace={text}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert (answer.json or {})["code"] == "not-found"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "query", ["", "?workspace={0}&workspace={0}", "?workspace={0}&ticket=pvt_0", "?ticket=pvt_0", "?x=1"]
)
def test_the_address_names_a_workspace_and_nothing_else(
    client: FlaskClient, workspace: Host, query: str
) -> None:
    answer = client.get("/embed" + query.format(workspace.workspace_id))
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert (answer.json or {})["code"] == "invalid-parameter"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "pvt_0" not in answer.text


def test_other_methods_are_refused(client: FlaskClient, workspace: Host) -> None:
    answer = client.post(f"/embed?workspace={workspace.workspace_id}")
    assert (answer.status_code, (answer.json or {})["code"]) == (405, "method-not-allowed")
    head = client.head(f"/embed?workspace={workspace.workspace_id}")
    assert (head.status_code, head.data) == (200, b"")


@pytest.mark.parametrize(("role", "status"), [(Role.RESEARCH, 404), (Role.INTAKE, 400), (Role.ALL, 400)])
def test_a_process_for_researchers_has_no_such_page(role: Role, status: int) -> None:
    assert described_app(role).test_client().get("/embed").status_code == status

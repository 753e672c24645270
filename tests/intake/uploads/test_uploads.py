"""Images and files inside a conversation."""

import base64

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.intake.uploads.models import uploads
from app.operations.installation import Installation
from tests.intake.conftest import Browser, HostServer
from tests.tables import rows_of

_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _upload(server: HostServer, data: bytes, media_type: str) -> TestResponse:
    return server.client.post("/v1/uploads", data=data, content_type=media_type, headers=server.host.headers)


def _with_image(url: str) -> list[dict[str, object]]:
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]
    return [{"role": "user", "content": parts}]


def _fetch(browser: Browser, identifier: str) -> TestResponse:
    return browser.client.get(f"/v1/ticket/uploads/{identifier}", headers=browser.headers)


def test_an_upload_is_shown_to_its_comparisons_voter(server: HostServer) -> None:
    uploaded = _upload(server, _PNG, "image/png").json or {}
    assert uploaded == {"id": uploaded["id"], "media_type": "image/png", "size_bytes": len(_PNG)}
    browser = server.browser(conversation=_with_image(f"upload:{uploaded['id']}"))
    shown = _fetch(browser, uploaded["id"])
    assert (shown.status_code, shown.data, shown.content_type) == (200, _PNG, "image/png")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_an_upload_is_stored_encrypted(server: HostServer, installation: Installation) -> None:
    _upload(server, b"canary text", "text/plain")
    (row,) = rows_of(installation.intake_db, uploads)
    assert b"canary" not in bytes(row.sealed)


def test_somebody_elses_ticket_does_not_show_it(server: HostServer) -> None:
    identifier = (_upload(server, _PNG, "image/png").json or {})["id"]
    server.browser(conversation=_with_image(f"upload:{identifier}"))
    other = server.browser(identifiers={"account": "ben"})
    assert _fetch(other, identifier).status_code == 404


def test_an_upload_belongs_to_one_comparison(server: HostServer) -> None:
    identifier = (_upload(server, _PNG, "image/png").json or {})["id"]
    server.register(conversation=_with_image(f"upload:{identifier}"))
    body = {
        "identifiers": {"account": "ben"},
        "conversation": _with_image(f"upload:{identifier}"),
        "responses": [{"model": "a", "content": "x"}, {"model": "b", "content": "y"}],
    }
    refused = server.post("/v1/comparisons", body)
    assert (refused.status_code, (refused.json or {})["code"]) == (422, "upload-unusable")


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (_PNG, "image/jpeg", "upload-type-refused"),
        (_PNG, "application/octet-stream", "upload-type-refused"),
        (b"<svg onload=alert(1)>", "image/svg+xml", "upload-type-refused"),
        (b"<html><script>", "text/plain", "upload-type-refused"),
        (b"MZ\x90\x00\x03", "image/png", "upload-type-refused"),
        (b"", "image/png", "upload-empty"),
    ],
)
def test_the_content_decides_what_a_file_is(
    server: HostServer, data: bytes, media_type: str, code: str
) -> None:
    refused = _upload(server, data, media_type)
    assert (refused.json or {})["code"] == code
    assert refused.status_code in (415, 422)


def test_an_upload_over_the_limit_is_refused(
    app: Flask, server: HostServer, installation: Installation
) -> None:
    refused = _upload(server, b"x" * (installation.settings.upload_bytes + 1), "text/plain")
    assert (refused.status_code, (refused.json or {})["code"]) == (413, "body-too-large")
    assert app is not None


@pytest.mark.parametrize("good", [True, False])
def test_an_inline_image_is_checked_by_its_content(server: HostServer, good: bool) -> None:
    data = base64.b64encode(_PNG if good else b"not an image").decode()
    body = {
        "identifiers": {"account": "a"},
        "conversation": _with_image(f"data:image/png;base64,{data}"),
        "responses": [{"model": "a", "content": "x"}, {"model": "b", "content": "y"}],
    }
    assert server.post("/v1/comparisons", body).status_code == (201 if good else 422)

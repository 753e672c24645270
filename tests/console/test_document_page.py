"""The pages of notices: readable without scripts, in six languages, and nothing in a text becomes markup of its own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.languages import LANGUAGES
from app.intake.documents.markdown import as_html, as_text
from app.intake.documents.models import DocumentKind
from tests.conftest import Host


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_document_can_be_read_in_every_language(
    client: FlaskClient, app: Flask, workspace: Host
) -> None:
    app.test_cli_runner().invoke(args=["workspace", "set", workspace.workspace_id, "--age-limit", "16"])
    for kind in DocumentKind:
        seen = set()
        for language in LANGUAGES:
            page = client.get(f"/documents/{workspace.workspace_id}/{kind}?lang={language}")
            assert page.status_code == 200
            assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
            assert "16" in page.text
            assert "{{" not in page.text
            assert "<script" not in page.text
            seen.add(page.text.partition("<article")[2].partition("</article>")[0])
        assert len(seen) == len(LANGUAGES)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_page_runs_nothing_and_is_not_sent_twice(client: FlaskClient, workspace: Host) -> None:
    place = f"/documents/{workspace.workspace_id}/privacy_notice"
    page = client.get(place, headers={"Accept-Language": "pt, de;q=0.5"})
    assert '<html lang="de"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers
    again = client.get(place, headers={"Accept-Language": "de", "If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Host product" not in page.text
    assert "earlier" in client.get(place.replace("privacy", "voting") + "?version=2026-11-23&lang=en").text


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_list_leads_to_each_and_what_is_not_there_is_told_in_words(
    client: FlaskClient, workspace: Host
) -> None:
    place = f"/documents/{workspace.workspace_id}"
    page = client.get(place, headers={"Accept-Language": "fr"})
    assert '<html lang="fr"' in page.text
    for kind in DocumentKind:
        assert f'href="{place}/{kind}?version=' in page.text
    assert "Host product" not in page.text
    for nowhere in ("/privacy_noticex", "/privacy_notice?version=nothing"):
        missing = client.get(place + nowhere, headers={"Accept-Language": "ar"})
        assert (missing.status_code, missing.mimetype) == (404, "text/html")
        assert '<html lang="ar" dir="rtl">' in missing.text
        assert f'href="{place}/usage_policy?version=' in missing.text
    unknown = client.get("/documents/ws_0/privacy_notice", headers={"Accept-Language": "pt"})
    assert unknown.status_code == 404
    assert "Nothing is published under this address." in unknown.text
    assert "/documents/" not in unknown.text


@pytest.mark.parametrize(
    ("written", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ('<img src=x onerror="alert(1)">', "<img"),
        ("[a](javascript:alert(1))", "href"),
        ("[a](data:text/html;base64,x)", "href"),
        ("![a](https://elsewhere.example/pixel.png)", "<img"),
        ('[a](https://x.example/"onmouseover="x)', '"onmouseover'),
    ],
)
def test_a_text_stays_text(written: str, never: str) -> None:
    assert never not in as_html(written)


def test_plain_text_keeps_paragraphs_and_leaves_the_title() -> None:
    written = (
        "# Title\n\nOne *two*\nthree.\n\n- four\n- [five](https://x.example)\n\n## Six\n\nSeven & eight."
    )
    assert as_text(written) == "One two three.\n\n• four\n\n• five\n\nSix\n\nSeven & eight."
    assert 'rel="noopener noreferrer nofollow"' in as_html(written)

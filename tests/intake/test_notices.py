"""The notice: in the reader's language, of one version, and short."""

import re
from typing import Any

import pytest

from app.intake import notices
from app.intake.comparisons.models import comparisons
from app.operations.installation import Installation
from tests.intake.conftest import HostServer
from tests.tables import rows_of


def _notice(server: HostServer, **registration: Any) -> dict[str, str]:
    shown = server.browser(**registration).show().json or {}
    return shown["notice"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("FR-ca", "fr"),
        ("es_MX", "es"),
        ("ar-EG", "ar"),
        ("ja", "ja"),
        ("pt-BR", "en"),
        ("zh-Hans-CN", "en"),
        (None, "en"),
    ],
)
def test_it_is_in_the_language_of_the_comparison(
    server: HostServer, locale: str | None, language: str
) -> None:
    assert _notice(server, locale=locale) == notices.notice_for(language)._asdict()


def test_the_locale_of_the_invitation_does_where_the_registration_names_none(server: HostServer) -> None:
    asked = {"identifiers": {"account": "anna"}, "locale": "fr"}
    invitation = server.post("/v1/invitations", asked).get_json()["invitation"]
    browser = server.browser(identifiers=None, invitation=invitation)
    shown = browser.show().json or {}
    assert (shown["locale"], shown["notice"]["text"]) == ("fr", notices.notice_for("fr").text)


def test_the_version_is_stored_and_the_same_in_all_languages(
    server: HostServer, installation: Installation
) -> None:
    for language in notices.LANGUAGES:
        assert _notice(server, locale=language)["version"] == notices.VERSION
    rows = rows_of(installation.intake_db, comparisons)
    assert {row.notice_version for row in rows} == {notices.VERSION}
    assert len(notices.VERSION) <= 20


@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_it_is_short_and_its_own_text(language: str) -> None:
    text = notices.notice_for(language).text
    sentences = len(re.findall(r"[.。]", text))
    assert 4 <= sentences <= 5
    assert text not in {notices.notice_for(other).text for other in notices.LANGUAGES if other != language}


def test_there_are_six_languages() -> None:
    assert set(notices.LANGUAGES) == {"en", "de", "fr", "es", "ar", "ja"}

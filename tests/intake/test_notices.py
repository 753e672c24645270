"""The voting notice: in the reader's language, of one version, short, and true to what the workspace is set to."""

import re
from typing import Any

import pytest

from app.core.languages import LANGUAGES
from app.intake.comparisons.models import comparisons
from app.intake.documents import shipped
from app.intake.documents.markdown import as_text
from app.operations.installation import Installation
from tests.intake.conftest import HostServer
from tests.tables import rows_of


def _notice(server: HostServer, **registration: Any) -> dict[str, str]:
    shown = server.browser(**registration).show().json or {}
    return shown["notice"]  # type: ignore[no-any-return]


def _template(language: str) -> str:
    return shipped.shipped_texts("voting_notice", shipped.VERSION)[language].markdown


def test_it_is_in_the_language_of_the_comparison(server: HostServer) -> None:
    spoken = {
        "en": "en", "de": "de", "de-AT": "de", "FR-ca": "fr", "es_MX": "es", "ar-EG": "ar", "ja": "ja",
        "pt-BR": "en", "zh-Hans-CN": "en", None: "en",
    }  # fmt: skip
    for locale, language in spoken.items():
        notice = _notice(server, locale=locale)
        assert notice["lang"] == language
        # Up to the first placeholder, word for word.
        assert notice["text"].startswith(as_text(_template(language)).partition("{{")[0])
        assert "{{" not in notice["text"]


def test_the_locale_of_the_invitation_does_where_the_registration_names_none(server: HostServer) -> None:
    asked = {"identifiers": {"account": "anna"}, "locale": "fr"}
    invitation = server.post("/v1/invitations", asked).get_json()["invitation"]
    browser = server.browser(identifiers=None, invitation=invitation)
    shown = browser.show().json or {}
    assert (shown["locale"], shown["notice"]["lang"]) == ("fr", "fr")


def test_the_version_is_stored_and_the_same_in_all_languages(
    server: HostServer, installation: Installation
) -> None:
    for language in LANGUAGES:
        assert _notice(server, locale=language)["version"] == shipped.VERSION
    rows = rows_of(installation.intake_db, comparisons)
    assert {row.notice_version for row in rows} == {shipped.VERSION}
    assert len(shipped.VERSION) <= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_short_and_its_own_text(language: str) -> None:
    text = as_text(_template(language))
    sentences = len(re.findall(r"[.。]", text))
    assert 4 <= sentences <= 6
    assert text not in {as_text(_template(other)) for other in LANGUAGES if other != language}

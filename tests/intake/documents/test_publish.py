"""Versions of documents: published once, unchangeable, in effect by the clock, readable for good."""

import hashlib

import pytest
from flask.testing import FlaskClient

from app.access.workspaces.models import INTAKE
from app.core.clock import rfc3339
from app.intake.comparisons.models import comparisons
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.conftest import Host
from tests.intake.conftest import HostServer
from tests.intake.documents.conftest import Operator
from tests.tables import rows_of


def test_a_version_takes_effect_at_its_moment_and_the_one_shown_is_the_one_stored(
    server: HostServer, operator: Operator, installation: Installation, clock: MovableClock
) -> None:
    clock.advance(seconds=-clock() // 1000 % 60)
    text = {"en": "# New\n\nFrom {{age_limit}} on. Undo: {{undo}}.", "de": "Ab {{age_limit}}. **Neu**."}
    at = installation.clock() + 60_000
    moment = rfc3339(at)
    operator.published("--version", "v2", "--effective", moment, texts=text)
    early = server.browser(locale="de")
    clock.advance(seconds=60)
    late = server.browser(locale="de")
    assert (late.show().json or {})["notice"]["text"] == "Ab 18. Neu."
    assert (late.show().json or {})["notice"]["version"] == "v2"
    # Registered before, shown after: what is shown is what was sealed, and that is what the row says.
    shown = (early.show().json or {})["notice"]["version"]
    assert shown != "v2"
    assert [row.notice_version for row in rows_of(installation.intake_db, comparisons)] == [shown, "v2"]
    french = (server.browser(locale="fr").show().json or {})["notice"]
    assert (french["lang"], french["text"]) == ("en", "From 18 on. Undo: 15 minutes.")


def test_what_is_published_never_changes_and_can_be_held_against_its_hash(
    client: FlaskClient, operator: Operator, workspace: Host, installation: Installation
) -> None:
    written = "# Privacy\n\nFrom {{age_limit}} on.\n"
    operator.published("--version", "v2", kind="privacy_notice", texts={"en": written})
    again = operator.publish("--version", "v2", kind="privacy_notice", texts={"en": "Another."})
    assert (again.exit_code, "never change" in again.output) == (1, True)
    operator.published("--version", "v3", kind="privacy_notice", texts={"en": "# Privacy\n\nFor adults.\n"})

    whole = client.get(f"/v1/documents/{workspace.workspace_id}/privacy_notice/v2").get_json()
    (english,) = whole["languages"]
    assert english["markdown"] == written
    assert english["sha256"] == hashlib.sha256(written.encode()).hexdigest()
    assert english["text"] == "# Privacy\n\nFrom 18 on.\n"
    assert whole["is_in_effect"] is False
    listed = client.get(f"/v1/documents/{workspace.workspace_id}").get_json()["documents"]
    held = [each["version"] for each in listed if each["kind"] == "privacy_notice" and each["is_in_effect"]]
    assert held == ["v3"]
    difference = operator.run("diff", "privacy_notice", "v2", "v3").output
    assert "-From {{age_limit}} on." in difference
    audited = [row for row in rows_of(installation.intake_db, INTAKE.audit_events) if "document" in row.kind]
    assert [row.subject for row in audited] == ["privacy_notice v2", "privacy_notice v3"]


@pytest.mark.parametrize(
    ("options", "texts", "said"),
    [
        ((), {"de": "Neu."}, "The English text is missing"),
        ((), {"en": "{{name}}"}, "placeholder that stands for nothing"),
        ((), {"en": "x" * 2001}, "1 to 2000 characters"),
        ((), {"en": "  \n"}, "1 to 2000 characters"),
        (("--effective", "2020-01-01"), None, "before every process knows of it"),
        (("--effective", "soon"), None, "Not a date"),
        (("--effective", "2030-01-01T10:00"), None, "UTC offset"),
        (("--version", "a b"), None, "A version's name"),
        (("--version", "2026-11-23"), None, "never change"),
        (("--summary", "fr=Mieux."), None, "no text in"),
        (("--language", "en", "--language", "de"), None, "for each file"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_cannot_be_published_is_refused_in_a_sentence(
    operator: Operator, options: tuple[str, ...], texts: dict[str, str] | None, said: str
) -> None:
    result = operator.publish(*options, texts=texts)
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "shipped" in operator.run("list").output


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_first_notice_of_all_can_still_be_read(client: FlaskClient, workspace: Host) -> None:
    found = client.get(f"/v1/documents/{workspace.workspace_id}/voting_notice/2026-11-23").get_json()
    assert found["is_in_effect"] is False
    assert [each["lang"] for each in found["languages"]] == ["en", "ar", "de", "es", "fr", "ja"]

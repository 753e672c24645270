"""A host gets a link to a person's settings page, of which the service keeps nothing that opens it."""

from app.intake.preference_links.models import preference_links
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from tests.clock import MovableClock
from tests.intake.conftest import HostServer
from tests.tables import rows_of

_WHO = {"account": "anna", "project": "support", "conversation": "talk-9"}
_BACK = "https://host.example/settings?user=anna"
_ELSEWHERE = (
    "https://elsewhere.example/",
    "http://host.example/",
    "https://host.example.evil.example/",
    "https://host.example@evil.example/",
    "https://host.example:444/",
    "//host.example/",
    "javascript:alert(1)//https://host.example",
    "https://evil.example\\@host.example/",
    "https://host.example/ x",
    "https://host.example/\n",
    "https://höst.example/",
    "https://[::1/",
)


def test_a_link_is_short_lived_and_its_row_holds_no_secret_and_no_identifier(
    server: HostServer, installation: Installation
) -> None:
    asked = {"identifiers": _WHO, "locale": "de-AT", "return_url": _BACK}
    made = server.post("/v1/preference-links", asked)
    assert made.status_code == 201
    address, _, reference = made.get_json()["url"].rpartition("/")
    assert address == "http://localhost/preferences/open"
    assert made.get_json()["expires_at"] == "2026-11-02T12:10:00.000Z"
    (row,) = rows_of(installation.intake_db, preference_links)
    assert len(row.link_digest) == len(row.session_digest) == 32
    assert row.locale == "de-AT"
    link = installation.intake.preference_links.read_link(reference)
    assert link is not None
    assert row.link_digest == link.digest
    assert link.session.unseal(row.return_url_sealed) == _BACK
    stored = b"|".join(value for value in row if isinstance(value, bytes))
    for secret in (reference.encode(), link.session.text.encode(), b"anna", b"talk-9", b"settings"):
        assert secret not in stored


def test_the_same_call_again_gives_the_same_link(server: HostServer) -> None:
    asked = {"identifiers": _WHO}
    first, again, other = (server.post("/v1/preference-links", asked, key=key) for key in "aab")
    assert first.get_json() == again.get_json() != other.get_json()


def test_the_page_leads_back_to_the_workspaces_own_sites_alone(server: HostServer) -> None:
    for address in _ELSEWHERE:
        refused = server.post("/v1/preference-links", {"identifiers": _WHO, "return_url": address})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "return-address-not-allowed"), (
            address
        )
        assert address not in refused.text


def test_somebody_without_an_account_has_no_page(server: HostServer) -> None:
    refused = server.post("/v1/preference-links", {"identifiers": {"project": "support"}})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "account-needed")


def test_a_link_is_forgotten_when_its_time_is_over(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    server.post("/v1/preference-links", {"identifiers": _WHO})
    clock.advance(seconds=599)
    assert job_runner(installation).run_once()["forget_preference_links"] == 0
    clock.advance(seconds=1)
    assert job_runner(installation).run_once()["forget_preference_links"] == 1
    assert rows_of(installation.intake_db, preference_links) == []

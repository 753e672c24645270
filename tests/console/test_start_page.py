"""The start page says what this process is and leads on."""

from app.core.settings import Role
from tests.core.openapi_document import described_app


def _text(role: Role) -> str:
    return described_app(role).test_client().get("/").text


def test_it_leads_to_the_reference_the_errors_and_the_probes() -> None:
    text = _text(Role.ALL)
    for target in (
        "/docs",
        "/docs/errors",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
        "/docs#embedding",
    ):
        assert f'href="{target}"' in text


def test_a_research_process_does_not_offer_embedding() -> None:
    text = _text(Role.RESEARCH)
    assert "/docs#embedding" not in text
    assert "researchers only" in text


def test_an_intake_process_says_that_researchers_are_served_elsewhere() -> None:
    assert "researchers are served by another process" in _text(Role.INTAKE)

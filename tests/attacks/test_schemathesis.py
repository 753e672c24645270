"""Thousands of calls made from the description itself: none crashes, and each is answered as described."""

import random
from collections import Counter
from typing import Any, Final

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import Host

_CHECKS: Final[list[CheckFunction]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_PAIR: Final = {
    "identifiers": {"account": "user-1042"},
    "conversation": [{"role": "user", "content": "Why is the sky blue?"}],
    "responses": [{"model": "a", "content": "Rayleigh."}, {"model": "b", "content": "Scattering."}],
}


class Campaign:
    """Sends generated calls with real credentials and real ids, most of the time, and counts the answers."""

    def __init__(self, client: FlaskClient, host: Host, chance: random.Random) -> None:
        self._client = client
        self._host = host
        self._chance = chance
        self._tickets: list[str] = []
        self.statuses: Counter[tuple[str, int]] = Counter()

    def send(self, case: Case[Any]) -> None:
        """One call; a check that fails raises."""
        if "id" in case.path_parameters and self._chance.random() < 0.5:
            case.path_parameters["id"] = self._real_id(case.operation)
        response = case.call(headers=self._credentials(case.operation))
        case.validate_response(response, checks=_CHECKS)
        self.statuses[case.operation.label, response.status_code] += 1

    def _credentials(self, operation: APIOperation[Any, Any, Any, Any]) -> dict[str, str]:
        security: list[dict[str, list[str]]] = operation.definition.raw["security"]
        if not security or self._chance.random() < 0.05:
            return {}
        if "ticket" in security[0]:
            return {"Authorization": f"Bearer {self._ticket()}"}
        return self._host.headers

    def _ticket(self) -> str:
        """Half the time one that other calls have used: voted with, skipped, opted out by."""
        if self._tickets and self._chance.random() < 0.5:
            return self._chance.choice(self._tickets)
        self._tickets.append(self._register()["ticket"])
        return self._tickets[-1]

    def _register(self) -> dict[str, Any]:
        # Each person of their own: a generated call may have opted the last one out.
        body = _PAIR | {"identifiers": {"account": f"user-{self._chance.getrandbits(64)}"}}
        answer = self._client.post("/v1/comparisons", json=body, headers=self._host.headers)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def _real_id(self, operation: APIOperation[Any, Any, Any, Any]) -> str:
        if operation.path.startswith("/v1/exports"):
            answer = self._client.post("/v1/exports", json={}, headers=self._host.headers)
        elif operation.path.startswith("/v1/comparisons"):
            return str(self._register()["id"])
        else:
            answer = self._client.post(
                "/v1/uploads", data=b"Some text.", content_type="text/plain", headers=self._host.headers
            )
        assert answer.status_code in (201, 202), answer.text
        return str(answer.get_json()["id"])


def _attack(
    client: FlaskClient, host: Host, *, examples: int, chance: random.Random, derandomize: bool
) -> Campaign:
    # Credentials are ours: generated ones would only ever be refused.
    generation = GenerationConfig(with_security_parameters=False)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    described = schemathesis.openapi.from_wsgi("/openapi.json", client.application, config=config)
    campaign = Campaign(client, host, chance)
    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=derandomize,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        cases = operation.as_strategy(GenerationMode.POSITIVE)
        if operation.body or operation.query or operation.headers or operation.path_parameters:
            cases = st.one_of(cases, operation.as_strategy(GenerationMode.NEGATIVE))
        limits(given(cases)(campaign.send))()
    return campaign


def _check_reach(campaign: Campaign, client: FlaskClient) -> None:
    """The calls were not all turned away at the door."""
    answered = {label for label, status in campaign.statuses if status < 400}
    paths: dict[str, Any] = client.get("/openapi.json").get_json()["paths"]
    labels = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    # The description was fetched to begin with. Files of an export come from a job, which does not run here.
    # An upload has to belong to the ticket's comparison.
    out_of_reach = {"GET /openapi.json", "GET /v1/exports/{id}/files/{path}", "GET /v1/ticket/uploads/{id}"}
    assert labels - answered <= out_of_reach


@pytest.mark.parametrize("backend", ["sqlite"])
def test_some_generated_calls_are_answered_as_described(client: FlaskClient, workspace: Host) -> None:
    campaign = _attack(client, workspace, examples=15, chance=random.Random(5), derandomize=True)
    assert campaign.statuses.total() >= 200


@pytest.mark.drill
def test_thousands_of_generated_calls_are_answered_as_described(client: FlaskClient, workspace: Host) -> None:
    campaign = _attack(client, workspace, examples=300, chance=random.Random(), derandomize=False)
    print(f"{campaign.statuses.total()} calls: {dict(sorted(campaign.statuses.items()))}")
    assert campaign.statuses.total() >= 5_000
    _check_reach(campaign, client)

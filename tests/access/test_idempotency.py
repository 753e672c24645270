"""Idempotency keys: once per key, the same answer to a retry."""

import threading
from typing import Any

import pytest
from flask import Flask

from app.access.idempotency import models as idempotency_models
from app.intake.comparisons.models import comparisons
from app.operations.installation import Installation
from tests.conftest import Host
from tests.intake.conftest import HostServer, comparison
from tests.tables import rows_of


@pytest.fixture
def server(client: Any, workspace: Host) -> HostServer:
    """The host's server."""
    return HostServer(client, workspace)


def test_a_retry_gets_the_first_answer(server: HostServer, installation: Installation) -> None:
    first = server.post("/v1/comparisons", comparison(), key="order-1")
    again = server.post("/v1/comparisons", comparison(), key="order-1")
    assert (again.status_code, again.json) == (201, first.json)
    assert len(rows_of(installation.intake_db, comparisons)) == 1


def test_another_body_under_the_key_is_refused(server: HostServer) -> None:
    server.post("/v1/comparisons", comparison(), key="order-1")
    refused = server.post("/v1/comparisons", comparison(surface="x"), key="order-1")
    assert (refused.status_code, (refused.json or {})["code"]) == (422, "idempotency-key-reused")


def test_keys_of_two_operations_do_not_meet(server: HostServer) -> None:
    assert server.post("/v1/comparisons", comparison(), key="k").status_code == 201
    assert server.post("/v1/invitations", {"identifiers": {"account": "a"}}, key="k").status_code == 200


def test_a_refusal_is_not_kept(server: HostServer) -> None:
    assert server.post("/v1/comparisons", {}, key="k").status_code == 422
    assert server.post("/v1/comparisons", comparison(), key="k").status_code == 201


def test_the_stored_answer_does_not_show_the_ticket(server: HostServer, installation: Installation) -> None:
    ticket = (server.post("/v1/comparisons", comparison(), key="canary-key").json or {})["ticket"]
    (row,) = rows_of(installation.intake_db, idempotency_models.INTAKE)
    stored = b"".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    assert ticket[10:30].encode() not in stored
    assert b"canary" not in stored


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9"])
def test_an_odd_key_is_refused(server: HostServer, key: str) -> None:
    headers = server.host.headers | {"Idempotency-Key": key}
    refused = server.client.post("/v1/comparisons", json=comparison(), headers=headers)
    assert (refused.status_code, (refused.json or {})["code"]) == (400, "invalid-parameter")


def test_retries_at_the_same_moment_happen_once(
    app: Flask, server: HostServer, installation: Installation
) -> None:
    start, answers = threading.Barrier(16), []

    def send() -> None:
        retry = HostServer(app.test_client(), server.host)
        start.wait()
        answers.append(retry.post("/v1/comparisons", comparison(), key="once"))

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({(answer.json or {})["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(rows_of(installation.intake_db, comparisons)) == 1

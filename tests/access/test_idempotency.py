"""Idempotency keys: once per key, the same answer to a retry."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from flask import Flask

from app.access.idempotency import models as idempotency_models
from app.access.idempotency.errors import KeyReused
from app.access.idempotency.services import OnceOnly
from app.core.connections import Transaction
from app.core.database import Database
from app.core.http import Answer, Call
from app.core.http.request import Request
from app.core.settings import Settings
from app.intake.comparisons.errors import InvitationUnusable
from app.intake.comparisons.models import comparisons
from app.intake.persons.models import persons
from app.intake.persons.queries import INSERT_PERSON, new_person
from app.intake.zone import Intake
from app.operations.installation import Installation
from tests.clock import MovableClock
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


@pytest.fixture
def elsewhere(settings: Settings, clock: MovableClock) -> Iterator[Intake]:
    """The intake zone of another process of the same installation."""
    other = Installation(settings, clock)
    yield other.intake
    other.close()


_WORKSPACE: Final = b"w" * 16
_PERSON: Final = b"p" * 18


def begin(intake: Intake, body: bytes = b"{}") -> OnceOnly:
    """A call whose key nobody has been answered under yet."""
    once, answer = intake.idempotency.begin(_WORKSPACE, "create", "order-1", body, 1)
    assert answer is None
    return once


def write(once: OnceOnly, database: Database, work: Callable[[Transaction], Answer]) -> Answer:
    """What an operation's handler does under an idempotency key."""
    call: Call[None, None] = Call(Request({}), caller=None, body=None, query=None, path={}, at=1)
    call.idempotency = once
    return call.write(database, work)


def adding_a_person(person: bytes) -> Callable[[Transaction], Answer]:
    """A use case with an effect."""

    def work(tx: Transaction) -> Answer:
        tx.run(INSERT_PERSON, **new_person(_WORKSPACE, person, 1))
        return Answer({"id": person.hex()}, 201, (("X-Extra", "1"),))

    return work


def refusing(_tx: Transaction) -> Answer:
    """A use case that finds what it wanted used up."""
    raise InvitationUnusable


def test_of_two_processes_one_acts_and_both_give_its_answer(
    installation: Installation, elsewhere: Intake
) -> None:
    here = installation.intake
    once, first = begin(here), begin(elsewhere)
    answer = write(first, elsewhere.db, adding_a_person(_PERSON))
    assert write(once, here.db, adding_a_person(b"q" * 18)) == answer
    assert [bytes(row.person) for row in rows_of(here.db, persons)] == [_PERSON]


def test_a_refusal_that_the_other_process_caused_is_not_given(
    installation: Installation, elsewhere: Intake
) -> None:
    here = installation.intake
    once, first = begin(here), begin(elsewhere)
    answer = write(first, elsewhere.db, adding_a_person(_PERSON))
    assert write(once, here.db, refusing) == answer


def test_another_body_in_another_process_is_refused(installation: Installation, elsewhere: Intake) -> None:
    here = installation.intake
    once, first = begin(here), begin(elsewhere, b'{"other": 1}')
    write(first, elsewhere.db, adding_a_person(_PERSON))
    with pytest.raises(KeyReused):
        write(once, here.db, adding_a_person(b"q" * 18))
    assert len(rows_of(here.db, persons)) == 1


def test_a_refusal_without_an_answer_stays_one(installation: Installation) -> None:
    here = installation.intake
    with pytest.raises(InvitationUnusable):
        write(begin(here), here.db, refusing)
    assert rows_of(here.db, idempotency_models.INTAKE) == []

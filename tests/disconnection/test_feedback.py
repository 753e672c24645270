"""Feedback leaves intake like a vote: once, redacted, cut from its person."""

from typing import Any

import pytest

from app.disconnection import crossing
from app.disconnection.jobs import disconnect_due
from app.disconnection.models import aliases, links
from app.intake.feedback.models import feedback as given_table
from app.operations.installation import Installation
from app.research.feedback.content import read_record
from app.research.feedback.models import StoredFeedbackRecord, feedback_records
from app.research.feedback.record import FeedbackRecord
from app.research.records.models import withdrawn_records
from tests.clock import MovableClock
from tests.disconnection.voting import door_of
from tests.intake.conftest import HostServer
from tests.intake.feedback.conftest import feedback, give
from tests.tables import rows_of

TALK: list[dict[str, Any]] = [
    {"role": "user", "content": "I am ann@example.com; why is the sky blue?", "name": "Ann"},
    {"role": "assistant", "content": "Because of the sea, ann@example.com."},
]


@pytest.fixture
def server(client: Any, workspace: Any) -> HostServer:
    return HostServer(client, workspace)


def _read(here: Installation) -> list[FeedbackRecord]:
    rows = rows_of(here.research_db, feedback_records)
    stored = [
        StoredFeedbackRecord(*(getattr(row, name) for name in StoredFeedbackRecord._fields)) for row in rows
    ]
    keys = here.research.record_keys.find_many([row.id for row in stored])
    return [read_record(row, keys.get(row.id)) for row in stored]


def _leave(here: Installation, clock: MovableClock) -> int:
    clock.advance(seconds=900)
    return disconnect_due(door_of(here), at=clock())


def test_it_leaves_redacted_and_nothing_of_it_stays(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    given = give(
        server,
        conversation=TALK,
        reasons=["other"],
        comment="Write to ann@example.com",
        usage={"prompt_tokens": 123, "output_tokens": 45},
        surface="chat",
        locale="de-AT",
    )
    assert disconnect_due(door_of(installation), at=clock()) == 0
    assert _leave(installation, clock) == 1
    (record,) = _read(installation)
    assert record.content is not None
    assert [(m.role, m.content) for m in record.content.prompt] == [
        ("user", "I am [EMAIL_1]; why is the sky blue?")
    ]
    assert record.content.response == "Because of the sea, [EMAIL_1]."
    assert record.content.comment == "Write to [EMAIL_1]"
    assert (record.rating, record.target, record.model) == ("down", "response", "model-a")
    assert (record.reasons, record.language, record.surface) == (("other",), "de", "chat")
    assert (record.input_tokens, record.output_tokens) == (100, 50)
    assert len(record.voter) == 8
    (row,) = rows_of(installation.intake_db, given_table)
    assert row.state == "disconnected"
    kept = (row.rating, row.reasons, row.content_sealed, row.comment_sealed, row.receipt_digest, row.model)
    assert kept == (None,) * 6
    late = server.post("/v1/feedback", feedback())
    assert (late.json or {})["code"] == "feedback-final"
    found = server.post("/v1/receipts/lookup", {"receipt": given["receipt"]}).json or {}
    assert found["state"] == "disconnected"
    assert _leave(installation, clock) == 0


def test_a_vote_and_feedback_of_one_person_in_one_conversation_are_known_as_theirs(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    who = {"account": "anna", "conversation": "talk-1"}
    server.browser(identifiers=who).vote("left")
    give(server)
    give(server, target="msg-2")
    assert _leave(installation, clock) == 3
    assert len({(record.voter, record.conversation) for record in _read(installation)}) == 1
    assert len(rows_of(installation.intake_db, aliases)) == 2


def test_a_rating_alone_leaves_without_text(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    give(server, comment="x")
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "vote_only"})
    assert _leave(installation, clock) == 1
    (record,) = _read(installation)
    assert (record.content, record.sharing, record.input_tokens) == (None, "vote_only", None)


def test_who_opts_out_before_it_is_final_takes_it_along(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    give(server)
    server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "off"})
    assert _leave(installation, clock) == 1
    assert _read(installation) == []
    assert rows_of(installation.intake_db, links) == []


@pytest.mark.parametrize("account", ["anna", None])
def test_what_has_left_is_taken_back_by_its_receipt(
    server: HostServer, installation: Installation, clock: MovableClock, account: str | None
) -> None:
    who = {"account": account} if account else {"project": "p"}
    given = give(server, identifiers=who)
    _leave(installation, clock)
    body = {"receipt": given["receipt"]}
    assert server.post("/v1/receipts/withdraw", body).json == {"state": "withdrawing"}
    disconnect_due(door_of(installation), at=clock())
    assert server.post("/v1/receipts/lookup", body).json == {"state": "withdrawn", "tombstoned": False}
    assert _read(installation) == []
    assert rows_of(installation.intake_db, given_table) == []
    (noted,) = rows_of(installation.research_db, withdrawn_records)
    assert noted.is_feedback


@pytest.mark.parametrize("step", ["_claim", "_prepare", "_write_records", "_destroy_content_keys"])
@pytest.mark.parametrize("account", ["anna", None])
def test_killed_after_any_step_it_leaves_once(
    server: HostServer,
    installation: Installation,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    account: str | None,
) -> None:
    give(server, identifiers={"account": account} if account else {"project": "p"})
    clock.advance(seconds=900)
    real = getattr(crossing, step)

    class Killed(BaseException):
        pass

    def die(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(crossing, step, die)
        with pytest.raises(Killed):
            disconnect_due(door_of(installation), at=clock())
    refused = server.post("/v1/feedback", feedback()) if account else None
    assert refused is None or (refused.json or {})["code"] == "feedback-final"
    assert disconnect_due(door_of(installation), at=clock()) == 1
    (record,) = _read(installation)
    assert record.content is not None


def test_withdrawn_while_a_worker_has_it_in_hand_it_does_not_stay(
    server: HostServer, installation: Installation, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = give(server)
    clock.advance(seconds=900)
    real = crossing._finish

    def finish(*arguments: Any, **named: Any) -> Any:
        server.post("/v1/receipts/withdraw", {"receipt": given["receipt"]})
        return real(*arguments, **named)

    monkeypatch.setattr(crossing, "_finish", finish)
    disconnect_due(door_of(installation), at=clock())
    assert _read(installation) == []


ANNA = {"account": "anna"}
NOES: list[dict[str, Any]] = [
    {"identifiers": ANNA},
    {"identifiers": {**ANNA, "conversation": "talk-1"}, "scope": "conversation"},
    {"identifiers": {"project": "p"}},
]


@pytest.mark.parametrize("no", NOES)
def test_a_no_is_final_for_the_rating_that_it_has_overtaken(
    server: HostServer, installation: Installation, clock: MovableClock, no: dict[str, Any]
) -> None:
    who = {**ANNA, "conversation": "talk-1", "project": "p"}
    give(server, identifiers=who)
    server.put("/v1/preferences", {**no, "sharing": "off"})
    server.put("/v1/preferences", {**no, "sharing": "vote_and_content"})
    assert give(server, identifiers=who, rating="up") == {"status": "withheld", "reason": "opted_out"}
    assert _leave(installation, clock) == 1
    assert _read(installation) == []
    assert rows_of(installation.intake_db, links) == []


@pytest.mark.parametrize("no", NOES)
def test_a_no_overtakes_what_a_worker_has_in_hand(
    server: HostServer,
    installation: Installation,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
    no: dict[str, Any],
) -> None:
    give(server, identifiers={**ANNA, "conversation": "talk-1", "project": "p"})
    clock.advance(seconds=900)
    real = crossing._finish

    def finish(*arguments: Any, **named: Any) -> Any:
        assert len(_read(installation)) == 1
        server.put("/v1/preferences", {**no, "sharing": "off"})
        return real(*arguments, **named)

    monkeypatch.setattr(crossing, "_finish", finish)
    disconnect_due(door_of(installation), at=clock())
    assert _read(installation) == []
    told = server.put("/v1/preferences", {"identifiers": ANNA, "sharing": "off"}).json or {}
    assert told["withdrawable_votes"] == 0


def test_what_has_left_is_counted_among_what_can_be_withdrawn(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    give(server)
    _leave(installation, clock)
    told = server.put("/v1/preferences", {"identifiers": ANNA, "ask": "never"}).json or {}
    assert told["withdrawable_votes"] == 1

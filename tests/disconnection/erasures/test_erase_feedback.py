"""Feedback goes with its person, their conversation or their votes, wherever it is."""

from typing import Any

import pytest

from app.access.idempotency.models import INTAKE as IDEMPOTENCY_KEYS
from app.disconnection.holdings.services import Holdings, count_holdings
from app.disconnection.models import aliases, dropped_links, links
from app.intake.feedback.models import feedback
from app.intake.persons.models import QUIET_MS, persons
from app.operations.retention import sweep_retention
from app.privacy.data_keys import person_key_id
from app.research.feedback.models import feedback_records
from tests.disconnection.erasures.conftest import Eraser
from tests.intake.feedback.conftest import give
from tests.intake.feedback.test_tickets import Element


def _give(eraser: Eraser, target: str, **who: str) -> str:
    given = give(eraser.server, target=target, identifiers={"account": "anna", **who})
    receipt: str = given["receipt"]
    return receipt


def test_a_person_goes_with_all_that_they_have_rated(eraser: Eraser) -> None:
    aged = _give(eraser, "msg-0", conversation="talk-0")
    eraser.disconnect()
    eraser.clock.advance(days=100)
    sweep_retention(eraser.here, at=eraser.clock())
    assert eraser.rows(feedback) == []
    left = _give(eraser, "msg-1", conversation="talk-1")
    eraser.disconnect()
    fresh = _give(eraser, "msg-2", conversation="talk-2")
    Element(eraser.server, target="msg-3")
    kept = give(eraser.server, target="msg-1", identifiers={"account": "bert"})["receipt"]
    person = eraser.person()
    told = eraser.erase()
    assert {"feedback": 3, "links": 1}.items() <= told["steps"][0]["deleted"].items()
    assert not eraser.has_key()
    assert eraser.server.post("/v1/feedback", _body()).get_json()["reason"] == "opted_out"
    report = eraser.finish(told["id"])
    assert {step["step"]: step["deleted"] for step in report["steps"]}["records"]["records"] == 2
    assert [eraser.state(each) for each in (aged, left, fresh, kept)] == ["withdrawn"] * 3 + ["recorded"]
    assert eraser.rows(feedback_records) == eraser.rows(links) == eraser.rows(aliases) == []
    assert len(eraser.rows(dropped_links)) == 2
    assert eraser.mentions(person) == set()
    assert give(eraser.server)["status"] == "recorded"


def test_who_rates_before_the_erasure_ends_stays_who_they_are(eraser: Eraser) -> None:
    """Their row knows their pseudonym: without it they would be another person under the next pseudonym key."""
    eraser.erase()
    eraser.carry_out()
    eraser.clock.advance(ms=QUIET_MS)
    _give(eraser, "msg-1")
    assert eraser.carry_out() == 1
    (given,) = eraser.rows(feedback)
    assert [row.person for row in eraser.rows(persons)] == [given.person]


def _body() -> dict[str, Any]:
    return {"identifiers": {"account": "anna"}, "target": "msg-9", "rating": "up"}


def test_a_conversation_goes_without_the_others(eraser: Eraser) -> None:
    receipts = {}
    for number, conversation in enumerate(("secret", "harmless", "secret", "harmless")):
        receipts[number] = _give(eraser, f"msg-{number}", conversation=conversation)
        if number == 1:
            eraser.disconnect()
    erasure = eraser.erase(conversation="secret", scope="conversation")["id"]
    eraser.carry_out()
    states = [eraser.state(receipt) for receipt in receipts.values()]
    assert states[:3] == ["withdrawn", "disconnected", "withdrawn"]
    assert len(eraser.rows(feedback_records)) == 1
    # The key still seals what can be undone.
    assert eraser.has_key()
    eraser.disconnect()
    eraser.finish(erasure)
    assert not eraser.has_key()


def test_all_votes_are_all_ratings_too_and_what_is_open_stays(eraser: Eraser) -> None:
    receipts = [eraser.vote(), _give(eraser, "msg-1")]
    eraser.disconnect()
    receipts.append(_give(eraser, "msg-2"))
    offered = Element(eraser.server, target="msg-3")
    told = eraser.erase(scope="votes")
    eraser.carry_out()
    assert [eraser.state(each) for each in receipts] == ["withdrawn"] * 3
    assert eraser.rows(feedback_records) == []
    # The key still seals what is offered.
    assert eraser.has_key()
    assert offered.rate("up").status_code == 200
    assert eraser.report(told["id"])["state"] == "running"


@pytest.mark.parametrize("call", ["feedback", "feedback-tickets"])
def test_answers_kept_for_retries_go(eraser: Eraser, call: str) -> None:
    body = _body() if call == "feedback" else {"identifiers": {"account": "anna"}, "target": "msg-9"}
    eraser.server.post(f"/v1/{call}", body, key="k-1")
    assert len(eraser.rows(IDEMPOTENCY_KEYS)) == 1
    eraser.erase()
    assert eraser.rows(IDEMPOTENCY_KEYS) == []


def test_a_receipt_tells_the_exports_that_have_it(eraser: Eraser) -> None:
    voted, rated = eraser.vote(), _give(eraser, "msg-1")
    eraser.disconnect()
    export_id = eraser.export()
    later = _give(eraser, "msg-2")
    eraser.disconnect()
    exports = [[each["id"] for each in eraser.look_up(it)["exports"]] for it in (voted, rated, later)]
    assert exports == [[export_id], [export_id], []]
    report = eraser.finish(eraser.erase()["id"])
    (told,) = next(each for each in report["remains"] if each["what"] == "exports")["exports"]
    assert (told["id"], told["tombstones"]) == (export_id, 2)


def test_the_settings_page_counts_it_among_what_is_kept(eraser: Eraser) -> None:
    def kept() -> Holdings:
        this = {"workspace_id": eraser.workspace_id, "person": eraser.person()}
        return eraser.here.intake_db.fetch(
            lambda tx: count_holdings(tx, **this, answer_ms=1, at=eraser.clock())
        )

    eraser.vote()
    _give(eraser, "msg-1")
    eraser.disconnect()
    _give(eraser, "msg-2")
    Element(eraser.server, target="msg-3")
    assert (kept().open, kept().waiting, kept().in_research) == (1, 1, 2)
    eraser.erase(scope="votes")
    eraser.carry_out()
    assert (kept().open, kept().votes) == (1, 0)


def test_who_is_being_erased_is_given_no_new_key(eraser: Eraser) -> None:
    _give(eraser, "msg-1", conversation="talk-1")
    erasure = eraser.erase()["id"]
    who = {"identifiers": {"account": "anna"}}
    assert give(eraser.server, **who) == {"status": "withheld", "reason": "opted_out"}
    assert eraser.server.register(**who)["status"] == "withheld"
    assert not eraser.has_key()
    # A call that was under way when the key was destroyed makes another, and is refused.
    key_id = person_key_id(eraser.workspace_id, eraser.person())
    eraser.here.intake.data_keys.get_or_create(key_id, day=1)
    eraser.carry_out()
    assert not eraser.has_key()
    assert eraser.finish(erasure)["state"] == "done"


def test_who_comes_back_keeps_the_key_that_they_come_back_with(eraser: Eraser) -> None:
    _give(eraser, "msg-1", conversation="talk-1")
    eraser.erase()
    eraser.clock.advance(ms=QUIET_MS)
    assert eraser.server.register(identifiers={"account": "anna"})["status"] == "open"
    eraser.carry_out()
    assert eraser.has_key()

"""A conversation goes without the rest of its person, and votes go without their person's wishes."""

import pytest

from app.disconnection.crossing import Tally, _claim, _finish, _prepare, _write_records
from app.disconnection.erasures.jobs import carry_out_erasures
from app.disconnection.erasures.models import erasures
from app.disconnection.jobs import _due_batches, sweep
from app.disconnection.models import aliases, dropped_links
from app.intake.comparisons.models import comparisons
from app.intake.persons.models import QUIET_MS, persons
from app.intake.votes.models import votes
from app.operations.retention import sweep_retention
from app.research.records.models import records
from tests.disconnection.erasures.conftest import UNDO_SECONDS, Eraser
from tests.disconnection.voting import door_of
from tests.intake.feedback.conftest import give


def test_a_conversation_goes_wherever_its_votes_are(eraser: Eraser) -> None:
    left = eraser.vote(conversation="secret")
    other = eraser.vote(conversation="harmless")
    eraser.disconnect()
    eraser.clock.advance(days=100)
    sweep_retention(eraser.here, at=eraser.clock())
    recent, kept = eraser.vote(conversation="secret"), eraser.vote(conversation="harmless")
    eraser.disconnect()
    fresh = eraser.vote(conversation="secret")
    shared = eraser.vote("bert", conversation="secret")
    erasure = eraser.erase(conversation="secret", scope="conversation")
    assert eraser.state(fresh) == "withdrawn"
    eraser.finish(erasure["id"])
    states = [eraser.state(each) for each in (left, recent, fresh, other, kept, shared)]
    assert states == ["withdrawn"] * 3 + ["disconnected"] * 2 + ["recorded"]
    assert len(eraser.rows(records)) == 2
    assert {row.kind for row in eraser.rows(aliases)} == {"voter", "conversation"}


def test_what_went_with_a_conversation_is_not_offered_for_withdrawal(eraser: Eraser) -> None:
    """Its rows have lost their conversation when they left, and are found by their links."""
    for conversation in ("secret", "harmless"):
        who = {"account": "anna", "conversation": conversation}
        eraser.vote(conversation=conversation)
        give(eraser.server, target=conversation, identifiers=who)
    eraser.disconnect()
    report = eraser.finish(eraser.erase(conversation="secret", scope="conversation")["id"])
    assert {step["step"]: step["deleted"] for step in report["steps"]}["records"]["feedback"] == 1
    assert sorted(row.state for row in eraser.rows(comparisons)) == ["disconnected", "withdrawn"]
    told = eraser.server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "ask": "never"})
    assert told.get_json()["withdrawable_votes"] == 2


@pytest.mark.parametrize("first", ["conversation", "person"])
def test_who_shares_a_conversation_can_erase_it_after_another_did(eraser: Eraser, first: str) -> None:
    """Each finds their own record by a number of their own, also when the comparisons are gone by age."""
    annas, berts = eraser.vote("anna", conversation="shared"), eraser.vote("bert", conversation="shared")
    eraser.disconnect()
    assert len({row.conversation for row in eraser.rows(records)}) == 2
    eraser.clock.advance(days=100)
    sweep_retention(eraser.here, at=eraser.clock())
    eraser.finish(eraser.erase("anna", conversation="shared", scope=first)["id"])
    assert [eraser.state(each) for each in (annas, berts)] == ["withdrawn", "disconnected"]
    eraser.finish(eraser.erase("bert", conversation="shared", scope="conversation")["id"])
    assert eraser.state(berts) == "withdrawn"
    assert eraser.rows(records) == []


def test_all_votes_are_taken_back_and_wishes_stay(eraser: Eraser) -> None:
    who = {"identifiers": {"account": "anna"}}
    eraser.server.put("/v1/preferences", {**who, "sharing": "vote_only"})
    receipts = [eraser.vote()]
    eraser.disconnect()
    receipts.append(eraser.vote())
    browser = eraser.server.browser()
    told = eraser.erase(scope="votes")
    assert [step["step"] for step in told["steps"]] == ["content", "keys", "records", "exports"]
    assert browser.show().get_json()["state"] == "open"
    # The key still seals what is open; it goes when that has ended.
    eraser.clock.advance(ms=QUIET_MS)
    eraser.carry_out()
    report = eraser.report(told["id"])
    assert [step["state"] for step in report["steps"]] == ["done", "open", "done", "done"]
    assert eraser.has_key()
    browser.skip()
    eraser.finish(told["id"])
    assert not eraser.has_key()
    assert [eraser.state(each) for each in receipts] == ["withdrawn"] * 2
    assert eraser.rows(votes) == eraser.rows(records) == []
    assert {row.state for row in eraser.rows(comparisons)} == {"withdrawn", "skipped"}
    held = eraser.server.post("/v1/preferences/lookup", who).get_json()
    assert (held["sharing"], held["ask"]) == ("vote_only", "yes")
    assert len(eraser.rows(persons)) == 1


def test_a_vote_that_is_leaving_when_its_person_goes_is_taken_back(eraser: Eraser) -> None:
    """The door's worker has the vote in its hands: whatever it writes is found and goes."""

    eraser.vote()
    eraser.clock.advance(seconds=UNDO_SECONDS)
    door, at = door_of(eraser.here), eraser.clock()
    passages = _prepare(door, *_claim(door, next(_due_batches(door, at, Tally(), None)), at))
    told = eraser.erase()
    eraser.carry_out()
    _write_records(door, [passage.record for passage in passages if passage.record])
    assert len(eraser.rows(records)) == 1
    _finish(door, passages, at)
    assert eraser.rows(records) == []
    # One that dies before it notices is found a day later.
    _write_records(door, [passage.record for passage in passages if passage.record])
    eraser.finish(told["id"])
    eraser.clock.advance(days=1)
    sweep(door, at=eraser.clock())
    assert eraser.rows(records) == eraser.rows(dropped_links) == []


def test_asking_twice_erases_once_and_twice_does_no_harm(eraser: Eraser) -> None:
    eraser.vote()
    eraser.disconnect()
    body = {"identifiers": {"account": "anna"}}
    first = eraser.server.post("/v1/erasures", body, key="once").get_json()
    assert eraser.server.post("/v1/erasures", body, key="once").get_json() == first
    assert len(eraser.rows(erasures)) == 1
    second = eraser.erase()
    eraser.finish(second["id"])
    assert eraser.report(first["id"])["state"] == "done"
    assert eraser.rows(records) == eraser.rows(persons) == []
    assert carry_out_erasures(eraser.here.intake, None, at=eraser.clock()) == 0

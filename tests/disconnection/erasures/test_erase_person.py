"""Of an erased person nothing is left that stands for them, on either side of the door, but what they had refused."""

from typing import Any

from app.access.idempotency.models import INTAKE as IDEMPOTENCY
from app.access.workspaces.models import INTAKE, AuditKind
from app.core.clock import MS_PER_DAY
from app.disconnection.erasures.jobs import carry_out_erasures, destroy_key
from app.disconnection.erasures.models import erasure_links, erasures
from app.disconnection.erasures.queries import LIST_RUNNING
from app.disconnection.models import aliases, links, withdrawn_receipts
from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.invitations.exposure_queries import LIST_EXPOSURES
from app.intake.invitations.models import invitations
from app.intake.persons.models import QUIET_MS, persons
from app.intake.votes.models import votes
from app.operations.retention import sweep_retention
from app.privacy.data_keys import DEFAULT_CACHE_SECONDS, person_key_id
from app.privacy.models import record_keys
from app.research.records.models import records
from tests.disconnection.erasures.conftest import Eraser
from tests.disconnection.voting import reopened
from tests.tables import rows_of


def _deleted(report: dict[str, Any], step: str) -> dict[str, int]:
    (found,) = [each for each in report["steps"] if each["step"] == step]
    deleted: dict[str, int] = found["deleted"]
    return deleted


def test_everything_of_a_person_goes_and_nothing_of_another(eraser: Eraser) -> None:
    gone = eraser.vote(conversation="talk-1")
    kept = eraser.vote("bert", conversation="talk-2")
    eraser.disconnect()
    open_vote = eraser.vote(conversation="talk-3")
    anna = eraser.person()
    report = eraser.finish(eraser.erase()["id"])

    assert eraser.mentions(anna) == set()
    assert [eraser.state(each) for each in (gone, open_vote, kept)] == [
        "withdrawn",
        "withdrawn",
        "disconnected",
    ]
    assert not eraser.has_key()
    assert len(eraser.rows(records)) == len(rows_of(eraser.here.keystore_db, record_keys)) == 1
    assert len(eraser.rows(links)) == 1
    assert eraser.rows(votes) == eraser.rows(comparison_contents) == eraser.rows(erasure_links) == []
    # Bert's number, and that of his conversation.
    assert len(eraser.rows(aliases)) == 2
    content = _deleted(report, "content")
    assert (content["comparisons"], content["comparison_contents"], content["votes"]) == (2, 1, 1)
    assert content["links"] == 1
    assert _deleted(report, "keys") == {"data_keys": 1}
    assert _deleted(report, "person") == {"persons": 1}
    assert _deleted(report, "records")["records"] == 1


def test_content_cannot_be_read_from_the_answer_on(eraser: Eraser) -> None:
    browser = eraser.server.browser(identifiers={"account": "anna"})
    browser.show()
    assert eraser.has_key()
    told = eraser.erase()
    assert told["steps"][0]["state"] == "done"
    assert not eraser.has_key()
    assert browser.show().status_code == 401
    assert browser.vote().status_code == 401
    assert eraser.rows(comparison_contents) == []


def test_nothing_is_sealed_under_a_key_about_to_go(eraser: Eraser) -> None:
    """A registration that has begun before is withheld after; the person comes back as a stranger."""
    eraser.vote()
    erasure = eraser.erase()
    withheld = eraser.server.register()
    assert (withheld["status"], withheld["reason"]) == ("withheld", "opted_out")
    eraser.finish(erasure["id"])
    assert eraser.server.register()["status"] == "open"
    (person,) = eraser.rows(persons)
    assert (person.last_vote_at, person.sharing, person.ask) == (None, None, "yes")


def test_a_worker_that_comes_late_leaves_the_key_of_who_has_come_back(eraser: Eraser) -> None:
    """It may have been held up since it read the erasure; the key of the same person has the same id."""
    eraser.vote()
    told = eraser.erase()
    (running,) = eraser.here.intake_db.fetch(lambda tx: tx.list(LIST_RUNNING))
    eraser.finish(told["id"])
    destroy_key(eraser.here.intake, running, at=eraser.clock())
    assert eraser.rows(persons) == []
    eraser.vote()
    destroy_key(eraser.here.intake, running, at=eraser.clock())
    assert eraser.has_key()


def test_a_wish_that_follows_an_erasure_stays(eraser: Eraser) -> None:
    """Whatever the person says from the answer on is said by somebody who comes back, however late the job is."""
    who = {"identifiers": {"account": "anna", "conversation": "talk"}, "scope": "conversation"}
    eraser.server.put("/v1/preferences", {**who, "sharing": "off"})
    told = eraser.erase()
    person = next(step for step in told["steps"] if step["step"] == "person")
    assert person["deleted"] == {"consents": 1, "conversation_sharing": 1}
    eraser.server.put("/v1/preferences", {**who, "sharing": "vote_only"})
    eraser.finish(told["id"])
    held = eraser.server.post("/v1/preferences/lookup", {"identifiers": who["identifiers"]}).get_json()
    assert held["levels"]["conversation"] == "vote_only"


def test_a_refusal_outlives_an_erasure_unless_it_is_to_be_forgotten(eraser: Eraser) -> None:
    who = {"identifiers": {"account": "anna"}}
    eraser.server.put("/v1/preferences", {**who, "ask": "never", "sharing": "vote_only"})
    report = eraser.finish(eraser.erase()["id"])
    assert "wishes" in {each["what"] for each in report["remains"]}
    held = eraser.server.post("/v1/preferences/lookup", who).get_json()
    assert (held["sharing"], held["ask"]) == ("vote_only", "never")
    report = eraser.finish(eraser.erase(forget_wishes=True)["id"])
    assert "wishes" not in {each["what"] for each in report["remains"]}
    assert eraser.rows(persons) == []


def test_who_says_something_in_the_quiet_time_keeps_it(eraser: Eraser) -> None:
    who = {"identifiers": {"account": "anna"}}
    erasure = eraser.erase()
    eraser.server.put("/v1/preferences", {**who, "sharing": "off"})
    eraser.finish(erasure["id"])
    assert eraser.server.post("/v1/preferences/lookup", who).get_json()["sharing"] == "off"


def test_records_are_found_long_after_their_comparisons_are_gone(eraser: Eraser) -> None:
    receipts = [eraser.vote(conversation=f"talk-{each}") for each in range(3)]
    eraser.vote("bert")
    eraser.disconnect()
    eraser.clock.advance(days=200)
    sweep_retention(eraser.here, at=eraser.clock())
    assert eraser.rows(comparisons) == []
    report = eraser.finish(eraser.erase()["id"])
    assert len(eraser.rows(records)) == 1
    assert [eraser.state(each) for each in receipts] == ["withdrawn"] * 3
    assert _deleted(report, "records") == {"links": 3, "records": 3, "record_keys": 3, "aliases": 4}


def test_stored_answers_of_the_persons_calls_go_and_others_stay(eraser: Eraser) -> None:
    for account, key in (("anna", "k1"), ("bert", "k2")):
        body = {
            "identifiers": {"account": account},
            "conversation": [{"role": "user", "content": "Why?"}],
            "responses": [{"model": "a", "content": "A."}, {"model": "b", "content": "B."}],
        }
        assert eraser.server.post("/v1/comparisons", body, key=key).status_code == 201
    assert len(eraser.rows(IDEMPOTENCY)) == 2
    eraser.finish(eraser.erase()["id"])
    assert len(eraser.rows(IDEMPOTENCY)) == 1
    assert len(eraser.rows(comparisons)) == 1


def test_counts_of_what_happened_stay_true(eraser: Eraser) -> None:
    def counted() -> dict[str, int]:
        day = eraser.clock() // MS_PER_DAY
        rows = eraser.here.intake_db.fetch(
            lambda tx: tx.list(
                LIST_EXPOSURES,
                workspace_id=eraser.workspace_id,
                first_day=day - 1,
                last_day=day + 1,
                at=eraser.clock(),
            )
        )
        return {row.outcome: row.times for row in rows}

    eraser.vote()
    eraser.server.browser(identifiers={"account": "anna"}).skip()
    before = counted()
    eraser.finish(eraser.erase()["id"])
    assert counted() == before == {"comparison_voted": 1, "comparison_skipped": 1}


def test_what_remains_is_dated_from_the_day_of_the_last_step(eraser: Eraser) -> None:
    def ends(report: dict[str, Any]) -> dict[str, str]:
        return {each["what"]: each["until"] for each in report["remains"] if "until" in each}

    eraser.vote()
    asked = eraser.erase()
    assert ends(asked) == {"backups": "2026-12-07", "receipts": "2027-01-31", "reports": "2026-12-27"}
    eraser.clock.advance(days=3)
    late = eraser.finish(asked["id"])
    assert ends(late) == {"backups": "2026-12-10", "receipts": "2027-02-03", "reports": "2026-12-27"}


def test_a_report_of_years_ago_is_about_nobody_and_goes_in_its_time(eraser: Eraser) -> None:
    eraser.vote()
    done = eraser.finish(eraser.erase()["id"])
    (row,) = eraser.rows(erasures)
    assert (row.person, row.conversations_pseudonyms) == (None, None)
    assert done["remains"][0] == {**done["remains"][0], "what": "backups", "until": "2026-12-07"}
    eraser.clock.advance(days=1097)
    sweep_retention(eraser.here, at=eraser.clock())
    assert eraser.rows(erasures) == []
    assert eraser.rows(withdrawn_receipts) == []


def test_the_audit_trail_tells_who_asked_and_not_for_whom(eraser: Eraser) -> None:
    erasure = eraser.erase()
    (event,) = [each for each in eraser.rows(INTAKE.audit_events) if each.kind == AuditKind.ERASURE_REQUESTED]
    assert event.actor.startswith("key_")
    (row,) = eraser.rows(erasures)
    assert event.subject == row.id.hex()
    assert erasure["id"].startswith("era_")


def test_a_large_person_goes_in_batches_and_every_role_does_its_part(
    eraser: Eraser, monkeypatch: Any
) -> None:
    monkeypatch.setattr("app.disconnection.erasures.services.BATCH", 2)
    for number in range(5):
        eraser.vote(conversation=f"talk-{number}")
    eraser.disconnect()
    told = eraser.erase()
    assert told["steps"][0] == {**told["steps"][0], "state": "open"}
    # What is left cannot be read, and a process that may not open research takes all that intake has.
    assert not eraser.has_key()
    carry_out_erasures(eraser.here.intake, None, at=eraser.clock())
    assert eraser.rows(comparisons) == []
    assert len(eraser.rows(records)) == 5
    eraser.finish(told["id"])
    assert eraser.rows(records) == []


def test_of_a_large_person_the_newest_go_first(eraser: Eraser, monkeypatch: Any) -> None:
    monkeypatch.setattr("app.disconnection.erasures.services.BATCH", 2)
    for number in range(2):
        eraser.vote(conversation=f"talk-{number}")
    eraser.disconnect()
    receipt = eraser.vote()
    told = eraser.erase()
    # The key is gone: the door would drop the vote now, and nobody could tell what became of it.
    eraser.disconnect()
    assert eraser.state(receipt) == "withdrawn"
    eraser.finish(told["id"])
    assert eraser.state(receipt) == "withdrawn"


def test_another_process_forgets_the_key_within_its_cache(eraser: Eraser) -> None:
    # Nothing is sealed for the person for longer than any process may keep the key in memory.
    assert QUIET_MS >= 2 * 1000 * DEFAULT_CACHE_SECONDS
    other = reopened(eraser.here)
    eraser.vote()
    eraser.erase()
    assert other.intake.data_keys.find(person_key_id(eraser.workspace_id, eraser.person())) is None
    other.close()


def test_an_erasure_needs_somebody_and_is_found_by_its_id_alone(eraser: Eraser) -> None:
    assert eraser.server.get("/v1/erasures/era_00000000000000000000000000").status_code == 404
    assert eraser.server.get("/v1/erasures/nonsense").status_code == 404
    refused = eraser.server.post("/v1/erasures", {"identifiers": {"project": "p"}})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "account-needed")
    refused = eraser.server.post(
        "/v1/erasures", {"identifiers": {"account": "anna"}, "scope": "conversation"}
    )
    assert (refused.status_code, refused.get_json()["code"]) == (422, "conversation-needed")


def test_a_word_for_a_truth_value_is_no_reason_to_forget_a_refusal(eraser: Eraser) -> None:
    asked = {"identifiers": {"account": "anna"}, "forget_wishes": "yes"}
    refused = eraser.server.post("/v1/erasures", asked)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["/forget_wishes"]
    assert eraser.rows(erasures) == []


def test_an_invitation_of_days_ago_goes_too(eraser: Eraser) -> None:
    policy = {"policy": {"sampling_rate": 1.0}}
    assert eraser.server.put("/v1/policy", policy).status_code == 200
    for account in ("anna", "bert"):
        invited = eraser.server.post("/v1/invitations", {"identifiers": {"account": account}}, key=account)
        assert invited.get_json()["ask"] is True, invited.text
    eraser.clock.advance(seconds=4000)
    report = eraser.finish(eraser.erase()["id"])
    assert len(eraser.rows(invitations)) == len(eraser.rows(IDEMPOTENCY)) == 1
    assert _deleted(report, "invitations") == {"invitations": 1, "idempotency_keys": 1}

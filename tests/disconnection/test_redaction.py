"""Text passes the door redacted, or not at all."""

import pytest
import structlog

from app.disconnection import preparation
from app.intake.comparisons.models import Choice
from app.privacy.redaction import ConversationRedactor
from app.research.records.record import DeidLevel, Outcome, Sharing
from tests.disconnection.test_records_of_votes import LATER, NOON
from tests.disconnection.voting import Booth

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
    assert record.deid_level is DeidLevel.PATTERNS_ONLY


def test_the_same_detail_in_two_comparisons_is_not_marked_as_the_same(booth: Booth) -> None:
    booth.vote(NOON, messages=[{"role": "user", "content": f"{OTHER_MAIL} and {MAIL}"}])
    booth.vote(NOON, messages=[{"role": "user", "content": f"{MAIL} and {OTHER_MAIL}"}])
    booth.disconnect(LATER)
    prompts = [record.content.prompt[0].content for record in booth.records() if record.content]
    assert prompts == ["[EMAIL_1] and [EMAIL_2]"] * 2


@pytest.fixture
def crashing_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that stumbles over one word, whatever the word is in."""
    whole = ConversationRedactor.redact

    def stumbling(self: ConversationRedactor, text: str) -> str:
        if "stumble" in text:
            raise RecursionError(text)
        return whole(self, text)

    monkeypatch.setattr(ConversationRedactor, "redact", stumbling)


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
    withheld = by_level[Sharing.VOTE_ONLY]
    assert withheld.content is None
    assert withheld.outcome is Outcome.TIE
    assert withheld.quality_flags == ("fast_vote", "redaction_failed")
    assert withheld.redaction_counts == {}
    assert by_level[Sharing.VOTE_AND_CONTENT].content is not None
    logged = str(written.calls)
    assert "redaction_failed" in logged
    assert "stumble" not in logged
    assert MAIL not in logged

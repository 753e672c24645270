"""What a vote becomes on the other side of the door."""

from typing import Any

import pytest

from app.core.clock import MS_PER_DAY, day_of, week_of
from app.intake.comparisons.models import Choice
from app.research.records.record import DeidLevel, Message, Outcome, ReviewStatus, Sharing
from tests.disconnection.voting import UNDO_MS, Booth

MONDAY = week_of(20_760) * MS_PER_DAY
NOON = MONDAY + 2 * MS_PER_DAY + MS_PER_DAY // 2
LATER = NOON + UNDO_MS


def test_a_vote_becomes_a_record_once_it_can_no_longer_be_undone(booth: Booth) -> None:
    booth.vote(NOON)
    assert booth.disconnect(LATER - 1) == 0
    assert booth.records() == []
    assert booth.disconnect(LATER) == 1
    assert booth.disconnect(LATER) == 0
    record = booth.record()
    assert record.workspace_id == booth.workspace.id
    assert (record.surface, record.language) == ("chat", "pt")
    assert (record.sharing, record.deid_level) == (Sharing.VOTE_AND_CONTENT, DeidLevel.PATTERNS_AND_NER)
    assert record.review_status is ReviewStatus.UNREVIEWED
    assert record.notice_version


@pytest.mark.parametrize("choice", Choice)
def test_a_is_what_stood_left_whichever_response_that_was(booth: Booth, choice: Choice) -> None:
    outcomes = {
        Choice.LEFT: Outcome.MODEL_A,
        Choice.RIGHT: Outcome.MODEL_B,
        Choice.TIE: Outcome.TIE,
        Choice.BOTH_BAD: Outcome.BOTH_BAD,
    }
    # The side is drawn: enough draws for both to come up, all but surely.
    lefts = {
        (voted := booth.vote(NOON, texts=(f"zero {n}", f"one {n}"), choice=choice)).first_left
        for n in range(20)
    }
    assert lefts == {0, 1}
    assert voted.cast_at == NOON
    assert booth.disconnect(LATER) == 20
    for record in booth.records():
        assert record.outcome is outcomes[choice]
        assert record.content is not None
        texts = {"model-0": "zero", "model-1": "one"}
        assert record.content.response_a.startswith(texts[record.model_a])
        assert record.content.response_b.startswith(texts[record.model_b])


def test_what_is_told_of_a_model_call_stands_on_the_side_of_its_response(booth: Booth) -> None:
    facts: list[dict[str, Any]] = [
        {"latency_ms": 700, "finish_reason": "stop", "usage": {"input_tokens": 3, "output_tokens": 5}},
        {"latency_ms": 61_234, "finish_reason": "MAX_TOKENS"},
    ]
    voted = booth.vote(NOON, metadata=facts)
    booth.disconnect(LATER)
    record = booth.record()
    sides = [
        (
            record.model_a,
            record.latency_ms_bucket_a,
            record.finish_reason_a,
            record.input_tokens_a,
            record.output_tokens_a,
        ),
        (
            record.model_b,
            record.latency_ms_bucket_b,
            record.finish_reason_b,
            record.input_tokens_b,
            record.output_tokens_b,
        ),
    ]
    assert sides[voted.first_left] == ("model-0", "0.5-1s", "stop", 3, 5)
    assert sides[1 - voted.first_left] == ("model-1", "60s+", "max_tokens", None, None)


@pytest.mark.parametrize(("choice", "strength"), [(Choice.LEFT, -3), (Choice.RIGHT, 3), (Choice.TIE, None)])
def test_strength_is_negative_where_a_is_better(booth: Booth, choice: Choice, strength: int | None) -> None:
    booth.vote(NOON, choice=choice, strength=None if strength is None else 3)
    booth.disconnect(LATER)
    assert booth.record().strength == strength


def test_the_last_vote_before_the_window_closed_is_the_one_that_counts(booth: Booth) -> None:
    voted = booth.vote(NOON, choice=Choice.LEFT, reasons=("useful",))
    booth.cast(voted, NOON + 5, choice=Choice.RIGHT, reasons=("complete", "creative"))
    booth.disconnect(LATER)
    record = booth.record()
    assert (record.outcome, record.reasons) == (Outcome.MODEL_B, ("complete", "creative"))


def test_turns_are_the_users_messages(booth: Booth) -> None:
    booth.vote(
        NOON,
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "One?", "name": "Jane Roe"},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "Three?"},
        ],
    )
    booth.disconnect(LATER)
    record = booth.record()
    assert (record.turn_index, record.n_turns) == (1, 2)
    assert record.content is not None
    assert record.content.prompt == (
        Message("system", "Be brief."),
        Message("user", "One?"),
        Message("assistant", "Two."),
        Message("user", "Three?"),
    )


def test_a_picture_stays_behind_and_leaves_a_mark_in_its_place(booth: Booth) -> None:
    upload = booth.upload(NOON - 60_000)
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"upload:{upload}"}},
    ]
    booth.vote(NOON, messages=[{"role": "user", "content": parts}])
    booth.disconnect(LATER)
    record = booth.record()
    assert record.content is not None
    assert record.content.prompt == (Message("user", "What is this?\n[IMAGE]"),)
    assert "withheld_upload" in record.quality_flags


@pytest.mark.parametrize(
    ("elapsed", "bucket", "flags"),
    [
        (1_499, "0-2s", ("fast_vote",)),
        (1_500, "0-2s", ()),
        (2_000, "2-5s", ()),
        (45_000, "30-60s", ()),
        (-5, None, ()),
        (None, None, ("no_show_recorded",)),
    ],
)
def test_the_time_to_vote_is_what_the_server_measured(
    booth: Booth, elapsed: int | None, bucket: str | None, flags: tuple[str, ...]
) -> None:
    booth.vote(NOON, shown_after_ms=elapsed, shown_ms=123_456)
    booth.disconnect(LATER)
    record = booth.record()
    assert (record.time_to_vote_bucket, record.quality_flags) == (bucket, flags)


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (MONDAY - 1, day_of(MONDAY) - 7),
        (MONDAY, day_of(MONDAY)),
        (MONDAY + 7 * MS_PER_DAY - 1, day_of(MONDAY)),
    ],
)
def test_a_record_knows_its_week_from_sunday_midnight_utc_and_nothing_finer(
    booth: Booth, at: int, week: int
) -> None:
    booth.vote(at)
    booth.disconnect(at + UNDO_MS)
    assert booth.record().voted_week == week

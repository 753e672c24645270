"""From a vote with its opened content to a record: redacted, coarsened, without anything that names its person."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import structlog

from app.access.workspaces.models import SharingLevel
from app.core.ids import hex_of
from app.core.logging import frames_of
from app.disconnection.coarsening import (
    FAST_VOTE_MS,
    LATENCY,
    TIME_TO_VOTE,
    finish_reason_of,
    language_of,
    rounded_count,
    week_of_time,
)
from app.disconnection.queries import FinalVote, StoredContent
from app.intake.comparisons.content import open_comment, open_private, open_shown
from app.intake.comparisons.models import Choice
from app.intake.messages import text_of
from app.privacy.redaction import ConversationRedactor
from app.privacy.sealing import DataKey
from app.research.records.record import DeidLevel, Message, Outcome, Record, RecordContent, Sharing

_log: Final = structlog.get_logger("pairvote.disconnection")

_OUTCOMES: Final[Mapping[str, Outcome]] = {
    Choice.LEFT: Outcome.MODEL_A,
    Choice.RIGHT: Outcome.MODEL_B,
    Choice.TIE: Outcome.TIE,
    Choice.BOTH_BAD: Outcome.BOTH_BAD,
}


class OpenedContent(NamedTuple):
    """A comparison's content in clear; it lives as long as its preparation."""

    shown: dict[str, Any]
    private: dict[str, Any]
    comment: str | None


class Numbers(NamedTuple):
    """The random numbers a record is known by."""

    record_id: bytes
    voter: bytes
    conversation: bytes


def open_content(key: DataKey, vote: FinalVote, stored: StoredContent) -> OpenedContent:
    """Opens what is sealed. SealBroken when it is not what was stored for this comparison."""
    place = {"workspace_id": vote.workspace_id, "comparison_id": vote.comparison_id}
    return OpenedContent(
        shown=json.loads(open_shown(key, stored.shown_sealed, **place)),
        private=open_private(key, stored.private_sealed, **place),
        comment=open_comment(key, vote.comment_sealed, **place) if vote.comment_sealed is not None else None,
    )


def prepare_record(
    vote: FinalVote, opened: OpenedContent, *, numbers: Numbers, level: SharingLevel
) -> Record:
    """The record of a vote: a is what stood left. Without text where only the vote is shared."""
    a, b = vote.first_left, 1 - vote.first_left
    models = (vote.model_0, vote.model_1)
    flags = _quality_flags(vote)
    text, counts = None, dict[str, int]()
    if level is SharingLevel.VOTE_AND_CONTENT:
        text, counts = _redacted_or_withheld(vote, opened)
        flags += () if text else ("redaction_failed",)
    turns = sum(message["role"] == "user" for message in opened.shown["conversation"])
    return Record(
        record_id=numbers.record_id,
        workspace_id=vote.workspace_id,
        conversation=numbers.conversation,
        voter=numbers.voter,
        voted_week=week_of_time(vote.cast_at),
        outcome=_OUTCOMES[vote.choice],
        model_a=models[a],
        model_b=models[b],
        turn_index=turns - 1,
        n_turns=turns,
        sharing=Sharing.VOTE_AND_CONTENT if text else Sharing.VOTE_ONLY,
        deid_level=DeidLevel.PATTERNS_ONLY,
        surface=vote.surface,
        language=language_of(vote.locale),
        strength=_strength(vote),
        reasons=tuple(json.loads(vote.reasons)),
        time_to_vote_bucket=TIME_TO_VOTE.name_of(_time_to_vote(vote)),
        selection_probability=None if vote.propensity is None else round(vote.propensity, 3),
        quality_flags=flags,
        notice_version=vote.notice_version,
        redaction_counts=counts,
        content=text,
        **_call_facts("a", opened.private["responses"][a]),
        **_call_facts("b", opened.private["responses"][b]),
    )


def _redacted_or_withheld(
    vote: FinalVote, opened: OpenedContent
) -> tuple[RecordContent | None, dict[str, int]]:
    """The redacted text; None when redaction crashes, since what was not looked through must not pass."""
    try:
        return _redacted(opened)
    except Exception as error:  # noqa: BLE001 - whatever a pattern stumbles over, the vote still counts
        _log.error(
            "redaction_failed",
            workspace=hex_of(vote.workspace_id),
            comparison=hex_of(vote.comparison_id),
            kind=type(error).__name__,
            at=frames_of(error),
        )
        return None, {}


def _redacted(opened: OpenedContent) -> tuple[RecordContent, dict[str, int]]:
    """In the order a reader meets it, so that a detail has the same placeholder in the prompt and in all after it.

    A message's `name` is not carried along: it is there to name somebody.
    """
    redactor = ConversationRedactor()
    shown = opened.shown
    prompt = tuple(
        Message(message["role"], redactor.redact(text_of(message["content"])))
        for message in shown["conversation"]
    )
    content = RecordContent(
        prompt=prompt,
        response_a=redactor.redact(text_of(shown["left"]["content"])),
        response_b=redactor.redact(text_of(shown["right"]["content"])),
        comment=redactor.redact(opened.comment) if opened.comment is not None else None,
    )
    return content, redactor.counts


def _time_to_vote(vote: FinalVote) -> int | None:
    """Milliseconds between two moments that our own servers noted; what the browser says is not asked."""
    return None if vote.shown_at is None else vote.cast_at - vote.shown_at


def _quality_flags(vote: FinalVote) -> tuple[str, ...]:
    elapsed = _time_to_vote(vote)
    found = {
        "fast_vote": elapsed is not None and 0 <= elapsed < FAST_VOTE_MS,
        "no_show_recorded": elapsed is None,
        "changed_after_reveal": vote.is_changed_after_reveal,
    }
    return tuple(flag for flag, holds in found.items() if holds)


def _strength(vote: FinalVote) -> int | None:
    if vote.strength is None:
        return None
    return -vote.strength if vote.choice == Choice.LEFT else vote.strength


def _call_facts(side: str, response: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of the call that made a response."""
    usage = response.get("usage", {})
    return {
        f"finish_reason_{side}": finish_reason_of(response.get("finish_reason")),
        f"latency_ms_bucket_{side}": LATENCY.name_of(response.get("latency_ms")),
        f"input_tokens_{side}": rounded_count(usage.get("input_tokens")),
        f"output_tokens_{side}": rounded_count(usage.get("output_tokens")),
    }

"""From a vote with its opened content to a record: redacted, coarsened, without anything that names its person."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import structlog

from app.access.workspaces.models import SharingLevel
from app.core.errors import StartRefused
from app.core.ids import hex_of
from app.core.languages import language_of
from app.core.logging import frames_of
from app.disconnection.coarsening import (
    FAST_VOTE_MS,
    LATENCY,
    TIME_TO_VOTE,
    finish_reason_of,
    rounded_count,
    week_of_time,
)
from app.disconnection.identity_leaks import names_a_model
from app.disconnection.queries import FinalVote, StoredContent
from app.intake.comparisons.content import open_comment, open_private, open_shown
from app.intake.comparisons.identity import ModelNames
from app.intake.comparisons.models import Choice
from app.intake.messages import shows_uploads, text_of
from app.privacy.redaction import Redaction, Withheld, WithheldReason
from app.privacy.sealing import DataKey
from app.research.records.record import DeidLevel, Message, Outcome, Record, RecordContent, Sharing

_log: Final = structlog.get_logger("pairvote.disconnection")

_OUTCOMES: Final[Mapping[str, Outcome]] = {
    Choice.LEFT: Outcome.MODEL_A,
    Choice.RIGHT: Outcome.MODEL_B,
    Choice.TIE: Outcome.TIE,
    Choice.BOTH_BAD: Outcome.BOTH_BAD,
}


R = TypeVar("R")


class Answer(Protocol):
    """What names an answer in a log."""

    @property
    def workspace_id(self) -> bytes:
        """Whose it is."""

    @property
    def comparison_id(self) -> bytes:
        """The comparison's id, or the feedback's."""


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
    key: DataKey,
    vote: FinalVote,
    stored: StoredContent,
    *,
    numbers: Numbers,
    level: SharingLevel,
    redaction: Redaction,
) -> Record:
    """The record of a vote: a is what stood left. Without text where only the vote is shared, or text is withheld."""
    opened = open_content(key, vote, stored)
    a, b = vote.first_left, 1 - vote.first_left
    models = (vote.model_0, vote.model_1)
    flags = _quality_flags(vote)
    text, counts = None, dict[str, int]()
    if level is SharingLevel.VOTE_AND_CONTENT:
        passed, withheld = redacted_or_withheld(vote, lambda: _redacted(opened, redaction))
        text, counts = passed or (None, {})
        withheld_upload = WithheldReason.UPLOAD if _shows_uploads(opened) else None
        flags += tuple(reason.value for reason in (withheld, withheld_upload) if reason)
        # A fact about the text: told where text is shared, also where it must be withheld.
        flags += ("model_identity_leaked",) if _names_a_model(opened, models) else ()
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
        deid_level=DeidLevel.PATTERNS_AND_NER if redaction.recognizes_names else DeidLevel.PATTERNS_ONLY,
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


def redacted_or_withheld(answer: Answer, redact: Callable[[], R]) -> tuple[R | None, WithheldReason | None]:
    """The redacted text, or the reason why there is none: what was not looked through must not pass."""
    try:
        return redact(), None
    except Withheld as withheld:
        return None, withheld.reason
    except StartRefused:
        raise  # a model is missing: the vote waits in intake until it is there
    except Exception as error:  # noqa: BLE001 - whatever a detector stumbles over, the vote still counts
        _log.error(
            "redaction_failed",
            workspace=hex_of(answer.workspace_id),
            comparison=hex_of(answer.comparison_id),
            kind=type(error).__name__,
            at=frames_of(error),
        )
        return None, WithheldReason.FAILED


def _redacted(opened: OpenedContent, redaction: Redaction) -> tuple[RecordContent, dict[str, int]]:
    """In the order a reader meets it, so that a detail has the same placeholder in the prompt and in all after it.

    A message's `name` is not carried along: it is there to name somebody.
    """
    shown = opened.shown
    contents = [message["content"] for message in (*shown["conversation"], shown["left"], shown["right"])]
    comment = [opened.comment] if opened.comment is not None else []
    texts, counts = redaction.redact([*map(text_of, contents), *comment])
    roles = [message["role"] for message in shown["conversation"]]
    prompt = tuple(Message(role, text) for role, text in zip(roles, texts, strict=False))
    response_a, response_b = texts[len(roles) : len(roles) + 2]
    content = RecordContent(prompt, response_a, response_b, texts[-1] if comment else None)
    return content, counts


def _shows_uploads(opened: OpenedContent) -> bool:
    shown = opened.shown
    return any(
        shows_uploads(message["content"])
        for message in (*shown["conversation"], shown["left"], shown["right"])
    )


def _names_a_model(opened: OpenedContent, models: tuple[str, str]) -> bool:
    """Looks at the responses as they were shown: what intake has masked, nobody saw."""
    first, second = (
        ModelNames(model, facts.get("response_model"), facts.get("provider"))
        for model, facts in zip(models, opened.private["responses"], strict=True)
    )
    shown = [text_of(opened.shown[side]["content"]) for side in ("left", "right")]
    return names_a_model(shown, (first, second))


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

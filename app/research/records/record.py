"""A disconnected comparison as the research zone knows it: no person, no time finer than a week."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class Outcome(enum.StrEnum):
    """How a comparison ended; a is the answer shown left, b the one shown right."""

    MODEL_A = "model_a"
    MODEL_B = "model_b"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    SKIP = "skip"
    EXPIRED = "expired"


class Sharing(enum.StrEnum):
    """How much of a comparison its voter let researchers have."""

    VOTE_ONLY = "vote_only"
    VOTE_AND_CONTENT = "vote_and_content"


class ReviewStatus(enum.StrEnum):
    """Whether a person has checked the record's text."""

    UNREVIEWED = "unreviewed"
    REVIEWED = "reviewed"
    """Somebody has looked at it and changed, or judged, what was replaced in it."""


class DeidLevel(enum.StrEnum):
    """What looked for identifying text before the record was written."""

    PATTERNS_ONLY = "patterns_only"
    """Rules for what has a form: addresses, numbers, keys."""
    PATTERNS_AND_NER = "patterns_and_ner"
    """The rules, and a model that knows names."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation that led to the two answers."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class RecordContent:
    """The redacted text of a comparison; `prompt` ends with the message that both answers reply to."""

    prompt: tuple[Message, ...]
    response_a: str
    response_b: str
    comment: str | None = None

    @property
    def fields(self) -> list[str]:
        """What its texts are called: `prompt[0]`, `prompt[1]`, …, `response_a`, `response_b`, and `comment` if any."""
        prompts = [f"prompt[{place}]" for place in range(len(self.prompt))]
        return [*prompts, "response_a", "response_b", *(["comment"] if self.comment is not None else [])]

    @property
    def texts(self) -> list[str]:
        """Its texts in the order of `fields`, which is that of a reader."""
        prompts = [message.content for message in self.prompt]
        return [
            *prompts,
            self.response_a,
            self.response_b,
            *([self.comment] if self.comment is not None else []),
        ]

    def with_texts(self, texts: Sequence[str]) -> "RecordContent":
        """The same content with other texts, in the order of `fields`."""
        said = iter(texts)
        prompt = tuple(Message(message.role, next(said)) for message in self.prompt)
        comment = None if self.comment is None else texts[-1]
        return RecordContent(prompt, next(said), next(said), comment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One disconnected comparison. A field reaches an export only where the projection lists it."""

    record_id: bytes
    """16 random bytes; says nothing about time or order."""
    workspace_id: bytes
    conversation: bytes
    """16 random bytes, the same for the comparisons of one conversation."""
    voter: bytes
    """8 random bytes per voter, workspace and quarter; empty where nobody is known."""
    voted_week: int
    """Days from 1970-01-01 to the Monday of the ISO week."""
    outcome: Outcome
    model_a: str
    model_b: str
    turn_index: int
    """Which user message of the conversation the answers reply to, from 0."""
    n_turns: int
    """How many user messages the conversation had."""
    sharing: Sharing
    deid_level: DeidLevel
    review_status: ReviewStatus = ReviewStatus.UNREVIEWED
    surface: str | None = None
    language: str | None = None
    strength: int | None = None
    """-3 to 3; negative where a is better."""
    reasons: tuple[str, ...] = ()
    finish_reason_a: str | None = None
    finish_reason_b: str | None = None
    latency_ms_bucket_a: str | None = None
    latency_ms_bucket_b: str | None = None
    time_to_vote_bucket: str | None = None
    input_tokens_a: int | None = None
    input_tokens_b: int | None = None
    output_tokens_a: int | None = None
    output_tokens_b: int | None = None
    selection_probability: float | None = None
    quality_flags: tuple[str, ...] = ()
    notice_version: str | None = None
    redaction_counts: Mapping[str, int] = field(default_factory=dict)
    """How many passages were replaced, by kind of identifier."""
    content: RecordContent | None = None
    """None where the voter shared the vote only."""

    @property
    def week(self) -> int:
        """The week of the vote, as all records call theirs."""
        return self.voted_week

    def __post_init__(self) -> None:
        """Refuses text that was not shared: no later step has to remember to leave it out."""
        if self.sharing is Sharing.VOTE_ONLY and self.content is not None:
            raise ValueError("A vote that was shared alone has no text.")

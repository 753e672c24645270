"""Disconnected feedback as the research zone knows it: no person, no target's name, no time finer than a week."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.research.records.record import DeidLevel, Message, ReviewStatus, Sharing


class FeedbackTarget(enum.StrEnum):
    """What was rated."""

    RESPONSE = "response"
    PAGE = "page"


class FeedbackRating(enum.StrEnum):
    """How it was rated."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class FeedbackContent:
    """The redacted text of feedback; `prompt` is what came before the rated response."""

    prompt: tuple[Message, ...]
    response: str | None = None
    comment: str | None = None

    @property
    def texts(self) -> list[str]:
        """Its texts in the order of a reader."""
        after = (text for text in (self.response, self.comment) if text is not None)
        return [*(message.content for message in self.prompt), *after]

    def with_texts(self, texts: Sequence[str]) -> "FeedbackContent":
        """The same content with other texts, in the same order."""
        said = iter(texts)
        prompt = tuple(Message(message.role, next(said)) for message in self.prompt)
        response = None if self.response is None else next(said)
        return FeedbackContent(prompt, response, None if self.comment is None else next(said))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRecord:
    """One disconnected rating. A field reaches an export only where the projection lists it."""

    record_id: bytes
    """16 random bytes; says nothing about time or order."""
    workspace_id: bytes
    conversation: bytes
    """16 random bytes, those of the conversation's votes too."""
    voter: bytes
    """8 random bytes per voter, workspace and quarter, those of the votes too; empty where nobody is known."""
    given_week: int
    """Days from 1970-01-01 to the Monday of the ISO week."""
    target: FeedbackTarget
    rating: FeedbackRating
    sharing: Sharing
    deid_level: DeidLevel
    review_status: ReviewStatus = ReviewStatus.UNREVIEWED
    model: str | None = None
    surface: str | None = None
    language: str | None = None
    reasons: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    quality_flags: tuple[str, ...] = ()
    notice_version: str | None = None
    redaction_counts: Mapping[str, int] = field(default_factory=dict)
    content: FeedbackContent | None = None
    """None where the rating was shared alone."""

    def __post_init__(self) -> None:
        """Refuses text that was not shared: no later step has to remember to leave it out."""
        if self.sharing is Sharing.VOTE_ONLY and self.content is not None:
            raise ValueError("A rating that was shared alone has no text.")

    @property
    def week(self) -> int:
        """The week it was given in, as all records call theirs."""
        return self.given_week
